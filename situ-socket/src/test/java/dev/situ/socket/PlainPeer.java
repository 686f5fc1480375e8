package dev.situ.socket;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Random;

/// A plain java.net socket as the peer: it sends and receives datagrams one by one, and knows nothing of how the
/// stack saves system calls. It is not connected, since a connected one does not send empty datagrams.
final class PlainPeer implements AutoCloseable {
    static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private static final int TIMEOUT_MILLIS = 10_000;

    private final DatagramSocket socket;
    private final InetSocketAddress to;
    private final DatagramPacket packet = new DatagramPacket(new byte[65536], 65536);

    PlainPeer(InetSocketAddress to) throws IOException {
        this.to = to;
        socket = new DatagramSocket(ANY_PORT);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setReceiveBufferSize(4 << 20);
    }

    static byte[] random(int size, Random random) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
    }

    void send(byte[] payload) throws IOException {
        socket.send(new DatagramPacket(payload, payload.length, to));
    }

    byte[] receive() throws IOException {
        socket.receive(packet);
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    byte[] exchange(byte[] payload) throws IOException {
        send(payload);
        return receive();
    }

    @Override
    public void close() {
        socket.close();
    }
}
