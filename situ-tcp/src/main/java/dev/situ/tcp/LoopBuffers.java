package dev.situ.tcp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;

/// The memory of one event loop for input and replies: equal pieces, last given first taken, so that few are
/// warm.
///
/// Pieces come from blocks; a block's pieces lie a few cache lines more than their size apart, because equal
/// places of all of them would else share the few lines of one cache set. Memory stays with the loop until
/// [#close()]; how much there is follows the most that was ever under way at once.
///
/// Confined to the loop's thread, but for [#close()].
final class LoopBuffers {
    /// Bytes of a piece. As much as one read of the kernel takes at most.
    static final int BUFFER_BYTES = 16 * 1024;

    private static final int STRIDE_BYTES = BUFFER_BYTES + 192;
    private static final int BLOCK_BUFFERS = 16;

    private final Arena arena = Arena.ofShared();
    private final ArrayDeque<LoopBuffer> idle = new ArrayDeque<>();
    private int taken;

    /// An empty buffer with one reference. The caller releases it.
    LoopBuffer take() {
        LoopBuffer buffer = idle.pollLast();
        if (buffer == null) {
            grow();
            buffer = idle.removeLast();
        }
        taken++;
        buffer.take();
        return buffer;
    }

    void give(LoopBuffer buffer) {
        taken--;
        idle.addLast(buffer);
    }

    /// Buffers that are in use.
    int taken() {
        return taken;
    }

    /// Frees the memory. Nobody may use a buffer any more, the kernel neither.
    void close() {
        arena.close();
    }

    private void grow() {
        MemorySegment block = arena.allocate((long) STRIDE_BYTES * BLOCK_BUFFERS, 64);
        for (int i = 0; i < BLOCK_BUFFERS; i++) {
            idle.addLast(new LoopBuffer(this, block.asSlice((long) i * STRIDE_BYTES, BUFFER_BYTES)));
        }
    }
}
