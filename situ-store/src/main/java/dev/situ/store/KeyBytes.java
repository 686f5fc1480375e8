package dev.situ.store;

import com.dynatrace.hash4j.hashing.ByteAccess;
import com.dynatrace.hash4j.hashing.Hasher64;
import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;

/// What the store does with the bytes of a key: it hashes and compares them.
final class KeyBytes {
    private static final ByteAccess<MemorySegment> ACCESS = ByteAccess.forMemorySegment(MemorySegment.class);
    private static final int TWO_WORDS = 2 * Long.BYTES;
    private static final int LONG_KEY = 8 * Long.BYTES;
    // So that one key in several databases is in several buckets.
    private static final long DATABASE_STEP = 0x9E3779B97F4A7C15L;

    private KeyBytes() {}

    /// The hash of a key in a database, all of whose 64 bits are used. Allocates nothing.
    static long hash(Hasher64 hasher, int database, MemorySegment key, long offset, int length) {
        return bytes(hasher, key, offset, length) + database * DATABASE_STEP;
    }

    /// Keys of two words, the most usual length of numbered ones, are hashed as such: the same hash, without the
    /// decisions that a run of any length takes.
    private static long bytes(Hasher64 hasher, MemorySegment key, long offset, int length) {
        return length == TWO_WORDS
                ? hasher.hashLongLongToLong(Words.getLong(key, offset), Words.getLong(key, offset + Long.BYTES))
                : hasher.hashBytesToLong(key, offset, length, ACCESS);
    }

    /// Compares two runs of bytes. Those of usual keys word by word, the last words overlapping those before, and
    /// without a loop: around one the compiler puts more than the comparison itself takes.
    static boolean equal(MemorySegment a, long aOffset, MemorySegment b, long bOffset, int length) {
        if (length > LONG_KEY) {
            return Words.equal(a, aOffset, b, bOffset, length);
        }
        if (length > 4 * Long.BYTES) {
            long last = length - 4L * Long.BYTES;
            return (fourWords(a, aOffset, b, bOffset) | fourWords(a, aOffset + last, b, bOffset + last)) == 0;
        }
        if (length > 2 * Long.BYTES) {
            long last = length - 2L * Long.BYTES;
            return (twoWords(a, aOffset, b, bOffset) | twoWords(a, aOffset + last, b, bOffset + last)) == 0;
        }
        if (length >= Long.BYTES) {
            long last = (long) length - Long.BYTES;
            return (word(a, aOffset, b, bOffset) | word(a, aOffset + last, b, bOffset + last)) == 0;
        }
        return equalShort(a, aOffset, b, bOffset, length);
    }

    private static boolean equalShort(MemorySegment a, long aOffset, MemorySegment b, long bOffset, int length) {
        if (length >= Integer.BYTES) {
            int last = length - Integer.BYTES;
            return Words.getInt(a, aOffset) == Words.getInt(b, bOffset)
                    && Words.getInt(a, aOffset + last) == Words.getInt(b, bOffset + last);
        }
        for (int i = 0; i < length; i++) {
            if (Words.getByte(a, aOffset + i) != Words.getByte(b, bOffset + i)) {
                return false;
            }
        }
        return true;
    }

    // In which bits words differ.

    private static long fourWords(MemorySegment a, long aOffset, MemorySegment b, long bOffset) {
        long half = 2L * Long.BYTES;
        return twoWords(a, aOffset, b, bOffset) | twoWords(a, aOffset + half, b, bOffset + half);
    }

    private static long twoWords(MemorySegment a, long aOffset, MemorySegment b, long bOffset) {
        return Words.differenceOfTwo(a, aOffset, b, bOffset);
    }

    private static long word(MemorySegment a, long aOffset, MemorySegment b, long bOffset) {
        return Words.getLong(a, aOffset) ^ Words.getLong(b, bOffset);
    }
}
