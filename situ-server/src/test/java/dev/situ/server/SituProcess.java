package dev.situ.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A `situ` process of its own, as the launcher would start it. Killed by [#close()] if it still runs.
final class SituProcess implements AutoCloseable {
    private static final Pattern READY = Pattern.compile(
            "ready tcp=(?<tcp>\\S+?):(?<port>\\d+)(?: tls=\\S+?:(?<tls>\\d+))? r2p2=\\S+?:(?<r2p2>\\d+) pid=(?<pid>\\d+)");
    private static final long PATIENCE_SECONDS = 30;

    private final Process process;
    private final BufferedReader out;
    private final CompletableFuture<String> err;

    private SituProcess(Process process) {
        this.process = process;
        out = process.inputReader(StandardCharsets.UTF_8);
        InputStream stderr = process.getErrorStream();
        err = CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return new String(stderr.readAllBytes(), StandardCharsets.UTF_8);
                    } catch (IOException e) {
                        return "stderr could not be read: " + e;
                    }
                },
                SituProcess::inItsOwnThread);
    }

    /// Starts `situ` with these arguments on the JDK and the classes of this test.
    static SituProcess start(String... arguments) throws IOException {
        return start(Map.of(), arguments);
    }

    /// The same, with some variables in its environment.
    static SituProcess start(Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-Dsitu.checked=true",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.situ.server.Main"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        return new SituProcess(builder.start());
    }

    /// Gives the process all that it will read from stdin.
    void type(String... lines) throws IOException {
        try (Writer in = process.outputWriter(StandardCharsets.UTF_8)) {
            for (String line : lines) {
                in.write(line + "\n");
            }
        }
    }

    /// Waits for the ready line.
    Matcher awaitReady() throws Exception {
        String line = readLine();
        Matcher ready = READY.matcher(line);
        if (!ready.matches()) {
            process.destroyForcibly();
            throw new AssertionError("not a ready line: '" + line + "', stderr: " + stderr());
        }
        return ready;
    }

    /// The next line of stdout, empty at its end.
    String readLine() throws Exception {
        CompletableFuture<String> line = CompletableFuture.supplyAsync(
                () -> {
                    try {
                        String read = out.readLine();
                        return read == null ? "" : read;
                    } catch (IOException e) {
                        return "";
                    }
                },
                SituProcess::inItsOwnThread);
        try {
            return line.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            process.destroyForcibly();
            throw new AssertionError("nothing on stdout in " + PATIENCE_SECONDS + " s, stderr: " + stderr(), e);
        }
    }

    /// The common pool has one thread on a machine of two processors: a blocked reader would block the other.
    private static void inItsOwnThread(Runnable reading) {
        Thread.ofPlatform().daemon().start(reading);
    }

    /// Sends a signal by its name: `TERM`, `INT`.
    void signal(String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    /// Waits for the end and gives the exit code.
    int awaitExit() throws Exception {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("still running after " + PATIENCE_SECONDS + " s, stderr: " + stderr());
        }
        return process.exitValue();
    }

    long pid() {
        return process.pid();
    }

    /// All of stderr. To be called when the process has ended or is about to.
    String stderr() throws Exception {
        return err.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        out.close();
    }
}
