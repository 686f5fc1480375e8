package dev.situ.store;

import dev.situ.memory.BufferSource;
import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/// Buffers of a transport that there is none of: counted, and overwritten when their last reference is released, so
/// that who still reads them is found out.
final class TestBuffers implements BufferSource {
    static final int NONE = -1;

    private static final byte GONE = (byte) 0xEE;

    private final int bufferBytes;
    private final MemorySegment memory;
    private final AtomicIntegerArray references;
    private final AtomicInteger outstanding = new AtomicInteger();
    private final int lowWater;

    /// @param lowWater with fewer free buffers than these the source is short
    TestBuffers(int buffers, int bufferBytes, int lowWater) {
        this.bufferBytes = bufferBytes;
        this.lowWater = lowWater;
        memory = Arena.ofAuto().allocate((long) buffers * bufferBytes);
        references = new AtomicIntegerArray(buffers);
    }

    /// A free buffer, with one reference, or NONE.
    long take() {
        for (int i = 0; i < references.length(); i++) {
            if (references.compareAndSet(i, 0, 1)) {
                outstanding.incrementAndGet();
                return i;
            }
        }
        return NONE;
    }

    void retain(long buffer) {
        if (references.getAndIncrement((int) buffer) < 1) {
            throw new IllegalStateException("retained after its end: " + buffer);
        }
    }

    long offset(long buffer) {
        return buffer * bufferBytes;
    }

    int outstanding() {
        return outstanding.get();
    }

    @Override
    public MemorySegment memory() {
        return memory;
    }

    @Override
    public long heldBytes(long buffer) {
        return bufferBytes;
    }

    @Override
    public void release(long buffer) {
        int left = references.get((int) buffer) - 1;
        if (left < 0) {
            throw new IllegalStateException("released too often: " + buffer);
        }
        if (left == 0) {
            for (int i = 0; i < bufferBytes; i++) {
                Words.setByte(memory, offset(buffer) + i, GONE);
            }
            outstanding.decrementAndGet();
        }
        if (references.decrementAndGet((int) buffer) < 0) {
            throw new IllegalStateException("released too often: " + buffer);
        }
    }

    @Override
    public boolean isShort() {
        return references.length() - outstanding.get() < lowWater;
    }
}
