package dev.situ.bench.load;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/// Some TCP connections, which take requests in turn. Each answers in the order of its requests.
///
/// A connection that is lost ends its requests with [Answer#FAILED]; the others go on.
public final class TcpLink implements Link {
    private static final int BUFFER_BYTES = 1 << 16;

    private final Selector selector;
    private final Dialect dialect;
    private final List<Connection> connections = new ArrayList<>();
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private int next;
    private Answers answers = (_, _) -> {};

    private TcpLink(Dialect dialect) throws IOException {
        this.dialect = dialect;
        selector = Selector.open();
    }

    /// Connects to a server that understands RESP.
    ///
    /// @param slots the most requests under way, on all connections together
    public static TcpLink open(InetSocketAddress server, int connections, int slots) throws IOException {
        return open(Dialect.RESP, server, connections, slots);
    }

    /// Connects.
    ///
    /// @param slots the most requests under way, on all connections together
    public static TcpLink open(Dialect dialect, InetSocketAddress server, int connections, int slots)
            throws IOException {
        TcpLink link = new TcpLink(dialect);
        try {
            for (int i = 0; i < connections; i++) {
                link.connections.add(link.new Connection(SocketChannel.open(server), slots));
            }
        } catch (IOException e) {
            link.close();
            throw e;
        }
        return link;
    }

    @Override
    public Dialect dialect() {
        return dialect;
    }

    @Override
    public boolean send(MemorySegment request, int length, int slot) {
        for (int i = 0; i < connections.size(); i++) {
            Connection connection = connections.get(next);
            next = next + 1 == connections.size() ? 0 : next + 1;
            if (connection.take(request, length, slot)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void turn(Answers answers) {
        this.answers = answers;
        boolean alive = false;
        for (Connection connection : connections) {
            connection.write();
            alive |= connection.alive;
        }
        if (!alive) {
            throw new IllegalStateException("the server has closed every connection");
        }
        try {
            selector.selectNow(key -> ((Connection) Objects.requireNonNull(key.attachment())).read());
        } catch (IOException e) {
            throw new IllegalStateException("connections cannot be looked at", e);
        }
    }

    @Override
    public void close() {
        answers = (_, _) -> {};
        for (Connection connection : connections) {
            connection.lose();
        }
        try {
            selector.close();
        } catch (IOException e) {
            throw new IllegalStateException("a selector cannot be closed", e);
        }
    }

    /// One connection: what is still to be written, and the slots of the requests that it has, in order.
    private final class Connection {
        private final SocketChannel channel;
        private final ReplyReader replies = dialect.reader();
        private final Consumer<Answer> onReply = this::end;
        private final int[] slots;
        private ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES);
        private long sent;
        private long answered;
        private boolean alive = true;

        Connection(SocketChannel channel, int slots) throws IOException {
            this.channel = channel;
            this.slots = new int[Integer.highestOneBit(Math.max(1, slots - 1)) << 1];
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.register(selector, SelectionKey.OP_READ, this);
        }

        boolean take(MemorySegment request, int length, int slot) {
            if (!alive || (out.remaining() < length && out.position() > 0)) {
                return false;
            }
            if (out.remaining() < length) {
                out = ByteBuffer.allocateDirect(length);
            }
            MemorySegment.copy(request, 0, MemorySegment.ofBuffer(out), 0, length);
            out.position(out.position() + length);
            slots[(int) (sent++ & (slots.length - 1))] = slot;
            return true;
        }

        void write() {
            if (!alive || out.position() == 0) {
                return;
            }
            out.flip();
            try {
                channel.write(out);
                out.compact();
            } catch (IOException _) {
                lose();
            }
        }

        void read() {
            try {
                in.clear();
                if (channel.read(in) < 0) {
                    lose();
                    return;
                }
                in.flip();
                replies.take(in, onReply);
            } catch (IOException _) {
                lose();
            }
        }

        private void end(Answer answer) {
            if (answered == sent) {
                throw new IllegalStateException("a reply to nothing");
            }
            answers.answered(slots[(int) (answered++ & (slots.length - 1))], answer);
        }

        void lose() {
            alive = false;
            try {
                channel.close();
            } catch (IOException _) {
                // It is lost already.
            }
            while (answered < sent) {
                end(Answer.FAILED);
            }
        }
    }
}
