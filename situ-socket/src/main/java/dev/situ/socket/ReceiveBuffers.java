package dev.situ.socket;

import dev.situ.memory.Consumes;
import dev.situ.memory.HugePages;
import dev.situ.memory.Region;
import dev.situ.packet.BufferPool;
import dev.situ.packet.BufferRef;
import java.lang.foreign.MemorySegment;
import org.checkerframework.checker.mustcall.qual.Owning;

/// The buffers of one bound socket: large ones that the kernel writes to, and small ones for lone datagrams that
/// are kept.
///
/// A datagram that is alone in a large buffer would pin 64 KiB for its few bytes; it is moved to a small one
/// instead.
final class ReceiveBuffers {
    static final int LARGE = 0;
    static final int SMALL = 1;
    static final int SMALL_BYTES = 2048;

    private final HandlerFailures failures;
    private final SocketCounters counters;

    @SuppressWarnings("required.method.not.called") // close() leaves it mapped while somebody holds a buffer
    private final @Owning Region region;

    private final BufferPool large;
    private final BufferPool small;
    private final MemorySegment largeMemory;
    private final MemorySegment smallMemory;

    ReceiveBuffers(SocketStackOptions options, HandlerFailures failures, SocketCounters counters) {
        this.failures = failures;
        this.counters = counters;
        int largeCount = options.buffersPerQueue();
        int smallCount = options.smallBuffersPerQueue();
        long largeBytes = BufferPool.memoryBytes(largeCount, options.bufferBytes());
        long smallBytes = BufferPool.memoryBytes(smallCount, SMALL_BYTES);
        region = Region.reserve(largeBytes + smallBytes, HugePages.NONE);
        largeMemory = region.memory().asSlice(0, largeBytes);
        smallMemory = region.memory().asSlice(largeBytes, smallBytes);
        large = new BufferPool(LARGE, largeMemory, largeCount, options.bufferBytes());
        small = new BufferPool(SMALL, smallMemory, smallCount, SMALL_BYTES);
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
    void release(@Consumes long ref) {
        if (BufferRef.pool(ref) == SMALL) {
            small.release(ref);
        } else {
            large.release(ref);
        }
    }

    /// Drops the reference that the socket itself holds to a retained buffer. A handler that released more often
    /// than it retained has taken that one away: this is its failure, and must not stop the poller. For the
    /// poller.
    void releaseOwn(@Consumes long ref) {
        try {
            release(ref);
        } catch (IllegalStateException e) {
            failures.report(e, counters);
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
            region.close();
        }
        return held;
    }
}
