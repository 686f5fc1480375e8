package dev.situ.kv;

/// How often which time was measured, in buckets that grow with the time so that each is known within one in 128.
///
/// ```
///   nanoseconds   0 .. 255: one by one | 256 .. 511: by two | 512 .. 1023: by four | ...      128 buckets for each
///                                                                                             power of two
/// ```
///
/// The buckets are those of HdrHistogram with two digits, as Redis has them, so that percentiles are rounded alike.
/// Written by one thread; others may read figures that are a moment old.
final class Histogram {
    /// Longer times count as this one.
    static final long MOST_NANOS = 1_000_000_000;

    /// The end of the last bucket.
    static final long LAST_NANOS;

    private static final int HALF_BITS = 7;
    private static final int HALF = 1 << HALF_BITS;
    private static final int BUCKETS = index(MOST_NANOS) + 1;

    static {
        LAST_NANOS = end(BUCKETS - 1);
    }

    private final long[] counts = new long[BUCKETS];

    Histogram() {}

    void record(long nanos, long times) {
        counts[index(Math.clamp(nanos, 0, MOST_NANOS))] += times;
    }

    void add(Histogram other) {
        for (int i = 0; i < BUCKETS; i++) {
            counts[i] += other.counts[i];
        }
    }

    long total() {
        return upTo(MOST_NANOS);
    }

    /// How many of the times were not longer.
    long upTo(long nanos) {
        long sum = 0;
        int last = index(Math.min(nanos, MOST_NANOS));
        for (int i = 0; i <= last; i++) {
            sum += counts[i];
        }
        return sum;
    }

    /// The time that `percent` of all times did not exceed, in nanoseconds: the end of its bucket.
    long percentile(double percent) {
        long wanted = Math.max(1, (long) (percent / 100 * total() + 0.5));
        long sum = 0;
        for (int i = 0; i < BUCKETS; i++) {
            sum += counts[i];
            if (sum >= wanted) {
                return end(i);
            }
        }
        return 0;
    }

    private static int index(long nanos) {
        int power = Long.SIZE - Long.numberOfLeadingZeros(nanos | 2 * HALF - 1) - HALF_BITS - 1;
        return power * HALF + (int) (nanos >>> power);
    }

    /// The longest time of a bucket.
    private static long end(int index) {
        int power = Math.max(0, (index >>> HALF_BITS) - 1);
        return ((index - (long) power * HALF + 1) << power) - 1;
    }
}
