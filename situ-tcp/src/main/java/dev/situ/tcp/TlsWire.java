package dev.situ.tcp;

import dev.situ.memory.Consumes;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// A socket with TLS on it, as a channel of Netty over any transport.
///
/// ```
///   Connection <-- copied to memory of the loop, or to the record <-- SslHandler <-- socket
///   Connection --> queue --> pieces, copied, at most 256 KiB under way --> SslHandler --> socket
/// ```
///
/// What is encrypted is copied anyway. A reply is released when its last piece is on its way to the client, so
/// that a client that does not read stops its connection as without TLS.
///
/// Confined to the loop's thread.
final class TlsWire extends ChannelInboundHandlerAdapter implements Wire {
    private static final int PIECE_BYTES = 16 * 1024;
    private static final int MOST_BYTES_UNDER_WAY = 256 * 1024;

    /// How long a client, which is counted already, may take to shake hands.
    private static final long HANDSHAKE_MILLIS = 10_000;

    /// How long closing waits for the client to take the `close_notify`.
    private static final long CLOSE_MILLIS = 500;

    private final Connection connection;
    private final SslHandler tls;
    private final ArrayDeque<ByteBuf> queue = new ArrayDeque<>(4);
    private @Nullable ChannelHandlerContext context;
    private int underWay;
    private boolean pumping;
    private boolean closing;

    private TlsWire(Connection connection, SslHandler tls) {
        this.connection = connection;
        this.tls = tls;
    }

    /// Begins a connection over `channel`, which was just accepted. On the loop's thread.
    static void open(TcpLoop loop, Channel channel, SslContext tls) {
        SslHandler handler = tls.newHandler(channel.alloc());
        handler.setHandshakeTimeoutMillis(HANDSHAKE_MILLIS);
        handler.setCloseNotifyFlushTimeoutMillis(CLOSE_MILLIS);
        channel.config().setAutoRead(false);
        // What follows cannot fail without telling it that it is closed.
        Connection connection = new Connection(loop, new TcpPeer(loop, channel));
        channel.pipeline().addLast(handler, new TlsWire(connection, handler));
        loop.eventLoop.register(channel).addListener(done -> {
            if (!done.isSuccess()) {
                channel.unsafe().closeForcibly();
                connection.closed();
            }
        });
    }

    // ---- what the connection asks ---------------------------------------------------------------------------------

    @Override
    public void read() {
        if (!closing) {
            context().read();
        }
    }

    @Override
    public void write(ByteBuf bytes) {
        if (closing) {
            bytes.release();
        } else {
            queue.addLast(bytes);
        }
    }

    @Override
    public void flush() {
        if (pumping || closing) {
            return;
        }
        pumping = true;
        try {
            while (underWay < MOST_BYTES_UNDER_WAY && !queue.isEmpty()) {
                writePiece();
            }
        } finally {
            pumping = false;
        }
        context().flush();
    }

    private void writePiece() {
        ByteBuf from = queue.getFirst();
        int length = Math.min(from.readableBytes(), PIECE_BYTES);
        ByteBuf piece = context().alloc().buffer(length).writeBytes(from, length);
        boolean isLast = !from.isReadable();
        if (isLast) {
            queue.removeFirst();
        }
        underWay += length;
        context().write(piece).addListener(written -> {
            underWay -= length;
            if (isLast) {
                from.release();
            }
            if (!written.isSuccess()) {
                connection.close();
            } else if (!queue.isEmpty()) {
                flush();
            }
        });
    }

    @Override
    public void shutdownOutput() {
        var _ = tls.closeOutbound();
    }

    @Override
    public void close() {
        if (!closing) {
            dropQueue();
            var _ = context().close();
        }
    }

    /// Nothing is sent any more.
    private void dropQueue() {
        closing = true;
        while (!queue.isEmpty()) {
            queue.removeFirst().release();
        }
    }

    // ---- what comes -----------------------------------------------------------------------------------------------

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void channelActive(ChannelHandlerContext active) {
        connection.opened(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext from, @Consumes Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            while (!closing && bytes.isReadable()) {
                ByteBuf to = connection.input().next();
                to.writeBytes(bytes, Math.min(bytes.readableBytes(), to.writableBytes()));
                connection.received(to);
            }
        } finally {
            bytes.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext from) {
        if (!closing) {
            connection.roundComplete();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext from, Object event) {
        if (!closing && event instanceof SslCloseCompletionEvent) {
            connection.inputEnded();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext from) {
        dropQueue();
        connection.closed();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
        Throwable ofTls = cause instanceof DecoderException ? cause.getCause() : null;
        connection.failed(ofTls == null ? cause : ofTls);
    }

    private ChannelHandlerContext context() {
        ChannelHandlerContext known = context;
        if (known == null) {
            throw new IllegalStateException("not in a pipeline yet");
        }
        return known;
    }
}
