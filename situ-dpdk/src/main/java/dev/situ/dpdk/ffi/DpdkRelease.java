package dev.situ.dpdk.ffi;

import java.util.List;

/// The long-term releases of DPDK whose structures are known here, with the offsets in which they differ. All
/// others are the same in all of them, and stand in the class of their structure.
///
/// | release | ABI | `rte_eth_fp_ops`: rx, rx data, tx, tx data | max_rx_queues | `rte_eth_dev`: data | memif: lock |
/// |---|---|---|---|---|---|
/// | 22.11 | 23 | 0, 24, 64, 88 | 44 | 48 | 56 |
/// | 23.11 | 24 | 16, 0, 80, 64 | 48 | 64 | 64 |
/// | 24.11 | 25 | 16, 0, 80, 64 | 48 | 72 | 64 |
///
/// `max_rx_queues` is of `rte_eth_dev_info`, the lock of [MemifConnection].
///
/// 22.11 is tested. The others are not: their offsets are read off their headers (`rte_ethdev_core.h`,
/// `rte_ethdev.h`, `ethdev_driver.h`). For all, [LayoutCheck] compares what is said here with what the loaded
/// library does, and refuses what it finds to be different.
public enum DpdkRelease {
    /// DPDK 22.11, in Debian 12.
    V22_11("22.11", 23, 0, 24, 64, 88, 44, 48, 56),
    /// DPDK 23.11, in Ubuntu 24.04. Not tested.
    V23_11("23.11", 24, 16, 0, 80, 64, 48, 64, 64),
    /// DPDK 24.11, in Debian 13. Not tested.
    V24_11("24.11", 25, 16, 0, 80, 64, 48, 72, 64);

    private static final List<DpdkRelease> ALL = List.of(values());

    private final String version;
    private final int abi;
    private final int rxBurst;
    private final int rxQueueData;
    private final int txBurst;
    private final int txQueueData;
    private final int maxRxQueues;
    private final int ethDevData;
    private final int memifLock;

    DpdkRelease(
            String version,
            int abi,
            int rxBurst,
            int rxQueueData,
            int txBurst,
            int txQueueData,
            int maxRxQueues,
            int ethDevData,
            int memifLock) {
        this.version = version;
        this.abi = abi;
        this.rxBurst = rxBurst;
        this.rxQueueData = rxQueueData;
        this.txBurst = txBurst;
        this.txQueueData = txQueueData;
        this.maxRxQueues = maxRxQueues;
        this.ethDevData = ethDevData;
        this.memifLock = memifLock;
    }

    static List<DpdkRelease> all() {
        return ALL;
    }

    /// As people write it: `22.11`.
    public String version() {
        return version;
    }

    /// The file that the dynamic linker finds this release's library `name` in: `librte_eal.so.23`.
    String soname(String name) {
        return name + ".so." + abi;
    }

    int rxBurst() {
        return rxBurst;
    }

    int rxQueueData() {
        return rxQueueData;
    }

    int txBurst() {
        return txBurst;
    }

    int txQueueData() {
        return txQueueData;
    }

    int maxRxQueues() {
        return maxRxQueues;
    }

    int ethDevData() {
        return ethDevData;
    }

    int memifLock() {
        return memifLock;
    }
}
