package dev.situ.socket;

import dev.situ.memory.BufferSource;
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
final class ReceiveBuffers implements BufferSource {
    /// Buffers are short when fewer than one in so many are free.
    private static final int LOW_WATER_SHARE = 4;

    static final int LARGE = 0;
    static final int SMALL = 1;
    static final int SMALL_BYTES = 2048;

    private final HandlerFailures failures;
    private final SocketCounters counters;

    @SuppressWarnings("required.method.not.called") // close() leaves it mapped while somebody holds a buffer
    private final @Owning Region region;

    private final BufferPool large;
    private final BufferPool small;
    private final long smallStart;

    ReceiveBuffers(SocketStackOptions options, HandlerFailures failures, SocketCounters counters) {
        this.failures = failures;
        this.counters = counters;
        int largeCount = options.buffersPerQueue();
        int smallCount = options.smallBuffersPerQueue();
        long largeBytes = BufferPool.memoryBytes(largeCount, options.bufferBytes());
        long smallBytes = BufferPool.memoryBytes(smallCount, SMALL_BYTES);
        region = Region.reserve(largeBytes + smallBytes, HugePages.NONE);
        smallStart = largeBytes;
        large = new BufferPool(LARGE, region.memory().asSlice(0, largeBytes), largeCount, options.bufferBytes());
        small = new BufferPool(SMALL, region.memory().asSlice(largeBytes, smallBytes), smallCount, SMALL_BYTES);
    }

    BufferPool large() {
        return large;
    }

    BufferPool small() {
        return small;
    }

    /// The buffers of both pools lie in it.
    @Override
    public MemorySegment memory() {
        return region.memory();
    }

    /// Where in [#memory()] the pool of a buffer starts.
    long start(long ref) {
        return BufferRef.pool(ref) == SMALL ? smallStart : 0;
    }

    @Override
    public long heldBytes(long ref) {
        return BufferRef.pool(ref) == SMALL ? SMALL_BYTES : large.bufferBytes();
    }

    /// Whether few buffers of either size are left; receiving goes on even when there is none.
    @Override
    public boolean isShort() {
        return isShort(large) || isShort(small);
    }

    private static boolean isShort(BufferPool pool) {
        return pool.free() * LOW_WATER_SHARE < pool.buffers();
    }

    @Override
    public void retain(long ref) {
        pool(ref).retain(ref);
    }

    /// Drops a reference to a buffer of either pool. Any thread may call it.
    @Override
    public void release(@Consumes long ref) {
        pool(ref).release(ref);
    }

    private BufferPool pool(long ref) {
        return BufferRef.pool(ref) == SMALL ? small : large;
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
