package dev.situ.store;

import java.util.concurrent.atomic.AtomicLong;

/// A table that a clear has taken out of the map and whose records are still to be retired: by all workers, some
/// buckets at a time, so that no burst lasts as long as the map was large.
///
/// Buckets are handed out by a counter; who reports the last one retires the table. Safe for all threads.
final class ClearedTable {
    final Table table;

    /// How many keys in it still count in the sum of what workers have inserted and removed. About, while writers
    /// that had begun before the clear are still at work in it.
    final AtomicLong keys;

    private final AtomicLong next = new AtomicLong();
    private final AtomicLong done = new AtomicLong();

    ClearedTable(Table table, long keys) {
        this.table = table;
        this.keys = new AtomicLong(keys);
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
