package dev.situ.tcp;

import dev.situ.kv.CommandStream;
import dev.situ.kv.Reply;
import dev.situ.kv.StreamStatus;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import java.io.IOException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// One client: bytes in, commands executed at once, replies out.
///
/// ```
///            read: the kernel writes into a LoopBuffer, or into the record of a large value itself
///              |
///   OPEN  -----+-----> feed -> replies appended -> flush, and read again
///              |
///   BLOCKED    |  the client does not take its replies, or the stream paused: not read any more;
///              |  goes on when what is pending has sunk below LOW_BYTES
///   CLOSING    |  the stream, the client or the server ended it: closed when all replies are gone
/// ```
///
/// Reading is asked for explicitly, once for each round; a client that is not read costs the loop nothing. While
/// blocked, bytes can still arrive that were asked for before, or because the client closed its side: they are
/// held, and used first.
///
/// Confined to the thread of its loop.
final class Connection extends ChannelInboundHandlerAdapter {
    /// With more than this pending the client is not read any more.
    static final long HIGH_BYTES = 256 * 1024;

    /// With at most this pending it is read again.
    static final long LOW_BYTES = 64 * 1024;

    private final TcpLoop loop;
    private final Channel channel;
    private final ReadBuffers reads;
    private final Reply reply = new Reply();
    private final ArrayDeque<ByteBuf> held = new ArrayDeque<>(0);
    private final Runnable proceed = this::proceed;

    private final CommandStream stream;
    private @Nullable Output output;

    private boolean more;
    private boolean blocked;
    private boolean inputEnded;
    private boolean closing;
    private boolean ended;
    private boolean proceedScheduled;

    private boolean progress;
    private long stalledMillis;

    Connection(TcpLoop loop, Channel channel, CommandStream stream) {
        this.loop = loop;
        this.channel = channel;
        this.stream = stream;
        this.reads = new ReadBuffers(loop, this);
    }

    /// What the channel asks for memory to read into.
    ReadBuffers reads() {
        return reads;
    }

    /// Says whether the bytes that come next go into a record.
    boolean direct() {
        return !blocked && !closing && held.isEmpty() && stream.direct();
    }

    CommandStream stream() {
        return stream;
    }

    /// Says whether more bytes are wanted just now.
    boolean wantsInput() {
        return !blocked && !closing && !ended;
    }

    // ---- what Netty tells -----------------------------------------------------------------------------------------

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        output = new Output(loop, context, this);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (loop.add(this)) {
            context.read();
        } else {
            var _ = context.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf input = (ByteBuf) message;
        loop.received(input.readableBytes());
        if (closing || ended) {
            input.release();
        } else if (blocked || !held.isEmpty()) {
            held.addLast(input);
        } else {
            use(input);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        flush();
        if (wantsInput() && !inputEnded) {
            context.read();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent || event instanceof ChannelInputShutdownReadComplete) {
            inputEnded = true;
            if (wantsInput()) {
                closeWhenSent();
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (!ended) {
            end();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            loop.failed(this, cause);
        }
        var _ = context.close();
    }

    // ---- from the loop and from the output ------------------------------------------------------------------------

    /// Bytes of replies are sent, or dropped with the connection.
    void sent(int length) {
        if (ended) {
            return;
        }
        loop.sent(length);
        progress = true;
        if ((blocked || closing) && pending() <= LOW_BYTES) {
            proceedSoon();
        }
    }

    /// Finishes what is in flight, then closes.
    void stop() {
        inputEnded = true;
        if (wantsInput()) {
            closeWhenSent();
        }
    }

    /// Closes at once.
    void close() {
        var _ = channel.close();
    }

    /// Looks whether the client takes its replies.
    void sweep(long millis) {
        OutputLimits limits = loop.limits;
        stalledMillis = progress ? 0 : stalledMillis + millis;
        progress = false;
        if (limits.softBytes() > 0
                && pending() > limits.softBytes()
                && stalledMillis >= limits.softTime().toMillis()) {
            loop.closedByLimit(this, pending());
            close();
        }
    }

    @Override
    public String toString() {
        return String.valueOf(channel.remoteAddress());
    }

    // ---- inside ---------------------------------------------------------------------------------------------------

    private void use(ByteBuf input) {
        int length = input.readableBytes();
        loop.worker.enter();
        try {
            StreamStatus status = input instanceof LoopBuffer buffer
                    ? stream.feed(buffer.memory(), buffer.readerIndex(), length, reply)
                    : stream.directAdvance(length, reply);
            answered(status);
        } finally {
            loop.worker.exit();
            input.release();
        }
    }

    private void answered(StreamStatus status) {
        output().append(reply.slices());
        reply.clear();
        if (status == StreamStatus.CLOSE) {
            closing = true;
        } else if (status == StreamStatus.MORE) {
            more = true;
            block();
        } else if (pending() > HIGH_BYTES) {
            block();
        }
    }

    private void flush() {
        output().flush();
        if (closing) {
            closeIfSent();
            return;
        }
        long hard = loop.limits.hardBytes();
        if (hard > 0 && pending() > hard) {
            loop.closedByLimit(this, pending());
            close();
        } else if (blocked && pending() <= LOW_BYTES) {
            proceedSoon();
        }
    }

    /// Goes on when Netty is done with what it does now.
    private void proceedSoon() {
        if (!proceedScheduled) {
            proceedScheduled = true;
            loop.eventLoop.execute(proceed);
        }
    }

    /// Goes on after the client has taken what was pending.
    private void proceed() {
        proceedScheduled = false;
        if (ended) {
            return;
        }
        if (closing) {
            closeIfSent();
            return;
        }
        if (!blocked || pending() > LOW_BYTES) {
            return;
        }
        blocked = false;
        loop.unwatch(this);
        if (more) {
            more = false;
            resume();
        }
        while (wantsInput() && !held.isEmpty()) {
            use(held.removeFirst());
        }
        flush();
        if (wantsInput()) {
            if (inputEnded) {
                closeWhenSent();
            } else {
                channel.read();
            }
        }
    }

    private void resume() {
        loop.worker.enter();
        try {
            answered(stream.resume(reply));
        } finally {
            loop.worker.exit();
        }
    }

    private void block() {
        if (!blocked) {
            blocked = true;
            stalledMillis = 0;
            loop.watch(this);
        }
    }

    private void closeWhenSent() {
        closing = true;
        flush();
    }

    private void closeIfSent() {
        if (pending() == 0) {
            var _ = channel.close();
        } else {
            loop.watch(this);
        }
    }

    private long pending() {
        return output().pending();
    }

    private Output output() {
        Output known = output;
        if (known == null) {
            throw new IllegalStateException("not in a pipeline yet");
        }
        return known;
    }

    private void end() {
        ended = true;
        output().drop();
        while (!held.isEmpty()) {
            held.removeFirst().release();
        }
        loop.remove(this);
        reads.whenIdle(this::closeStream);
    }

    /// The channel could not be registered with the loop: gives back what was taken for it.
    void neverOpened() {
        ended = true;
        loop.remove(this);
        closeStream();
    }

    private void closeStream() {
        loop.worker.enter();
        try {
            stream.close();
        } finally {
            loop.worker.exit();
        }
    }
}
