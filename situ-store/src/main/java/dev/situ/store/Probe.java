package dev.situ.store;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;

/// A writer's search of one chain: where the key is, or where it could go. One a worker, reused.
final class Probe {
    static final int FOUND = 0;
    static final int ABSENT = 1;
    /// A word is frozen: the bucket is moving, start again.
    static final int FROZEN = 2;

    /// How often an insert backs off before it kills a tentative word in front of it as well.
    private static final int PATIENCE = 200;

    private final MemorySegment memory;
    private int backOffs;

    /// The size of the table that was searched, as a power of two.
    int bits;

    /// FOUND: the slot and the word in it.
    long slot;

    long word;
    /// ABSENT: a vacant slot and the word in it; 0 if all are taken.
    long vacant;

    long vacantWord;
    /// ABSENT: the last bucket of the chain and its overflow word.
    long last;

    long lastOverflow;
    /// The first bucket of the chain.
    long chain;

    Probe(MemorySegment memory) {
        this.memory = memory;
    }

    int search(Table table, long hash, int database, MemorySegment key, long offset, int length) {
        MemorySegment memory = this.memory;
        this.bits = table.bits;
        long tag = SlotWord.tag(hash);
        int home = SlotWord.home(tag);
        long bucket = table.bucketOf(hash);
        chain = bucket;
        vacant = 0;
        while (true) {
            for (int i = 0; i < Bucket.SLOTS; i++) {
                long at = Bucket.slot(bucket, home, i);
                long seen = Words.getLongAcquire(memory, at);
                if (SlotWord.isFrozen(seen)) {
                    return FROZEN;
                }
                long record = SlotWord.reference(seen);
                if (record == Record.NONE) {
                    if (vacant == 0) {
                        vacant = at;
                        vacantWord = seen;
                    }
                } else if (SlotWord.hasTag(seen, tag)
                        && !SlotWord.isTentative(seen)
                        && Record.hasKey(memory, record, database, key, offset, length)) {
                    slot = at;
                    word = seen;
                    return FOUND;
                }
            }
            long overflow = Bucket.overflow(memory, bucket);
            if (Bucket.isFrozen(overflow)) {
                return FROZEN;
            }
            if (Bucket.next(overflow) == 0) {
                last = bucket;
                lastOverflow = overflow;
                return ABSENT;
            }
            bucket = Bucket.next(overflow);
        }
    }

    /// Puts a record into the vacant slot that [#search] found, in two phases, so that two inserts of one absent
    /// key end as one record (FASTER, SIGMOD 2018, section 3.2; there both may back off, here one of them wins):
    ///
    /// 1. Take the slot with a *tentative* word, which readers pass over.
    /// 2. Look at the whole chain again. Of two inserts, the one that took its slot later sees the other here.
    ///    - The key is in the map: back off.
    ///    - It is tentative in a slot *after* ours: kill that word; its owner fails to commit and starts again.
    ///    - It is tentative in a slot *before* ours: back off; but after many times kill it, for its owner may
    ///      have lost its processor.
    /// 3. *Commit*: take the tentative bit away by compare-and-set, which fails if we were killed or frozen.
    ///
    /// To kill a tentative word is always safe: its owner fails to commit and starts again. The order of slots
    /// makes one of several inserts of a key get on at once; patience makes the others get on when that one
    /// sleeps.
    ///
    /// @param committed the word that is to be in the slot
    /// @return whether the record is in the map now; if not, others may still be looking at it
    boolean insert(long committed, long record) {
        long tentative = committed | SlotWord.TENTATIVE;
        if (!Words.compareAndSetLong(memory, vacant, vacantWord, tentative)) {
            return false;
        }
        if (!isAlone(committed, record)) {
            // May fail: killed or frozen, which is the same to us.
            Words.compareAndSetLong(memory, vacant, tentative, SlotWord.VACATED);
            backOffs++;
            Thread.onSpinWait();
            return false;
        }
        backOffs = 0;
        return Words.compareAndSetLong(memory, vacant, tentative, committed);
    }

    private boolean isAlone(long word, long record) {
        boolean before = true;
        // Volatile, as the slots are: who takes a slot in a new bucket and who looks must see one of each other.
        for (long bucket = chain;
                bucket != 0;
                bucket = Bucket.next(Words.getLongVolatile(memory, Bucket.overflowSlot(bucket)))) {
            for (int i = 0; i < Bucket.SLOTS; i++) {
                long at = Bucket.slot(bucket, i);
                if (at == vacant) {
                    before = false;
                } else if (!passes(at, word, record, before)) {
                    return false;
                }
            }
        }
        return true;
    }

    /// Whether the slot at `at` is no obstacle to the insert of `record`, or is one no longer.
    private boolean passes(long at, long word, long record, boolean before) {
        while (true) {
            long seen = Words.getLongVolatile(memory, at);
            long other = SlotWord.reference(seen);
            if (other == Record.NONE || !SlotWord.hasTag(seen, word) || !Record.sameKey(memory, other, record)) {
                return true;
            }
            if (!SlotWord.isTentative(seen) || (before && backOffs < PATIENCE)) {
                return false;
            }
            if (Words.compareAndSetLong(memory, at, seen, SlotWord.VACATED)) {
                return true;
            }
        }
    }
}
