package dev.situ.bench.frame;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// Ends the processes that were started, also when this one is interrupted.
public final class Reaper {
    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> RUNNING.forEach(Process::destroy)));
    }

    private Reaper() {}

    /// From here on the process ends when this one does.
    public static Process watch(Process process) {
        RUNNING.add(process);
        return process;
    }

    /// Waits for a process that was asked to end; then makes it.
    public static void end(Process process, long time, TimeUnit unit) {
        try {
            if (!process.waitFor(time, unit)) {
                process.destroyForcibly();
                process.waitFor();
            }
        } catch (InterruptedException _) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        RUNNING.remove(process);
    }
}
