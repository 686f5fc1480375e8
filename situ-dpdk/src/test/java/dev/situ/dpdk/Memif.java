package dev.situ.dpdk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// Both ends of a memif in this process, connected. They share a pool, or have one each.
final class Memif implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Path directory;
    private final DpdkPort server;
    private final DpdkPort client;

    Memif(Eal eal, DpdkPacketPool serverPool, DpdkPacketPool clientPool, int queues) throws IOException {
        directory = Files.createTempDirectory("situ-memif");
        String socket = ",socket=" + directory.resolve("s") + ",socket-abstract=no";
        server = DpdkPort.open(
                eal,
                serverPool,
                DpdkPortOptions.of("net_memif0,role=server" + socket).withQueues(queues));
        client = DpdkPort.open(
                eal,
                clientPool,
                DpdkPortOptions.of("net_memif1,role=client" + socket).withQueues(queues));
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!server.isLinkUp() || !client.isLinkUp()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("the two ends of a memif did not find each other");
            }
            Thread.onSpinWait();
        }
    }

    DpdkPort server() {
        return server;
    }

    DpdkPort client() {
        return client;
    }

    /// To be called when neither end is polled any more.
    @Override
    public void close() throws IOException {
        client.close();
        server.close();
        Files.deleteIfExists(directory.resolve("s"));
        Files.delete(directory);
    }
}
