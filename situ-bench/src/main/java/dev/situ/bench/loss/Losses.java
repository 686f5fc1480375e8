package dev.situ.bench.loss;

import java.util.SplittableRandom;

/// Which datagrams are lost, one after the other. Confined to one thread.
final class Losses {
    private final SplittableRandom random;
    private final long below;

    /// @param chance of each, 0 to 1
    Losses(long seed, double chance) {
        random = new SplittableRandom(seed);
        below = Math.round(chance * (1L << 31));
    }

    /// Whether the next one is lost.
    boolean next() {
        return (random.nextInt() & Integer.MAX_VALUE) < below;
    }
}
