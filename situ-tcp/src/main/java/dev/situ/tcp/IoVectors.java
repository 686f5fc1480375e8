package dev.situ.tcp;

import dev.situ.memory.Words;
import io.netty.buffer.ByteBuf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Iterator;
import java.util.Queue;

/// The `struct iovec[]` of one gathering send: where its pieces lie.
///
/// ```
///   0          8         16
///   | iov_base | iov_len | iov_base | iov_len | ...
/// ```
///
/// Confined to the loop's thread; the kernel reads it until the send is submitted.
final class IoVectors implements AutoCloseable {
    /// The most pieces of one send.
    private static final int MAX_PIECES = 128;

    private static final int ENTRY_BYTES = 16;
    private static final int LENGTH_AT = 8;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment memory = arena.allocate((long) MAX_PIECES * ENTRY_BYTES, 8);

    /// Describes the unsent bytes of the first buffers; gives how many buffers those are.
    int fill(Queue<ByteBuf> buffers) {
        int count = 0;
        Iterator<ByteBuf> each = buffers.iterator();
        while (count < MAX_PIECES && each.hasNext()) {
            ByteBuf buffer = each.next();
            long at = (long) count * ENTRY_BYTES;
            Words.setLong(memory, at, buffer.memoryAddress() + buffer.readerIndex());
            Words.setLong(memory, at + LENGTH_AT, buffer.readableBytes());
            count++;
        }
        return count;
    }

    long address() {
        return memory.address();
    }

    @Override
    public void close() {
        arena.close();
    }
}
