package dev.situ.bench.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;

/// Where the load goes: `r2p2://host:port`, `tcp://host:port`, `memcached://host:port`, or `echo`, which is
/// nowhere.
///
/// @param kind how the server is spoken to
/// @param address of the server; for an echo any
record Target(Kind kind, InetSocketAddress address) {
    /// How a server is spoken to.
    enum Kind {
        /// R2P2 in reliable mode, over UDP.
        R2P2,
        /// RESP, over TCP.
        TCP,
        /// Memcached's text protocol, over TCP.
        MEMCACHED,
        /// Each request is answered by the generator itself.
        ECHO;

        private String scheme() {
            return name().toLowerCase(Locale.ROOT) + "://";
        }
    }

    private static final String ECHO = "echo";
    private static final String MISTAKE =
            "is no target: r2p2://host:port, tcp://host:port, memcached://host:port and echo are";

    /// Reads a target as it is written.
    ///
    /// @throws IllegalArgumentException whose message says what is wrong with it
    static Target parse(String text) {
        if (text.equals(ECHO)) {
            return new Target(Kind.ECHO, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        }
        for (Kind kind : List.of(Kind.R2P2, Kind.TCP, Kind.MEMCACHED)) {
            if (text.startsWith(kind.scheme())) {
                return new Target(kind, address(text, kind.scheme().length()));
            }
        }
        throw new IllegalArgumentException("'" + text + "' " + MISTAKE);
    }

    private static InetSocketAddress address(String text, int host) {
        int colon = text.lastIndexOf(':');
        if (colon < host) {
            throw new IllegalArgumentException("'" + text + "' " + MISTAKE);
        }
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            return new InetSocketAddress(InetAddress.getByName(text.substring(host, colon)), port);
        } catch (UnknownHostException _) {
            throw new IllegalArgumentException("the host of '" + text + "' is not known");
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + text + "' " + MISTAKE, e);
        }
    }

    /// Opens a way there.
    ///
    /// @param connections of TCP
    /// @param slots the most requests under way
    Link open(int connections, int slots) throws IOException {
        return switch (kind) {
            case R2P2 -> ReliableLink.open(address, slots);
            case TCP -> TcpLink.open(Dialect.RESP, address, connections, slots);
            case MEMCACHED -> TcpLink.open(Dialect.MEMCACHED, address, connections, slots);
            case ECHO -> new EchoLink(slots);
        };
    }

    @Override
    public String toString() {
        return kind == Kind.ECHO ? ECHO : kind.scheme() + address.getHostString() + ":" + address.getPort();
    }
}
