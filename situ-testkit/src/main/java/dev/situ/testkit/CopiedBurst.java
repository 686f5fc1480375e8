package dev.situ.testkit;

import dev.situ.memory.BufferSource;
import dev.situ.memory.Consumes;
import dev.situ.memory.HugePages;
import dev.situ.memory.Region;
import dev.situ.memory.Words;
import dev.situ.packet.BufferPool;
import dev.situ.packet.BufferRef;
import dev.situ.udp.UdpBurst;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/// A burst of copied datagrams. What is retained moves to a buffer of the stack's, as a stack may do.
final class CopiedBurst implements UdpBurst {
    private final int queue;
    private final Retained retained;
    private final long[] moved;
    private List<Datagram> datagrams;

    CopiedBurst(int queue, List<Datagram> datagrams, Retained retained) {
        this.queue = queue;
        this.datagrams = datagrams;
        this.retained = retained;
        this.moved = new long[datagrams.size()];
        Arrays.fill(moved, BufferRef.NONE);
    }

    /// The buffers of what is retained. Safe for all threads.
    static final class Retained implements BufferSource, AutoCloseable {
        private static final int BUFFERS = 1 << 16; // as many as a message of 64 MB has packets
        private static final int BUFFER_BYTES = 65_536;

        private final Region region = Region.reserve(BufferPool.memoryBytes(BUFFERS, BUFFER_BYTES), HugePages.NONE);
        private final BufferPool pool = new BufferPool(0, region.memory(), BUFFERS, BUFFER_BYTES);

        @Override
        public MemorySegment memory() {
            return region.memory();
        }

        @Override
        public long heldBytes(long buffer) {
            return BUFFER_BYTES;
        }

        @Override
        public void retain(long buffer) {
            pool.retain(buffer);
        }

        @Override
        public void release(long buffer) {
            pool.release(buffer);
        }

        @Override
        public boolean isShort() {
            return pool.free() < BUFFERS / 8;
        }

        int count() {
            return pool.outstanding();
        }

        /// Frees the memory, unless something is retained.
        @Override
        public void close() {
            if (count() == 0) {
                region.close();
            }
        }
    }

    /// Ends the burst: nothing of it may be read any more.
    void end() {
        datagrams = List.of();
        for (long buffer : moved) {
            if (buffer != BufferRef.NONE) {
                retained.release(buffer);
            }
        }
    }

    private boolean isMoved(int index) {
        datagrams.get(index);
        return moved[index] != BufferRef.NONE;
    }

    @Override
    public int queue() {
        return queue;
    }

    @Override
    public int size() {
        return datagrams.size();
    }

    @Override
    public MemorySegment memory(int index) {
        return isMoved(index) ? retained.memory() : datagrams.get(index).bytes();
    }

    @Override
    public long offset(int index) {
        return isMoved(index) ? retained.pool.offset(moved[index]) : 0;
    }

    @Override
    public int length(int index) {
        return datagrams.get(index).length();
    }

    @Override
    public long peer(int index) {
        return datagrams.get(index).peer();
    }

    @Override
    public long retain(int index) {
        if (!isMoved(index)) {
            long buffer = retained.pool.take();
            if (buffer == BufferRef.NONE) {
                return NOT_RETAINED;
            }
            Datagram datagram = datagrams.get(index);
            Words.copy(datagram.bytes(), 0, retained.memory(), retained.pool.offset(buffer), datagram.length());
            moved[index] = buffer;
        }
        retained.pool.retain(moved[index]);
        return moved[index];
    }

    @Override
    public boolean retainsInPlace(int index) {
        return isMoved(index);
    }

    @Override
    public BufferSource source() {
        return retained;
    }

    @Override
    public void release(@Consumes long handle) {
        retained.release(handle);
    }
}
