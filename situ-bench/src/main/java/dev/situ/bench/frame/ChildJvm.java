package dev.situ.bench.frame;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A JVM of its own that measures one system.
///
/// Why: the compiler specialises code to the types that it has seen. Two maps that are measured by the same loop
/// in one JVM make the loop's calls ambiguous, and each pays for the other; which one pays more depends on who
/// came first. And a JVM is a sample itself: what it compiled in which order, and where its heap came to lie,
/// differ from start to start by more than the rounds within one. So each round starts a new one, unless filling
/// it takes too long.
public final class ChildJvm implements AutoCloseable {
    /// What a child is told.
    ///
    /// @param task the name of the task
    /// @param parameters of the task
    /// @param jvmOptions heap and collector
    /// @param cpus the processors that it may use
    public record Spec(String task, Parameters parameters, List<String> jvmOptions, List<Integer> cpus) {}

    private static final int LINES_KEPT = 20;

    private final Process process;
    private final BufferedReader out;
    private final BufferedWriter in;
    private final Deque<String> lines = new ArrayDeque<>();

    private ChildJvm(Process process) {
        this.process = process;
        out = process.inputReader(StandardCharsets.UTF_8);
        in = process.outputWriter(StandardCharsets.UTF_8);
    }

    /// Starts a child and waits until it is set up.
    ///
    /// @throws IOException if it ends before; the message has what it printed
    public static ChildJvm start(Spec spec) throws IOException {
        List<String> command = new ArrayList<>(Cpus.bind(spec.cpus));
        command.addAll(Java.command("dev.situ.bench", "dev.situ.bench.Main", spec.jvmOptions));
        command.add(Child.MARK);
        command.add(spec.task);
        command.addAll(spec.parameters.words());
        ChildJvm child = new ChildJvm(Reaper.watch(
                new ProcessBuilder(command).redirectErrorStream(true).start()));
        try {
            child.await(Child.READY, null);
        } catch (IOException e) {
            child.close();
            throw e;
        }
        return child;
    }

    /// The number of the process.
    public long pid() {
        return process.pid();
    }

    /// Lets the child measure a round.
    ///
    /// @throws IOException if it ends before that is done; the message has what it printed
    public void measure(ChildTask.Sink sink) throws IOException {
        in.write(Child.MEASURE);
        in.newLine();
        in.flush();
        await(Child.DONE, sink);
    }

    private void await(String end, ChildTask.@Nullable Sink sink) throws IOException {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.equals(end)) {
                return;
            }
            if (sink != null && line.startsWith(Child.FIGURE)) {
                String[] words = line.split(" ", 4);
                sink.add(words[1], words[3], Double.parseDouble(words[2]));
            } else {
                keep(line);
            }
        }
        throw new IOException("a child JVM ended: " + String.join("\n", lines));
    }

    private void keep(String line) {
        lines.addLast(line);
        if (lines.size() > LINES_KEPT) {
            lines.removeFirst();
        }
    }

    /// Ends the child and waits for it.
    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException _) {
            // It has ended already.
        }
        Reaper.end(process, 10, TimeUnit.SECONDS);
    }
}
