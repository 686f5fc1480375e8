package dev.situ.tcp;

import dev.situ.kv.ServerInfo;
/// What a server of these tests says of itself.

record FixedServerInfo(long maxMemoryBytes) implements ServerInfo {
    @Override
    public String version() {
        return "0.1.0-test";
    }

    @Override
    public int tcpPort() {
        return 0;
    }

    @Override
    public long uptimeSeconds() {
        return 1;
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
        return 1;
    }

    @Override
    public int workers() {
        return 1;
    }
}
