package dev.situ.server;

import dev.situ.memory.Consumes;
import dev.situ.store.StoreWorker;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Gives the memory of expired keys back without anyone asking for them: ten times a second, for a few milliseconds
/// at most, as Redis does (`activeExpireCycle`). A thread of its own, so that it runs whichever transports are on and
/// whether they are busy or asleep; it waits for nobody and nobody waits for it.
final class Sweeper implements AutoCloseable {
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long BUDGET_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final StoreWorker store;
    private final BooleanSupplier isOn;
    private final Thread thread;
    private volatile boolean stopping;

    /// Starts sweeping.
    ///
    /// @param store consumed: closed with this
    /// @param isOn whether to sweep just now; asked each time
    Sweeper(@Consumes StoreWorker store, BooleanSupplier isOn) {
        this.store = store;
        this.isOn = isOn;
        thread = Thread.ofPlatform().name("sweep").daemon().start(this::run);
    }

    private void run() {
        while (!stopping) {
            store.enter();
            try {
                if (isOn.getAsBoolean()) {
                    store.sweep(System.currentTimeMillis(), BUDGET_NANOS);
                }
            } finally {
                store.exit();
            }
            LockSupport.parkNanos(PERIOD_NANOS);
        }
        store.close();
    }

    @Override
    public void close() {
        stopping = true;
        LockSupport.unpark(thread);
        Threads.join(thread);
    }
}
