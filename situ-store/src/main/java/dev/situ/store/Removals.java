package dev.situ.store;

import dev.situ.memory.SlabAllocator;
import java.lang.foreign.MemorySegment;

/// Takes records out of the map: one, an expired one, all. One a worker.
final class Removals {
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

    StoreStatus delete(long hash, MemorySegment key, long offset, int length) {
        while (true) {
            int found = probe.search(growth.writable(hash), hash, key, offset, length);
            if (found == Probe.ABSENT) {
                return StoreStatus.ABSENT;
            }
            if (found == Probe.FOUND) {
                if (!writes.mayRemove()) {
                    return StoreStatus.FULL;
                }
                boolean expired = burst.isExpired(SlotWord.reference(probe.word));
                if (writes.remove(probe)) {
                    return expired ? StoreStatus.ABSENT : StoreStatus.DELETED;
                }
            }
        }
    }

    /// Removes a record that was found expired. If another was faster, it is gone as well.
    void removeExpired(long hash, MemorySegment key, long offset, int length, long record) {
        int found = probe.search(growth.writable(hash), hash, key, offset, length);
        if (found == Probe.FOUND && SlotWord.reference(probe.word) == record && writes.remove(probe)) {
            store.countExpired();
        }
    }

    /// Exchanges the table for an empty one and takes the old one apart.
    StoreStatus clear() {
        if (!store.hasAddressSpace(Table.bytes(store.firstBits()) + Limbo.bytesFor(store.size()))) {
            return StoreStatus.FULL;
        }
        Table old = growth.exchangeForEmpty(store.firstBits());
        if (old == null) {
            return StoreStatus.FULL;
        }
        for (long i = 0; i < old.buckets(); i++) {
            takeApart(old.bucketAt(i));
        }
        limbo.retire(old.base, Limbo.RUN);
        writes.tell();
        // What others had not told at the exchange is put right here, so that it does not add up over many clears.
        store.index().keys.set(store.size());
        return StoreStatus.DELETED;
    }

    /// Freezes a chain word by word, so that who is still at work in it starts again in the new table, and
    /// retires what the words led to.
    private void takeApart(long first) {
        long bucket = first;
        while (bucket != SlabAllocator.NONE) {
            for (int i = 0; i < Bucket.SLOTS; i++) {
                long word = Growth.freezeWord(memory, Bucket.slot(bucket, i));
                if (SlotWord.isMember(word)) {
                    writes.cleared(SlotWord.reference(word));
                }
            }
            Growth.freezeOverflow(memory, bucket);
            bucket = Bucket.next(Bucket.overflow(memory, bucket));
        }
        growth.retireChain(Bucket.next(Bucket.overflow(memory, first)));
    }
}
