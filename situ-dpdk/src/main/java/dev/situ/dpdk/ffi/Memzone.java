package dev.situ.dpdk.ffi;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;

/// `struct rte_memzone`: a named run of the EAL's memory (`rte_memzone.h`).
///
/// ```
///  0          32      40      48      56       64        68      72
/// +----------+-------+-------+-------+--------+---------+-------+
/// |   name   | iova  | addr  |  len  | page   | socket  | flags |
/// +----------+-------+-------+-------+--------+---------+-------+
/// ```
public final class Memzone {
    private static final int BYTES = 72;
    private static final int IOVA = 32;
    private static final int ADDRESS = 40;
    private static final int LENGTH = 48;
    private static final int SOCKET = 64;

    private Memzone() {}

    /// The address by which devices know it.
    public static long iova(long memzone) {
        return Words.getLong(zone(memzone), IOVA);
    }

    public static long address(long memzone) {
        return Words.getLong(zone(memzone), ADDRESS);
    }

    public static long bytes(long memzone) {
        return Words.getLong(zone(memzone), LENGTH);
    }

    /// The NUMA node.
    static int socket(long memzone) {
        return Words.getInt(zone(memzone), SOCKET);
    }

    private static MemorySegment zone(long memzone) {
        return Libraries.at(memzone, BYTES);
    }
}
