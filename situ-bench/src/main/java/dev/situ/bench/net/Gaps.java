package dev.situ.bench.net;

import org.HdrHistogram.Histogram;

/// What the machine takes from a thread that does nothing but look at the clock: no latency that is measured on it can
/// be better than that.
final class Gaps {
    private static final int DIGITS = 3;
    private static final long STEP_NANOS = 1_000;

    private Gaps() {}

    /// Looks at the clock for so long, again and again.
    ///
    /// @return how long requests would have waited, in nanoseconds, of which one is due in each microsecond
    static Histogram measure(long nanos) {
        Histogram waits = new Histogram(DIGITS);
        long begin = System.nanoTime();
        long due = begin;
        while (due - begin < nanos) {
            long now = System.nanoTime();
            for (; due - now <= 0; due += STEP_NANOS) {
                waits.recordValue(now - due);
            }
        }
        return waits;
    }
}
