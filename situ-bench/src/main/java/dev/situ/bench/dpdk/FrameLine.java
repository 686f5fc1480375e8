package dev.situ.bench.dpdk;

import dev.situ.packet.Ethernet;
import dev.situ.packet.MacAddress;
import dev.situ.packet.Packet;
import dev.situ.packet.PacketBurst;
import dev.situ.packet.PacketCache;
import dev.situ.packet.Port;
import dev.situ.packet.PortQueue;

/// Bare frames: what came is sent again as it is, and fresh ones only where more are wanted.
final class FrameLine implements Line {
    /// For experiments (IEEE 802).
    private static final int ETHERTYPE = 0x88B5;

    /// As many as the UDP stack sends together.
    static final int BURST = 16;

    private final Port port;
    private final PortQueue queue;
    private final PacketCache cache;
    private final int bytes;
    private final PacketBurst burst = new PacketBurst(BURST);

    FrameLine(Port port, int bytes) {
        this.port = port;
        this.queue = port.queue(0);
        this.cache = queue.cache();
        this.bytes = bytes;
    }

    @Override
    public void send(int count) {
        while (burst.size() > count) {
            cache.release(burst.take());
        }
        int left = count;
        while (left > 0) {
            while (burst.size() < Math.min(left, BURST)) {
                burst.add(fresh());
            }
            left -= burst.size();
            transmitAll(queue, burst);
        }
    }

    /// Sends a burst, however long that takes.
    static void transmitAll(PortQueue queue, PacketBurst burst) {
        while (!burst.isEmpty()) {
            if (queue.transmit(burst) == 0) {
                Thread.onSpinWait();
            }
        }
    }

    /// Takes a packet.
    ///
    /// @throws IllegalStateException if none is free
    static long take(PacketCache cache) {
        long packet = cache.take();
        if (packet == Packet.NONE) {
            throw new IllegalStateException("no packet is free");
        }
        return packet;
    }

    private long fresh() {
        long packet = take(cache);
        Packet.setLength(cache.memory(), packet, bytes);
        Ethernet.write(
                cache.memory(), Packet.data(cache.memory(), packet), MacAddress.BROADCAST, port.mac(), ETHERTYPE);
        return packet;
    }

    /// What came and was not sent again is given back first.
    @Override
    public int poll() {
        if (!burst.isEmpty()) {
            cache.releaseAll(burst);
        }
        return queue.receive(burst);
    }

    /// Gives back what is held.
    void close() {
        cache.releaseAll(burst);
    }
}
