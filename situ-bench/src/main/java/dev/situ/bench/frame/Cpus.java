package dev.situ.bench.frame;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// The processors that this process may use, and how others are bound to some of them: by `taskset` (util-linux).
public final class Cpus {
    private static final boolean TASKSET = Programs.isThere("taskset");

    private Cpus() {}

    /// The numbers of the processors that this process may use.
    public static List<Integer> allowed() {
        List<Integer> all = parse(Machine.field(Path.of("/proc/self/status"), "Cpus_allowed_list"));
        if (!all.isEmpty()) {
            return all;
        }
        int count = Runtime.getRuntime().availableProcessors();
        return java.util.stream.IntStream.range(0, count).boxed().toList();
    }

    /// Reads a list as the kernel writes it: `0-3,8`.
    public static List<Integer> parse(String list) {
        List<Integer> all = new ArrayList<>();
        for (String range : list.isBlank() ? new String[0] : list.split(",", -1)) {
            String[] ends = range.strip().split("-", 2);
            int from = Integer.parseInt(ends[0]);
            int to = Integer.parseInt(ends[ends.length - 1]);
            for (int cpu = from; cpu <= to; cpu++) {
                all.add(cpu);
            }
        }
        return all;
    }

    /// The first `count` processors, or all if there are fewer.
    public static List<Integer> first(int count) {
        List<Integer> all = allowed();
        return all.subList(0, Math.min(count, all.size()));
    }

    /// The processor of servers: the first.
    public static List<Integer> server() {
        return first(1);
    }

    /// The processor of the load: the last.
    public static List<Integer> client() {
        List<Integer> all = allowed();
        return all.subList(all.size() - 1, all.size());
    }

    /// What to put before a command so that it runs on these processors only; nothing where there is no `taskset`.
    public static List<String> bind(List<Integer> cpus) {
        return TASKSET && !cpus.isEmpty() ? List.of("taskset", "-c", list(cpus)) : List.of();
    }

    /// Whether anything can be bound to a processor.
    public static boolean canBind() {
        return TASKSET;
    }

    /// Binds the calling thread to one processor. Without effect where there is no `taskset`.
    ///
    /// @throws IllegalStateException if it cannot be bound
    public static void bindThread(int cpu) {
        if (!TASKSET) {
            return;
        }
        try {
            String stat = Files.readString(Path.of("/proc/thread-self/stat"));
            String thread = stat.substring(0, stat.indexOf(' '));
            Process taskset = new ProcessBuilder("taskset", "-cp", Integer.toString(cpu), thread)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!taskset.waitFor(10, TimeUnit.SECONDS) || taskset.exitValue() != 0) {
                throw new IllegalStateException("taskset cannot bind a thread to processor " + cpu);
            }
        } catch (IOException e) {
            throw new IllegalStateException("taskset does not run", e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// A list as `taskset` wants it.
    public static String list(List<Integer> cpus) {
        return cpus.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
