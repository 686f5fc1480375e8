package dev.situ.optimap;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/// Runs test bodies at the same time.
final class Threads {
    private Threads() {}

    /// Runs each body on a thread of its own, all at once; returns when all have ended, and throws what the
    /// first that failed threw.
    static void runTogether(List<Runnable> bodies) throws InterruptedException {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (Runnable body : bodies) {
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    start.await();
                    body.run();
                } catch (Throwable e) {
                    failure.compareAndSet(null, e);
                }
            }));
        }
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        if (failure.get() != null) {
            throw new AssertionError("a thread failed", failure.get());
        }
    }

    static void runTogether(Runnable... bodies) throws InterruptedException {
        runTogether(List.of(bodies));
    }
}
