package dev.situ.dpdk.ffi;

import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// What a driver says about its port: `struct rte_eth_dev_info` (`rte_ethdev.h`).
///
/// ```
///  0 device   8 driver name   20 min MTU   22 max MTU   32 min receive buffer   44 max rx queues   46 max tx
///  queues 72 rx offloads   80 tx offloads   112 flow types that RSS can hash           (23.11 on: 48 and 50 for
///  the queues)
/// ```
///
/// @param driver the driver's name: `net_memif`
/// @param maxMtu the largest MTU that it takes
/// @param maxRxQueues the most queues to receive by
/// @param maxTxQueues the most queues to send by
/// @param rxOffloads `RTE_ETH_RX_OFFLOAD_*`
/// @param txOffloads `RTE_ETH_TX_OFFLOAD_*`
/// @param rssFlows the `RTE_ETH_RSS_*` that it can spread over queues; 0 if it cannot
public record EthInfo(
        String driver, int maxMtu, int maxRxQueues, int maxTxQueues, long rxOffloads, long txOffloads, long rssFlows) {
    /// `RTE_ETH_RX_OFFLOAD_IPV4_CKSUM` and `_UDP_CKSUM`; the same bits in the offloads for sending.
    public static final long CHECKSUMS = 0x2 | 0x4;
    /// `RTE_ETH_TX_OFFLOAD_MULTI_SEGS`.
    public static final long MULTI_SEGMENT_SEND = 0x8000;
    /// `RTE_ETH_RSS_IPV4 | _FRAG_IPV4 | _NONFRAG_IPV4_TCP | _NONFRAG_IPV4_UDP | _NONFRAG_IPV4_OTHER`.
    public static final long RSS_IPV4_FLOWS = 0x4 | 0x8 | 0x10 | 0x20 | 0x80;

    /// More than the structure has in any release.
    static final int ROOM = 1024;
    /// The same size in all releases.
    static final int BYTES = 376;

    private static final int DRIVER_NAME = 8;
    private static final int MAX_MTU = 22;
    private static final int RX_OFFLOADS = 72;
    private static final int TX_OFFLOADS = 80;
    private static final int RSS_FLOWS = 112;

    /// Asks the driver.
    ///
    /// @throws Refusal if it refuses
    public static EthInfo of(int port) {
        int maxRxQueues = Libraries.require().maxRxQueues();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(ROOM, Long.BYTES);
            int error = EthdevCalls.infoGet(port, info);
            if (error < 0) {
                throw new Refusal("DPDK says nothing about port " + port + ": " + EalCalls.errorText(error));
            }
            return new EthInfo(
                    Libraries.string(Words.getLong(info, DRIVER_NAME), 64),
                    unsignedShort(info, MAX_MTU),
                    unsignedShort(info, maxRxQueues),
                    unsignedShort(info, maxRxQueues + Short.BYTES),
                    Words.getLong(info, RX_OFFLOADS),
                    Words.getLong(info, TX_OFFLOADS),
                    Words.getLong(info, RSS_FLOWS));
        }
    }

    private static int unsignedShort(MemorySegment info, int offset) {
        return Short.toUnsignedInt(Words.getShort(info, offset));
    }
}
