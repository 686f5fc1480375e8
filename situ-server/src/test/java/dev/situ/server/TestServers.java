package dev.situ.server;

import dev.situ.memory.HugePages;
import dev.situ.store.AdoptionPolicy;
import dev.situ.store.EvictionPolicy;
import dev.situ.tcp.TlsOptions;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Servers as the tests want them.
final class TestServers {
    private TestServers() {}

    /// Loopback, free ports, two workers, 256 MiB.
    static ServerOptions onFreePorts() {
        return onFreePorts(256L << 20);
    }

    static ServerOptions onFreePorts(long maxMemory) {
        return onFreePorts(maxMemory, EvictionPolicy.NOEVICTION);
    }

    static ServerOptions onFreePorts(long maxMemory, EvictionPolicy eviction) {
        return onFreePorts("127.0.0.1", maxMemory, eviction, null, "auto", Map.of());
    }

    /// With TLS too, on a transport.
    static ServerOptions withTls(@Nullable TlsOptions tls, String transport) {
        return onFreePorts("127.0.0.1", 256L << 20, EvictionPolicy.NOEVICTION, tls, transport, Map.of());
    }

    /// On an address, with parameters.
    static ServerOptions withParameters(String bind, Map<String, String> parameters) {
        return onFreePorts(bind, 256L << 20, EvictionPolicy.NOEVICTION, null, "auto", parameters);
    }

    /// The same, whose compatible mode of R2P2 answers clients off loopback.
    static ServerOptions r2p2Compatible(String bind, Map<String, String> parameters) {
        return of(
                bind,
                256L << 20,
                EvictionPolicy.NOEVICTION,
                null,
                true,
                "auto",
                new Parameters(null, List.of(), List.of(), parameters));
    }

    /// With TLS and with parameters of a file.
    static ServerOptions with(@Nullable TlsOptions tls, Parameters parameters) {
        return onFreePorts("127.0.0.1", 256L << 20, EvictionPolicy.NOEVICTION, tls, "auto", parameters);
    }

    private static ServerOptions onFreePorts(
            String bind,
            long maxMemory,
            EvictionPolicy eviction,
            @Nullable TlsOptions tls,
            String transport,
            Map<String, String> parameters) {
        Parameters all = new Parameters(null, List.of(), List.of(), parameters);
        return onFreePorts(bind, maxMemory, eviction, tls, transport, all);
    }

    private static ServerOptions onFreePorts(
            String bind,
            long maxMemory,
            EvictionPolicy eviction,
            @Nullable TlsOptions tls,
            String transport,
            Parameters parameters) {
        return of(bind, maxMemory, eviction, tls, false, transport, parameters);
    }

    private static ServerOptions of(
            String bind,
            long maxMemory,
            EvictionPolicy eviction,
            @Nullable TlsOptions tls,
            boolean r2p2Compatible,
            String transport,
            Parameters parameters) {
        return new ServerOptions(
                bind,
                0,
                null,
                tls,
                0,
                2,
                maxMemory,
                HugePages.NONE,
                eviction,
                AdoptionPolicy.DEFAULT,
                r2p2Compatible,
                false,
                null,
                transport,
                parameters);
    }
}
