package dev.situ.dpdk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Which cores the kernel lets run what.
final class Affinity {
    private Affinity() {}

    static String ofThisThread() throws IOException {
        return allowed(Path.of("/proc/thread-self/status"));
    }

    /// Of the thread that started the process.
    static String ofProcess() throws IOException {
        return allowed(Path.of("/proc/self/status"));
    }

    private static String allowed(Path status) throws IOException {
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("Cpus_allowed_list:"))
                .findAny()
                .orElseThrow();
    }
}
