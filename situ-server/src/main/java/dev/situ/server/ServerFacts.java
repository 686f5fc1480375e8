package dev.situ.server;

import com.google.errorprone.annotations.Immutable;
import dev.situ.kv.ServerInfo;
import dev.situ.tcp.TcpServer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What `INFO`, `CONFIG GET` and `HELLO` tell about this server. Safe for all threads.
@Immutable
@SuppressWarnings("Immutable") // its volatile fields are written once, at the start
final class ServerFacts implements ServerInfo {
    private final ServerOptions options;
    private final long startNanos = System.nanoTime();
    private volatile @Nullable TcpServer tcp;
    private volatile @Nullable R2p2Service r2p2;

    ServerFacts(ServerOptions options) {
        this.options = options;
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

    private int r2p2Port() {
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
        return SituServer.TCP_DEFAULTS.maxClients();
    }

    @Override
    public long connectionsReceived() {
        TcpServer server = tcp;
        return server == null ? 0 : server.statistics().accepted();
    }

    @Override
    public long maxMemoryBytes() {
        return options.maxMemory();
    }

    @Override
    public int workers() {
        return options.workers();
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("bind", options.bind());
        settings.put("port", Integer.toString(tcpPort()));
        settings.put(
                "unixsocket",
                options.unixSocket() == null ? "" : options.unixSocket().toString());
        settings.put("maxclients", Long.toString(maxClients()));
        settings.put("maxmemory", Long.toString(options.maxMemory()));
        settings.put("maxmemory-policy", options.eviction().redisName());
        settings.put("r2p2-port", Integer.toString(r2p2Port()));
        settings.put("r2p2-compatible", options.r2p2Compatible() ? "yes" : "no");
        settings.put("workers", Integer.toString(options.workers()));
        return settings;
    }
}
