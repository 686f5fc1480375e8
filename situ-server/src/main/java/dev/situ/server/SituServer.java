package dev.situ.server;

import dev.situ.kv.Keyspace;
import dev.situ.r2p2.R2p2Server;
import dev.situ.r2p2.R2p2ServerOptions;
import dev.situ.socket.SocketStackOptions;
import dev.situ.socket.SocketUdpStack;
import dev.situ.store.Store;
import dev.situ.store.StoreOpenException;
import dev.situ.store.StoreOptions;
import dev.situ.tcp.TcpServer;
import dev.situ.tcp.TcpServerOptions;
import dev.situ.tcp.TcpTransport;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// A running server: one store, its transports and their workers.
///
/// It is opened from the store outwards and closed the other way round, so that nothing that is closed is still in use.
/// [#close()] may be called by any thread, and more than once.
final class SituServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("dev.situ.server");

    /// Off loopback, compatible mode answers with at most this many bytes: a forged sender must not be worth much.
    private static final int OFF_LOOPBACK_RESPONSE_BYTES = 1464;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ServerOptions options;
    private final Store store;
    private final ServerFacts facts;
    private final Keyspace keyspace;
    private @Nullable TcpServer tcp;
    private @Nullable R2p2Service r2p2;

    private SituServer(ServerOptions options, InetAddress bind) throws IOException {
        this.options = options;
        Memory.requireOnThisMachine(options.maxMemory());
        store = opened(Store.open(StoreOptions.ofMemory(options.maxMemory())));
        facts = new ServerFacts(options);
        keyspace = new Keyspace(store, facts);
        try {
            if (options.r2p2Port() != ServerOptions.OFF) {
                r2p2 = opened(R2p2Service.start(options, bind, store, keyspace));
            }
            if (options.port() != ServerOptions.OFF || options.unixSocket() != null) {
                tcp = opened(startTcp());
                facts.listens(tcp);
            }
        } catch (IOException | RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /// Starts a server; when this returns, it serves.
    ///
    /// @throws UserError if the options cannot be met: an address in use, too little memory
    static SituServer start(ServerOptions options) {
        InetAddress bind = Addresses.resolve("--bind", options.bind());
        try {
            return new SituServer(options, bind);
        } catch (StoreOpenException e) {
            throw new UserError("the store cannot be opened: " + e.getMessage(), e);
        } catch (BindException e) {
            throw new UserError(e.getMessage() + "; choose another with --port, --r2p2-port or --bind", e);
        } catch (IOException | UnsupportedOperationException e) {
            throw new UserError("the server cannot start: " + e.getMessage(), e);
        }
    }

    private TcpServer startTcp() throws IOException {
        TcpServerOptions tcpOptions = TcpServerOptions.DEFAULT
                .withAddress(options.bind(), options.port())
                .withUnixSocket(options.unixSocket())
                .withEventLoops(options.workers())
                .withTransport(TcpTransport.valueOf(options.tcpTransport()));
        return TcpServer.start(tcpOptions, i -> new RespWorker(store.worker("tcp-" + i), keyspace));
    }

    private <T extends AutoCloseable> T opened(T part) {
        opened.push(part);
        return part;
    }
}
