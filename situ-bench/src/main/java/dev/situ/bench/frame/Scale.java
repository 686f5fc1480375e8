package dev.situ.bench.frame;

import java.util.concurrent.TimeUnit;

/// How thoroughly is measured.
public enum Scale {
    /// Figures to keep: minutes for each experiment.
    FULL(5, Long.MAX_VALUE),
    /// A look: at most a minute for each experiment.
    QUICK(3, 50),
    /// Whether it runs at all; the figures mean nothing. For tests.
    TINY(1, 20);

    private final int rounds;
    private final long seconds;

    Scale(int rounds, long seconds) {
        this.rounds = rounds;
        this.seconds = seconds;
    }

    /// How many rounds there are.
    public int rounds() {
        return rounds;
    }

    /// After how many seconds no further step is begun, once each system was measured at least once.
    public long seconds() {
        return seconds;
    }

    /// How a system in memory warms up: at most so many milliseconds, but a million operations in any case.
    public WarmUp warmUp(int fullMillis, int quickMillis) {
        return warmUp(1_000_000, fullMillis, quickMillis);
    }

    /// How a system warms up to which requests are sent: at most so many milliseconds, but 50,000 requests in any
    /// case.
    public WarmUp requestWarmUp(int fullMillis, int quickMillis) {
        return warmUp(50_000, fullMillis, quickMillis);
    }

    /// How a system warms up to which so many requests a second are sent: at most so many milliseconds, and half as
    /// many in any case.
    public WarmUp warmUpFor(int perSecond, int fullMillis, int quickMillis) {
        return warmUp(perSecond * (long) pick(fullMillis, quickMillis, 1) / 2_000, fullMillis, quickMillis);
    }

    private WarmUp warmUp(long operations, int fullMillis, int quickMillis) {
        return new WarmUp(
                pick(operations, operations, 1L), TimeUnit.MILLISECONDS.toNanos(pick(fullMillis, quickMillis, 1)));
    }

    /// What stands for this scale.
    public <T> T pick(T full, T quick, T tiny) {
        return switch (this) {
            case FULL -> full;
            case QUICK -> quick;
            case TINY -> tiny;
        };
    }
}
