package dev.situ.socket;

import dev.situ.memory.Words;
import dev.situ.udp.PeerAddress;
import java.lang.foreign.MemorySegment;

/// `struct sockaddr_in` (`<netinet/in.h>`); port and address are in network order.
///
/// ```
///  0        2      4          8               16
/// +--------+------+----------+---------------+
/// | family | port | address  |       0       |
/// +--------+------+----------+---------------+
/// ```
final class SockaddrIn {
    static final int BYTES = 16;
    static final int AF_INET = 2;

    private static final int FAMILY = 0;
    private static final int PORT = 2;
    private static final int ADDRESS = 4;
    private static final int ZERO = 8;

    private SockaddrIn() {}

    static void set(MemorySegment memory, long at, long peer) {
        Words.setShort(memory, at + FAMILY, (short) AF_INET);
        Words.setShortBe(memory, at + PORT, PeerAddress.port(peer));
        Words.setIntBe(memory, at + ADDRESS, PeerAddress.ipv4(peer));
        Words.setLong(memory, at + ZERO, 0);
    }

    /// The [PeerAddress] that stands there.
    static long peer(MemorySegment memory, long at) {
        return PeerAddress.of(Words.getIntBe(memory, at + ADDRESS), Words.getUnsignedShortBe(memory, at + PORT));
    }
}
