package dev.situ.testkit;

import dev.situ.memory.Words;
import dev.situ.udp.UdpHandler;
import dev.situ.udp.UdpSender;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An endpoint of a [SimulatedNetwork], as unkind as the contracts of [UdpSender] and [dev.situ.udp.UdpBurst] allow:
/// appended bytes are read at the flush, a retained datagram moves, and what was borrowed is overwritten as soon as
/// the burst or the retention ends. Confined to the network's thread.
public final class SimulatedPort implements UdpSender {
    private static final int MAX_PAYLOAD = 1472;
    private static final int COPY_BREAK = 255;

    private record Part(MemorySegment memory, long offset, int length) {}

    private final SimulatedNetwork network;
    private final long address;
    private final SimulatedBurst.Retained retained = new SimulatedBurst.Retained();
    private final List<List<Part>> committed = new ArrayList<>();
    private final List<Long> peers = new ArrayList<>();
    private List<Datagram> arrived = new ArrayList<>();
    private MemorySegment room = MemorySegment.NULL;
    private @Nullable List<Part> claimed;
    private long claimedPeer;
    private int claimedBytes;
    private @Nullable UdpHandler handler;

    SimulatedPort(SimulatedNetwork network, long address) {
        this.network = network;
        this.address = address;
    }

    /// Sets who gets what arrives; null lets it vanish, as if the process were gone.
    public void attach(@Nullable UdpHandler handler) {
        this.handler = handler;
    }

    public long address() {
        return address;
    }

    /// The datagrams that are retained now.
    public int retained() {
        return retained.count();
    }

    /// Lets as many datagrams be retained at once, no more.
    public void setBuffers(int buffers) {
        retained.limit(buffers);
    }

    void arrive(Datagram datagram) {
        arrived.add(datagram);
    }

    void deliver() {
        if (arrived.isEmpty()) {
            return;
        }
        List<Datagram> burst = arrived;
        arrived = new ArrayList<>();
        if (handler != null) {
            SimulatedBurst given = new SimulatedBurst(burst, retained);
            try {
                handler.onBurst(given, this);
                flush();
            } finally {
                given.end();
            }
        }
    }

    // ---- UdpSender ------------------------------------------------------------------------------------------------

    @Override
    public int maxPayload() {
        return MAX_PAYLOAD;
    }

    @Override
    public int copyBreak() {
        return COPY_BREAK;
    }

    @Override
    public long claim(long peer, int length) {
        if (claimed != null) {
            throw new IllegalStateException("the datagram claimed before was neither committed nor aborted");
        }
        if (length < 0 || length > MAX_PAYLOAD) {
            return NO_ROOM;
        }
        room = MemorySegment.ofArray(new byte[length]);
        claimed = new ArrayList<>(List.of(new Part(room, 0, length)));
        claimedPeer = peer;
        claimedBytes = length;
        return 0;
    }

    @Override
    public MemorySegment memory() {
        return room;
    }

    @Override
    public void append(MemorySegment memory, long offset, int length) {
        claimedBytes += length;
        if (claimedBytes > MAX_PAYLOAD) {
            throw new IllegalArgumentException("a datagram of " + claimedBytes + " bytes");
        }
        open().add(new Part(memory, offset, length));
    }

    @Override
    public void commit() {
        committed.add(open());
        peers.add(claimedPeer);
        claimed = null;
    }

    @Override
    public void abort() {
        open();
        claimed = null;
    }

    private List<Part> open() {
        List<Part> parts = claimed;
        if (parts == null) {
            throw new IllegalStateException("no datagram is claimed");
        }
        return parts;
    }

    @Override
    public void flush() {
        if (claimed != null) {
            throw new IllegalStateException("flush between claim and commit");
        }
        for (int i = 0; i < committed.size(); i++) {
            int length = 0;
            for (Part part : committed.get(i)) {
                length += part.length;
            }
            MemorySegment bytes = MemorySegment.ofArray(new byte[length]);
            int at = 0;
            for (Part part : committed.get(i)) {
                Words.copy(part.memory, part.offset, bytes, at, part.length);
                at += part.length;
            }
            network.send(address, peers.get(i), bytes);
        }
        committed.clear();
        peers.clear();
    }
}
