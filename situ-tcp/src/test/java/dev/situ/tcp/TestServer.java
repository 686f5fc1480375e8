package dev.situ.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.kv.Keyspace;
import dev.situ.store.Store;
import dev.situ.store.StoreOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// A server on a store for a test, and the check that nothing is left over when it ends.
final class TestServer implements AutoCloseable {
    final Store store = Store.open(StoreOptions.ofMemory(512L << 20));
    final TcpServer server;

    TestServer(TcpServerOptions options) throws IOException {
        Keyspace keyspace = new Keyspace(store, new FixedServerInfo(512L << 20));
        try {
            server = TcpServer.start(options, i -> new StoreTcpWorker(store.worker("tcp-" + i), keyspace));
        } catch (IOException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    int port() {
        return server.port();
    }

    /// Values that are being received, and so hold memory that is not published.
    long claimed() {
        return store.statistics().claimedRecords();
    }

    /// Waits until no connection is open, then checks that all memory came back.
    void expectNothingLeft() {
        try {
            await(() -> server.statistics().current() == 0);
            await(() ->
                    server.statistics().buffers() == 0 && server.statistics().pinned() == 0 && claimed() == 0);
        } catch (AssertionError late) {
            throw new AssertionError(server.statistics() + ", claimed " + claimed(), late);
        }
    }

    /// Waits for something that other threads bring about, at most half a minute.
    static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline).as("waited too long").isNegative();
            LockSupport.parkNanos(200_000);
        }
    }

    @Override
    public void close() {
        server.close();
        TcpStatistics statistics = server.statistics();
        assertThat(statistics.current()).as("connections").isZero();
        assertThat(statistics.buffers()).as("buffers in use").isZero();
        assertThat(statistics.pinned()).as("pinned records").isZero();
        assertThat(claimed()).as("claimed records").isZero();
        assertThat(store.statistics().pinnedRecords()).as("pins in the store").isZero();
        store.close();
    }
}
