package dev.situ.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.kv.CommandStream;
import dev.situ.kv.Keyspace;
import dev.situ.kv.Peer;
import dev.situ.store.Store;
import dev.situ.store.StoreOptions;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.internal.ThreadExecutorMap;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Errors that no client should be able to cause: one connection ends, or the owner of the server is told.
class TcpFailureTest {
    private final AtomicReference<@Nullable Throwable> atEnter = new AtomicReference<>();
    private final AtomicReference<@Nullable Throwable> atConnect = new AtomicReference<>();
    private final AtomicReference<@Nullable EventExecutor> loop = new AtomicReference<>();
    private final Queue<Throwable> fatal = new ConcurrentLinkedQueue<>();

    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void anExceptionEndsItsConnectionOnly(TcpTransport transport) throws Exception {
        try (Store store = Store.open(StoreOptions.ofMemory(64L << 20));
                TcpServer server = start(transport, store);
                Client other = Client.tcp(server.port())) {
            assertThat(other.call("PING")).isEqualTo("+PONG");
            expectClosed(server, atEnter, new IllegalStateException("thrown by a test"));
            expectClosed(server, atConnect, new IllegalStateException("thrown by a test"));
            assertThat(other.call("PING")).isEqualTo("+PONG");
            assertThat(server.statistics().failures()).isEqualTo(2);
            assertThat(fatal).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void anErrorOfTheVirtualMachineIsFatal(TcpTransport transport) throws Exception {
        try (Store store = Store.open(StoreOptions.ofMemory(64L << 20));
                TcpServer server = start(transport, store)) {
            OutOfMemoryError reading = new OutOfMemoryError("thrown by a test");
            expectClosed(server, atEnter, reading);
            OutOfMemoryError opening = new OutOfMemoryError("thrown by a test");
            expectClosed(server, atConnect, opening);
            assertThat(fatal).containsExactly(reading, opening);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void theEndOfALoopsThreadIsFatal(TcpTransport transport) throws Exception {
        try (Store store = Store.open(StoreOptions.ofMemory(64L << 20));
                TcpServer _ = start(transport, store)) {
            EventExecutor executor = loop.get();
            assertThat(executor).isNotNull();
            executor.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
            TestServer.await(() -> !fatal.isEmpty());
        }
        assertThat(fatal).hasSize(1);
    }

    @Test
    void withoutAHookItIsAnUncaughtExceptionOfTheThread() throws Exception {
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((_, cause) -> fatal.add(cause));
        try (Store store = Store.open(StoreOptions.ofMemory(64L << 20));
                TcpServer server = TcpServer.start(TcpServerOptions.DEFAULT, workers(store))) {
            OutOfMemoryError error = new OutOfMemoryError("thrown by a test");
            expectClosed(server, atEnter, error);
            assertThat(fatal).containsExactly(error);
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }

    /// Opens a connection to which `error` happens, and waits until it is closed and nothing of it is left.
    private static void expectClosed(TcpServer server, AtomicReference<@Nullable Throwable> where, Throwable error)
            throws Exception {
        int before = server.statistics().current();
        long failures = server.statistics().failures();
        where.set(error);
        try (Client client = Client.tcp(server.port())) {
            client.send(Client.command("PING"));
            assertThat(client.atEnd()).isTrue();
        }
        TestServer.await(() -> server.statistics().failures() == failures + 1);
        TestServer.await(() -> server.statistics().current() == before);
    }

    private TcpServer start(TcpTransport transport, Store store) throws Exception {
        return TcpServer.start(Transports.require(transport), workers(store), fatal::add);
    }

    private IntFunction<TcpWorker> workers(Store store) {
        Keyspace keyspace = new Keyspace(store, new FixedServerInfo(64L << 20));
        return i -> {
            loop.set(ThreadExecutorMap.currentExecutor());
            return new FailingWorker(new StoreTcpWorker(store.worker("tcp-" + i), keyspace));
        };
    }

    /// A worker that fails when it is told to.
    private final class FailingWorker implements TcpWorker {
        private final TcpWorker worker;

        FailingWorker(TcpWorker worker) {
            this.worker = worker;
        }

        @Override
        public void enter() {
            fail(atEnter);
            worker.enter();
        }

        @Override
        public void exit() {
            worker.exit();
        }

        @Override
        public void pin(long record) {
            worker.pin(record);
        }

        @Override
        public void unpin(long record) {
            worker.unpin(record);
        }

        @Override
        public void trim() {
            worker.trim();
        }

        @Override
        public void countClosedByLimit() {
            worker.countClosedByLimit();
        }

        @Override
        public CommandStream connect(Peer peer) {
            fail(atConnect);
            return worker.connect(peer);
        }

        @Override
        public void close() {
            worker.close();
        }

        private static void fail(AtomicReference<@Nullable Throwable> with) {
            switch (with.getAndSet(null)) {
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                case null, default -> {}
            }
        }
    }
}
