package dev.situ.tcp;

import dev.situ.kv.CommandStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What the kernel reads one connection's bytes into, and how often it reads in a round.
///
/// Netty asks for memory when it is about to read. Over epoll and NIO the read happens at once; over io_uring it
/// is in flight until its completion comes, also when the channel is closed meanwhile, and Netty releases the
/// buffer only then. So the memory of a large value that is being received is given up only when no window on it
/// is out: [#whenIdle].
///
/// Reads stop after some in one round, so that a client which never stops sending leaves room for the others.
///
/// Confined to the loop's thread.
final class ReadBuffers implements RecvByteBufAllocator, RecordBuffer.Owner {
    private static final int READS_A_ROUND = 4;

    private final TcpLoop loop;
    private final Connection connection;
    private boolean windowOut;
    private @Nullable Runnable whenIdle;

    ReadBuffers(TcpLoop loop, Connection connection) {
        this.loop = loop;
        this.connection = connection;
    }

    /// Runs `action` once the kernel writes into no record for this connection any more: now, or later.
    void whenIdle(Runnable action) {
        if (windowOut) {
            whenIdle = action;
        } else {
            action.run();
        }
    }

    @Override
    public void released(int length) {
        windowOut = false;
        Runnable action = whenIdle;
        whenIdle = null;
        if (action != null) {
            action.run();
        }
    }

    @Override
    @SuppressWarnings("deprecation")
    public Handle newHandle() {
        return new Round();
    }

    private ByteBuf next() {
        if (!connection.direct()) {
            return loop.buffers.take();
        }
        CommandStream stream = connection.stream();
        int length = (int) Math.min(stream.directRemaining(), RecordBuffer.WINDOW_BYTES);
        RecordBuffer window = new RecordBuffer(stream.directMemory(), stream.directOffset(), length, false, this);
        windowOut = true;
        return window;
    }

    /// The reads of one round of the loop.
    private final class Round implements ExtendedHandle {
        private int reads;
        private int attempted;
        private int received;

        @Override
        public ByteBuf allocate(ByteBufAllocator unused) {
            return next();
        }

        @Override
        public int guess() {
            return LoopBuffers.BUFFER_BYTES;
        }

        @Override
        public void reset(ChannelConfig unused) {
            reads = 0;
            attempted = 0;
            received = 0;
        }

        @Override
        public void incMessagesRead(int messages) {
            reads += messages;
        }

        @Override
        public void lastBytesRead(int bytes) {
            received = bytes;
        }

        @Override
        public int lastBytesRead() {
            return received;
        }

        @Override
        public void attemptedBytesRead(int bytes) {
            attempted = bytes;
        }

        @Override
        public int attemptedBytesRead() {
            return attempted;
        }

        @Override
        public boolean continueReading() {
            return mayContinue() && received == attempted;
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier moreMayCome) {
            Objects.requireNonNull(moreMayCome);
            return mayContinue() && moreMayCome.get();
        }

        @Override
        public void readComplete() {}

        private boolean mayContinue() {
            return reads < READS_A_ROUND && connection.wantsInput();
        }
    }
}
