package dev.situ.packet;

import java.util.Objects;

/// Packets that move together: one object over arrays of words, so that a packet costs no object.
///
/// Each packet is a view, *(buffer, offset, length)*, with an origin, a word in which whoever fills the burst
/// tells where the packet came from. Several packets may share a buffer (datagrams that the kernel received as
/// one). The burst does not count references: who fills it says who holds the buffers.
///
/// The burst is reused and allocates nothing. Confined to one thread.
public final class Burst {
    private final long[] buffers;
    private final long[] offsets;
    private final int[] lengths;
    private final long[] origins;
    private int size;

    /// Makes an empty burst with room for `capacity` packets.
    public Burst(int capacity) {
        buffers = new long[capacity];
        offsets = new long[capacity];
        lengths = new int[capacity];
        origins = new long[capacity];
    }

    /// The number of packets.
    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    public boolean isFull() {
        return size == buffers.length;
    }

    /// Appends a packet.
    ///
    /// @param offset where it starts in the memory of its pool
    /// @throws IndexOutOfBoundsException if the burst is full
    public void add(long buffer, long offset, int length, long origin) {
        int i = size;
        buffers[i] = buffer;
        offsets[i] = offset;
        lengths[i] = length;
        origins[i] = origin;
        size = i + 1;
    }

    /// The [BufferRef] of packet `index`.
    public long buffer(int index) {
        return buffers[Objects.checkIndex(index, size)];
    }

    /// Where packet `index` starts in the memory of its pool.
    public long offset(int index) {
        return offsets[Objects.checkIndex(index, size)];
    }

    /// The bytes of packet `index`.
    public int length(int index) {
        return lengths[Objects.checkIndex(index, size)];
    }

    /// Where packet `index` came from, in the words of whoever filled the burst.
    public long origin(int index) {
        return origins[Objects.checkIndex(index, size)];
    }

    /// Says that packet `index`, its length unchanged, lies elsewhere now.
    public void move(int index, long buffer, long offset) {
        buffers[Objects.checkIndex(index, size)] = buffer;
        offsets[index] = offset;
    }

    /// Forgets all packets.
    public void clear() {
        size = 0;
    }
}
