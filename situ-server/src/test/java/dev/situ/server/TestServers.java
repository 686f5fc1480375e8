package dev.situ.server;

import dev.situ.memory.HugePages;
import dev.situ.store.AdoptionPolicy;
import dev.situ.store.EvictionPolicy;

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
        return new ServerOptions(
                "127.0.0.1",
                0,
                null,
                0,
                2,
                maxMemory,
                HugePages.NONE,
                eviction,
                AdoptionPolicy.DEFAULT,
                false,
                false,
                null,
                "auto",
                Parameters.NONE);
    }
}
