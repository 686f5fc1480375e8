package dev.situ.store;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.situ.memory.HugePages;
import dev.situ.memory.Region;
import dev.situ.memory.SlabAllocator;
import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

/// Memory for the states of tests: jcstress makes millions of them, far too many for a store each. Every state
/// gets its own piece of one region, zeroed; pieces are used again long after their state is over.
///
/// ```
///   0                        ALLOCATOR_BYTES
///   +------------------------+-------------------------------------------+
///   | slabs of the allocator | piece 0 | piece 1 | ...                   |
///   +------------------------+-------------------------------------------+
/// ```
///
/// The allocator is for what is really retired and freed: see [StressWorker].
final class Pieces {
    static final int BYTES = 1024;
    static final long POISON = -1;

    private static final int COUNT = 1 << 17;
    private static final long ALLOCATOR_BYTES = 256L << 20;
    private static final Region REGION = Region.reserve(ALLOCATOR_BYTES + (long) COUNT * BYTES, HugePages.NONE);
    private static final AtomicInteger NEXT = new AtomicInteger();

    static final MemorySegment MEMORY = REGION.memory();
    static final Hasher64 HASHER = Hashing.wyhashFinal4(1);
    /// Never gets beyond its part of the region: all that the tests have out at once is some megabytes.
    static final SlabAllocator ALLOCATOR =
            new SlabAllocator(REGION, ALLOCATOR_BYTES / 2, Bucket.BYTES, Limbo.CHUNK_BYTES);

    private Pieces() {}

    /// A zeroed piece.
    static long take() {
        long piece = ALLOCATOR_BYTES + (long) (NEXT.getAndIncrement() & (COUNT - 1)) * BYTES;
        for (int i = 0; i < BYTES; i += 8) {
            Words.setLong(MEMORY, piece + i, 0);
        }
        return piece;
    }

    /// A live record at `at` with an 8-byte key and an 8-byte value: 32 bytes.
    static long record(long at, long key, long value) {
        Record.claim(MEMORY, at, 0, 0, 0, 8, 8, 0, false);
        Words.setLong(MEMORY, Record.keyOffset(MEMORY, at), key);
        Words.setLong(MEMORY, at + Record.SHORT_HEADER_BYTES + 8, value);
        Record.makeLive(MEMORY, at, 1);
        return at;
    }

    static long value(long record) {
        return Words.getLong(MEMORY, record + Record.SHORT_HEADER_BYTES + 8);
    }

    /// What freeing and using again would do.
    static void poison(long record) {
        Words.setLong(MEMORY, record + Record.SHORT_HEADER_BYTES + 8, POISON);
    }

    static long hash(long record) {
        return Record.hash(HASHER, MEMORY, record);
    }

    static long word(long record) {
        return SlotWord.of(hash(record), record, false);
    }

    static int search(Probe probe, Table table, long record) {
        return probe.search(table, hash(record), 0, MEMORY, Record.keyOffset(MEMORY, record), 8);
    }

    /// How many members of a bucket have the key of `record`.
    static int members(long bucket, long record) {
        int members = 0;
        for (int i = 0; i < Bucket.SLOTS; i++) {
            long word = Words.getLongVolatile(MEMORY, Bucket.slot(bucket, i));
            if (SlotWord.isMember(word) && Record.sameKey(MEMORY, SlotWord.reference(word), record)) {
                members++;
            }
        }
        return members;
    }
}
