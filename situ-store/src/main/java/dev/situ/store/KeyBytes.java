package dev.situ.store;

import com.dynatrace.hash4j.hashing.ByteAccess;
import com.dynatrace.hash4j.hashing.Hasher64;
import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;

/// What the store does with the bytes of a key: it hashes and compares them.
final class KeyBytes {
    private static final ByteAccess<MemorySegment> ACCESS = ByteAccess.forMemorySegment(MemorySegment.class);
    private static final int LONG_KEY = 128;
    // So that one key in several databases is in several buckets.
    private static final long DATABASE_STEP = 0x9E3779B97F4A7C15L;

    private KeyBytes() {}

    /// The hash of a key in a database, all of whose 64 bits are used. Allocates nothing.
    static long hash(Hasher64 hasher, int database, MemorySegment key, long offset, int length) {
        return hasher.hashBytesToLong(key, offset, length, ACCESS) + database * DATABASE_STEP;
    }

    /// Compares two runs of bytes. For the usual short key eight at a time, the last eight overlapping those
    /// before; that is faster than the general comparison, which first finds out what memory it has.
    static boolean equal(MemorySegment a, long aOffset, MemorySegment b, long bOffset, int length) {
        if (length < 8) {
            return equalShort(a, aOffset, b, bOffset, length);
        }
        if (length > LONG_KEY) {
            return Words.equal(a, aOffset, b, bOffset, length);
        }
        int last = length - 8;
        for (int i = 0; i < last; i += 8) {
            if (Words.getLong(a, aOffset + i) != Words.getLong(b, bOffset + i)) {
                return false;
            }
        }
        return Words.getLong(a, aOffset + last) == Words.getLong(b, bOffset + last);
    }

    private static boolean equalShort(MemorySegment a, long aOffset, MemorySegment b, long bOffset, int length) {
        if (length >= 4) {
            int last = length - 4;
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
}
