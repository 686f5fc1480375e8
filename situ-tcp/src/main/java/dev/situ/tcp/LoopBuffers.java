package dev.situ.tcp;

import dev.situ.memory.Consumes;
import dev.situ.memory.HugePages;
import dev.situ.memory.Region;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// The memory of one event loop for input and replies: equal pieces, last given first taken, so that few are
/// warm.
///
/// Pieces come from blocks of address space, and cost memory only where they were written. A block's pieces lie a
/// few cache lines more than their size apart, because equal places of all of them would else share the few lines
/// of one cache set. Blocks stay with the loop until [#close()]; how many there are follows the most pieces that
/// were ever in use at once.
///
/// Confined to the loop's thread, but for [#taken()] and [#close()].
final class LoopBuffers {
    /// Bytes of a piece for a read that is done soon, and for replies.
    static final int BUFFER_BYTES = 16 * 1024;

    /// Bytes of a piece for a read that may wait long for its bytes.
    static final int SMALL_BUFFER_BYTES = 4 * 1024;

    /// Bytes of a piece for a read of a client that sends much at once: it is answered as often as it is read.
    static final int LARGE_BUFFER_BYTES = 64 * 1024;

    private static final int APART_BYTES = 192;
    private static final int BLOCK_BUFFERS = 64;

    private final int bytes;
    private final List<Region> blocks = new ArrayList<>();
    private final ArrayDeque<LoopBuffer> idle = new ArrayDeque<>();
    private final AtomicInteger taken = new AtomicInteger();

    LoopBuffers(int bytes) {
        this.bytes = bytes;
    }

    /// An empty buffer with one reference. The caller releases it.
    LoopBuffer take() {
        LoopBuffer buffer = idle.pollLast();
        if (buffer == null) {
            grow();
            buffer = idle.removeLast();
        }
        count(1);
        buffer.take();
        return buffer;
    }

    void give(@Consumes LoopBuffer buffer) {
        count(-1);
        idle.addLast(buffer);
    }

    /// Buffers that are in use. Any thread.
    int taken() {
        return taken.get();
    }

    /// Frees the memory. Nobody may use a buffer any more, the kernel neither.
    void close() {
        for (Region block : blocks) {
            block.close();
        }
        blocks.clear();
    }

    private void count(int difference) {
        taken.setRelease(taken.getPlain() + difference);
    }

    private void grow() {
        long apart = (long) bytes + APART_BYTES;
        Region block = Region.reserve(apart * BLOCK_BUFFERS, HugePages.NONE);
        blocks.add(block);
        for (int i = 0; i < BLOCK_BUFFERS; i++) {
            idle.addLast(new LoopBuffer(this, block.memory().asSlice(i * apart, bytes)));
        }
    }
}
