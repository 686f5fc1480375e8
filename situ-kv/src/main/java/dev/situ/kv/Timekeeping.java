package dev.situ.kv;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

/// The time of day in microseconds, for what is rare.
final class Timekeeping {
    private Timekeeping() {}

    /// Microseconds since 1970.
    static long micros() {
        Instant now = Instant.now();
        return TimeUnit.SECONDS.toMicros(now.getEpochSecond()) + now.getNano() / 1000;
    }
}
