package dev.situ.server;

/// Waiting for threads.
final class Threads {
    private Threads() {}

    /// Waits for the end of `thread`, however long. An interrupt is kept for the caller and does not end the wait:
    /// what the thread uses is about to be freed.
    static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
