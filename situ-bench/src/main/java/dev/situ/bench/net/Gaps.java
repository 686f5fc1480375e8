package dev.situ.bench.net;

import org.HdrHistogram.Histogram;

/// What the machine takes from a thread that does nothing but look at the clock: no latency that is measured on it can
/// be better than that.
final class Gaps {
    private static final int DIGITS = 3;

    private Gaps() {}

    /// Looks at the clock for so long, again and again.
    ///
    /// @return how long a request would have waited, in nanoseconds, for each microsecond in which it may have come
    static Histogram measure(long nanos) {
        Histogram waits = new Histogram(DIGITS);
        long begin = System.nanoTime();
        long last = begin;
        while (last - begin < nanos) {
            long now = System.nanoTime();
            waits.recordValueWithExpectedInterval(now - last, 1_000);
            last = now;
        }
        return waits;
    }
}
