package dev.situ.packet;

import dev.situ.memory.ConsumesIfTrue;
import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A bounded queue of packets from one thread to one other. Whoever offers a packet gives it away if it is taken.
///
/// ```
///  0       128      256
///  | head  | tail   | slot 0 | slot 1 | ...            the reader moves the head, the writer the tail
/// ```
///
/// | word | written by | read by the other |
/// |---|---|---|
/// | slot | the writer, plain, before the tail | after it has acquired the tail |
/// | tail | the writer, release | acquire |
/// | head | the reader, release, after it has read the slot | acquire |
///
/// Wait-free at both ends.
final class PacketRing {
    private static final long HEAD = 0;
    private static final long TAIL = 128;
    private static final long SLOTS = 256;

    private final int capacity;
    private final MemorySegment words;

    /// @param capacity a power of two
    PacketRing(int capacity) {
        if (Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("the capacity of a ring is a power of two, not " + capacity);
        }
        this.capacity = capacity;
        this.words = Arena.ofAuto().allocate(SLOTS + (long) capacity * Long.BYTES, TAIL);
    }

    /// Consumes the packet if it is taken. For the writer.
    boolean offer(@ConsumesIfTrue long packet) {
        long tail = Words.getLong(words, TAIL);
        if (tail - Words.getLongAcquire(words, HEAD) == capacity) {
            return false;
        }
        Words.setLong(words, slot(tail), packet);
        Words.setLongRelease(words, TAIL, tail + 1);
        return true;
    }

    /// Hands out the oldest packet, or gives [Packet#NONE]. For the reader.
    long poll() {
        long head = Words.getLong(words, HEAD);
        if (head == Words.getLongAcquire(words, TAIL)) {
            return Packet.NONE;
        }
        long packet = Words.getLong(words, slot(head));
        Words.setLongRelease(words, HEAD, head + 1);
        return packet;
    }

    /// For the reader.
    boolean isEmpty() {
        return Words.getLong(words, HEAD) == Words.getLongAcquire(words, TAIL);
    }

    private long slot(long position) {
        return SLOTS + (position & capacity - 1) * Long.BYTES;
    }
}
