package dev.situ.tcp;

import dev.situ.kv.CommandStream;
import dev.situ.kv.Reply;
import dev.situ.kv.StreamStatus;
import dev.situ.memory.Consumes;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One client: bytes in, commands executed at once, replies out.
///
/// ```
///            read: the kernel writes into memory of the loop, or into the record of a large value itself
///              |
///   OPEN  -----+-----> feed -> replies appended -> flush, and read again
///              |
///   BLOCKED    |  the client does not take its replies, or the stream has more for it, or all are paused: not read
///              |  any more; goes on when what is pending has sunk to LOW_BYTES, or the pause is over
///   CLOSING    |  the stream, the client or the server ended it: closed when all replies are gone; if the stream
///                 ended it, what the client still sends is read and dropped for a while first
///   OVER       |  it was closed: what comes until the wire says that it is, is dropped
/// ```
///
/// Reading is asked for explicitly, once for each round; a client that is not read costs the loop nothing. While
/// blocked, bytes can still arrive that were asked for before, or because the client closed its side: they are
/// held, and used first.
///
/// Confined to the thread of its loop.
final class Connection {
    /// With more than this pending the client is not read any more.
    static final long HIGH_BYTES = 256 * 1024;

    /// With at most this pending it is read again.
    static final long LOW_BYTES = 64 * 1024;

    /// How long, and how many bytes of, input is dropped after the last reply. To close with unread input would
    /// reset the connection, and the client could lose that reply, which tells it what was wrong.
    private static final long DRAIN_MILLIS = 1000;

    private static final long DRAIN_BYTES = 1 << 20;
    private static final long LEAST_PAUSE_NANOS = 1_000_000;

    private final TcpLoop loop;
    private final TcpPeer peer;
    private final CommandStream stream;
    private final Input input;
    private final Reply reply;
    private final ArrayDeque<ByteBuf> held = new ArrayDeque<>(0);
    private final Runnable proceed = this::proceed;
    private volatile @Nullable Output output; // written once, by the loop

    private boolean more;
    private boolean undelivered; // messages wait in the mailbox until what is pending has sunk to LOW_BYTES
    private boolean blocked;
    private boolean paused; // blocked until a pause of all clients ends
    private boolean inputEnded;
    private boolean closing;
    private boolean draining;
    private long drained;
    private boolean over;
    private volatile boolean ended; // written by the loop
    private boolean proceedScheduled;

    private boolean progress;
    private long stalledMillis;

    /// Makes a connection that is counted already; [#closed()] takes it out of the count.
    Connection(TcpLoop loop, TcpPeer peer) {
        this.loop = loop;
        this.peer = peer;
        this.stream = loop.worker.connect(peer);
        this.input = new Input(loop, this, stream);
        this.reply = loop.reply;
        peer.is(this);
    }

    /// What the kernel reads into.
    Input input() {
        return input;
    }

    /// Says whether more bytes are wanted just now.
    boolean wantsInput() {
        return !blocked && !closing && !over && !ended;
    }

    // ---- from the wire --------------------------------------------------------------------------------------------

    /// The connection can be used.
    void opened(Wire wire) {
        Output made = new Output(loop, wire, this);
        output = made;
        try {
            if (loop.add(this)) {
                wire.read();
            } else {
                close();
            }
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    /// Bytes have come. Consumes the buffer, which [#input()] gave.
    void received(@Consumes ByteBuf bytes) {
        loop.received(bytes.readableBytes());
        if (closing || over || ended) {
            drained += bytes.readableBytes();
            bytes.release();
        } else if (blocked || !held.isEmpty()) {
            held.addLast(bytes);
        } else {
            use(bytes);
        }
    }

    /// All bytes of this round have come.
    void roundComplete() {
        if (over || ended) {
            return;
        }
        flush();
        if (wantsInput() && !inputEnded) {
            wire().read();
        }
    }

    /// The client has closed its side: no byte will come any more.
    void inputEnded() {
        inputEnded = true;
        if (draining) {
            close();
        } else if (wantsInput()) {
            closeWhenSent();
        }
    }

    /// Reading or writing has failed. That the client went away is nothing to tell.
    void failed(Throwable cause) {
        if (!(cause instanceof IOException)) {
            loop.failed(this, cause);
        }
        close();
    }

    /// The socket is closed, and the kernel uses none of its memory. Called again it does nothing.
    void closed() {
        if (ended) {
            return;
        }
        ended = true;
        Output known = output;
        if (known != null) {
            known.drop();
        }
        while (!held.isEmpty()) {
            held.removeFirst().release();
        }
        loop.remove(this);
        input.whenIdle(this::closeStream);
    }

    // ---- from the loop and from the output ------------------------------------------------------------------------

    /// Bytes of replies are sent, or dropped with the connection.
    void sent(int length) {
        if (ended) {
            return;
        }
        loop.sent(length);
        progress = true;
        if (undelivered && pending() <= LOW_BYTES) {
            undelivered = false;
            peer.wake(); // before going on: the messages stand behind the replies that are out, not behind all
        }
        if ((blocked || closing) && pending() <= LOW_BYTES) {
            proceedSoon();
        }
    }

    /// Finishes what is in flight, then closes.
    void stop() {
        inputEnded();
    }

    /// Closes at once: no command runs any more, though the socket may need a while.
    void close() {
        over = true;
        wire().close();
    }

    /// Others have messages for it, or a pause has ended. While the client has much to read already, messages stay
    /// in the mailbox, where they are counted against its bound.
    void woken() {
        if (over || ended || closing || output == null) {
            return;
        }
        try {
            undelivered = pending() > HIGH_BYTES;
            if (!undelivered) {
                deliver();
            }
            if (paused) {
                proceed();
            }
        } catch (RuntimeException | Error e) {
            reply.clear();
            failed(e);
        }
    }

    private void deliver() {
        loop.worker.enter();
        try {
            stream.deliver(reply);
            output().append(reply.slices());
            reply.clear();
        } finally {
            loop.worker.exit();
        }
        flush();
    }

    /// Somebody wants it closed.
    void killed() {
        if (!ended && output != null) {
            close();
        }
    }

    /// Looks, once for each `millis`, whether the client takes its replies, and whether it has been silent for too
    /// long. Says whether it is to be closed.
    boolean isOverdue(long millis) {
        OutputLimits limits = limits();
        boolean much = limits.softBytes() > 0 && pending() + stream.undelivered() > limits.softBytes();
        stalledMillis = progress || !much ? 0 : stalledMillis + millis;
        progress = false;
        if (much && stalledMillis >= limits.softTime().toMillis()) {
            loop.closedByLimit(this, pending());
            return true;
        }
        int timeout = loop.limits.timeoutSeconds();
        return timeout > 0
                && !blocked
                && !stream.session().isSubscriber()
                && stream.session().idleSeconds() > timeout;
    }

    private OutputLimits limits() {
        return loop.limits.output(stream.session().isSubscriber());
    }

    /// The bytes that wait to be sent, as other threads may see them: a moment old.
    long pendingSeen() {
        Output known = output;
        return known == null || ended ? 0 : known.pending();
    }

    @Override
    public String toString() {
        return peer.toString();
    }

    // ---- inside ---------------------------------------------------------------------------------------------------

    private void use(ByteBuf bytes) {
        int length = bytes.readableBytes();
        try {
            loop.worker.enter();
            try {
                StreamStatus status = bytes instanceof LoopBuffer buffer
                        ? stream.feed(buffer.memory(), buffer.readerIndex(), length, reply)
                        : stream.directAdvance(length, reply);
                answered(status);
            } finally {
                loop.worker.exit();
            }
        } catch (RuntimeException | Error e) {
            // The replies of a command that failed are not another connection's.
            reply.clear();
            throw e;
        } finally {
            bytes.release();
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

    private void answered(StreamStatus status) {
        output().append(reply.slices());
        reply.clear();
        if (status == StreamStatus.CLOSE) {
            closing = true;
        } else if (status == StreamStatus.MORE) {
            more = true;
            block();
        } else if (status == StreamStatus.PAUSED) {
            waitForEndOfPause();
        } else if (pending() > HIGH_BYTES) {
            block();
        }
    }

    private void flush() {
        output().flush();
        if (over || ended) {
            return;
        }
        if (closing) {
            closeIfSent();
            return;
        }
        long hard = limits().hardBytes();
        if (hard > 0 && pending() > hard) {
            loop.closedByLimit(this, pending());
            close();
        } else if (blocked && !paused && pending() <= LOW_BYTES) {
            proceedSoon();
        }
    }

    /// Goes on when the wire is done with what it does now.
    private void proceedSoon() {
        if (!proceedScheduled) {
            proceedScheduled = true;
            loop.eventLoop.execute(proceed);
        }
    }

    /// Goes on after the client has taken what was pending.
    private void proceed() {
        proceedScheduled = false;
        if (over || ended) {
            return;
        }
        try {
            goOn();
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    private void goOn() {
        if (closing) {
            closeIfSent();
            return;
        }
        if (!blocked || pending() > LOW_BYTES) {
            return;
        }
        blocked = false;
        paused = false;
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
                wire().read();
            }
        }
    }

    private void block() {
        if (!blocked) {
            blocked = true;
            stalledMillis = 0;
        }
    }

    /// Tries again when the pause should be over, or when it is woken.
    private void waitForEndOfPause() {
        more = true;
        paused = true;
        block();
        long nanos = Math.max(LEAST_PAUSE_NANOS, stream.pausedNanos());
        var _ = loop.eventLoop.schedule(proceed, nanos, TimeUnit.NANOSECONDS);
    }

    private void closeWhenSent() {
        closing = true;
        flush();
    }

    private void closeIfSent() {
        if (pending() > 0) {
            return;
        }
        if (inputEnded || drained > DRAIN_BYTES) {
            close();
        } else {
            drain();
        }
    }

    private void drain() {
        if (!draining) {
            draining = true;
            wire().shutdownOutput();
            var _ = loop.eventLoop.schedule(this::close, DRAIN_MILLIS, TimeUnit.MILLISECONDS);
        }
        wire().read();
    }

    private void closeStream() {
        loop.worker.enter();
        try {
            stream.close();
        } finally {
            loop.worker.exit();
        }
    }

    private long pending() {
        return output().pending();
    }

    private Wire wire() {
        return output().wire();
    }

    private Output output() {
        Output known = output;
        if (known == null) {
            throw new IllegalStateException("not open yet");
        }
        return known;
    }
}
