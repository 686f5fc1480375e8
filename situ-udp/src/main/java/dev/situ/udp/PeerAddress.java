package dev.situ.udp;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/// The word that names an IPv4 address and a UDP port, so that a sender is compared, kept and hashed without an
/// object.
///
/// ```
///  63           48 47                             16 15              0
/// +---------------+---------------------------------+-----------------+
/// |       0       |          IPv4 address           |      port       |
/// +---------------+---------------------------------+-----------------+
/// ```
///
/// Both fields are numbers, not bytes in network order: 127.0.0.1 is `0x7f000001`.
public final class PeerAddress {
    private static final int PORT_BITS = 16;
    private static final long PORT_MASK = 0xFFFF;

    private PeerAddress() {}

    /// The word for an address and a port.
    public static long of(int ipv4, int port) {
        return Integer.toUnsignedLong(ipv4) << PORT_BITS | (port & PORT_MASK);
    }

    /// The word for a socket address.
    ///
    /// @throws IllegalArgumentException if the address is not resolved or not IPv4
    public static long of(InetSocketAddress address) {
        InetAddress host = address.getAddress();
        if (host == null || host.getAddress().length != Integer.BYTES) {
            throw new IllegalArgumentException("not a resolved IPv4 address: " + address);
        }
        byte[] b = host.getAddress();
        return of((b[0] & 0xFF) << 24 | (b[1] & 0xFF) << 16 | (b[2] & 0xFF) << 8 | (b[3] & 0xFF), address.getPort());
    }

    public static int ipv4(long peer) {
        return (int) (peer >>> PORT_BITS);
    }

    /// The port: 0 to 65535.
    public static int port(long peer) {
        return (int) (peer & PORT_MASK);
    }

    public static InetSocketAddress toSocketAddress(long peer) {
        int a = ipv4(peer);
        byte[] b = {(byte) (a >>> 24), (byte) (a >>> 16), (byte) (a >>> 8), (byte) a};
        try {
            return new InetSocketAddress(InetAddress.getByAddress(b), port(peer));
        } catch (UnknownHostException e) {
            throw new AssertionError("four bytes are an IPv4 address", e);
        }
    }

    /// The word as people write it: `127.0.0.1:8000`.
    public static String toString(long peer) {
        int a = ipv4(peer);
        return (a >>> 24) + "." + (a >>> 16 & 0xFF) + "." + (a >>> 8 & 0xFF) + "." + (a & 0xFF) + ":" + port(peer);
    }
}
