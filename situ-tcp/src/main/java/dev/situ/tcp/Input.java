package dev.situ.tcp;

import dev.situ.kv.CommandStream;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// What the kernel reads one connection's bytes into: memory of the loop, or the record of a large value itself.
///
/// A read into a record may be in flight in the kernel while the connection is closed. So the record is given up
/// only when no window on it is out: [#whenIdle].
///
/// Confined to the loop's thread.
final class Input implements RecordBuffer.Owner {
    /// With fewer bytes of a value still to come, copying them costs less than a read of their own.
    private static final int LEAST_WINDOW_BYTES = LoopBuffers.SMALL_BUFFER_BYTES;

    private final TcpLoop loop;
    private final Connection connection;
    private final CommandStream stream;
    private boolean windowOut;
    private @Nullable Runnable whenIdle;

    Input(TcpLoop loop, Connection connection, CommandStream stream) {
        this.loop = loop;
        this.connection = connection;
        this.stream = stream;
    }

    /// Memory for the next read, which will be done soon. The caller gives it to [Connection#received], or
    /// releases it.
    ByteBuf next() {
        return isDirect() ? window() : loop.buffers.take();
    }

    /// Memory for the next read, which may have to wait long for its bytes: little, and more where the last read
    /// has filled what it had.
    ///
    /// @param filled how many bytes that were, or 0 if it has not
    ByteBuf next(int filled) {
        if (isDirect()) {
            return window();
        }
        if (filled == 0) {
            return loop.smallBuffers.take();
        }
        return filled < LoopBuffers.BUFFER_BYTES ? loop.buffers.take() : loop.largeBuffers.take();
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

    /// Not for the last few bytes of a value: what is behind them can come with the same read.
    private boolean isDirect() {
        return connection.wantsInput() && stream.direct() && stream.directRemaining() >= LEAST_WINDOW_BYTES;
    }

    private RecordBuffer window() {
        int length = (int) Math.min(stream.directRemaining(), RecordBuffer.WINDOW_BYTES);
        RecordBuffer window = new RecordBuffer(stream.directMemory(), stream.directOffset(), length, false, this);
        windowOut = true;
        return window;
    }
}
