package dev.situ.server;

import dev.situ.kv.Keyspace;
import dev.situ.store.Store;
import dev.situ.store.StoreOpenException;
import dev.situ.store.StoreOptions;
import dev.situ.store.StoreStatistics;
import dev.situ.tcp.TcpServer;
import dev.situ.tcp.TcpServerOptions;
import dev.situ.tcp.TcpTransport;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// A running server: one store, its transports and their workers.
///
/// It is opened from the store outwards and closed the other way round, so that nothing that is closed is still in
/// use. [#close()] may be called by any thread, and more than once.
final class SituServer implements AutoCloseable {
    /// What the command line does not set.
    static final TcpServerOptions TCP_DEFAULTS = TcpServerOptions.DEFAULT;

    private final OpenedParts parts = new OpenedParts();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ServerOptions options;
    private final BindAddresses bind;
    private final Store store;
    private final ServerFacts facts;
    private final Keyspace keyspace;
    private @Nullable TcpServer tcp;
    private @Nullable R2p2Service r2p2;

    private SituServer(ServerOptions options, BindAddresses bind) throws IOException {
        this.options = options;
        this.bind = bind;
        MachineMemory.require(options.maxMemory());
        store = parts.opened(Store.open(StoreOptions.ofMemory(options.maxMemory())
                .withHugePages(options.hugePages())
                .withEvictionPolicy(options.eviction())
                .withAdoption(options.adoption())));
        facts = new ServerFacts(options);
        keyspace = new Keyspace(store, facts);
        keyspace.stopBy(this::stopLater);
        parts.opened(new Sweeper(store.worker("sweep"), keyspace::expiresActively));
        ServerSettings settings = new ServerSettings(options, keyspace, store, facts);
        try {
            settings.declare();
            options.parameters().load(keyspace.settings(), keyspace.users());
            if (options.r2p2Port() != ServerOptions.OFF) {
                r2p2 = parts.opened(R2p2Service.start(options, udpTransport(), store, keyspace));
                facts.listens(r2p2);
            }
            if (options.port() != ServerOptions.OFF || options.unixSocket() != null || options.tls() != null) {
                tcp = parts.opened(startTcp());
                facts.listens(tcp);
                settings.listens(tcp.limits());
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
        BindAddresses bind = BindAddresses.of(options.bind());
        boolean onKernel = options.r2p2Port() != ServerOptions.OFF && options.dpdk() == null;
        if (onKernel && bind.firstIpv4().isEmpty()) {
            throw new UserError("R2P2 needs an IPv4 address, and --bind is " + options.bind()
                    + ": turn R2P2 off with --r2p2-port -1, or give another address");
        }
        try {
            return new SituServer(options, bind);
        } catch (StoreOpenException e) {
            throw new UserError("the store cannot be opened: " + e.getMessage(), e);
        } catch (BindException e) {
            throw new UserError(
                    e.getMessage() + "; choose another with --port, --tls-port, --r2p2-port, --unixsocket or --bind",
                    e);
        } catch (IOException | UnsupportedOperationException e) {
            throw new UserError("the server cannot start: " + e.getMessage(), e);
        }
    }

    private UdpTransport udpTransport() throws IOException {
        DpdkOptions dpdk = options.dpdk();
        return dpdk == null
                ? new KernelTransport(options, bind.firstIpv4().orElseThrow())
                : new DpdkTransport(dpdk, options.r2p2Port());
    }

    private TcpServer startTcp() throws IOException {
        TcpServerOptions tcpOptions = TCP_DEFAULTS
                .withAddresses(bind.hosts(), options.port())
                .withUnixSocket(options.unixSocket())
                .withTls(options.tls())
                .withAdmission(keyspace.protectedMode()::refusal)
                .withEventLoops(options.workers())
                .withTransport(TcpTransport.valueOf(options.tcpTransport().toUpperCase(Locale.ROOT)));
        return TcpServer.start(tcpOptions, i -> new RespWorker(store.worker("tcp-" + i), keyspace));
    }

    /// Where TCP listens: the first of its addresses.
    ///
    /// @throws IllegalStateException if it does not
    InetSocketAddress tcpAddress() {
        if (tcp == null || options.port() == ServerOptions.OFF) {
            throw new IllegalStateException("TCP is off");
        }
        return new InetSocketAddress(bind.first(), tcp.port());
    }

    /// Where TCP listens with TLS: the first of its addresses.
    ///
    /// @throws IllegalStateException if it does not
    InetSocketAddress tlsAddress() {
        if (tcp == null || options.tls() == null) {
            throw new IllegalStateException("TLS is off");
        }
        return new InetSocketAddress(bind.first(), tcp.tlsPort());
    }

    /// Where R2P2 listens.
    ///
    /// @throws IllegalStateException if it does not
    InetSocketAddress r2p2Address() {
        if (r2p2 == null) {
            throw new IllegalStateException("R2P2 is off");
        }
        return r2p2.address();
    }

    /// The line that tells whoever started the server that it serves, and where.
    String readyLine() {
        StringBuilder line = new StringBuilder("ready");
        if (options.port() != ServerOptions.OFF) {
            line.append(" tcp=").append(Addresses.format(tcpAddress()));
        }
        if (options.tls() != null) {
            line.append(" tls=").append(Addresses.format(tlsAddress()));
        }
        if (options.unixSocket() != null) {
            line.append(" unix=").append(options.unixSocket());
        }
        if (r2p2 != null) {
            line.append(" r2p2=").append(Addresses.format(r2p2Address()));
        }
        return line.append(" pid=").append(ProcessHandle.current().pid()).toString();
    }

    /// What the store holds.
    StoreStatistics storeStatistics() {
        return store.statistics();
    }

    /// Packet buffers that are kept past their burst. Also after [#close()]: then it is those that were lost.
    long retainedBuffers() {
        return r2p2 == null ? 0 : r2p2.retainedBuffers();
    }

    /// What is held for requests under way: all zero when nothing is, but for packets that stored values lie in.
    Outstanding outstanding() {
        StoreStatistics records = store.statistics();
        return new Outstanding(
                records.claimedRecords(),
                records.pinnedRecords(),
                tcp == null ? 0 : tcp.statistics().buffers(),
                retainedBuffers(),
                r2p2 == null ? 0 : r2p2.unfinishedRequests());
    }

    /// @param claimedRecords values that are being received
    /// @param pinnedRecords values that are being sent
    /// @param tcpBuffers buffers of connections
    /// @param retainedBuffers packet buffers kept past their burst, those included that stored values lie in
    /// @param unfinishedRequests requests of which packets are missing
    record Outstanding(
            long claimedRecords, long pinnedRecords, long tcpBuffers, long retainedBuffers, long unfinishedRequests) {
        boolean isNothing() {
            return claimedRecords == 0
                    && pinnedRecords == 0
                    && tcpBuffers == 0
                    && retainedBuffers == 0
                    && unfinishedRequests == 0;
        }
    }

    /// Stops as [#close], on a thread of its own: the threads that run commands cannot wait for themselves to end.
    private void stopLater() {
        Thread.ofPlatform().name("shutdown").start(this::close);
    }

    /// Waits until the server is closed.
    void awaitClose() throws InterruptedException {
        closed.await();
    }

    /// Stops accepting, finishes what is in flight, and frees everything.
    @Override
    public synchronized void close() {
        parts.close();
        closed.countDown();
    }
}
