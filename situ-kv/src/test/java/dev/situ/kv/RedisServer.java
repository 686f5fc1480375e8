package dev.situ.kv;

import java.io.File;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A real redis-server on a unix socket of its own, with one database and no persistence.
final class RedisServer implements AutoCloseable {
    private final Process process;
    private final Path directory;
    private final Path socket;

    private RedisServer(Process process, Path directory) {
        this.process = process;
        this.directory = directory;
        this.socket = directory.resolve("redis.sock");
    }

    /// The program, if it is installed.
    static Optional<Path> installed() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, "redis-server"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /// @param more of its options
    static RedisServer start(Path program, String... more) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("situ-redis");
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "--port",
                "0",
                "--unixsocket",
                directory.resolve("redis.sock").toString(),
                "--dir",
                directory.toString(),
                "--save",
                "",
                "--databases",
                "16",
                "--enable-debug-command",
                "yes",
                "--client-output-buffer-limit",
                "normal 1073741824 1048576 60"));
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        RedisServer server = new RedisServer(process, directory);
        for (int i = 0; i < 200; i++) {
            try (SocketChannel _ = server.connect()) {
                return server;
            } catch (IOException _) {
                if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
                    break;
                }
            }
        }
        server.close();
        throw new IOException("redis-server did not start");
    }

    SocketChannel connect() throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    static void write(SocketChannel channel, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        process.onExit().join();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}
