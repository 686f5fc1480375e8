package dev.situ.store;

import java.util.Arrays;

/// A value that is to stay in the buffers that it arrived in: the slices of them, in order, its frame included.
///
/// ```java
/// adoption.begin(source, 7);                  // "$1400\r\n" is the frame's head
/// adoption.add(buffer, offset, 7 + 1393);     // the caller's references to the buffers
/// adoption.add(next, nextOffset, 7 + 2);
/// long record = worker.adopt(key, keyOffset, keyLength, adoption);
/// ```
///
/// Whoever fills it holds a reference to the buffer of each slice; [StoreWorker#adopt] consumes them. A buffer that
/// is in several slices has a reference for each.
///
/// Reused: grows when it must and allocates nothing in steady state. Confined to one thread.
public final class Adoption {
    private static final int INITIAL_SLICES = 16;

    private long[] buffers = new long[INITIAL_SLICES];
    private long[] offsets = new long[INITIAL_SLICES];
    private int[] lengths = new int[INITIAL_SLICES];
    private int size;
    private long bytes;
    private int source;
    private int frameHead;

    /// Makes an empty one.
    public Adoption() {}

    /// Begins a new value; forgets the slices of the last one.
    ///
    /// @param source what [Store#register] gave for the source of all the buffers
    /// @param frameHead how many of the first bytes are the head of a frame, 0 to [Record#MAX_FRAME_HEAD_BYTES];
    ///     if there are some, the last [Record#FRAME_TAIL_BYTES] bytes are its tail
    public void begin(int source, int frameHead) {
        if (frameHead < 0 || frameHead > Record.MAX_FRAME_HEAD_BYTES) {
            throw new IllegalArgumentException("a frame's head cannot have " + frameHead + " bytes");
        }
        this.source = source;
        this.frameHead = frameHead;
        size = 0;
        bytes = 0;
    }

    /// Appends a slice.
    ///
    /// @param offset in the source's memory
    /// @param length 1 to 65535
    public void add(long buffer, long offset, int length) {
        if (length < 1 || length > AdoptedValue.MAX_SLICE_BYTES) {
            throw new IllegalArgumentException("a slice cannot have " + length + " bytes");
        }
        if (size == lengths.length) {
            buffers = Arrays.copyOf(buffers, size * 2);
            offsets = Arrays.copyOf(offsets, size * 2);
            lengths = Arrays.copyOf(lengths, size * 2);
        }
        buffers[size] = buffer;
        offsets[size] = offset;
        lengths[size] = length;
        size++;
        bytes += length;
    }

    /// The number of slices.
    public int size() {
        return size;
    }

    /// The buffer of slice `index`.
    public long buffer(int index) {
        return buffers[index];
    }

    long offset(int index) {
        return offsets[index];
    }

    int length(int index) {
        return lengths[index];
    }

    int source() {
        return source;
    }

    int frameHead() {
        return frameHead;
    }

    /// The bytes of the value, without its frame.
    ///
    /// @throws IllegalStateException if the slices do not make up a frame, or more than a value can have
    int valueLength() {
        long length = bytes - Record.frameBytes(frameHead);
        if (length < 0 || length > Integer.MAX_VALUE) {
            throw new IllegalStateException(bytes + " bytes cannot be a value with its frame");
        }
        return (int) length;
    }
}
