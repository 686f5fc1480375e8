package dev.situ.kv;

/// A server that is always the same.
record FixedServerInfo(long maxMemoryBytes) implements ServerInfo {
    @Override
    public String version() {
        return "0.1.0-test";
    }

    @Override
    public int tcpPort() {
        return 6379;
    }

    @Override
    public long uptimeSeconds() {
        return 90_000;
    }

    @Override
    public long connectedClients() {
        return 1;
    }

    @Override
    public long maxClients() {
        return 10_000;
    }

    @Override
    public long connectionsReceived() {
        return 3;
    }

    @Override
    public int workers() {
        return 1;
    }
}
