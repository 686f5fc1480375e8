package dev.situ.r2p2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.BufferSource;
import dev.situ.memory.Consumes;
import dev.situ.memory.Words;
import dev.situ.udp.UdpBurst;
import dev.situ.udp.UdpHandler;
import dev.situ.udp.UdpSender;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A UDP stack over memory: hands bursts of given datagrams to a handler and records what it sends.
///
/// It is as unkind as the contract allows: a retained datagram moves, what was borrowed is overwritten as soon as
/// the burst and every retention end, appended bytes are read at the flush, and buffers or room can be made short.
final class MemoryStack implements UdpBurst, UdpSender {
    private final Arena arena = Arena.ofAuto();
    private final RetainedDatagrams retained = new RetainedDatagrams();
    private final MemorySegment room = arena.allocate(R2p2Header.BYTES + R2p2Header.MAX_PAYLOAD);
    private final List<List<Part>> committed = new ArrayList<>();
    private final List<Long> peers = new ArrayList<>();
    private final List<Datagram> sent = new ArrayList<>();
    private List<Datagram> received = List.of();
    private MemorySegment[] places = {};
    private long[] handles = {};
    private long claimedPeer;
    private List<Part> claimed = new ArrayList<>();
    private int claimedBytes;

    int queue;
    int buffers = Integer.MAX_VALUE;
    int sendRoom = Integer.MAX_VALUE;

    /// Bytes of a datagram being made: copied ones at once, appended ones when it is flushed.
    private record Part(MemorySegment memory, long offset, int length) {
        byte[] bytes() {
            byte[] bytes = new byte[length];
            Words.copyTo(memory, offset, bytes, 0, length);
            return bytes;
        }
    }

    /// Hands the datagrams to the handler as one burst, and gives what it sent.
    List<Datagram> deliver(UdpHandler handler, Datagram... datagrams) {
        received = List.of(datagrams);
        places = new MemorySegment[datagrams.length];
        for (int i = 0; i < datagrams.length; i++) {
            byte[] bytes = datagrams[i].bytes();
            places[i] = arena.allocate(bytes.length + 3L);
            Words.copyFrom(bytes, 0, places[i], 3, bytes.length);
        }
        handles = new long[datagrams.length];
        Arrays.fill(handles, NOT_RETAINED);
        MemorySegment[] borrowed = places.clone();
        try {
            handler.onBurst(this, this);
        } finally {
            for (int i = 0; i < borrowed.length; i++) {
                borrowed[i].fill(RetainedDatagrams.GONE);
                if (handles[i] != NOT_RETAINED) {
                    retained.release(handles[i]);
                }
            }
            received = List.of();
        }
        return sent();
    }

    /// Flushes, and gives and forgets what was sent.
    List<Datagram> sent() {
        flush();
        List<Datagram> taken = List.copyOf(sent);
        sent.clear();
        return taken;
    }

    /// How many datagrams are retained.
    int retained() {
        return retained.count();
    }

    // ---- UdpBurst -------------------------------------------------------------------------------------------------

    @Override
    public int queue() {
        return queue;
    }

    @Override
    public int size() {
        return received.size();
    }

    @Override
    public MemorySegment memory(int index) {
        return places[index];
    }

    @Override
    public long offset(int index) {
        return 3;
    }

    @Override
    public int length(int index) {
        return received.get(index).bytes().length;
    }

    @Override
    public long peer(int index) {
        return received.get(index).peer();
    }

    @Override
    public long retain(int index) {
        if (handles[index] == NOT_RETAINED) {
            if (retained.count() >= buffers) {
                return NOT_RETAINED;
            }
            MemorySegment moved = arena.allocate(places[index].byteSize());
            moved.copyFrom(places[index]);
            places[index].fill(RetainedDatagrams.GONE);
            places[index] = moved;
            handles[index] = retained.add(moved);
        }
        retained.retain(handles[index]);
        return handles[index];
    }

    @Override
    public boolean retainsInPlace(int index) {
        return handles[index] != NOT_RETAINED;
    }

    @Override
    public BufferSource source() {
        return retained;
    }

    @Override
    public void release(@Consumes long handle) {
        retained.release(handle);
    }

    // ---- UdpSender ------------------------------------------------------------------------------------------------

    @Override
    public int maxPayload() {
        return R2p2Header.BYTES + R2p2Header.MAX_PAYLOAD;
    }

    @Override
    public int copyBreak() {
        return 255;
    }

    @Override
    public long claim(long peer, int length) {
        assertThat(claimed).as("the claim before was ended").isEmpty();
        assertThat(length).isBetween(0, maxPayload());
        if (sendRoom == 0) {
            return NO_ROOM;
        }
        sendRoom--;
        claimedPeer = peer;
        claimedBytes = length;
        claimed.add(new Part(room, 0, length));
        return 0;
    }

    @Override
    public MemorySegment memory() {
        return room;
    }

    @Override
    public void append(MemorySegment memory, long offset, int length) {
        assertThat(claimed).isNotEmpty();
        claimed.add(new Part(memory, offset, length));
        claimedBytes += length;
        assertThat(claimedBytes).isLessThanOrEqualTo(maxPayload());
    }

    @Override
    public void commit() {
        Part head = claimed.getFirst();
        MemorySegment copy = arena.allocate(Math.max(1, head.length()));
        Words.copy(room, 0, copy, 0, head.length());
        claimed.set(0, new Part(copy, 0, head.length()));
        committed.add(claimed);
        peers.add(claimedPeer);
        claimed = new ArrayList<>();
    }

    @Override
    public void abort() {
        claimed = new ArrayList<>();
    }

    @Override
    public void flush() {
        for (int i = 0; i < committed.size(); i++) {
            byte[] bytes = new byte[0];
            for (Part part : committed.get(i)) {
                byte[] more = part.bytes();
                byte[] longer = new byte[bytes.length + more.length];
                System.arraycopy(bytes, 0, longer, 0, bytes.length);
                System.arraycopy(more, 0, longer, bytes.length, more.length);
                bytes = longer;
            }
            sent.add(new Datagram(peers.get(i), bytes));
        }
        committed.clear();
        peers.clear();
    }
}
