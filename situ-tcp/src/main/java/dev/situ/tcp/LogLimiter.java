package dev.situ.tcp;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Lets at most one line a second into the log, and counts in it what was left out: a client must not be able to
/// fill the log.
///
/// Safe to call from any thread.
final class LogLimiter {
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final System.Logger logger;
    private final AtomicLong next = new AtomicLong(System.nanoTime());
    private final AtomicLong leftOut = new AtomicLong();

    LogLimiter(System.Logger logger) {
        this.logger = logger;
    }

    /// Logs a line, or counts it.
    void warn(Supplier<String> line, @Nullable Throwable cause) {
        long now = System.nanoTime();
        long due = next.get();
        if (now - due < 0 || !next.compareAndSet(due, now + INTERVAL_NANOS)) {
            leftOut.incrementAndGet();
            return;
        }
        long others = leftOut.getAndSet(0);
        String told = others == 0 ? line.get() : line.get() + " (" + others + " like it were not logged)";
        try {
            logger.log(System.Logger.Level.WARNING, told, cause);
        } catch (RuntimeException | Error e) {
            // Without a free file descriptor a logger may not even find its classes. The line is lost, the server is
            // not.
            leftOut.addAndGet(others + 1);
        }
    }
}
