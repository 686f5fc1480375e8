package dev.situ.bench.frame;

import dev.situ.bench.frame.ServerProcess.Kind;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Stores many keys in a server over one TCP connection, a few hundred at a time.
public final class Filler implements AutoCloseable {
    /// The bytes of every key: `key:` and twelve digits, as redis-benchmark has them.
    public static final int KEY_BYTES = 16;

    /// Ten days: longer than any measurement, and short enough that memcached takes it as a duration.
    private static final String EXPIRY_SECONDS = "864000";

    private static final String NO_KEY = "key:000000000000";
    private static final int BURST_BYTES = 128 << 10;

    private final Socket socket = new Socket();
    private final OutputStream out;
    private final InputStream in;
    private final byte[] request;
    private final int keyAt;
    private final byte[] reply;

    /// Connects.
    ///
    /// @param valueBytes of every value
    /// @param expires whether keys get an expiry, in ten days
    public Filler(Kind kind, InetSocketAddress server, int valueBytes, boolean expires) throws IOException {
        String value = "v".repeat(valueBytes);
        String text;
        if (kind == Kind.MEMCACHED) {
            text = "set " + NO_KEY + " 0 " + (expires ? EXPIRY_SECONDS : "0") + " " + valueBytes + "\r\n" + value
                    + "\r\n";
        } else {
            text = (expires ? "*5" : "*3") + "\r\n$3\r\nSET\r\n$" + KEY_BYTES + "\r\n" + NO_KEY + "\r\n$" + valueBytes
                    + "\r\n" + value + "\r\n" + (expires ? "$2\r\nEX\r\n$6\r\n" + EXPIRY_SECONDS + "\r\n" : "");
        }
        request = text.getBytes(StandardCharsets.US_ASCII);
        keyAt = text.indexOf(NO_KEY);
        reply = (kind == Kind.MEMCACHED ? "STORED\r\n" : "+OK\r\n").getBytes(StandardCharsets.US_ASCII);
        socket.setTcpNoDelay(true);
        socket.connect(server);
        out = socket.getOutputStream();
        in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
    }

    /// Stores the keys with the numbers from `from` up to `to`, not included.
    ///
    /// @throws IOException if the server does not store one
    public void fill(long from, long to) throws IOException {
        int perBurst = Math.max(1, BURST_BYTES / request.length);
        byte[] burst = new byte[perBurst * request.length];
        for (long first = from; first < to; first += perBurst) {
            int count = (int) Math.min(perBurst, to - first);
            for (int i = 0; i < count; i++) {
                System.arraycopy(request, 0, burst, i * request.length, request.length);
                number(first + i, burst, i * request.length + keyAt + KEY_BYTES);
            }
            out.write(burst, 0, count * request.length);
            expectReplies(count);
        }
    }

    /// Writes digits so that they end before `end`.
    private static void number(long number, byte[] bytes, int end) {
        long rest = number;
        for (int at = end - 1; rest > 0; at--) {
            bytes[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }

    private void expectReplies(int count) throws IOException {
        byte[] replies = in.readNBytes(count * reply.length);
        for (int i = 0; i < count; i++) {
            int at = i * reply.length;
            if (replies.length < at + reply.length
                    || !Arrays.equals(replies, at, at + reply.length, reply, 0, reply.length)) {
                int end = Math.min(replies.length, at + 80);
                String got = at < end ? new String(replies, at, end - at, StandardCharsets.US_ASCII) : "nothing";
                throw new IOException("a key was not stored; the server answered: " + got);
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
