package dev.situ.store;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;

/// The layout of a bucket: one cache line.
///
/// ```
///   0      8      16     24     32     40     48     56
///   +------+------+------+------+------+------+------+------+
///   | slot | slot | slot | slot | slot | slot | slot | over |
///   +------+------+------+------+------+------+------+------+
///
///   overflow word:  bits 63 to 48: 0
///                   bits 47 to 6: the next bucket of the chain, 0 if none
///                   bit 3 M: moved, the next table is to be asked (first bucket of a chain only)
///                   bit 2 V, bit 1 F: as in SlotWord
/// ```
///
/// Slots are read with acquire and changed by compare-and-set only. The chain only grows, and goes as a whole
/// when its bucket has moved.
///
/// A search starts at the key's *home* ([SlotWord#home]) and goes round, and so does one for a vacant slot: most keys
/// are then found at the first look, which the processor foresees; from slot 0 on it would be wrong about where the
/// key is at nearly every lookup. Only a habit: a key may be in any slot.
final class Bucket {
    static final int BYTES = 64;
    static final int SLOTS = 7;
    static final long MOVED = 8;

    private static final int OVERFLOW = 56;
    private static final long NEXT = 0x0000_FFFF_FFFF_FFC0L;

    private Bucket() {}

    static long slot(long bucket, int index) {
        return bucket + index * 8L;
    }

    /// The slot that is looked at as number `step` of a search from slot `home` on.
    static long slot(long bucket, int home, int step) {
        return slot(bucket, around(home, step));
    }

    /// The index of that slot.
    static int around(int home, int step) {
        int index = home + step;
        return index < SLOTS ? index : index - SLOTS;
    }

    static long overflowSlot(long bucket) {
        return bucket + OVERFLOW;
    }

    static long overflow(MemorySegment memory, long bucket) {
        return Words.getLongAcquire(memory, bucket + OVERFLOW);
    }

    /// Fetches the line for writing, without waiting for it: writes its last byte, which is 0 in every bucket.
    static void touchForWriting(MemorySegment memory, long bucket) {
        Words.setByte(memory, bucket + BYTES - 1, (byte) 0);
    }

    /// The next bucket of the chain, or 0.
    static long next(long overflow) {
        return overflow & NEXT;
    }

    static boolean isMoved(long overflow) {
        return (overflow & MOVED) != 0;
    }

    /// Whether no bucket can be chained any more.
    static boolean isFrozen(long overflow) {
        return (overflow & SlotWord.FROZEN) != 0;
    }
}
