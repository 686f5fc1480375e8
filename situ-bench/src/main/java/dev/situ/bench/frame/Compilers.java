package dev.situ.bench.frame;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The compilers' threads of a JVM, and how much of the processors they have taken.
///
/// A process that is bound to one processor has them on the processor of what is measured. A thread that polls gives
/// way to none, so each time one of them has something to do it takes a turn of the kernel's scheduler, milliseconds.
///
/// Known only on Linux; elsewhere there are none.
final class Compilers {
    private static final List<String> NAMES = List.of("C1 CompilerThre", "C2 CompilerThre");

    private final List<Path> statistics = new ArrayList<>();

    private Compilers() {}

    /// Those that some processes have now; a process that is none, or no JVM, has none.
    static Compilers of(long... pids) {
        Compilers all = new Compilers();
        for (long pid : pids) {
            all.add(Path.of("/proc", Long.toString(pid), "task"));
        }
        return all;
    }

    private void add(Path threads) {
        try (DirectoryStream<Path> each = Files.newDirectoryStream(threads)) {
            each.forEach(this::addIfCompiler);
        } catch (IOException | DirectoryIteratorException _) {
            // No Linux, or the process has ended.
        }
    }

    private void addIfCompiler(Path thread) {
        try {
            if (NAMES.contains(Files.readString(thread.resolve("comm")).strip())) {
                statistics.add(thread.resolve("schedstat"));
            }
        } catch (IOException _) {
            // The thread has ended.
        }
    }

    /// The processor time that they have had since they began, in nanoseconds.
    long nanos() {
        long sum = 0;
        for (Path each : statistics) {
            try {
                String line = Files.readString(each);
                sum += Long.parseLong(line, 0, line.indexOf(' '), 10);
            } catch (IOException _) {
                // The thread has ended.
            }
        }
        return sum;
    }
}
