package dev.situ.bench.tcp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// A closed loop over TCP that costs less than any server: each connection sends a batch of requests at once, counts
/// the bytes that come back, and sends the next batch when there are as many as all replies have.
///
/// Why: `redis-benchmark` makes an object of each reply. Sixteen deep that takes it longer than the faster server, and
/// then it is what is measured.
///
/// All replies to a command have one length here, so only the beginning of a batch's replies is compared with what is
/// expected; a reply of another length moves the next beginning. Confined to one thread.
final class BatchLoop implements AutoCloseable {
    private static final int DIGITS = 12;
    private static final String KEY = "key:" + "0".repeat(DIGITS);
    private static final int BUFFER_BYTES = 1 << 16;
    /// A look at the clock costs as much as a small request.
    private static final int TURNS_A_LOOK = 16;

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    /// A request for a key, and what is answered to it.
    ///
    /// @param request of which [#KEY] is a part
    /// @param replyBegin the bytes with which every reply begins
    /// @param replyBytes how many every reply has
    record Exchange(String request, String replyBegin, int replyBytes) {
        /// GET of a value of so many bytes, which is there.
        static Exchange get(int valueBytes) {
            String begin = "$" + valueBytes + "\r\n";
            return new Exchange(
                    "*2\r\n$3\r\nGET\r\n" + bulk(KEY), begin, begin.length() + valueBytes + "\r\n".length());
        }

        /// SET to a value of so many bytes.
        static Exchange set(int valueBytes) {
            String ok = "+OK\r\n";
            return new Exchange("*3\r\n$3\r\nSET\r\n" + bulk(KEY) + bulk("v".repeat(valueBytes)), ok, ok.length());
        }

        private static String bulk(String text) {
            return "$" + text.length() + "\r\n" + text + "\r\n";
        }
    }

    private final Selector selector = Selector.open();
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final SplittableRandom random = new SplittableRandom(42);
    private final List<Connection> connections = new ArrayList<>();
    private final byte[] replyBegin;
    private final int batchReplyBytes;
    private final int depth;
    private final int keys;
    /// Of a key's number: those before stay 0.
    private final int digits;

    private long answered;

    /// Connects, and sends a batch on each connection.
    ///
    /// @param keys as many different ones, from number 0, which [Exchange#get] finds
    /// @param depth requests of a batch
    BatchLoop(InetSocketAddress server, Exchange exchange, int keys, int connections, int depth) throws IOException {
        this.keys = keys;
        digits = Integer.toString(keys - 1).length();
        this.depth = depth;
        replyBegin = exchange.replyBegin.getBytes(StandardCharsets.US_ASCII);
        batchReplyBytes = exchange.replyBytes * depth;
        try {
            for (int i = 0; i < connections; i++) {
                this.connections.add(new Connection(SocketChannel.open(server), exchange.request));
            }
            for (Connection connection : this.connections) {
                connection.sendBatch();
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /// Requests that are answered in a second, over so many nanoseconds and until there was one.
    ///
    /// @throws IOException if a connection is lost, if a reply is not the expected one, or if none comes at all
    double perSecond(long nanos) throws IOException {
        long before = answered;
        long begin = System.nanoTime();
        long now = begin;
        while (now - begin < nanos || answered == before) {
            if (now - begin > nanos + PATIENCE_NANOS) {
                throw new IOException("the server does not answer");
            }
            for (int i = 0; i < TURNS_A_LOOK; i++) {
                turn();
            }
            now = System.nanoTime();
        }
        return (answered - before) * 1e9 / (now - begin);
    }

    private void turn() throws IOException {
        try {
            selector.selectNow(this::read);
        } catch (UncheckedIOException e) {
            throw Objects.requireNonNull(e.getCause());
        }
    }

    private void read(SelectionKey key) {
        try {
            ((Connection) Objects.requireNonNull(key.attachment())).read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            for (Connection connection : connections) {
                connection.channel.close();
            }
            selector.close();
        } catch (IOException e) {
            throw new IllegalStateException("a connection cannot be closed", e);
        }
    }

    private final class Connection {
        private final SocketChannel channel;
        private final ByteBuffer batch;
        private final int requestBytes;
        private final int firstKeyEnd;
        private int replied;

        Connection(SocketChannel channel, String request) throws IOException {
            this.channel = channel;
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.register(selector, SelectionKey.OP_READ, this);
            byte[] bytes = request.getBytes(StandardCharsets.US_ASCII);
            requestBytes = bytes.length;
            firstKeyEnd = request.indexOf(KEY) + KEY.length();
            batch = ByteBuffer.allocateDirect(requestBytes * depth);
            for (int i = 0; i < depth; i++) {
                batch.put(bytes);
            }
        }

        void sendBatch() throws IOException {
            int keyEnd = firstKeyEnd;
            for (int i = 0; i < depth; i++) {
                int rest = random.nextInt(keys);
                for (int digit = 1; digit <= digits; digit++) {
                    batch.put(keyEnd - digit, (byte) ('0' + rest % 10));
                    rest /= 10;
                }
                keyEnd += requestBytes;
            }
            batch.rewind();
            channel.write(batch);
            if (batch.hasRemaining()) {
                throw new IOException("a batch does not fit in the buffers of a socket");
            }
        }

        void read() throws IOException {
            in.clear();
            int bytes = channel.read(in);
            if (bytes < 0) {
                throw new IOException("the server has closed a connection");
            }
            if (replied == 0) {
                requireBegin(bytes);
            }
            replied += bytes;
            if (replied > batchReplyBytes) {
                throw new IOException("more was answered than was asked");
            }
            if (replied == batchReplyBytes) {
                replied = 0;
                answered += depth;
                sendBatch();
            }
        }

        private void requireBegin(int bytes) throws IOException {
            for (int i = 0; i < Math.min(bytes, replyBegin.length); i++) {
                if (in.get(i) != replyBegin[i]) {
                    String got = StandardCharsets.US_ASCII.decode(in.flip()).toString();
                    throw new IOException("not the expected reply: " + got.substring(0, Math.min(80, got.length())));
                }
            }
        }
    }
}
