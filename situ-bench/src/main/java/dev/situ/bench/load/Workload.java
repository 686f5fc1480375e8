package dev.situ.bench.load;

/// What is asked for, as data.
///
/// @param keys so many are there before the load begins
/// @param popularity as in [Ranks#parse]
/// @param latest whether the keys that were inserted last are the most popular ones
/// @param keySizes how long keys are; a key always has the same length
/// @param valueSizes how long each value is that is written
/// @param mix how often each operation is asked for
public record Workload(long keys, String popularity, boolean latest, Sizes keySizes, Sizes valueSizes, Mix mix) {
    /// A million keys of 16 bytes, each as popular as any other; values of 64 bytes; reads only.
    public static final Workload USUAL =
            new Workload(1_000_000, "uniform", false, Sizes.fixed(16), Sizes.fixed(64), Mix.parse("get:100"));

    /// Checks the number and the distribution.
    ///
    /// @throws IllegalArgumentException whose message says what is wrong
    public Workload {
        if (keys < 1 || keys > Keys.MOST) {
            throw new IllegalArgumentException("there are 1 to " + Keys.MOST + " keys, not " + keys);
        }
        Ranks.parse(popularity, keys);
    }

    /// The distribution of the keys.
    public Ranks ranks() {
        return Ranks.parse(popularity, keys);
    }

    /// The same with another number of keys.
    public Workload withKeys(long keys) {
        return new Workload(keys, popularity, latest, keySizes, valueSizes, mix);
    }

    /// The same with other popular keys.
    public Workload withPopularity(String popularity) {
        return new Workload(keys, popularity, false, keySizes, valueSizes, mix);
    }

    /// The same with keys of other sizes.
    public Workload withKeySizes(Sizes keySizes) {
        return new Workload(keys, popularity, latest, keySizes, valueSizes, mix);
    }

    /// The same with other values.
    public Workload withValueSizes(Sizes valueSizes) {
        return new Workload(keys, popularity, latest, keySizes, valueSizes, mix);
    }

    /// The same with other operations.
    public Workload withMix(Mix mix) {
        return new Workload(keys, popularity, latest, keySizes, valueSizes, mix);
    }
}
