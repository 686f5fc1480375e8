package dev.situ.server;

/// Servers as the tests want them.
final class TestServers {
    private TestServers() {}

    /// Loopback, free ports, two workers, 256 MiB.
    static ServerOptions onFreePorts() {
        return onFreePorts(256L << 20);
    }

    static ServerOptions onFreePorts(long maxMemory) {
        return new ServerOptions("127.0.0.1", 0, null, 0, 2, maxMemory, false, false, "auto");
    }
}
