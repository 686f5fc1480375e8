package dev.situ.server;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// Waits for what another thread or process will bring about.
final class Await {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private Await() {}

    interface Condition {
        boolean holds() throws Exception;
    }

    /// Returns once `condition` holds.
    static void until(String what, Condition condition) throws Exception {
        until(() -> what, condition);
    }

    /// Returns once `condition` holds.
    ///
    /// @param what is asked for when it does not come about
    static void until(Supplier<String> what, Condition condition) throws Exception {
        long start = System.nanoTime();
        while (!condition.holds()) {
            if (System.nanoTime() - start > PATIENCE_NANOS) {
                throw new AssertionError("did not come about: " + what.get());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }
}
