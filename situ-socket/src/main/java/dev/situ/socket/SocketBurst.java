package dev.situ.socket;

import dev.situ.memory.BufferSource;
import dev.situ.memory.Consumes;
import dev.situ.memory.Words;
import dev.situ.packet.BufferRef;
import dev.situ.packet.Burst;
import dev.situ.udp.UdpBurst;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// The datagrams of one poll. The receiver holds their buffers until the burst is over; [#retain] adds a
/// reference.
///
/// What is kept of a message of few bytes is moved to a small buffer, so that it does not hold 64 KiB; so is what
/// is kept when large buffers are short.
final class SocketBurst implements UdpBurst {
    static final int CAPACITY = 512;

    /// A datagram of a message up to this size is moved when it is retained.
    private static final int MOVED_MESSAGE_BYTES = 8192;

    private final int queue;
    private final ReceiveBuffers buffers;
    private final SocketCounters counters;
    private final Burst packets = new Burst(CAPACITY);
    private final int[] slots = new int[CAPACITY];
    private final Receiver receiver;
    private int moved;
    private long bytes;

    SocketBurst(int queue, ReceiveBuffers buffers, Receiver receiver, SocketCounters counters) {
        this.queue = queue;
        this.buffers = buffers;
        this.receiver = receiver;
        this.counters = counters;
    }

    boolean isFull() {
        return packets.isFull();
    }

    /// @param offset in the memory of all buffers
    void add(int slot, long buffer, long offset, int length, long peer) {
        slots[packets.size()] = slot;
        packets.add(buffer, offset, length, peer);
        bytes += length;
    }

    /// The payload bytes of all datagrams.
    long bytes() {
        return bytes;
    }

    /// Ends the burst: nothing of it may be read any more.
    void end() {
        if (moved > 0) {
            releaseMoved();
        }
        packets.clear();
        bytes = 0;
    }

    private void releaseMoved() {
        for (int i = 0; i < packets.size(); i++) {
            if (isMoved(packets.buffer(i))) {
                buffers.releaseOwn(packets.buffer(i));
            }
        }
        moved = 0;
    }

    private static boolean isMoved(long buffer) {
        return BufferRef.pool(buffer) == ReceiveBuffers.SMALL;
    }

    @Override
    public int queue() {
        return queue;
    }

    @Override
    public int size() {
        return packets.size();
    }

    @Override
    public MemorySegment memory(int index) {
        Objects.checkIndex(index, packets.size());
        return buffers.memory();
    }

    @Override
    public long offset(int index) {
        return packets.offset(index);
    }

    @Override
    public int length(int index) {
        return packets.length(index);
    }

    @Override
    public long peer(int index) {
        return packets.origin(index);
    }

    @Override
    public long retain(int index) {
        long buffer = packets.buffer(index);
        if (isMoved(buffer)) {
            buffers.small().retain(buffer);
            return buffer;
        }
        int slot = slots[index];
        boolean canPin = receiver.canPin(slot);
        if (!retainsInPlace(index)) {
            long small = move(index);
            if (small != BufferRef.NONE) {
                return small;
            }
        }
        if (!canPin) {
            counters.add(SocketCounters.RETAIN_REFUSED, 1);
            return NOT_RETAINED;
        }
        buffers.large().retain(buffer);
        receiver.pin(slot);
        return buffer;
    }

    @Override
    public boolean retainsInPlace(int index) {
        int slot = slots[index];
        return isMoved(packets.buffer(index))
                || (receiver.canPin(slot) && receiver.usedBytes(slot) > MOVED_MESSAGE_BYTES);
    }

    /// Copies the datagram to a small buffer, which the burst and the caller then hold.
    private long move(int index) {
        int length = packets.length(index);
        long small = length <= ReceiveBuffers.SMALL_BYTES ? buffers.small().take() : BufferRef.NONE;
        if (small == BufferRef.NONE) {
            return BufferRef.NONE;
        }
        long to = buffers.start(small) + buffers.small().offset(small);
        Words.copy(memory(index), offset(index), buffers.memory(), to, length);
        buffers.small().retain(small);
        packets.move(index, small, to);
        moved++;
        return small;
    }

    @Override
    public BufferSource source() {
        return buffers;
    }

    @Override
    public void release(@Consumes long handle) {
        buffers.release(handle);
    }
}
