package dev.situ.server;

import com.google.errorprone.annotations.Immutable;
import dev.situ.kv.ServerInfo;
import dev.situ.tcp.TcpServer;
import org.jspecify.annotations.Nullable;

/// What `INFO`, `CONFIG GET` and `HELLO` tell about this server. Safe for all threads.
@Immutable
@SuppressWarnings("Immutable") // its volatile fields are for all threads
final class ServerFacts implements ServerInfo {
    private final ServerOptions options;
    private final long startNanos = System.nanoTime();
    private volatile long maxMemory;
    private volatile @Nullable TcpServer tcp;
    private volatile @Nullable R2p2Service r2p2;

    ServerFacts(ServerOptions options) {
        this.options = options;
        this.maxMemory = options.maxMemory();
    }

    /// To be called once TCP listens.
    void listens(TcpServer server) {
        tcp = server;
    }

    /// To be called once R2P2 listens.
    void listens(R2p2Service service) {
        r2p2 = service;
    }

    @Override
    public String version() {
        return Version.SITU;
    }

    @Override
    public int tcpPort() {
        TcpServer server = tcp;
        return server == null || options.port() == ServerOptions.OFF ? 0 : server.port();
    }

    /// The TCP port with TLS, or 0.
    int tlsPort() {
        TcpServer server = tcp;
        return server == null || options.tls() == null ? 0 : server.tlsPort();
    }

    @Override
    public String configFile() {
        ConfigFile file = options.parameters().file();
        return file == null ? "" : file.path().toString();
    }

    /// The UDP port, or [ServerOptions#OFF].
    int r2p2Port() {
        R2p2Service service = r2p2;
        return service == null ? ServerOptions.OFF : service.address().getPort();
    }

    @Override
    public long uptimeSeconds() {
        return (System.nanoTime() - startNanos) / 1_000_000_000;
    }

    @Override
    public long connectedClients() {
        TcpServer server = tcp;
        return server == null ? 0 : server.statistics().current();
    }

    @Override
    public long maxClients() {
        TcpServer server = tcp;
        return server == null
                ? SituServer.TCP_DEFAULTS.maxClients()
                : server.limits().maxClients();
    }

    @Override
    public long connectionsReceived() {
        TcpServer server = tcp;
        return server == null ? 0 : server.statistics().accepted();
    }

    @Override
    public long connectionsRejected() {
        TcpServer server = tcp;
        return server == null ? 0 : server.statistics().rejected();
    }

    @Override
    public long bytesReceived() {
        TcpServer server = tcp;
        return server == null ? 0 : server.statistics().bytesIn();
    }

    @Override
    public long bytesSent() {
        TcpServer server = tcp;
        return server == null ? 0 : server.statistics().bytesOut();
    }

    @Override
    public long maxMemoryBytes() {
        return maxMemory;
    }

    /// To be called when it has changed.
    void setMaxMemoryBytes(long bytes) {
        maxMemory = bytes;
    }

    @Override
    public int workers() {
        return options.workers();
    }
}
