package dev.situ.bench.loss;

import java.util.SplittableRandom;

/// Which datagrams are lost, one after the other. Confined to one thread.
final class Losses {
    private final SplittableRandom random;
    private final int below;

    /// @param chance of each, 0 to 1
    Losses(long seed, double chance) {
        random = new SplittableRandom(seed);
        below = (int) Math.round(chance * Integer.MAX_VALUE);
    }

    /// Whether the next one is lost.
    boolean next() {
        return below > 0 && (random.nextInt() & Integer.MAX_VALUE) < below;
    }
}
