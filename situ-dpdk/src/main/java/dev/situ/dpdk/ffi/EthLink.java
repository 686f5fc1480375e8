package dev.situ.dpdk.ffi;

import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A port's link: `struct rte_eth_link` (`rte_ethdev.h`).
///
/// ```
///  0 speed in Mbit/s, 32 bits   4 bit 0 full duplex, bit 1 autonegotiated, bit 2 up
/// ```
///
/// @param megabits the speed in Mbit/s; `0xFFFFFFFF` if unknown
/// @param up whether the other end is there
public record EthLink(long megabits, boolean up) {
    private static final int ROOM = 64;
    private static final int UP = 1 << 2;

    /// Asks the driver, without waiting.
    public static EthLink of(int port) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment link = arena.allocate(ROOM, Long.BYTES);
            int error = EthdevCalls.linkGet(port, link);
            return new EthLink(
                    Integer.toUnsignedLong(Words.getInt(link, 0)), error == 0 && (Words.getInt(link, 4) & UP) != 0);
        }
    }
}
