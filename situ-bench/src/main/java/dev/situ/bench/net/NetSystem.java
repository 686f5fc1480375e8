package dev.situ.bench.net;

import dev.situ.bench.dpdk.DpdkLink;
import dev.situ.bench.frame.ServerProcess.Kind;
import dev.situ.bench.load.Dialect;
import dev.situ.bench.load.Link;
import dev.situ.bench.load.ReliableLink;
import dev.situ.bench.load.TcpLink;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/// A server, and how it is spoken to.
enum NetSystem {
    DPDK("Situ, R2P2 over DPDK", Kind.SITU),
    R2P2("Situ, R2P2", Kind.SITU),
    TCP("Situ, TCP", Kind.SITU),
    REDIS("redis-server", Kind.REDIS),
    MEMCACHED("memcached", Kind.MEMCACHED);

    private static final int CONNECTIONS = 16;

    final String label;
    final Kind kind;

    NetSystem(String label, Kind kind) {
        this.label = label;
        this.kind = kind;
    }

    /// Opens a way to the server.
    ///
    /// @param socket of the memif; else unused
    /// @param tcpPort,udpPort where the server listens
    /// @param slots the most requests under way
    Link open(String socket, int tcpPort, int udpPort, int slots) throws IOException {
        InetAddress host = InetAddress.getLoopbackAddress();
        return switch (this) {
            case DPDK -> new DpdkLink(socket, udpPort, slots);
            case R2P2 -> ReliableLink.open(new InetSocketAddress(host, udpPort), slots);
            case TCP, REDIS -> TcpLink.open(new InetSocketAddress(host, tcpPort), CONNECTIONS, slots);
            case MEMCACHED -> TcpLink.open(Dialect.MEMCACHED, new InetSocketAddress(host, tcpPort), CONNECTIONS, slots);
        };
    }
}
