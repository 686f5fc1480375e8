package dev.situ.udp;

import dev.situ.memory.BufferSource;
import dev.situ.memory.Consumes;
import dev.situ.packet.PacketBurst;
import dev.situ.packet.PacketCache;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// The datagrams of one bound port in one poll, each in the packet that brought it. Holds the packets until the
/// burst ends; [#retain] adds a reference.
final class PacketDatagrams implements UdpBurst {
    private final int queue;
    private final PacketCache cache;
    private final RetainedPackets retained;
    private final StackCounters counters;
    private final PacketBurst packets;
    private final long[] offsets;
    private final int[] lengths;
    private final long[] peers;

    PacketDatagrams(int queue, int capacity, PacketCache cache, RetainedPackets retained, StackCounters counters) {
        this.queue = queue;
        this.cache = cache;
        this.retained = retained;
        this.counters = counters;
        this.packets = new PacketBurst(capacity);
        this.offsets = new long[capacity];
        this.lengths = new int[capacity];
        this.peers = new long[capacity];
    }

    /// Appends a datagram. Consumes the packet.
    void add(@Consumes long packet, long offset, int length, long peer) {
        int i = packets.size();
        offsets[i] = offset;
        lengths[i] = length;
        peers[i] = peer;
        packets.add(packet);
    }

    /// Ends the burst: nothing of it may be read any more.
    void end() {
        cache.releaseAll(packets);
    }

    long bytes() {
        long bytes = 0;
        for (int i = 0; i < packets.size(); i++) {
            bytes += lengths[i];
        }
        return bytes;
    }

    @Override
    public int queue() {
        return queue;
    }

    @Override
    public int size() {
        return packets.size();
    }

    @Override
    public MemorySegment memory(int index) {
        check(index);
        return cache.memory();
    }

    @Override
    public long offset(int index) {
        check(index);
        return offsets[index];
    }

    @Override
    public int length(int index) {
        check(index);
        return lengths[index];
    }

    @Override
    public long peer(int index) {
        check(index);
        return peers[index];
    }

    private void check(int index) {
        Objects.checkIndex(index, packets.size());
    }

    @Override
    public long retain(int index) {
        long packet = packets.packet(index);
        if (retained.isShort()) {
            return NOT_RETAINED;
        }
        cache.retain(packet);
        counters.add(StackCounters.RETAINED, 1);
        return packet;
    }

    @Override
    public void release(@Consumes long handle) {
        retained.release(handle);
    }

    @Override
    public BufferSource source() {
        return retained;
    }
}
