package dev.situ.store;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/// A table that a clear has taken out of the map and whose records are still to be retired: by all workers, some
/// buckets at a time, so that no burst lasts as long as the map was large.
///
/// Buckets are handed out by a counter; who reports the last one retires the table. Safe for all threads.
final class ClearedTable {
    final Table table;

    /// How many keys of each database in it still count in the sum of what workers have inserted and removed. About,
    /// while writers that had begun before the clear are still at work in it.
    private final AtomicLongArray keys;

    private final AtomicLong next = new AtomicLong();
    private final AtomicLong done = new AtomicLong();

    /// @param keys how many of each database there are in the table
    ClearedTable(Table table, long[] keys) {
        this.table = table;
        this.keys = new AtomicLongArray(keys);
    }

    long keys(int database) {
        return keys.get(database);
    }

    /// Reports a key that counts no longer.
    void uncount(int database) {
        keys.decrementAndGet(database);
    }

    /// Hands out the next `buckets` buckets.
    ///
    /// @return the number of the first; they end with the table
    long take(int buckets) {
        return next.getAndAdd(buckets);
    }

    /// Reports buckets that were taken apart.
    ///
    /// @return whether they were the last
    boolean report(long buckets) {
        return done.addAndGet(buckets) == table.buckets();
    }
}
