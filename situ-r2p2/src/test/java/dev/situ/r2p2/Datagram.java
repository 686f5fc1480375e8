package dev.situ.r2p2;

import dev.situ.udp.PeerAddress;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// A datagram of a test: whom it goes to or comes from, and its bytes.
@SuppressWarnings("ArrayRecordComponent") // equals and hashCode are its own
record Datagram(long peer, byte[] bytes) {
    static final long CLIENT = PeerAddress.of(0x7F000001, 33200);
    static final long SERVER = PeerAddress.of(0x7F000001, 8000);
    static final long ROUTER = PeerAddress.of(0x7F000001, 9000);

    /// A packet of the format.
    static Datagram packet(long peer, long header, byte[] payload) {
        byte[] bytes = new byte[R2p2Header.BYTES + payload.length];
        for (int i = 0; i < R2p2Header.BYTES; i++) {
            bytes[i] = (byte) (header >>> (56 - 8 * i));
        }
        System.arraycopy(payload, 0, bytes, R2p2Header.BYTES, payload.length);
        return new Datagram(peer, bytes);
    }

    /// All packets of a request as the client sends them.
    static Datagram[] request(long peer, int rid, byte[] message) {
        boolean alone = message.length <= R2p2Header.MAX_PAYLOAD;
        int first = alone ? message.length : R2p2Header.SMALL_FIRST_PAYLOAD;
        int count = R2p2Header.packets(message.length, alone ? R2p2Header.MAX_PAYLOAD : first);
        Datagram[] packets = new Datagram[count];
        int from = 0;
        int to = first;
        for (int i = 0; i < count; i++) {
            long header = R2p2Header.ofPacket(R2p2Header.REQUEST, R2p2Header.FIXED, rid, i, count);
            packets[i] = packet(peer, header, Arrays.copyOfRange(message, from, to));
            from = to;
            to = Math.min(message.length, to + R2p2Header.MAX_PAYLOAD);
        }
        return packets;
    }

    long header() {
        long header = 0;
        for (int i = 0; i < R2p2Header.BYTES; i++) {
            header = header << 8 | (bytes[i] & 0xFF);
        }
        return header;
    }

    byte[] payload() {
        return Arrays.copyOfRange(bytes, R2p2Header.BYTES, bytes.length);
    }

    Datagram from(long other) {
        return new Datagram(other, bytes);
    }

    String hex() {
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Datagram(long otherPeer, byte[] otherBytes)
                && peer == otherPeer
                && Arrays.equals(bytes, otherBytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return PeerAddress.toSocketAddress(peer) + " " + hex();
    }
}
