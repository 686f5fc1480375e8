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
                false,
                false,
                null,
                transport,
                parameters);
    }
}
