package dev.situ.store;

import dev.situ.memory.SizeClasses;
import dev.situ.memory.SlabAllocator;
import dev.situ.memory.Words;
import dev.situ.store.EvictionPolicy.Order;
import dev.situ.store.RemovalListener.Cause;
import java.lang.foreign.MemorySegment;

/// Makes room by the store's [EvictionPolicy]. One a worker.
///
/// **One record**: records in buckets at random places are sampled until some [#SAMPLES] qualify, and the best
/// of them goes by compare-and-set of its slot. Expired records go first. Where few keys qualify, the search
/// goes on along the buckets, so that a key is found as long as there is one.
///
/// **When**: a worker evicts at the end of each burst while the cells of all records are above fifteen
/// sixteenths of the limit, and so before memory runs out. What is evicted can only be used again when the epoch
/// is over, so a write that finds no memory inside a burst is given some beyond the limit, and pages are freed
/// afterwards:
///
/// **A slab**: when pages are above the limit, memory is stuck in classes that are no longer written. Then all
/// records of one slab go that qualify, until pages are below the limit again.
final class Eviction {
    private static final int SAMPLES = 16;
    private static final int SLABS_LOOKED_AT = 4;
    private static final int MAX_RECORDS_A_BURST = 2000;
    private static final int MAX_SLABS_A_BURST = 8;
    private static final int BUCKETS_A_BURST = 2048;

    private final Store store;
    private final MemorySegment memory;
    private final Index index;
    private final Writes writes;
    private final Locator locator;
    private long random;
    // Where the search for rare keys goes on.
    private long hand;

    // The best of the records sampled.
    private long bestSlot;
    private long bestWord;
    private long bestScore;
    private int sampled;

    Eviction(Store store, Writes writes, Growth growth, int slot) {
        this.store = store;
        this.memory = store.memory();
        this.index = store.index();
        this.writes = writes;
        this.locator = new Locator(store, growth);
        this.random = 0x9E3779B97F4A7C15L * (slot + 1);
    }

    int nextRandom() {
        random ^= random << 13;
        random ^= random >>> 7;
        random ^= random << 17;
        return (int) (random >>> 16);
    }

    /// Evicts until the store is below its marks, or a share of the work that a burst can bear is done.
    void makeRoom(long nowMillis) {
        EvictionPolicy policy = store.policy();
        if (policy == EvictionPolicy.NOEVICTION) {
            return;
        }
        if (store.limit().isAboveMark()) {
            writes.tell();
            for (int i = 0; i < MAX_RECORDS_A_BURST && store.limit().isAboveMark(); i++) {
                if (!evictOne(policy, nowMillis, BUCKETS_A_BURST)) {
                    break;
                }
                writes.tell();
            }
        }
        if (policy.volatileOnly() && store.volatileKeys() == 0) {
            return;
        }
        for (int i = 0;
                i < MAX_SLABS_A_BURST
                        && store.limit().isExceeded()
                        && !store.limit().isLimboFull();
                i++) {
            evictSlab(policy);
        }
    }

    /// Evicts one record.
    ///
    /// @return false if none qualifies
    boolean evictOne(EvictionPolicy policy, long nowMillis) {
        return evictOne(policy, nowMillis, Long.MAX_VALUE);
    }

    /// As above, but looks at no more than `most` buckets; where it stops, the next call goes on.
    private boolean evictOne(EvictionPolicy policy, long nowMillis, long most) {
        if (policy.volatileOnly() && store.volatileKeys() == 0) {
            return false;
        }
        for (int attempt = 0; attempt < 8; attempt++) {
            sample(policy, nowMillis, most);
            if (sampled == 0) {
                return false;
            }
            if (writes.remove(bestSlot, bestWord, Cause.EVICTED)) {
                store.countEviction();
                return true;
            }
        }
        return true; // others change all that we look at: there is something to evict
    }

    private void sample(EvictionPolicy policy, long nowMillis, long most) {
        sampled = 0;
        bestScore = Long.MIN_VALUE;
        Table table = index.current();
        long mask = table.buckets() - 1;
        int tick = store.tick();
        long at = nextRandom() & mask;
        for (long looked = 0; looked <= mask + 64 && looked < most && sampled < SAMPLES; looked++) {
            // Apart for the first, so that the sample is not of neighbours; one by one if keys that qualify are rare.
            if (looked < 64) {
                at = (((long) nextRandom() << 16) ^ nextRandom()) & mask;
            } else {
                at = hand++ & mask;
                if (sampled > 0 && looked > 1024) {
                    return;
                }
            }
            sampleChain(table, at, policy, tick, nowMillis);
        }
    }

    private void sampleChain(Table table, long number, EvictionPolicy policy, int tick, long nowMillis) {
        long bucket = table.bucketAt(number);
        if (Bucket.isMoved(Bucket.overflow(memory, bucket))) {
            Table next = table.nextAfterMove();
            bucket = next.bucketAt(number * 2 + (nextRandom() & 1));
        }
        while (bucket != 0) {
            for (int i = 0; i < Bucket.SLOTS; i++) {
                long slot = Bucket.slot(bucket, i);
                long word = Words.getLongAcquire(memory, slot);
                if (qualifies(word, policy)) {
                    consider(slot, word, policy.order(), tick, nowMillis);
                }
            }
            bucket = Bucket.next(Bucket.overflow(memory, bucket));
        }
    }

    private static boolean qualifies(long word, EvictionPolicy policy) {
        return SlotWord.isMember(word)
                && !SlotWord.isFrozen(word)
                && (!policy.volatileOnly() || SlotWord.isVolatile(word));
    }

    private void consider(long slot, long word, Order order, int tick, long nowMillis) {
        long record = SlotWord.reference(word);
        boolean expired = SlotWord.isVolatile(word) && Record.isExpired(memory, record, nowMillis);
        long score = expired ? Long.MAX_VALUE : Use.score(memory, record, order, tick);
        sampled++;
        if (score > bestScore) {
            bestScore = score;
            bestSlot = slot;
            bestWord = word;
        }
    }

    // ---- slabs ----------------------------------------------------------------------------------------------------

    private void evictSlab(EvictionPolicy policy) {
        SlabAllocator allocator = store.allocator();
        long best = SlabAllocator.NONE;
        long fewest = Long.MAX_VALUE;
        for (int i = 0; i < SLABS_LOOKED_AT; i++) {
            long span = Math.max(1, allocator.touchedBytes());
            long from = (((long) nextRandom() << 20) ^ (nextRandom() & 0xFFFFFL)) & Long.MAX_VALUE;
            long at = allocator.nextInUse(from % span);
            if (at == SlabAllocator.NONE) {
                at = allocator.nextInUse(0);
            }
            if (at != SlabAllocator.NONE && isOfRecords(at)) {
                int sizeClass = allocator.slabClass(at);
                long used = sizeClass < 0
                        ? allocator.runBytes(at)
                        : (long) (allocator.cellsPerSlab(sizeClass) - allocator.freeCells(at))
                                * allocator.cellBytes(sizeClass);
                if (used < fewest) {
                    fewest = used;
                    best = at;
                }
            }
        }
        if (best != SlabAllocator.NONE) {
            evictCells(best, policy);
        }
    }

    private boolean isOfRecords(long at) {
        int sizeClass = store.allocator().slabClass(at);
        return sizeClass < 0 ? !store.isOwnRun(at) && !isTable(at) : sizeClass < SizeClasses.COUNT;
    }

    private boolean isTable(long at) {
        Table table = index.current();
        Table next = table.next();
        return at == table.base || (next != null && at == next.base);
    }

    private void evictCells(long at, EvictionPolicy policy) {
        SlabAllocator allocator = store.allocator();
        int sizeClass = allocator.slabClass(at);
        int cells = sizeClass < 0 ? 1 : allocator.cellsPerSlab(sizeClass);
        // What is there may become something else while we look; nothing may lead out of the region.
        long cellBytes = sizeClass < 0
                ? Math.min(allocator.runBytes(at), memory.byteSize() - at)
                : allocator.cellBytes(sizeClass);
        for (int i = 0; i < cells; i++) {
            long record = at + i * cellBytes;
            evictRecord(record, policy);
        }
    }

    private void evictRecord(long record, EvictionPolicy policy) {
        if (locator.locate(record)
                && qualifies(locator.probe().word, policy)
                && writes.remove(locator.probe(), Cause.EVICTED)) {
            store.countEviction();
        }
    }
}
