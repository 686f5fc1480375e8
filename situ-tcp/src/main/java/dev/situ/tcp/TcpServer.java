package dev.situ.tcp;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Serves RESP over TCP, and over a unix socket too if wished.
///
/// Each event loop is one thread with one worker of the store; a connection stays on its loop, and its commands
/// are executed there to completion. How it works: `docs/design/tcp.md`.
///
/// Safe to call from any thread but those of its loops.
public final class TcpServer implements AutoCloseable {
    private static final String LEAK_DETECTION = "io.netty.leakDetection.level";

    private final TcpServerOptions options;
    private final TcpTransport transport;
    private final MultiThreadIoEventLoopGroup group;
    private final AtomicInteger current = new AtomicInteger();
    private final TcpLimits limits;
    private final LogLimiter log = new LogLimiter(System.getLogger("dev.situ.tcp"));
    private final List<TcpLoop> loops = new ArrayList<>();
    private final List<Acceptor> acceptors = new ArrayList<>();
    private final Consumer<Throwable> fatal;
    private final List<Channel> listening = new ArrayList<>();
    private @Nullable UnixSocketFile unixSocketFile;
    private int port = -1;
    private int tlsPort = -1;
    private volatile boolean closed;

    /// Starts a server that listens when this returns.
    ///
    /// What goes wrong for good goes to the handler of uncaught exceptions, as if the thread had died of it: see
    /// the other `start`.
    ///
    /// @param workers makes the worker of loop `i`; called on the loop's thread, which also closes it
    /// @throws IOException if it cannot listen, or the transport does not work here; the message is one line for
    ///         users
    public static TcpServer start(TcpServerOptions options, IntFunction<TcpWorker> workers) throws IOException {
        return start(options, workers, TcpServer::uncaught);
    }

    private static void uncaught(Throwable cause) {
        Thread thread = Thread.currentThread();
        // Only a thread that has ended has none.
        Objects.requireNonNull(thread.getUncaughtExceptionHandler()).uncaughtException(thread, cause);
    }

    /// Starts a server that listens when this returns.
    ///
    /// @param workers makes the worker of loop `i`; called on the loop's thread, which also closes it
    /// @param fatal told of what no connection's end can mend: an error of the virtual machine, as when the heap
    ///         is full, or the end of a loop's thread. Called on any thread, maybe more than once; should end the
    ///         process, and must not close this server. An error of one command only closes its connection
    ///         ([TcpStatistics#failures()]).
    /// @throws IOException if it cannot listen, or the transport does not work here; the message is one line for
    ///         users
    public static TcpServer start(TcpServerOptions options, IntFunction<TcpWorker> workers, Consumer<Throwable> fatal)
            throws IOException {
        String unavailability = options.transport().unavailability();
        if (unavailability != null) {
            throw new IOException(unavailability);
        }
        if (System.getProperty(LEAK_DETECTION) == null) {
            // Our buffers are counted by their loop; Netty's sampling of its own would cost, and find nothing of
            // ours.
            ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        }
        TcpServer server = new TcpServer(options, workers, fatal);
        try {
            server.listen();
            return server;
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private TcpServer(TcpServerOptions options, IntFunction<TcpWorker> workers, Consumer<Throwable> fatal) {
        this.options = options;
        this.limits = new TcpLimits(options);
        this.transport = options.transport().resolve();
        this.group = new MultiThreadIoEventLoopGroup(
                options.eventLoops(), new DefaultThreadFactory("situ-tcp"), transport.ioHandlers());
        try {
            for (int i = 0; i < options.eventLoops(); i++) {
                loops.add(newLoop(workers, i, fatal));
            }
        } catch (RuntimeException | Error e) {
            endLoops();
            throw e;
        }
        this.fatal = fatal;
        watchThreads(fatal);
    }

    private TcpLoop newLoop(IntFunction<TcpWorker> workers, int index, Consumer<Throwable> fatal) {
        EventLoop eventLoop = group.next();
        TcpWorker worker = eventLoop
                .submit(() -> workers.apply(index))
                .syncUninterruptibly()
                .getNow();
        Path path = options.unixSocket();
        return new TcpLoop(eventLoop, worker, limits, path == null ? "" : path.toString(), current, log, fatal);
    }

    /// Netty ends a loop's thread when its own work throws, and only logs that; its connections would hang for
    /// ever.
    private void watchThreads(Consumer<Throwable> fatal) {
        for (TcpLoop loop : loops) {
            loop.eventLoop.terminationFuture().addListener(_ -> {
                if (!closed) {
                    fatal.accept(new IllegalStateException("the thread of an event loop has ended"));
                }
            });
        }
    }

    /// The TCP port that it listens on, or -1 if on none.
    public int port() {
        return port;
    }

    /// The TCP port that it listens on with TLS, or -1 if on none.
    public int tlsPort() {
        return tlsPort;
    }

    /// The transport in use, never [TcpTransport#AUTO].
    public TcpTransport transport() {
        return transport;
    }

    /// What it allows its clients, to be changed while it runs.
    public TcpLimits limits() {
        return limits;
    }

    /// What it has done so far.
    public TcpStatistics statistics() {
        long bytesIn = 0;
        long bytesOut = 0;
        long closedByLimit = 0;
        long failures = 0;
        int buffers = 0;
        int pinned = 0;
        for (TcpLoop loop : loops) {
            bytesIn += loop.bytesIn();
            bytesOut += loop.bytesOut();
            closedByLimit += loop.closedByLimit();
            failures += loop.failures();
            buffers += loop.buffersInUse();
            pinned += loop.pinned();
        }
        return new TcpStatistics(
                sum(Acceptor::accepted),
                current.get(),
                sum(Acceptor::rejected),
                closedByLimit,
                failures,
                sum(Acceptor::errors),
                bytesIn,
                bytesOut,
                buffers,
                pinned);
    }

    private long sum(ToLongFunction<Acceptor> counter) {
        return acceptors.stream().mapToLong(counter).sum();
    }

    /// Stops: takes no new connection, sends the replies to what was received, for at most the time of the
    /// options, closes all connections, then the workers, and ends the threads. Called again it does nothing.
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        removeUnixSocketFile();
        for (Channel channel : listening) {
            if (!channel.eventLoop().isShuttingDown()) { // a thread that has ended has closed its channels
                channel.close().syncUninterruptibly();
            }
        }
        forEachLoop(TcpLoop::stop);
        awaitNoConnections(options.stopTimeout().toNanos());
        forEachLoop(TcpLoop::stopNow);
        awaitNoConnections(TimeUnit.SECONDS.toNanos(1));
        endLoops();
    }

    private void endLoops() {
        forEachLoop(loop -> loop.worker.close());
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        for (TcpLoop loop : loops) {
            loop.close();
        }
    }

    private void listen() throws IOException {
        Admission admission = options.admission();
        if (options.port() >= 0) {
            port = listen(options.port(), acceptor(admission, null));
        }
        TlsOptions tls = options.tls();
        if (tls != null) {
            tlsPort = listen(tls.port(), acceptor(admission, tls.context()));
        }
        Path path = options.unixSocket();
        if (path != null) {
            listen(new UnixSocketFile(path), acceptor(null, null));
        }
    }

    private Acceptor acceptor(@Nullable Admission admission, @Nullable SslContext tls) {
        Acceptor acceptor =
                new Acceptor(transport, loops.toArray(TcpLoop[]::new), limits, admission, tls, current, log, fatal);
        acceptors.add(acceptor);
        return acceptor;
    }

    /// Listens on all addresses, and gives the port: 0 takes one that is free at the first.
    private int listen(int wanted, Acceptor acceptor) throws IOException {
        int taken = wanted;
        for (String host : options.bind()) {
            InetSocketAddress address = new InetSocketAddress(host, taken);
            if (address.isUnresolved()) {
                throw new IOException("unknown address to bind: " + host);
            }
            Channel channel = bind(transport.tcpChannel(), address, acceptor);
            taken = ((InetSocketAddress) channel.localAddress()).getPort();
        }
        return taken;
    }

    private void listen(UnixSocketFile file, Acceptor acceptor) throws IOException {
        file.requireFree();
        try {
            bind(transport.unixChannel(), transport.unixAddress(file.draft()), acceptor);
        } catch (BindException e) {
            throw file.refused(e);
        }
        file.publish();
        unixSocketFile = file;
    }

    private Channel bind(ServerChannel channel, SocketAddress address, Acceptor acceptor) throws IOException {
        channel.config().setOption(ChannelOption.SO_BACKLOG, options.backlog());
        if (address instanceof InetSocketAddress) {
            channel.config().setOption(ChannelOption.SO_REUSEADDR, true);
        }
        channel.pipeline().addLast(acceptor);
        loops.getFirst().eventLoop.register(channel).syncUninterruptibly();
        try {
            channel.bind(address).sync();
        } catch (InterruptedException e) {
            var _ = channel.close();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while binding " + address, e);
        } catch (Exception e) {
            var _ = channel.close();
            throw refused(address, e);
        }
        listening.add(channel);
        return channel;
    }

    private static IOException refused(SocketAddress address, Exception cause) {
        if (!(address instanceof InetSocketAddress inet)) {
            return refused(reason(cause), cause);
        }
        return refused("cannot listen on " + inet.getHostString() + ":" + inet.getPort() + ": " + reason(cause), cause);
    }

    private static IOException refused(String line, Exception cause) {
        IOException refused = new BindException(line);
        refused.initCause(cause);
        return refused;
    }

    /// Why a socket could not be bound, without the native transports' `bind(..) failed with error(-98): `.
    static String reason(Exception cause) {
        return String.valueOf(cause.getMessage()).replaceFirst("^.*error\\(-?\\d+\\): ", "");
    }

    private void removeUnixSocketFile() {
        UnixSocketFile file = unixSocketFile;
        if (file != null) {
            try {
                file.remove();
            } catch (IOException e) {
                log.warn(() -> "the unix socket's file is left: " + e, null);
            }
        }
    }

    private interface LoopAction {
        void on(TcpLoop loop);
    }

    private void forEachLoop(LoopAction action) {
        for (TcpLoop loop : loops) {
            if (!loop.eventLoop.isShuttingDown()) {
                loop.eventLoop.submit(() -> action.on(loop)).syncUninterruptibly();
            }
        }
    }

    private void awaitNoConnections(long nanos) {
        long deadline = System.nanoTime() + nanos;
        while (current.get() > 0 && System.nanoTime() - deadline < 0) {
            try {
                Thread.sleep(1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
