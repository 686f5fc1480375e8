package dev.situ.tcp;

import dev.situ.memory.Consumes;
import dev.situ.memory.SliceList;
import io.netty.buffer.ByteBuf;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// The replies of one connection on their way out, in order.
///
/// ```
///  reply slices    $5\r\nhello\r\n | $300000\r\n | record 0x7f40, 300000 B | \r\n | +OK\r\n
///                  scratch          scratch        pinned                    scratch
///  handed to wire  [ LoopBuffer: copied         ][ RecordBuffer: no copy    ][ LoopBuffer: copied ]
/// ```
///
/// Small slices are gathered in buffers of the loop; a large stored value is pinned and sent from where it lies.
/// What was appended leaves with [#flush()], by one gathering write if the socket takes it all.
///
/// Confined to the loop's thread.
final class Output {
    /// Stored slices of at least this many bytes are sent from the store; shorter ones are cheaper to copy.
    static final int PIN_MIN_BYTES = 16 * 1024;

    private final TcpLoop loop;
    private final Wire wire;
    private final Connection connection;

    private @Nullable LoopBuffer open;
    private long pending;
    private boolean unflushed;

    Output(TcpLoop loop, Wire wire, Connection connection) {
        this.loop = loop;
        this.wire = wire;
        this.connection = connection;
    }

    Wire wire() {
        return wire;
    }

    /// Bytes that the kernel has not taken yet.
    long pending() {
        return pending;
    }

    /// Appends all slices. Inside the epoch that they were made in; they are not needed afterwards.
    void append(SliceList slices) {
        int size = slices.size();
        for (int i = 0; i < size; i++) {
            int length = slices.length(i);
            if (slices.owner(i) != SliceList.NO_OWNER && length >= PIN_MIN_BYTES) {
                send(slices.memory(i), slices.offset(i), length, slices.owner(i));
            } else {
                copy(slices.memory(i), slices.offset(i), length);
            }
        }
    }

    /// Sends what was appended.
    void flush() {
        handOver();
        if (unflushed) {
            unflushed = false;
            wire.flush();
        }
    }

    /// Gives back what was appended and not sent: the connection is closed.
    void drop() {
        LoopBuffer last = open;
        open = null;
        if (last != null) {
            last.release();
        }
    }

    /// Some bytes are sent, or never will be.
    void released(int length) {
        pending -= length;
        connection.sent(length);
    }

    private void copy(MemorySegment from, long offset, int length) {
        pending += length;
        long at = offset;
        int left = length;
        while (left > 0) {
            LoopBuffer to = open;
            if (to == null) {
                to = loop.buffers.take();
                to.carryFor(this);
                open = to;
            }
            int some = Math.min(left, to.writableBytes());
            to.append(from, at, some);
            at += some;
            left -= some;
            if (!to.isWritable()) {
                handOver();
            }
        }
    }

    private void send(MemorySegment memory, long offset, int length, long record) {
        handOver();
        pending += length;
        int windows = (length + RecordBuffer.WINDOW_BYTES - 1) / RecordBuffer.WINDOW_BYTES;
        RecordBuffer.Owner pin = new Pin(record, windows);
        for (int at = 0; at < length; at += RecordBuffer.WINDOW_BYTES) {
            int some = Math.min(length - at, RecordBuffer.WINDOW_BYTES);
            write(new RecordBuffer(memory, offset + at, some, true, pin));
        }
    }

    private void handOver() {
        LoopBuffer full = open;
        open = null;
        if (full != null) {
            write(full);
        }
    }

    private void write(@Consumes ByteBuf buffer) {
        unflushed = true;
        wire.write(buffer);
    }

    /// Keeps a record until all windows on it are sent.
    private final class Pin implements RecordBuffer.Owner {
        private final long record;
        private int windows;

        Pin(long record, int windows) {
            this.record = record;
            this.windows = windows;
            loop.worker.pin(record);
            loop.pinned(1);
        }

        @Override
        public void released(int length) {
            if (--windows == 0) {
                loop.pinned(-1);
                loop.worker.unpin(record);
            }
            Output.this.released(length);
        }
    }
}
