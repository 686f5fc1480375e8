package dev.situ.dpdk;

import dev.situ.dpdk.ffi.EalCalls;
import dev.situ.dpdk.ffi.Mempool;
import dev.situ.dpdk.ffi.Refusal;
import dev.situ.memory.Consumes;
import dev.situ.packet.PacketLayout;
import dev.situ.packet.PacketPool;
import java.util.concurrent.atomic.AtomicInteger;

/// A pool of packets that are DPDK's own mbufs, in memory that devices reach.
///
/// ```
///   driver ◀─C─▶ cache of each thread ◀─▶ ┌──────────────┐ ◀─▶ PacketCache of each queue ◀─Java─▶
///                                         │ common stock │
///   any thread ◀────take, release───────▶ └──────────────┘
/// ```
///
/// **What is outstanding.** DPDK drops references by itself, whoever took them, so what is held can only be
/// counted from what is free: all packets, less the common stock, less the caches, less those that drivers were
/// seen to put on their receive rings when their ports started. Drivers may hold some more for a while (what is
/// being sent, what they will refill); after the ports are closed the count is exact. Two drivers (22.11) never
/// give back what is on their rings, AF_XDP and the memif without a copy: after those, packets that nobody holds
/// count as outstanding, and the pool can be closed nevertheless; its memory stays then.
///
/// Safe for all threads, registered or not.
public final class DpdkPacketPool extends PacketPool implements AutoCloseable {
    /// A buffer for a whole Ethernet packet behind its headroom, as DPDK's default: 2176 bytes.
    public static final int DEFAULT_BUFFER_BYTES = 2048 + PacketLayout.HEADROOM;

    private static final int MAX_THREAD_CACHE = 256;
    private static final int THREAD_CACHE_SHARE = 16;
    private static final AtomicInteger CREATED = new AtomicInteger();

    private final Eal eal;
    private final Mempool mempool;
    private final String name;
    private final AtomicInteger driverHeld = new AtomicInteger();
    private final AtomicInteger ports = new AtomicInteger();
    private volatile boolean keptByDrivers;
    private boolean closed;

    private DpdkPacketPool(Eal eal, Mempool mempool, String name, int bufferBytes, boolean traced) {
        super(mempool.memory(), mempool.packets(), bufferBytes, traced);
        this.eal = eal;
        this.mempool = mempool;
        this.name = name;
        eal.remember(this);
    }

    /// Makes a pool of `packets` packets of up to 2048 bytes.
    ///
    /// @throws DpdkException if there is no such memory
    public static DpdkPacketPool create(Eal eal, int packets) {
        return create(eal, packets, DEFAULT_BUFFER_BYTES, true);
    }

    /// Makes a pool.
    ///
    /// @param packets at least 1
    /// @param bufferBytes the bytes of each buffer, with a headroom of [PacketLayout#HEADROOM]: 129 to 65535
    /// @param traced whether checked mode keeps stack traces; see [PacketPool]
    /// @throws DpdkException if there is no such memory
    public static DpdkPacketPool create(Eal eal, int packets, int bufferBytes, boolean traced) {
        if (packets < 1) {
            throw new IllegalArgumentException("a pool has at least 1 packet, not " + packets);
        }
        if (bufferBytes <= PacketLayout.HEADROOM || bufferBytes > 0xFFFF) {
            throw new IllegalArgumentException("a buffer has 129 to 65535 bytes, not " + bufferBytes);
        }
        String name = "situ_packets_" + CREATED.getAndIncrement();
        int threadCache = Math.min(MAX_THREAD_CACHE, packets / THREAD_CACHE_SHARE);
        Mempool mempool = eal.call(() -> {
            try {
                return Mempool.create(
                        name, packets, bufferBytes, PacketLayout.PRIVATE_BYTES, threadCache, EalCalls.ANY_SOCKET);
            } catch (Refusal e) {
                throw new DpdkException(e.getMessage() + "; is the EAL's memory (-m) large enough?", e);
            }
        });
        return new DpdkPacketPool(eal, mempool, name, bufferBytes, traced);
    }

    /// The `struct rte_mempool`, for drivers.
    long mempoolAddress() {
        return mempool.address();
    }

    /// Notes that a port uses the pool, and that its driver holds `packets` packets all the time.
    void addPort(int packets) {
        ports.incrementAndGet();
        driverHeld.addAndGet(packets);
    }

    /// Notes that a port does not use the pool any more.
    ///
    /// @param packets what the driver gave back of those that it held all the time
    /// @param keeps whether it is one that does not give back everything
    void removePort(int packets, boolean keeps) {
        driverHeld.addAndGet(-packets);
        if (keeps) {
            keptByDrivers = true;
        }
        ports.decrementAndGet();
    }

    /// The packets that neither Java nor a driver has taken.
    int free() {
        return mempool.free(eal.lcores());
    }

    @Override
    protected long takeFree() {
        return mempool.take();
    }

    @Override
    protected void giveFree(@Consumes long descriptor) {
        mempool.give(descriptor);
    }

    @Override
    protected int takeFree(long[] into, int from, int count) {
        return mempool.take(into, from, count);
    }

    @Override
    protected void giveFree(long[] descriptors, int from, int count) {
        mempool.give(descriptors, from, count);
    }

    @Override
    protected int taken() {
        return packets() - free() - driverHeld.get();
    }

    @Override
    protected long descriptorAt(long offset) {
        if (offset < 0 || offset >= memory().byteSize()) {
            return 0;
        }
        long at = mempool.descriptorAt(offset);
        long inBuffer = offset - at - PacketLayout.BUFFER;
        return inBuffer >= 0 && inBuffer < bufferBytes() ? at : 0;
    }

    @Override
    public String toString() {
        return "pool " + name;
    }

    /// Frees the memory. To be called when nobody holds or takes a packet any more.
    ///
    /// @throws IllegalStateException if packets are held or a port of the pool is open; the memory stays then, and
    ///         the cause is where one of the packets was taken, if checked mode knows
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        if (ports.get() != 0) {
            throw new IllegalStateException(ports + " ports of " + this + " are still open");
        }
        int held = outstanding();
        if (held != 0 && !keptByDrivers) {
            throw new IllegalStateException(held + " packets of " + this + " are still held", traceOfHeld());
        }
        closed = true;
        if (held == 0) { // else drivers have them, or somebody who may still read them: the memory stays
            eal.call(() -> {
                mempool.close();
                return true;
            });
        }
        eal.forget(this);
    }
}
