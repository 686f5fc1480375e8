package dev.situ.server;

import dev.situ.kv.Keyspace;
import dev.situ.kv.OutputBounds;
import dev.situ.kv.Setting;
import dev.situ.kv.Settings;
import dev.situ.store.EvictionPolicy;
import dev.situ.store.Store;
import dev.situ.tcp.OutputLimits;
import dev.situ.tcp.TcpLimits;
import dev.situ.tcp.TlsOptions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/// The parameters of the server around the commands: where it does, what memory it may use,
/// what clients may do.
final class ServerSettings {
    private static final long MOST_CLIENTS = Integer.MAX_VALUE;

    private final ServerOptions options;
    private final Keyspace keyspace;
    private final Settings settings;
    private final Store store;
    private final ServerFacts facts;
    private volatile int maxClients = SituServer.TCP_DEFAULTS.maxClients();
    private volatile int keepAliveSeconds = TcpLimits.DEFAULT_KEEP_ALIVE_SECONDS;

    ServerSettings(ServerOptions options, Keyspace keyspace, Store store, ServerFacts facts) {
        this.options = options;
        this.keyspace = keyspace;
        this.settings = keyspace.settings();
        this.store = store;
        this.facts = facts;
    }

    void declare() {
        fixed("bind", options::bind);
        fixed("port", () -> Integer.toString(facts.tcpPort()));
        fixed(
                "unixsocket",
                () -> options.unixSocket() == null ? "" : options.unixSocket().toString());
        fixed("tls-port", () -> Integer.toString(facts.tlsPort()));
        TlsOptions tls = options.tls();
        fixed("tls-cert-file", () -> tls == null ? "" : tls.certificate().toString());
        fixed("tls-key-file", () -> tls == null ? "" : tls.key().toString());
        fixed(
                "tls-ca-cert-file",
                () -> tls == null || tls.authorities() == null
                        ? ""
                        : tls.authorities().toString());
        fixed("tls-auth-clients", () -> TlsCommandOptions.word(tls));
        fixed("tls-protocols", () -> tls == null ? "" : String.join(" ", tls.protocols()));
        fixed("r2p2-port", () -> Integer.toString(facts.r2p2Port()));
        fixed("r2p2-compatible", () -> options.r2p2Compatible() ? "yes" : "no");
        fixed("workers", () -> Integer.toString(options.workers()));
        fixed("busy-poll", () -> options.busyPoll() ? "yes" : "no");
        fixed("tcp-transport", options::tcpTransport);
        // The store keeps a reserve beyond what it was opened with, so it may grow by less than a third.
        settings.declare(Setting.memory(
                "maxmemory",
                ServerOptions.LEAST_MEMORY,
                options.maxMemory() + options.maxMemory() / 3,
                facts::maxMemoryBytes,
                bytes -> {
                    store.setMemoryBytes(bytes);
                    facts.setMaxMemoryBytes(bytes);
                }));
        List<String> policies = Arrays.stream(EvictionPolicy.values())
                .map(EvictionPolicy::redisName)
                .toList();
        settings.declare(Setting.choice(
                "maxmemory-policy",
                policies,
                () -> store.policy().redisName(),
                name -> store.setPolicy(Objects.requireNonNull(EvictionPolicy.ofRedisName(name)))));
        settings.declare(
                Setting.number("maxclients", 1, MOST_CLIENTS, () -> maxClients, clients -> maxClients = (int) clients));
        settings.declare(Setting.number(
                "tcp-keepalive",
                0,
                TcpLimits.MOST_KEEP_ALIVE_SECONDS,
                () -> keepAliveSeconds,
                seconds -> keepAliveSeconds = (int) seconds));
    }

    /// TCP listens: what is set holds for its connections from now on.
    void listens(TcpLimits limits) {
        apply(limits);
        settings.onChange(() -> apply(limits));
    }

    /// What the commands keep and the connections need.
    private void apply(TcpLimits limits) {
        OutputBounds bounds = keyspace.outputBounds();
        limits.setOutput(limits(bounds.normal()), limits(bounds.pubsub()));
        limits.setMaxClients(maxClients);
        limits.setKeepAliveSeconds(keepAliveSeconds);
        limits.setTimeoutSeconds(keyspace.timeoutSeconds());
    }

    private static OutputLimits limits(OutputBounds.Bound bound) {
        Duration soft = Duration.ofMillis(Math.max(1, bound.softSeconds() * 1000));
        return new OutputLimits(bound.hardBytes(), bound.softBytes(), soft);
    }

    private void fixed(String name, Supplier<String> reader) {
        settings.declare(Setting.fixed(name, reader));
    }
}
