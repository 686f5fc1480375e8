package dev.situ.dpdk.ffi;

import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// `struct rte_pktmbuf_pool_private`: the sizes of a pool's packets (`rte_mbuf.h`).
///
/// ```
///  0                 2               4        8
/// +-----------------+---------------+--------+
/// | buffer bytes    | private bytes | flags  |
/// +-----------------+---------------+--------+
/// ```
final class PacketPoolPrivate {
    static final int BYTES = 8;

    private PacketPoolPrivate() {}

    static MemorySegment of(Arena arena, int bufferBytes, int privateBytes) {
        MemorySegment sizes = arena.allocate(BYTES, Long.BYTES);
        Words.setShort(sizes, 0, (short) bufferBytes);
        Words.setShort(sizes, 2, (short) privateBytes);
        return sizes;
    }
}
