package dev.situ.bench.load;

import java.util.Locale;

/// Workloads that others have published.
///
/// `usr` and `etc` are pools of Facebook's memcached (Atikoglu, Xu, Frachtenberg, Jiang, Paleczny: "Workload
/// analysis of a large-scale key-value store", SIGMETRICS 2012): the sizes and the share of reads are the paper's.
/// It gives no formula for the popularity of keys; Zipf's distribution with 0.99 is ours, and so are equal numbers
/// of keys of either length in `usr`, and that keys of `etc` have 16 bytes at least.
///
/// `ycsb-a` to `ycsb-f` are the core workloads of the Yahoo Cloud Serving Benchmark (Cooper et al., SoCC 2010) with
/// records of 1000 bytes as one value. `ycsb-e` scans ranges, which Situ has none of.
enum Preset {
    /// User-account state: short keys, values of 2 bytes, hardly ever written.
    USR("zipf:0.99", false, Sizes.oneOf(16, 21), Sizes.fixed(2), "get:99.8,set:0.2"),
    /// General use: 30 reads for each write; many values are tiny, some are large.
    ETC(
            "zipf:0.99",
            false,
            Sizes.extremeValue(30.7984, 8.20449, 0.078688, Keys.LEAST_BYTES, 250),
            Sizes.tableAndPareto(
                    new double[] {
                        0.00536, 0.00047, 0.17820, 0.09239, 0.00018, 0.02740, 0.00065, 0.00606, 0.00023, 0.00837,
                        0.00837, 0.08989, 0.00092, 0.00326, 0.01980
                    },
                    15,
                    214.476,
                    0.348238,
                    1 << 20),
            "get:30,set:1"),
    /// Half reads, half updates.
    YCSB_A("zipf:0.99", false, Sizes.fixed(23), Sizes.fixed(1000), "get:50,set:50"),
    /// Mostly reads.
    YCSB_B("zipf:0.99", false, Sizes.fixed(23), Sizes.fixed(1000), "get:95,set:5"),
    /// Reads only.
    YCSB_C("zipf:0.99", false, Sizes.fixed(23), Sizes.fixed(1000), "get:100"),
    /// Reads of what was inserted last.
    YCSB_D("zipf:0.99", true, Sizes.fixed(23), Sizes.fixed(1000), "get:95,insert:5"),
    /// Half reads, half reads that are followed by a write of the same key.
    YCSB_F("zipf:0.99", false, Sizes.fixed(23), Sizes.fixed(1000), "get:50,rmw:50");

    @SuppressWarnings("ImmutableEnumChecker") // its distributions draw from what they are given, and keep nothing
    private final Workload workload;

    Preset(String popularity, boolean latest, Sizes keySizes, Sizes valueSizes, String mix) {
        workload = new Workload(1_000_000, popularity, latest, keySizes, valueSizes, Mix.parse(mix));
    }

    /// What is asked for, of a million keys.
    Workload workload() {
        return workload;
    }

    /// The name on the command line: `ycsb-a`.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
