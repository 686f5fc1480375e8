package dev.situ.bench.frame;

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

    /// What stands for this scale.
    public <T> T pick(T full, T quick, T tiny) {
        return switch (this) {
            case FULL -> full;
            case QUICK -> quick;
            case TINY -> tiny;
        };
    }
}
