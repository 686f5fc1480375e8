package dev.situ.r2p2;

/// How long an answer takes, and how long to wait before a packet counts as lost: RFC 6298, with a floor for
/// networks inside a machine or a rack. All times are nanoseconds. Confined to one thread.
final class RttEstimator {
    static final long FLOOR_NANOS = 200_000;
    static final long CEILING_NANOS = 250_000_000;

    /// Before anything was measured. RFC 6298 has a second, for the Internet.
    static final long INITIAL_NANOS = 10_000_000;

    /// What a clock may be off: the tick of what looks at it.
    private static final long GRANULARITY_NANOS = 50_000;

    private long smoothed;
    private long variation;
    private long timeout = INITIAL_NANOS;

    /// Takes the time between a packet that was sent once and its answer.
    void sample(long nanos) {
        if (smoothed == 0) {
            smoothed = Math.max(1, nanos);
            variation = nanos / 2;
        } else {
            variation += (Math.abs(smoothed - nanos) - variation) / 4;
            smoothed = Math.max(1, smoothed + (nanos - smoothed) / 8);
        }
        timeout = Math.clamp(smoothed + Math.max(GRANULARITY_NANOS, 4 * variation), FLOOR_NANOS, CEILING_NANOS);
    }

    /// The smoothed round trip, or 0 if none was measured.
    long smoothedNanos() {
        return smoothed;
    }

    /// How long to wait before a packet is sent again: doubles with each time-out, of which there were `timeouts`.
    long timeoutNanos(int timeouts) {
        return Math.min(timeout << Math.min(timeouts, 16), CEILING_NANOS);
    }

    /// Forgets what was measured.
    void reset() {
        smoothed = 0;
        variation = 0;
        timeout = INITIAL_NANOS;
    }
}
