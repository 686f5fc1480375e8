package dev.situ.store;

import dev.situ.memory.BufferSource;
import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/// Buffers of a transport that there is none of, each with one reference at most: counted, and overwritten when they
/// are released, so that who still reads them is found out.
final class TestBuffers implements BufferSource {
    static final int NONE = -1;

    private static final byte GONE = (byte) 0xEE;

    private final int bufferBytes;
    private final MemorySegment memory;
    private final AtomicIntegerArray taken;
    private final AtomicInteger outstanding = new AtomicInteger();
    private final int lowWater;

    /// @param lowWater with fewer free buffers than these the source is short
    TestBuffers(int buffers, int bufferBytes, int lowWater) {
        this.bufferBytes = bufferBytes;
        this.lowWater = lowWater;
        memory = Arena.ofAuto().allocate((long) buffers * bufferBytes);
        taken = new AtomicIntegerArray(buffers);
    }

    /// A free buffer, the caller's, or NONE.
    long take() {
        int start = ThreadLocalRandom.current().nextInt(taken.length());
        for (int n = 0; n < taken.length(); n++) {
            int i = (start + n) % taken.length();
            if (taken.compareAndSet(i, 0, 1)) {
                outstanding.incrementAndGet();
                return i;
            }
        }
        return NONE;
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
    public void retain(long buffer) {
        throw new UnsupportedOperationException("one reference at most");
    }

    @Override
    public void release(long buffer) {
        for (int i = 0; i < bufferBytes; i++) {
            Words.setByte(memory, offset(buffer) + i, GONE);
        }
        outstanding.decrementAndGet();
        if (!taken.compareAndSet((int) buffer, 1, 0)) {
            throw new IllegalStateException("released too often: " + buffer);
        }
    }

    @Override
    public boolean isShort() {
        return taken.length() - outstanding.get() < lowWater;
    }
}
