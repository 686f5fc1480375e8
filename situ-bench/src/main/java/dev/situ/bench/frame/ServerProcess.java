package dev.situ.bench.frame;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A server that is measured: a process of its own on free ports of this machine, with one thread for requests,
/// bound to the first processor. The load goes to the last.
public final class ServerProcess implements AutoCloseable {
    /// The servers that can be started.
    public enum Kind {
        /// Situ, with the JVM options of the launcher.
        SITU("Situ", "java"),
        /// Redis, without persistence.
        REDIS("redis-server", "redis-server"),
        /// memcached.
        MEMCACHED("memcached", "memcached");

        private final String system;
        private final String program;

        Kind(String system, String program) {
            this.system = system;
            this.program = program;
        }

        /// The name in results.
        public String system() {
            return system;
        }

        /// Whether it is installed.
        public boolean isThere() {
            return this == SITU || Programs.isThere(program);
        }

        /// The version, as the program says it.
        public String version() {
            return this == SITU ? "this source" : Programs.firstLine(program, "--version");
        }
    }

    private static final Pattern READY = Pattern.compile("ready.* tcp=[^ ]*:(\\d+).* r2p2=([^ ]*):(\\d+).*");
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Process process;
    private final InetSocketAddress tcp;
    private final InetSocketAddress udp;

    private ServerProcess(Process process, int tcpPort, InetAddress udpAddress, int udpPort) {
        this.process = process;
        tcp = new InetSocketAddress(InetAddress.getLoopbackAddress(), tcpPort);
        udp = new InetSocketAddress(udpAddress, udpPort);
    }

    /// Starts a server and waits until it answers.
    ///
    /// @param memoryBytes how much it may keep
    /// @param jvmOptions more options of the JVM, for those that have one
    public static ServerProcess start(Kind kind, long memoryBytes, List<String> jvmOptions) throws IOException {
        return switch (kind) {
            case SITU -> startSitu(memoryBytes, jvmOptions);
            case REDIS ->
                other(port -> List.of(
                        "redis-server",
                        "--bind",
                        "127.0.0.1",
                        "--port",
                        Integer.toString(port),
                        "--save",
                        "",
                        "--appendonly",
                        "no",
                        "--maxmemory",
                        Long.toString(memoryBytes)));
            case MEMCACHED ->
                other(port -> List.of(
                        "memcached",
                        "-u",
                        user(),
                        "-l",
                        "127.0.0.1",
                        "-p",
                        Integer.toString(port),
                        "-U",
                        Integer.toString(port),
                        "-t",
                        "1",
                        "-m",
                        Long.toString(memoryBytes >> 20)));
        };
    }

    /// Starts Situ; see [#start].
    ///
    /// @param more options of `serve`
    public static ServerProcess startSitu(long memoryBytes, List<String> jvmOptions, String... more)
            throws IOException {
        List<String> jvm = new ArrayList<>(Java.LAUNCHER);
        jvm.addAll(jvmOptions);
        List<String> command = new ArrayList<>(Cpus.bind(Cpus.server()));
        command.addAll(Java.command("dev.situ.server", "dev.situ.server.Main", jvm));
        command.addAll(List.of(
                "serve",
                "--port",
                "0",
                "--r2p2-port",
                "0",
                "--workers",
                "1",
                "--maxmemory",
                Long.toString(memoryBytes)));
        command.addAll(List.of(more));
        Path log = Files.createTempFile("situ-bench", ".log");
        try {
            return ready(
                    Reaper.watch(new ProcessBuilder(command)
                            .redirectError(log.toFile())
                            .start()),
                    log);
        } finally {
            // The server goes on writing to it; its room is freed when it ends.
            Files.delete(log);
        }
    }

    private static ServerProcess ready(Process process, Path log) throws IOException {
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        @Nullable String line = out.readLine();
        Matcher ready = READY.matcher(line == null ? "" : line);
        if (ready.matches()) {
            InetAddress r2p2 = InetAddress.getByName(Objects.requireNonNull(ready.group(2)));
            return new ServerProcess(process, port(ready, 1), r2p2, port(ready, 3));
        }
        end(process);
        throw new IOException("Situ did not start; it printed: " + line + "\n" + Files.readString(log));
    }

    private static int port(Matcher ready, int group) {
        return Integer.parseInt(Objects.requireNonNull(ready.group(group)));
    }

    /// Whom memcached runs as: it refuses to be root.
    private static String user() {
        String user = System.getProperty("user.name");
        return user == null || user.equals("root") ? "nobody" : user;
    }

    private interface CommandOfPort {
        List<String> with(int port);
    }

    private static ServerProcess other(CommandOfPort program) throws IOException {
        int port = freePort();
        List<String> command = new ArrayList<>(Cpus.bind(Cpus.server()));
        command.addAll(program.with(port));
        Process process = Reaper.watch(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start());
        ServerProcess server = new ServerProcess(process, port, InetAddress.getLoopbackAddress(), port);
        long begin = System.nanoTime();
        while (!server.answers()) {
            if (server.endsWithin(10) || System.nanoTime() - begin > START_NANOS) {
                end(process);
                throw new IOException(String.join(" ", command) + " did not start");
            }
        }
        return server;
    }

    private boolean answers() {
        try (Socket socket = new Socket()) {
            socket.connect(tcp, 1000);
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /// Where it listens for TCP.
    public InetSocketAddress tcp() {
        return tcp;
    }

    /// Where it listens for UDP.
    public InetSocketAddress udp() {
        return udp;
    }

    /// The number of the process.
    public long pid() {
        return process.pid();
    }

    /// The memory of the machine that the process occupies, all of it counted, once it does not change any more.
    public long residentBytes() throws IOException {
        long last = residentNow();
        int same = 0;
        for (int i = 0; i < 60 && same < 4; i++) {
            if (endsWithin(200)) {
                throw new IOException("the process " + process.pid() + " has ended");
            }
            long now = residentNow();
            same = Math.abs(now - last) <= last / 2000 ? same + 1 : 0;
            last = now;
        }
        return last;
    }

    private long residentNow() throws IOException {
        String value = Machine.field(Path.of("/proc/" + process.pid() + "/status"), "VmRSS");
        if (value.isEmpty()) {
            throw new IOException("the process " + process.pid() + " has ended");
        }
        return Long.parseLong(value.split(" ", 2)[0]) * 1024;
    }

    /// Waits, but not beyond the end of the process.
    ///
    /// @return whether it has ended, or this thread is to stop
    private boolean endsWithin(long millis) {
        try {
            return process.waitFor(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private static void end(Process process) {
        process.destroy();
        Reaper.end(process, 10, TimeUnit.SECONDS);
    }

    /// Stops the server and waits for its end, before [#close] does: for clients that have to outlive it.
    public void stop() {
        end(process);
    }

    /// Stops the server and waits for its end.
    @Override
    public void close() {
        stop();
    }
}
