package dev.situ.packet;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// One end of a wire in memory, for programs that talk to themselves and for tests.
///
/// ```
///   left.queue(i).transmit ──copy──▶ ring i,j ──▶ right.queue(j).receive       j = flow mod queues
/// ```
///
/// It behaves as a network card does. What is sent is copied into a fresh packet of the other end's pool, so that
/// each end may have its own, a chain arrives as one segment, and both threads go on independently. A packet meets
/// the queue that its flow belongs to ([FlowHash]); if that has no room, or no packet is free, it is lost and
/// counted by the receiver (`receiveMissed`). A frame over the MTU is lost, too, and counted by the sender
/// (`sendErrors`).
public final class MemoryPort implements Port {
    private static final int RING_PACKETS = 1024;
    private static final int CACHED_PACKETS = 128;
    private static final int ETHERNET_BYTES = 14;

    private final String name;
    private final long mac;
    private final PacketPool pool;
    private final PortCapabilities capabilities;
    private final MemoryQueue[] queues;

    private MemoryPort(String name, long mac, PacketPool pool, PortCapabilities capabilities, int queues) {
        this.name = name;
        this.mac = mac;
        this.pool = pool;
        this.capabilities = capabilities;
        this.queues = new MemoryQueue[queues];
        for (int i = 0; i < queues; i++) {
            this.queues[i] = new MemoryQueue(pool, capabilities);
        }
    }

    /// The two ends of a wire.
    ///
    /// @param left one end
    /// @param right the other end
    public record Wire(MemoryPort left, MemoryPort right) implements AutoCloseable {
        /// Closes both ends.
        @Override
        public void close() {
            left.close();
            right.close();
        }
    }

    /// A wire between two ports of `queues` queues each, named `memory0` and `memory1`. The pools are *borrowed*,
    /// and may be the same.
    public static Wire wire(PacketPool left, PacketPool right, PortCapabilities capabilities, int queues) {
        if (queues < 1) {
            throw new IllegalArgumentException("a port has at least 1 queue, not " + queues);
        }
        // Locally administered addresses.
        MemoryPort a = new MemoryPort("memory0", 0x02_00_00_00_00_01L, left, capabilities, queues);
        MemoryPort b = new MemoryPort("memory1", 0x02_00_00_00_00_02L, right, capabilities, queues);
        a.plugInto(b);
        b.plugInto(a);
        return new Wire(a, b);
    }

    private void plugInto(MemoryPort other) {
        for (MemoryQueue queue : queues) {
            queue.peers = other.queues;
            queue.outgoing = new PacketRing[other.queues.length];
            for (int j = 0; j < other.queues.length; j++) {
                PacketRing ring = new PacketRing(RING_PACKETS);
                queue.outgoing[j] = ring;
                other.queues[j].plug(ring);
            }
            queue.far = other.pool.newCache(CACHED_PACKETS);
            queue.offload = new ChecksumOffload(other.pool.memory());
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int queues() {
        return queues.length;
    }

    @Override
    public PortQueue queue(int index) {
        return queues[index];
    }

    @Override
    public long mac() {
        return mac;
    }

    @Override
    public PortCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public PacketPool pool() {
        return pool;
    }

    @Override
    public PortStatistics statistics() {
        PortStatistics sum = queues[0].counters.statistics();
        for (int i = 1; i < queues.length; i++) {
            sum = sum.plus(queues[i].counters.statistics());
        }
        return sum;
    }

    @Override
    public void close() {
        for (MemoryQueue queue : queues) {
            queue.drain();
        }
    }

    /// One queue. Its poller writes to the rings of the other end and reads those that come from there.
    private static final class MemoryQueue implements PortQueue {
        private final PacketCache cache;
        private final PortCapabilities capabilities;
        private final PortCounters counters = new PortCounters();
        private final MemorySegment memory;
        private PacketRing[] incoming = {};
        private PacketRing[] outgoing = {};
        private MemoryQueue[] peers = {};
        private @Nullable PacketCache far;
        private @Nullable ChecksumOffload offload;
        private volatile @Nullable Thread sleeper;
        private volatile boolean awake;

        MemoryQueue(PacketPool pool, PortCapabilities capabilities) {
            this.cache = pool.newCache(CACHED_PACKETS);
            this.memory = pool.memory();
            this.capabilities = capabilities;
        }

        void plug(PacketRing ring) {
            PacketRing[] more = new PacketRing[incoming.length + 1];
            System.arraycopy(incoming, 0, more, 0, incoming.length);
            more[incoming.length] = ring;
            incoming = more;
        }

        @Override
        public int receive(PacketBurst into) {
            int before = into.size();
            long bytes = 0;
            for (PacketRing ring : incoming) {
                while (into.room() > 0) {
                    long packet = ring.poll();
                    if (packet == Packet.NONE) {
                        break;
                    }
                    bytes += Packet.totalLength(memory, packet);
                    into.add(packet);
                }
            }
            int received = into.size() - before;
            if (received > 0) {
                counters.add(PortCounters.RECEIVED, received);
                counters.add(PortCounters.RECEIVED_BYTES, bytes);
            }
            return received;
        }

        @Override
        public int transmit(PacketBurst from) {
            int count = from.size();
            long bytes = 0;
            for (int i = 0; i < count; i++) {
                long packet = from.packet(i);
                bytes += Packet.totalLength(memory, packet);
                carry(packet);
                cache.release(packet);
            }
            from.forget();
            if (count > 0) {
                wakePeers();
                counters.add(PortCounters.SENT, count);
                counters.add(PortCounters.SENT_BYTES, bytes);
            }
            return count;
        }

        /// Copies a packet to the other end. Borrows it.
        private void carry(long packet) {
            PacketCache to = Objects.requireNonNull(far);
            if (Packet.totalLength(memory, packet) > capabilities.mtu() + ETHERNET_BYTES) {
                counters.add(PortCounters.SEND_ERRORS, 1);
                return;
            }
            long copy = to.copy(memory, packet);
            int queue = 0;
            if (copy != Packet.NONE) {
                offload(packet, copy);
                int length = Packet.length(to.memory(), copy);
                queue = FlowHash.of(to.memory(), Packet.data(to.memory(), copy), length) % outgoing.length;
                if (outgoing[queue].offer(copy)) {
                    return;
                }
                to.release(copy);
            }
            peers[queue].counters.addShared(PortCounters.MISSED, 1);
        }

        private void offload(long packet, long copy) {
            ChecksumOffload card = Objects.requireNonNull(offload);
            if (capabilities.transmitChecksums()) {
                card.complete(copy, Packet.flags(memory, packet), Packet.offload(memory, packet));
            }
            if (capabilities.receiveChecksums()) {
                card.verify(copy);
            }
        }

        @Override
        public PacketCache cache() {
            return cache;
        }

        @Override
        public void await(long timeoutNanos) {
            sleeper = Thread.currentThread();
            Words.fullFence();
            if (!awake && isEmpty() && timeoutNanos > 0) {
                LockSupport.parkNanos(this, timeoutNanos);
            }
            sleeper = null;
            awake = false;
        }

        @Override
        public void wakeup() {
            awake = true;
            unpark();
        }

        /// Wakes whoever sleeps although there may be a packet now.
        private void wakePeers() {
            Words.fullFence();
            for (MemoryQueue peer : peers) {
                peer.unpark();
            }
        }

        private void unpark() {
            Thread thread = sleeper;
            if (thread != null) {
                LockSupport.unpark(thread);
            }
        }

        private boolean isEmpty() {
            for (PacketRing ring : incoming) {
                if (!ring.isEmpty()) {
                    return false;
                }
            }
            return true;
        }

        void drain() {
            for (PacketRing ring : incoming) {
                for (long packet = ring.poll(); packet != Packet.NONE; packet = ring.poll()) {
                    cache.release(packet);
                }
            }
            cache.flush();
            Objects.requireNonNull(far).flush();
        }
    }
}
