package dev.situ.store;

import dev.situ.memory.SlabAllocator;
import dev.situ.memory.SlabCache;
import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Moves the index from a table to one twice as large, bucket by bucket, while everyone goes on. One a worker.
///
/// 1. Who finds the table too full allocates the next one and links it by compare-and-set. From then on every
///    writer moves the bucket that it wants to write to, and a few others.
/// 2. **Freeze** the chain: each slot word, and each overflow word, gets its frozen bit by compare-and-set;
///    tentative words are dropped. A frozen chain never changes again, and readers go on reading it.
/// 3. **Copy** each word to one of the two buckets that follow. The place of each word there follows from the
///    frozen chain alone, and every word is written by compare-and-set from 0, *never written*; slots that get none
///    are set to vacated. So helpers may do the same work at the same time, and one that comes late changes
///    nothing: nothing is 0 any more.
/// 4. **Mark** the first bucket moved. Only now do readers and writers use the two that follow. Who sets the mark
///    retires the chain's overflow buckets.
/// 5. Who marks the last bucket makes the next table the current one and retires the old one.
///
/// Nobody waits: who meets a bucket half moved finishes it. A key's hash is not needed to choose between the two
/// buckets while the tag still holds that bit of it (tables of 2^16 to 2^32 buckets); else the key is hashed
/// again.
///
/// Overflow buckets and chunks may go beyond the memory limit: what was begun must be finished.
final class Growth {
    /// What a writer moves besides its own bucket: enough for a table to have moved before the next is full.
    private static final int HELP_BUCKETS = 16;

    /// What any worker moves at some exits. Few: a bucket takes microseconds, which a reader's next request waits.
    private static final int HELP_BUCKETS_AT_EXIT = 2;

    private static final int ALL_SLOTS = (1 << Bucket.SLOTS) - 1;

    private final Index index;
    private final MemorySegment memory;
    private final SlabAllocator allocator;
    private final SlabCache cache;
    private final Limbo limbo;
    private final int bucketClass;

    // The bucket that is being filled of each of the two chains, and which of its slots are taken, a bit each.
    private final long[] target = new long[2];
    private final int[] taken = new int[2];

    Growth(Index index, SlabAllocator allocator, SlabCache cache, Limbo limbo, int bucketClass) {
        this.index = index;
        this.memory = index.memory;
        this.allocator = allocator;
        this.cache = cache;
        this.limbo = limbo;
        this.bucketClass = bucketClass;
    }

    /// The table in which the bucket of `hash` may be written; moves that bucket there if it must.
    Table writable(long hash) {
        Table table = index.current();
        Table next = table.next();
        while (next != null) {
            if (next.emptied) {
                index.replaceCurrent(table, next);
            } else {
                move(table, next, table.index(hash));
                help(table, next, HELP_BUCKETS);
            }
            table = next;
            next = table.next();
        }
        return table;
    }

    /// Moves a few buckets, if the index is growing: behind a burst.
    void helpAtExit() {
        help(HELP_BUCKETS_AT_EXIT);
    }

    /// Moves some buckets, if the index is growing: when there is nothing else to do.
    ///
    /// @return whether it is
    boolean helpIdle() {
        return help(HELP_BUCKETS);
    }

    private boolean help(int share) {
        Table table = index.current();
        Table next = table.next();
        if (next == null || next.emptied) {
            return false;
        }
        help(table, next, share);
        return true;
    }

    private void help(Table from, Table to, int share) {
        // The cursor goes round: a worker that stopped half-way through its share does not hold up the end.
        long start = from.cursor.getAndAdd(share);
        long buckets = from.buckets();
        for (long i = start; i < start + share && index.current() == from; i++) {
            move(from, to, i & (buckets - 1));
        }
    }

    /// Links a table of twice the size if the keys are too many for this one.
    void growIfNeeded() {
        Table table = index.current();
        if (index.keys.get() < table.growAt || table.next() != null || table.bits >= 40) {
            return;
        }
        long base = allocator.allocateZeroedRun(Table.bytes(table.bits + 1), false);
        if (base == SlabAllocator.NONE) {
            // Longer chains will do until there are an eighth more keys.
            table.growAt = index.keys.get() / 8 * 9 + 8;
            return;
        }
        Table next = new Table(base, table.bits + 1, false);
        if (table.compareAndSetNext(next)) {
            help(table, next, HELP_BUCKETS);
        } else {
            allocator.freeRun(base);
        }
    }

    // ---- one bucket -----------------------------------------------------------------------------------------------

    /// Moves one bucket, or finishes what others began.
    void move(Table from, Table to, long number) {
        long first = from.bucketAt(number);
        if (Bucket.isMoved(Bucket.overflow(memory, first))) {
            return;
        }
        freeze(first);
        copy(from, to, number);
        mark(from, to, first);
    }

    private void freeze(long first) {
        for (long bucket = first; bucket != 0; bucket = Bucket.next(Bucket.overflow(memory, bucket))) {
            for (int i = 0; i < Bucket.SLOTS; i++) {
                freezeWord(memory, Bucket.slot(bucket, i));
            }
            freezeOverflow(memory, bucket);
        }
    }

    /// Freezes a slot. Returns the word that was dropped or kept by it, or 0 if another had frozen it.
    static long freezeWord(MemorySegment memory, long slot) {
        while (true) {
            long word = Words.getLongVolatile(memory, slot);
            if (SlotWord.isFrozen(word)) {
                return 0;
            }
            if (Words.compareAndSetLong(memory, slot, word, SlotWord.frozen(word))) {
                return word;
            }
        }
    }

    static void freezeOverflow(MemorySegment memory, long bucket) {
        long at = Bucket.overflowSlot(bucket);
        long word = Words.getLongVolatile(memory, at);
        while (!Bucket.isFrozen(word) && !Words.compareAndSetLong(memory, at, word, word | SlotWord.FROZEN)) {
            word = Words.getLongVolatile(memory, at);
        }
    }

    private void copy(Table from, Table to, long number) {
        for (int side = 0; side < 2; side++) {
            target[side] = to.bucketAt(number * 2 + side);
            taken[side] = 0;
        }
        long bucket = from.bucketAt(number);
        while (bucket != 0) {
            for (int i = 0; i < Bucket.SLOTS; i++) {
                long word = Words.getLongVolatile(memory, Bucket.slot(bucket, i));
                if (SlotWord.reference(word) != Record.NONE) {
                    place(side(from, word), SlotWord.arrived(word));
                }
            }
            bucket = Bucket.next(Bucket.overflow(memory, bucket));
        }
        close(0);
        close(1);
    }

    private int side(Table from, long word) {
        if (from.bits >= SlotWord.FIRST_TAG_DEPTH && from.bits <= SlotWord.LAST_TAG_DEPTH) {
            return SlotWord.hashBit(word, from.bits);
        }
        long record = SlotWord.reference(word);
        long hash = Record.hash(index.hasher, memory, record);
        return (int) (hash >>> (63 - from.bits)) & 1;
    }

    private void place(int side, long word) {
        if (taken[side] == ALL_SLOTS) {
            target[side] = follow(target[side]);
            taken[side] = 0;
        }
        int home = SlotWord.home(word);
        int step = 0;
        while ((taken[side] >>> Bucket.around(home, step) & 1) != 0) {
            step++;
        }
        Words.compareAndSetLong(memory, Bucket.slot(target[side], home, step), 0, word);
        taken[side] |= 1 << Bucket.around(home, step);
    }

    /// The next bucket of a chain that is being filled; chains one if there is none.
    private long follow(long bucket) {
        long at = Bucket.overflowSlot(bucket);
        long overflow = Words.getLongVolatile(memory, at);
        if (overflow == 0) {
            long fresh = newBucket(cache, bucketClass, memory, true);
            if (fresh == SlabAllocator.NONE) {
                throw new IllegalStateException("the address space of the store is used up");
            }
            if (Words.compareAndSetLong(memory, at, 0, fresh)) {
                return fresh;
            }
            cache.free(fresh);
            overflow = Words.getLongVolatile(memory, at);
        }
        return Bucket.next(overflow);
    }

    static long newBucket(SlabCache cache, int bucketClass, MemorySegment memory, boolean beyondLimit) {
        long bucket = cache.allocateCell(bucketClass, beyondLimit);
        if (bucket != SlabAllocator.NONE) {
            for (int i = 0; i < Bucket.BYTES; i += 8) {
                Words.setLong(memory, bucket + i, 0);
            }
        }
        return bucket;
    }

    private void close(int side) {
        long bucket = target[side];
        for (int i = 0; i < Bucket.SLOTS; i++) {
            if ((taken[side] >>> i & 1) == 0) {
                Words.compareAndSetLong(memory, Bucket.slot(bucket, i), 0, SlotWord.VACATED);
            }
        }
        Words.compareAndSetLong(memory, Bucket.overflowSlot(bucket), 0, SlotWord.VACATED);
    }

    private void mark(Table from, Table to, long first) {
        long at = Bucket.overflowSlot(first);
        long overflow = Words.getLongVolatile(memory, at);
        if (!limbo.hasSpare()) {
            throw new IllegalStateException("the address space of the store is used up");
        }
        // A frozen overflow word changes only here.
        if (Bucket.isMoved(overflow) || !Words.compareAndSetLong(memory, at, overflow, overflow | Bucket.MOVED)) {
            return;
        }
        retireChain(Bucket.next(overflow));
        if (from.moved.incrementAndGet() == from.buckets() && index.replaceCurrent(from, to)) {
            limbo.retire(from.base, Limbo.RUN);
        }
    }

    /// Retires a bucket and those chained to it; none if it is 0.
    void retireChain(long bucket) {
        long at = bucket;
        while (at != 0) {
            long next = Bucket.next(Bucket.overflow(memory, at));
            limbo.retire(at, Limbo.BUCKET);
            at = next;
        }
    }

    // ---- clear ----------------------------------------------------------------------------------------------------

    /// Puts an empty table in the place of the current one. It takes effect when the current table is exchanged.
    ///
    /// A growth that runs is finished first. A writer that is still at work in the old table comes before the
    /// clear if its compare-and-set succeeds, and starts again in the new one if it meets a frozen word.
    ///
    /// @return the table that was current, to be taken apart; null if there is no memory for an empty one
    @Nullable
    Table exchangeForEmpty(int bits) {
        long base = allocator.allocateZeroedRun(Table.bytes(bits), true);
        if (base == SlabAllocator.NONE) {
            return null;
        }
        Table fresh = new Table(base, bits, true);
        while (true) {
            Table table = index.current();
            Table next = table.next();
            if (next == null) {
                if (table.compareAndSetNext(fresh)) {
                    index.replaceCurrent(table, fresh);
                    index.keys.set(0);
                    return table;
                }
            } else if (next.emptied) {
                index.replaceCurrent(table, next);
            } else {
                help(table, next, HELP_BUCKETS);
            }
        }
    }
}
