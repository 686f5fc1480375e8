package dev.situ.bench.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/// Where the load goes: `r2p2://host:port`, `tcp://host:port`, or `echo`, which is nowhere.
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
        /// Each request is answered by the generator itself.
        ECHO
    }

    private static final String MISTAKE = "is no target: r2p2://host:port, tcp://host:port and echo are";

    /// Reads a target as it is written.
    ///
    /// @throws IllegalArgumentException whose message says what is wrong with it
    static Target parse(String text) {
        if (text.equals("echo")) {
            return new Target(Kind.ECHO, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        }
        Kind kind = text.startsWith("r2p2://") ? Kind.R2P2 : Kind.TCP;
        int host = kind == Kind.R2P2 ? "r2p2://".length() : "tcp://".length();
        int colon = text.lastIndexOf(':');
        if ((kind == Kind.TCP && !text.startsWith("tcp://")) || colon < host) {
            throw new IllegalArgumentException("'" + text + "' " + MISTAKE);
        }
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            InetAddress address = InetAddress.getByName(text.substring(host, colon));
            return new Target(kind, new InetSocketAddress(address, port));
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
            case TCP -> TcpLink.open(address, connections, slots);
            case ECHO -> new EchoLink(slots);
        };
    }

    @Override
    public String toString() {
        return switch (kind) {
            case R2P2 -> "r2p2://" + name();
            case TCP -> "tcp://" + name();
            case ECHO -> "echo";
        };
    }

    private String name() {
        return address.getHostString() + ":" + address.getPort();
    }
}
