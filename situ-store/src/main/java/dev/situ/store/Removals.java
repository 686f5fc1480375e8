package dev.situ.store;

import dev.situ.memory.SlabAllocator;
import dev.situ.store.RemovalListener.Cause;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Takes records out of the map: one, an expired one, all. One a worker.
final class Removals {
    /// How much of a cleared table is taken apart in one step: some ten microseconds.
    static final int BUCKETS_A_STEP = 16;

    private static final int BUCKETS_A_CLEAR = 1024;

    private final Store store;
    private final MemorySegment memory;
    private final Growth growth;
    private final Writes writes;
    private final Limbo limbo;
    private final Burst burst;
    private final Probe probe;

    Removals(Store store, Growth growth, Writes writes, Limbo limbo, Burst burst) {
        this.store = store;
        this.memory = store.memory();
        this.growth = growth;
        this.writes = writes;
        this.limbo = limbo;
        this.burst = burst;
        this.probe = new Probe(memory);
    }

    StoreStatus delete(long hash, int database, MemorySegment key, long offset, int length) {
        return delete(hash, database, key, offset, length, true);
    }

    /// @param tells whether the listener is told if the record was expired
    private StoreStatus delete(long hash, int database, MemorySegment key, long offset, int length, boolean tells) {
        while (true) {
            int found = probe.search(growth.writable(hash), hash, database, key, offset, length);
            if (found == Probe.ABSENT) {
                return StoreStatus.ABSENT;
            }
            if (found == Probe.FOUND) {
                if (!writes.mayRemove()) {
                    return StoreStatus.FULL;
                }
                boolean expired = burst.isExpired(SlotWord.reference(probe.word));
                if ((expired && tells) ? writes.remove(probe, Cause.EXPIRED) : writes.remove(probe)) {
                    return expired ? StoreStatus.ABSENT : StoreStatus.DELETED;
                }
            }
        }
    }

    /// Removes a record that was found expired. If another was faster, it is gone as well.
    void removeExpired(long hash, int database, MemorySegment key, long offset, int length, long record) {
        int found = probe.search(growth.writable(hash), hash, database, key, offset, length);
        if (found == Probe.FOUND && SlotWord.reference(probe.word) == record) {
            writes.remove(probe, Cause.EXPIRED);
        }
    }

    /// Removes every key of a database. While this worker is alone.
    StoreStatus clear(int database, Scan scan) {
        if (store.size() == store.size(database)) {
            return clear();
        }
        long cursor = 0;
        do {
            cursor = scan.scan(database, cursor, Integer.MAX_VALUE, Scan.BEFORE_ALL_EXPIRIES, this::delete);
        } while (cursor != 0);
        return store.size(database) == 0 ? StoreStatus.DELETED : StoreStatus.FULL;
    }

    private void delete(long record) {
        int database = Record.database(memory, record);
        long hash = Record.hash(store.index().hasher, memory, record);
        long key = Record.keyOffset(memory, record);
        delete(hash, database, memory, key, Record.keyLength(memory, record), false);
    }

    /// Exchanges the table for an empty one, and begins to take the old one apart.
    StoreStatus clear() {
        long[] keys = store.sizes();
        long all = Arrays.stream(keys).sum();
        if (!store.limit().hasAddressSpace(Table.bytes(store.firstBits()) + Limbo.bytesFor(all))) {
            return StoreStatus.FULL;
        }
        Table old = growth.exchangeForEmpty(store.firstBits());
        if (old == null) {
            return StoreStatus.FULL;
        }
        store.addCleared(new ClearedTable(old, keys));
        helpClear(BUCKETS_A_CLEAR);
        return StoreStatus.DELETED;
    }

    /// Takes some buckets of a cleared table apart, if there is one.
    ///
    /// @return false if there is nothing to do
    boolean helpClear(int buckets) {
        ClearedTable cleared = store.cleared();
        if (cleared == null) {
            return false;
        }
        Table table = cleared.table;
        long from = cleared.take(buckets);
        long to = Math.min(table.buckets(), from + buckets);
        if (from >= to) {
            return false; // others are at the last ones
        }
        for (long i = from; i < to; i++) {
            takeApart(cleared, table.bucketAt(i));
        }
        if (cleared.report(to - from)) {
            store.removeCleared(cleared);
            limbo.retire(table.base, Limbo.RUN);
            writes.tell();
            // What workers had not told at the exchange is put right here, so that it does not add up.
            store.index().keys.set(store.size());
        }
        return true;
    }

    /// Takes cleared tables apart for about so long.
    ///
    /// @return whether there was something to do
    boolean helpClearFor(long nanos) {
        long start = System.nanoTime();
        boolean helped = false;
        while (System.nanoTime() - start < nanos && helpClear(BUCKETS_A_STEP)) {
            helped = true;
        }
        return helped;
    }

    /// Freezes a chain word by word, so that who is still at work in it starts again in the new table, and
    /// retires what the words led to.
    private void takeApart(ClearedTable cleared, long first) {
        long bucket = first;
        while (bucket != SlabAllocator.NONE) {
            for (int i = 0; i < Bucket.SLOTS; i++) {
                long word = Growth.freezeWord(memory, Bucket.slot(bucket, i));
                if (SlotWord.isMember(word)) {
                    long record = SlotWord.reference(word);
                    cleared.uncount(Record.database(memory, record));
                    writes.cleared(record);
                }
            }
            Growth.freezeOverflow(memory, bucket);
            bucket = Bucket.next(Bucket.overflow(memory, bucket));
        }
        growth.retireChain(Bucket.next(Bucket.overflow(memory, first)));
    }
}
