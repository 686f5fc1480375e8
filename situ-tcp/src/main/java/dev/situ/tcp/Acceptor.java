package dev.situ.tcp;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Takes new connections from a listening socket and hands them to the event loops, one after the other.
///
/// When the kernel gives none, as when the process has no file descriptor left, it pauses instead of asking again
/// at once, and says so in the log at most once a second.
@Sharable
final class Acceptor extends ChannelInboundHandlerAdapter {
    private static final byte[] TOO_MANY = "-ERR max number of clients reached\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NOTHING = {};
    private static final long PAUSE_MILLIS = 100;

    private final TcpTransport transport;
    private final KeepAlive keepAlive;
    private final TcpLoop[] loops;
    private final TcpLimits limits;
    private final @Nullable Admission admission;
    private final @Nullable SslContext tls;
    private final AtomicInteger current;
    private final LogLimiter log;
    private final Consumer<Throwable> fatal;
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong rejected = new AtomicLong();
    private final AtomicLong errors = new AtomicLong();
    private final AtomicInteger next = new AtomicInteger();

    /// @param admission who may connect over TCP, or null for a unix socket, whose clients always may
    /// @param tls for connections with TLS, else null
    Acceptor(
            TcpTransport transport,
            TcpLoop[] loops,
            TcpLimits limits,
            @Nullable Admission admission,
            @Nullable SslContext tls,
            AtomicInteger current,
            LogLimiter log,
            Consumer<Throwable> fatal) {
        this.transport = transport;
        this.keepAlive = KeepAlive.of(transport);
        this.loops = loops;
        this.limits = limits;
        this.admission = admission;
        this.tls = tls;
        this.current = current;
        this.log = log;
        this.fatal = fatal;
    }

    long accepted() {
        return accepted.get();
    }

    long rejected() {
        return rejected.get();
    }

    long errors() {
        return errors.get();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        Channel channel = (Channel) message;
        byte[] refusal = refusal(channel);
        if (refusal == null && current.incrementAndGet() > limits.maxClients()) {
            current.decrementAndGet();
            refusal = TOO_MANY;
        }
        if (refusal != null) {
            rejected.incrementAndGet();
            reject(channel, refusal);
            return;
        }
        accepted.incrementAndGet();
        setOption(channel, ChannelOption.TCP_NODELAY);
        keepAlive.set(channel, limits.keepAliveSeconds());
        if (transport.halfClosure() && tls == null) {
            setOption(channel, ChannelOption.ALLOW_HALF_CLOSURE);
        }
        TcpLoop loop = nextLoop();
        loop.eventLoop.execute(() -> open(loop, channel));
    }

    /// What a client is told that may not connect, or null for one that may. Of whom nothing is known, for instance
    /// because the connection is over already, may not.
    private byte @Nullable [] refusal(Channel channel) {
        if (admission == null) {
            return null;
        }
        return channel.remoteAddress() instanceof InetSocketAddress peer && peer.getAddress() != null
                ? admission.refusal(peer.getAddress())
                : NOTHING;
    }

    private TcpLoop nextLoop() {
        return loops[Math.floorMod(next.getAndIncrement(), loops.length)];
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        Channel channel = context.channel();
        channel.config().setAutoRead(false);
        var _ = channel.eventLoop()
                .schedule(() -> channel.config().setAutoRead(true), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        errors.incrementAndGet();
        if (cause instanceof VirtualMachineError) {
            fatal.accept(cause);
        }
        log.warn(
                () -> "no connection could be accepted on " + channel.localAddress() + ": " + cause.getMessage(), null);
    }

    private void open(TcpLoop loop, Channel channel) {
        try {
            if (tls != null) {
                TlsWire.open(loop, channel, tls);
            } else if (transport == TcpTransport.IO_URING) {
                RingWire.open(loop, channel);
            } else {
                ChannelWire.open(loop, channel);
            }
        } catch (RuntimeException | Error e) {
            current.decrementAndGet();
            channel.unsafe().closeForcibly();
            loop.failed(String.valueOf(channel.remoteAddress()), e);
        }
    }

    /// Closes a connection that is not counted. With TLS that is all, for the reply would need a handshake: memory
    /// and time for strangers, as many as there are.
    private void reject(Channel channel, byte[] reply) {
        if (tls != null || reply.length == 0) {
            channel.unsafe().closeForcibly();
            return;
        }
        channel.config().setAutoRead(false);
        nextLoop().eventLoop.register(channel).addListener(done -> {
            if (done.isSuccess()) {
                channel.writeAndFlush(Unpooled.wrappedBuffer(reply)).addListener(ChannelFutureListener.CLOSE);
            } else {
                channel.unsafe().closeForcibly();
            }
        });
    }

    private static void setOption(Channel channel, ChannelOption<Boolean> option) {
        channel.config().setOption(option, true);
    }
}
