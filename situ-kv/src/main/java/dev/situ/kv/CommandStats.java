package dev.situ.kv;

/// What is counted of one command. Written by one thread; others may read figures that are a moment old.
final class CommandStats {
    long calls;
    long nanos;
    long rejected;
    long failed;
    final Histogram times = new Histogram();

    CommandStats() {}

    /// Notes some calls that took so long each.
    void called(long nanosEach, long times, boolean intoHistogram) {
        calls += times;
        nanos += nanosEach * times;
        if (intoHistogram) {
            this.times.record(nanosEach, times);
        }
    }

    void add(CommandStats other) {
        calls += other.calls;
        nanos += other.nanos;
        rejected += other.rejected;
        failed += other.failed;
        times.add(other.times);
    }
}
