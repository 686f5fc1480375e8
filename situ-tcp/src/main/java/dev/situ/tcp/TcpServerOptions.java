package dev.situ.tcp;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a [TcpServer] listens and what it allows.
///
/// @param bind the addresses to listen on, as names or numbers: at least one
/// @param port the port of all of them, or 0 for a free one, or -1 for none (then there must be a unix socket
///         or TLS)
/// @param unixSocket the path of a unix socket to listen on too, or null; a stale socket there is replaced,
///         anything else refused
/// @param tls how it listens with TLS too, or null
/// @param admission which clients may connect over TCP
/// @param eventLoops threads, each with its own worker: at least 1
/// @param transport which interface of the kernel is used
/// @param maxClients connections at once; one more is answered with an error and closed
/// @param backlog connections that the kernel keeps until they are accepted
/// @param output what a client may leave unread
/// @param stopTimeout how long [TcpServer#close()] waits for replies to be taken
public record TcpServerOptions(
        List<String> bind,
        int port,
        @Nullable Path unixSocket,
        @Nullable TlsOptions tls,
        Admission admission,
        int eventLoops,
        TcpTransport transport,
        int maxClients,
        int backlog,
        OutputLimits output,
        Duration stopTimeout) {

    /// Loopback, a free port, one event loop, the best transport, 10 000 clients.
    public static final TcpServerOptions DEFAULT = new TcpServerOptions(
            List.of("127.0.0.1"),
            0,
            null,
            null,
            Admission.ALL,
            1,
            TcpTransport.AUTO,
            10_000,
            511,
            OutputLimits.DEFAULT,
            Duration.ofSeconds(2));

    /// @throws IllegalArgumentException if a number is out of its range, or there is no address
    public TcpServerOptions {
        bind = List.copyOf(bind);
        if (bind.isEmpty()) {
            throw new IllegalArgumentException("no address to listen on");
        }
        if (port < -1 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " is not between -1 and 65535");
        }
        if (port == -1 && unixSocket == null && tls == null) {
            throw new IllegalArgumentException("neither a port nor a unix socket nor TLS to listen on");
        }
        if (eventLoops < 1 || maxClients < 1 || backlog < 1) {
            throw new IllegalArgumentException("event loops, clients and backlog must be at least 1");
        }
        if (stopTimeout.isNegative()) {
            throw new IllegalArgumentException("the time to stop must not be negative");
        }
    }

    /// The same, on another address and port.
    public TcpServerOptions withAddress(String newBind, int newPort) {
        return withAddresses(List.of(newBind), newPort);
    }

    /// The same, on other addresses and another port.
    public TcpServerOptions withAddresses(List<String> newBind, int newPort) {
        return new TcpServerOptions(
                newBind,
                newPort,
                unixSocket,
                tls,
                admission,
                eventLoops,
                transport,
                maxClients,
                backlog,
                output,
                stopTimeout);
    }

    /// The same, with a unix socket too, or without.
    public TcpServerOptions withUnixSocket(@Nullable Path path) {
        return new TcpServerOptions(
                bind, port, path, tls, admission, eventLoops, transport, maxClients, backlog, output, stopTimeout);
    }

    /// The same, with TLS too, or without.
    public TcpServerOptions withTls(@Nullable TlsOptions other) {
        return new TcpServerOptions(
                bind,
                port,
                unixSocket,
                other,
                admission,
                eventLoops,
                transport,
                maxClients,
                backlog,
                output,
                stopTimeout);
    }

    /// The same, with other clients that may connect.
    public TcpServerOptions withAdmission(Admission other) {
        return new TcpServerOptions(
                bind, port, unixSocket, tls, other, eventLoops, transport, maxClients, backlog, output, stopTimeout);
    }

    /// The same, with another number of event loops.
    public TcpServerOptions withEventLoops(int loops) {
        return new TcpServerOptions(
                bind, port, unixSocket, tls, admission, loops, transport, maxClients, backlog, output, stopTimeout);
    }

    /// The same, over another transport.
    public TcpServerOptions withTransport(TcpTransport other) {
        return new TcpServerOptions(
                bind, port, unixSocket, tls, admission, eventLoops, other, maxClients, backlog, output, stopTimeout);
    }

    /// The same, with another bound on connections.
    public TcpServerOptions withMaxClients(int clients) {
        return new TcpServerOptions(
                bind, port, unixSocket, tls, admission, eventLoops, transport, clients, backlog, output, stopTimeout);
    }

    /// The same, with other limits on what a client may leave unread.
    public TcpServerOptions withOutput(OutputLimits limits) {
        return new TcpServerOptions(
                bind,
                port,
                unixSocket,
                tls,
                admission,
                eventLoops,
                transport,
                maxClients,
                backlog,
                limits,
                stopTimeout);
    }

    /// The same, with another time to stop.
    public TcpServerOptions withStopTimeout(Duration timeout) {
        return new TcpServerOptions(
                bind, port, unixSocket, tls, admission, eventLoops, transport, maxClients, backlog, output, timeout);
    }
}
