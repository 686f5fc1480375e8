package dev.situ.tcp;

import dev.situ.memory.Consumes;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.DuplexChannel;
import org.jspecify.annotations.Nullable;

/// A socket as a channel of Netty, over epoll or NIO.
final class ChannelWire extends ChannelInboundHandlerAdapter implements Wire {
    private final Connection connection;
    private @Nullable ChannelHandlerContext context;

    private ChannelWire(Connection connection) {
        this.connection = connection;
    }

    /// Begins a connection over `channel`, which was just accepted. On the loop's thread.
    static void open(TcpLoop loop, Channel channel) {
        Connection connection = new Connection(loop, new TcpPeer(loop, channel));
        ChannelWire wire = new ChannelWire(connection);
        channel.config().setAutoRead(false);
        channel.config().setRecvByteBufAllocator(new ChannelReads(connection));
        channel.pipeline().addLast(wire);
        loop.eventLoop.register(channel).addListener(done -> {
            if (!done.isSuccess()) {
                channel.unsafe().closeForcibly();
                connection.closed();
            }
        });
    }

    @Override
    public void read() {
        context().read();
    }

    @Override
    public void write(ByteBuf bytes) {
        ChannelHandlerContext to = context();
        var _ = to.write(bytes, to.voidPromise());
    }

    @Override
    public void flush() {
        context().flush();
    }

    @Override
    public void shutdownOutput() {
        var _ = ((DuplexChannel) context().channel()).shutdownOutput();
    }

    @Override
    public void close() {
        var _ = context().close();
    }

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
        connection.received((ByteBuf) message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext from) {
        connection.roundComplete();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext from, Object event) {
        if (event instanceof ChannelInputShutdownEvent || event instanceof ChannelInputShutdownReadComplete) {
            connection.inputEnded();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext from) {
        connection.closed();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
        connection.failed(cause);
    }

    private ChannelHandlerContext context() {
        ChannelHandlerContext known = context;
        if (known == null) {
            throw new IllegalStateException("not in a pipeline yet");
        }
        return known;
    }
}
