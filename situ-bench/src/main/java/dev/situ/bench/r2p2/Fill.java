package dev.situ.bench.r2p2;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// Stores the keys that the experiments read, over TCP, so that nothing is lost on the way.
public final class Fill {
    private static final int BURST = 100;

    private Fill() {}

    /// Stores keys 0 to `keys` - 1 in memcached, with values of `valueLength` letters.
    static void memcached(InetSocketAddress server, int keys, int valueLength) throws IOException {
        String value = "x".repeat(valueLength);
        fill(server, 0, keys, "STORED\r\n", key -> "set " + key + " 0 0 " + valueLength + "\r\n" + value + "\r\n");
    }

    /// Stores them in a server that speaks RESP.
    public static void resp(InetSocketAddress server, int keys, int valueLength) throws IOException {
        resp(server, 0, keys, valueLength);
    }

    /// Stores keys `first` to `first` + `keys` - 1 in a server that speaks RESP.
    public static void resp(InetSocketAddress server, int first, int keys, int valueLength) throws IOException {
        String set = "*3\r\n$3\r\nSET\r\n$" + GetProtocol.KEY_LENGTH + "\r\n";
        String value = "\r\n$" + valueLength + "\r\n" + "x".repeat(valueLength) + "\r\n";
        fill(server, first, keys, "+OK\r\n", key -> set + key + value);
    }

    private interface Request {
        String of(String key);
    }

    private static void fill(InetSocketAddress server, int first, int keys, String reply, Request request)
            throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(server);
            OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (int from = first; from < first + keys; from += BURST) {
                int to = Math.min(first + keys, from + BURST);
                for (int i = from; i < to; i++) {
                    out.write(request.of(GetProtocol.key(i)).getBytes(StandardCharsets.US_ASCII));
                }
                out.flush();
                byte[] replies = in.readNBytes(reply.length() * (to - from));
                if (!new String(replies, StandardCharsets.US_ASCII).equals(reply.repeat(to - from))) {
                    throw new IOException(server + " did not store the keys");
                }
            }
        }
    }
}
