package dev.situ.dpdk.ffi;

import dev.situ.memory.Consumes;
import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// The driver's receive and send functions for one queue of a started port. In C they are called by inline
/// functions, `rte_eth_rx_burst` and `rte_eth_tx_burst`; here, out of the table that those read.
///
/// ```
///  rte_eth_fp_ops, 128 bytes a port     22.11: 0 rx   24 rx queues   64 tx   88 tx queues
///                                       later: 16 rx   0 rx queues   80 tx   64 tx queues
///  rx queues ──▶ | queue 0 | queue 1 | …      pointers, the first argument of rx
/// ```
///
/// To be read after the port was started, and not to be called once it is stopped.
public final class BurstFunctions {
    private static final int STRIDE = 128;

    private final MemorySegment rx;
    private final MemorySegment tx;
    private final long rxQueue;
    private final long txQueue;
    private final @Nullable MemifConnection memif;

    private BurstFunctions(
            MemorySegment rx, long rxQueue, MemorySegment tx, long txQueue, @Nullable MemifConnection memif) {
        this.rx = rx;
        this.rxQueue = rxQueue;
        this.tx = tx;
        this.txQueue = txQueue;
        this.memif = memif;
    }

    /// Reads the functions of a queue, and checks that they are what they should be.
    ///
    /// @param memif what each burst is to hold, if the port is one
    /// @throws Refusal if they are not
    public static BurstFunctions of(int port, int queue, @Nullable MemifConnection memif) {
        DpdkRelease release = Libraries.require();
        MemorySegment table = Libraries.variable("rte_eth_fp_ops", (port + 1L) * STRIDE);
        long at = (long) port * STRIDE;
        long rx = Words.getLong(table, at + release.rxBurst());
        long tx = Words.getLong(table, at + release.txBurst());
        long rxQueues = Words.getLong(table, at + release.rxQueueData());
        long txQueues = Words.getLong(table, at + release.txQueueData());
        ProcessMaps maps = ProcessMaps.read();
        boolean plausible = maps.isCodeOf(rx, "librte_")
                && maps.isCodeOf(tx, "librte_")
                && maps.isReadable(rxQueues, (queue + 1L) * Long.BYTES)
                && maps.isReadable(txQueues, (queue + 1L) * Long.BYTES);
        long rxQueue = plausible ? pointer(rxQueues, queue) : 0;
        long txQueue = plausible ? pointer(txQueues, queue) : 0;
        if (!maps.isReadable(rxQueue, Long.BYTES) || !maps.isReadable(txQueue, Long.BYTES)) {
            throw new Refusal("rte_eth_fp_ops is not as DPDK " + release.version() + " has it (port " + port
                    + ", queue " + queue + "); this build of DPDK cannot be used");
        }
        return new BurstFunctions(MemorySegment.ofAddress(rx), rxQueue, MemorySegment.ofAddress(tx), txQueue, memif);
    }

    private static long pointer(long array, int index) {
        long offset = (long) index * Long.BYTES;
        return Words.getLong(Libraries.at(array, offset + Long.BYTES), offset);
    }

    /// Receives up to `count` packets, and writes the addresses of their descriptors to `pointers`. The caller
    /// holds the packets.
    ///
    /// @return how many
    public int receive(MemorySegment pointers, int count) {
        return burst(rx, rxQueue, pointers.address(), checked(pointers, count));
    }

    /// Sends up to `count` packets whose descriptors' addresses are at `pointers`. Consumes those that it takes.
    ///
    /// @return how many
    public int transmit(MemorySegment pointers, int count) {
        return burst(tx, txQueue, pointers.address(), checked(pointers, count));
    }

    private int burst(MemorySegment function, long queue, long pointers, int count) {
        if (memif == null) {
            return EthdevCalls.burst(function, queue, pointers, count);
        }
        if (!memif.enter()) {
            return 0;
        }
        try {
            return EthdevCalls.burst(function, queue, pointers, count);
        } finally {
            memif.leave();
        }
    }

    /// Gives a packet back to its own pool, whichever that is. Consumes it.
    ///
    /// @param packet the address of a descriptor that a driver gave
    public static void release(@Consumes long packet) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pointer = arena.allocate(ValueLayout.JAVA_LONG);
            Words.setLong(pointer, 0, packet);
            MempoolCalls.packetFree(pointer.address(), 1);
        }
    }

    private static int checked(MemorySegment pointers, int count) {
        if (count < 0 || count > pointers.byteSize() / Long.BYTES || count > 0xFFFF) {
            throw new IndexOutOfBoundsException(count);
        }
        return count;
    }
}
