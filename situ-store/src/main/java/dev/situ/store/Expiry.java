package dev.situ.store;

import dev.situ.memory.Words;
import dev.situ.store.RemovalListener.Cause;
import java.lang.foreign.MemorySegment;

/// Removes expired records that nobody asks for. One a worker.
///
/// A hand that all workers share goes round the buckets, and time, not the number of keys, says how far one call
/// gets. A slot word tells whether its record has an expiry, so records without one are passed over in the
/// bucket's line, and only the others cost a look at their header.
///
/// Rejected: a timing wheel. It finds the expired without looking at the others, but costs 8 to 16 bytes for
/// each key with an expiry, and a write to shared memory for each change of one.
final class Expiry {
    private static final int BUCKETS_A_STEP = 16;

    private final MemorySegment memory;
    private final Store store;
    private final Index index;
    private final Writes writes;

    Expiry(Store store, Writes writes) {
        this.memory = store.memory();
        this.store = store;
        this.index = store.index();
        this.writes = writes;
    }

    int sweep(long nowMillis, long budgetNanos) {
        long start = System.nanoTime();
        int removed = 0;
        long left = index.current().buckets();
        do {
            Table table = index.current();
            long from = store.nextSweep(BUCKETS_A_STEP);
            for (long i = from; i < from + BUCKETS_A_STEP; i++) {
                removed += sweepBucket(table, i & (table.buckets() - 1), nowMillis);
            }
            left -= BUCKETS_A_STEP;
        } while (left > 0 && System.nanoTime() - start < budgetNanos);
        return removed;
    }

    private int sweepBucket(Table table, long number, long nowMillis) {
        long first = table.bucketAt(number);
        if (Bucket.isMoved(Bucket.overflow(memory, first))) {
            Table next = table.nextAfterMove();
            return sweepBucket(next, number * 2, nowMillis) + sweepBucket(next, number * 2 + 1, nowMillis);
        }
        int removed = 0;
        for (long bucket = first; bucket != 0; bucket = Bucket.next(Bucket.overflow(memory, bucket))) {
            for (int i = 0; i < Bucket.SLOTS; i++) {
                long slot = Bucket.slot(bucket, i);
                long word = Words.getLongAcquire(memory, slot);
                if (SlotWord.isMember(word)
                        && SlotWord.isVolatile(word)
                        && Record.isExpired(memory, SlotWord.reference(word), nowMillis)
                        && !SlotWord.isFrozen(word)
                        && writes.remove(slot, word, Cause.EXPIRED)) {
                    removed++;
                }
            }
        }
        return removed;
    }
}
