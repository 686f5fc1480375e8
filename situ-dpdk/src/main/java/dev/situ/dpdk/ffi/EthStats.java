package dev.situ.dpdk.ffi;

import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A driver's counts: the head of `struct rte_eth_stats` (`rte_ethdev.h`).
///
/// ```
///  0 ipackets   8 opackets   16 ibytes   24 obytes   32 imissed   40 ierrors   48 oerrors   56 rx_nombuf
/// ```
///
/// @param received packets received
/// @param sent packets sent
/// @param receivedBytes their bytes
/// @param sentBytes their bytes
/// @param missed packets that came while the receive ring was full
/// @param receiveErrors packets that came damaged
/// @param sendErrors packets that failed to be sent
/// @param noBuffer packets that came while the pool was empty
public record EthStats(
        long received,
        long sent,
        long receivedBytes,
        long sentBytes,
        long missed,
        long receiveErrors,
        long sendErrors,
        long noBuffer) {
    static final int ROOM = 4096;
    static final int BYTES = 704;

    /// Asks the driver; counts of 0 if it has none.
    public static EthStats of(int port) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stats = arena.allocate(ROOM, Long.BYTES);
            if (EthdevCalls.statsGet(port, stats) < 0) {
                stats.fill((byte) 0);
            }
            return new EthStats(
                    Words.getLong(stats, 0),
                    Words.getLong(stats, 8),
                    Words.getLong(stats, 16),
                    Words.getLong(stats, 24),
                    Words.getLong(stats, 32),
                    Words.getLong(stats, 40),
                    Words.getLong(stats, 48),
                    Words.getLong(stats, 56));
        }
    }
}
