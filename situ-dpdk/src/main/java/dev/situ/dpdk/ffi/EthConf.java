package dev.situ.dpdk.ffi;

import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// How a port is to work: `struct rte_eth_conf`, what is set of it (`rte_ethdev.h`; the same in 22.11, 23.11 and
/// 24.11, but for the end).
///
/// ```
///  8 rxmode: +0 mq_mode   +4 mtu   +16 offloads       64 txmode: +8 offloads       128 rss_conf: +0 key   +16
///  flows
/// ```
public final class EthConf {
    /// More than the structure has in any release.
    static final int ROOM = 4096;
    static final int MULTI_QUEUE_MODE = 8;
    static final int MTU = 12;
    static final int RX_OFFLOADS = 24;
    static final int TX_OFFLOADS = 72;
    static final int RSS_FLOWS = 144;

    /// `RTE_ETH_MQ_RX_RSS`.
    private static final int RSS = 1;

    private EthConf() {}

    /// A configuration.
    ///
    /// @param rssFlows what to spread over queues, or 0 for nothing
    public static MemorySegment of(Arena arena, int mtu, long rxOffloads, long txOffloads, long rssFlows) {
        MemorySegment conf = arena.allocate(ROOM, Long.BYTES);
        Words.setInt(conf, MTU, mtu);
        Words.setLong(conf, RX_OFFLOADS, rxOffloads);
        Words.setLong(conf, TX_OFFLOADS, txOffloads);
        if (rssFlows != 0) {
            Words.setInt(conf, MULTI_QUEUE_MODE, RSS);
            Words.setLong(conf, RSS_FLOWS, rssFlows);
        }
        return conf;
    }
}
