package dev.situ.dpdk;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/// The thread that starts the EAL, and then makes every call that is not for packets: `rte_eal_init` binds its
/// caller to a core for good, which must happen to no thread of the program.
///
/// Platform thread, with a stack of the size that C programs have. Idle, it sleeps.
final class ControlThread {
    private static final long STACK_BYTES = 8L << 20;
    private static final int WAITING_CALLS = 64;

    private final BlockingQueue<FutureTask<?>> calls = new ArrayBlockingQueue<>(WAITING_CALLS);

    ControlThread() {
        Thread.ofPlatform()
                .name("situ-dpdk-main")
                .daemon(true)
                .stackSize(STACK_BYTES)
                .start(this::run);
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                calls.take().run();
            }
        } catch (InterruptedException e) {
            // The end.
        }
    }

    /// Makes a call on this thread, and waits for it even if the caller is interrupted.
    <T> T call(Callable<T> call) {
        FutureTask<T> task = new FutureTask<>(call);
        boolean interrupted = false;
        try {
            while (!calls.offer(task)) {
                Thread.onSpinWait();
            }
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw rethrow(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static RuntimeException rethrow(@Nullable Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return failure instanceof RuntimeException runtime ? runtime : new IllegalStateException(failure);
    }

    /// Ends the thread after the calls before.
    void end() {
        call(() -> {
            Thread.currentThread().interrupt();
            return true;
        });
    }
}
