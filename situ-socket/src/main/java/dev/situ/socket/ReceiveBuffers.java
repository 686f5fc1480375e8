package dev.situ.socket;

import dev.situ.packet.BufferPool;
import dev.situ.packet.BufferRef;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The buffers of one bound socket: large ones that the kernel writes to, and small ones for lone datagrams that
/// are kept.
///
/// A datagram that is alone in a large buffer would pin 64 KiB for its few bytes; it is moved to a small one
/// instead.
final class ReceiveBuffers {
    static final int LARGE = 0;
    static final int SMALL = 1;
    static final int SMALL_BYTES = 2048;

    private final Arena arena = Arena.ofShared();
    private final BufferPool large;
    private final BufferPool small;
    private final MemorySegment largeMemory;
    private final MemorySegment smallMemory;

    ReceiveBuffers(SocketStackOptions options) {
        large = newPool(LARGE, options.buffersPerQueue(), options.bufferBytes());
        small = newPool(SMALL, options.smallBuffersPerQueue(), SMALL_BYTES);
        largeMemory = large.memory();
        smallMemory = small.memory();
    }

    private BufferPool newPool(int number, int buffers, int bufferBytes) {
        MemorySegment memory = NativeMemory.map(BufferPool.memoryBytes(buffers, bufferBytes), arena);
        return new BufferPool(number, memory, buffers, bufferBytes);
    }

    BufferPool large() {
        return large;
    }

    BufferPool small() {
        return small;
    }

    MemorySegment memory(long ref) {
        return BufferRef.pool(ref) == SMALL ? smallMemory : largeMemory;
    }

    /// Drops a reference to a buffer of either pool. Any thread may call it.
    void release(long ref) {
        if (BufferRef.pool(ref) == SMALL) {
            small.release(ref);
        } else {
            large.release(ref);
        }
    }

    /// The buffers that are held beside those that wait for the kernel.
    int retained() {
        return Math.max(0, large.outstanding() - Receiver.SLOTS) + small.outstanding();
    }

    /// Frees the memory if nobody holds a buffer. Otherwise it stays, so that the holder reads no foreign bytes.
    ///
    /// @return how many buffers are still held
    int close() {
        int held = retained();
        if (held == 0) {
            arena.close();
        }
        return held;
    }
}
