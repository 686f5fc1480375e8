package dev.situ.kv;

import dev.situ.memory.Words;
import dev.situ.store.Store;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/// Tells who watches a key that is absent whether it was there in between, also if it is gone again.
///
/// A record that is there can be told from the next one, but one absence looks like another. So while anyone
/// watches an absence, all executors count here which keys they find there behind their writes, in one of
/// [#STRIPES] counters by the key's hash. Two keys may share a counter: then a transaction is refused that need not
/// be, and its client tries again. Nobody watches an absence most of the time, and then a write looks at one word
/// that does not change.
///
/// **Order.** Who watches announces itself, reads the counter, then looks for the key, each with a full fence
/// between. A write that comes after that look, therefore, sees the announcement. The counters are compared while
/// no other worker runs anything, when all that was written is counted.
///
/// Two cases are not seen: that another worker removes the key between a write and the look behind it, and that a key
/// is set with a time that is over. Such a key was there for less than one command, and only who looked in that moment
/// can know.
///
/// Safe for all threads.
final class Absences {
    private static final int STRIPES = 1 << 14;

    private final AtomicInteger watchers = new AtomicInteger();
    private final AtomicIntegerArray created = new AtomicIntegerArray(STRIPES);

    Absences() {}

    /// Says that someone watches absences from now on.
    void beginWatch() {
        watchers.incrementAndGet();
    }

    void endWatch() {
        watchers.decrementAndGet();
    }

    boolean areWatched() {
        return watchers.get() != 0;
    }

    /// Counts that a key was found there behind a write.
    ///
    /// @param database as clients number it
    void count(int database, MemorySegment key, long offset, int length) {
        created.incrementAndGet(stripe(database, key, offset, length));
    }

    /// How often a key, or another that shares its counter, was counted; the number wraps.
    int created(int database, MemorySegment key, long offset, int length) {
        return created.get(stripe(database, key, offset, length));
    }

    private static int stripe(int database, MemorySegment key, long offset, int length) {
        int hash = length * Store.DATABASES + database;
        for (int i = 0; i < length; i++) {
            hash = hash * 31 + Words.getByte(key, offset + i);
        }
        hash *= 0x9E3779B9;
        return hash >>> 18;
    }
}
