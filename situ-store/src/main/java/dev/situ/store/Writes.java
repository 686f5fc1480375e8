package dev.situ.store;

import dev.situ.memory.Checks;
import dev.situ.memory.Consumes;
import dev.situ.memory.ConsumesIfTrue;
import dev.situ.memory.Region;
import dev.situ.memory.SizeClasses;
import dev.situ.memory.SlabAllocator;
import dev.situ.memory.SlabCache;
import dev.situ.memory.Words;
import dev.situ.store.RemovalListener.Cause;
import java.lang.foreign.MemorySegment;
import java.security.SecureRandom;

/// The steps that change the map, and the count of what they changed. One a worker.
///
/// | step | takes effect | before | after |
/// |---|---|---|---|
/// | replace | compare-and-set of the slot, old to new | new is claimed | old is retired |
/// | insert | the commit, see [Probe#insert] | new is claimed | |
/// | remove | compare-and-set of the slot to vacated | | the record is retired |
/// | relocate | none: the same record elsewhere; compare-and-set of the slot | | the old cell is retired |
///
/// Each gives false if another worker was faster; nothing has changed then, and the caller starts again.
final class Writes {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final MemorySegment memory;
    private final Store store;
    private final Index index;
    private final SlabCache cache;
    private final Limbo limbo;
    private final Growth growth;
    private final Burst burst;

    // Figures of this worker. Written by it alone, read by others for statistics.
    private final KeyCounts counts = new KeyCounts();
    private long usedBytes;
    private long adoptedKeys;
    private long adoptedBytes;
    private long relocations;
    private long claimed;
    // What of it is not yet in the shared sums.
    private long keysUntold;
    private long footprintUntold;
    private long inserts;

    private long versions = RANDOM.nextLong();
    private boolean created;

    Writes(Store store, SlabCache cache, Limbo limbo, Growth growth, Burst burst) {
        this.memory = store.memory();
        this.store = store;
        this.index = store.index();
        this.cache = cache;
        this.limbo = limbo;
        this.growth = growth;
        this.burst = burst;
    }

    // ---- claims ---------------------------------------------------------------------------------------------------

    void claimed() {
        claimed++;
    }

    /// Consumes an unpublished record. One that was tentative may be under the eyes of others.
    void discard(@Consumes long record, boolean exposed) {
        claimed--;
        if (exposed) {
            limbo.retireRecord(record);
        } else {
            if (Checks.ON && Record.state(memory, record) == Record.FREE) {
                throw new IllegalStateException("aborted twice: " + Record.hex(record));
            }
            limbo.freeUnseen(record);
        }
    }

    /// The version of a key's first record.
    private int newVersion() {
        // SplitMix64 from a seed of its own: no two workers give the same versions one after the other.
        versions += 0x9E3779B97F4A7C15L;
        long mixed = (versions ^ (versions >>> 30)) * 0xBF58476D1CE4E5B9L;
        return (int) (mixed >>> 32);
    }

    /// Whether a record may be published: what it replaces, or itself if another is faster, can be retired.
    boolean mayPublish() {
        return limbo.hasSpare();
    }

    /// Whether a record may be removed.
    boolean mayRemove() {
        return limbo.hasRoom();
    }

    // ---- steps ----------------------------------------------------------------------------------------------------

    /// Swings the slot that the probe found to `record`.
    boolean replace(Probe probe, long hash, @ConsumesIfTrue long record) {
        long old = SlotWord.reference(probe.word);
        // Asked before anything is written: all comes from the same four words, which are loaded once then.
        boolean alike = Record.countAlike(memory, record, old);
        long oldBytes = Record.bytes(memory, old);
        boolean expires = Record.makeLive(memory, record, Record.version(memory, old) + 1);
        if (!Words.compareAndSetLong(memory, probe.slot, probe.word, SlotWord.of(hash, record, expires))) {
            return false;
        }
        claimed--;
        if (!alike) {
            count(record, 1);
            count(old, -1);
        }
        created = SlotWord.isVolatile(probe.word) && burst.isExpired(old);
        if (created) {
            tell(old, Cause.EXPIRED);
        }
        limbo.retireRecord(old, oldBytes);
        return true;
    }

    /// Swings the slot that the probe found to a copy of the record that it holds. Consumes the copy.
    boolean relocate(Probe probe, long hash, @Consumes long copy) {
        boolean expires = Record.expireAtMillis(memory, copy) != 0;
        if (!Words.compareAndSetLong(memory, probe.slot, probe.word, SlotWord.of(hash, copy, expires))) {
            limbo.freeUnseen(copy);
            return false;
        }
        long old = SlotWord.reference(probe.word);
        count(copy, 1);
        count(old, -1);
        limbo.retireRecord(old);
        relocations++;
        return true;
    }

    /// Puts `record` into the vacant slot that the probe found. If it fails, others may still look at the record.
    boolean insert(Probe probe, long hash, @ConsumesIfTrue long record) {
        boolean expires = Record.makeLive(memory, record, newVersion());
        if (!probe.insert(SlotWord.of(hash, record, expires), record)) {
            return false;
        }
        claimed--;
        created = true;
        counts.addKey(memory, record, 1);
        keysUntold++;
        inserts++;
        count(record, 1);
        if (keysUntold >= Store.KEYS_UNTOLD || inserts >= Store.KEYS_UNTOLD || probe.bits < Store.SMALL_TABLE_BITS) {
            tell();
            growth.growIfNeeded();
        }
        return true;
    }

    /// Empties the slot that the probe found.
    boolean remove(Probe probe) {
        return remove(probe.slot, probe.word);
    }

    /// Empties a slot if it still holds `word`, and if there is room in limbo for what it held.
    boolean remove(long slot, long word) {
        if (!limbo.hasRoom() || !Words.compareAndSetLong(memory, slot, word, SlotWord.VACATED)) {
            return false;
        }
        removed(SlotWord.reference(word));
        return true;
    }

    /// As [#remove(Probe)], for what goes though no caller has asked for it: the listener is told.
    boolean remove(Probe probe, Cause cause) {
        return remove(probe.slot, probe.word, cause);
    }

    /// As [#remove(long, long)], likewise.
    boolean remove(long slot, long word, Cause cause) {
        if (!remove(slot, word)) {
            return false;
        }
        tell(SlotWord.reference(word), cause);
        return true;
    }

    /// Removes what the probe found if its time is over.
    void removeIfExpired(Probe probe) {
        if (SlotWord.isVolatile(probe.word) && burst.isExpired(SlotWord.reference(probe.word))) {
            remove(probe, Cause.EXPIRED);
        }
    }

    /// Behind the step: an expired key is counted where it is told, so that the figure is that of the events.
    private void tell(long record, Cause cause) {
        if (cause == Cause.EXPIRED) {
            store.countExpired();
        }
        RemovalListener listener = store.removalListener();
        if (listener != null) {
            listener.removed(record, cause);
        }
    }

    /// Whether the last record that was published came where there was no key, or one whose time was over.
    boolean hasCreated() {
        return created;
    }

    /// Counts and retires a record that no slot leads to any more.
    void removed(@Consumes long record) {
        counts.addKey(memory, record, -1);
        keysUntold--;
        count(record, -1);
        limbo.retireRecord(record);
        if (keysUntold <= -Store.KEYS_UNTOLD) {
            tell();
        }
    }

    /// Counts and retires a record that a clear took away; the sum of keys lost all of them at once.
    void cleared(@Consumes long record) {
        counts.addKey(memory, record, -1);
        count(record, -1);
        limbo.retireRecord(record);
    }

    /// Chains a bucket to the chain that the probe searched. Returns false if there is no memory.
    boolean extend(Probe probe) {
        // On credit while compaction is at work, as for a record: see Claims.
        boolean credit = store.policy() != EvictionPolicy.NOEVICTION
                || (store.limit().isFragmented() && store.limit().grantsCredit(Region.PAGE_BYTES));
        long bucket = Growth.newBucket(cache, Store.BUCKET_CLASS, memory, credit);
        if (bucket == SlabAllocator.NONE) {
            limbo.seal();
            limbo.reclaim();
            cache.flush();
            bucket = Growth.newBucket(cache, Store.BUCKET_CLASS, memory, false);
            if (bucket == SlabAllocator.NONE) {
                return false;
            }
        }
        if (!Words.compareAndSetLong(memory, Bucket.overflowSlot(probe.last), probe.lastOverflow, bucket)) {
            cache.free(bucket);
        }
        return true;
    }

    // ---- figures --------------------------------------------------------------------------------------------------

    private void count(long record, int sign) {
        long bytes = Record.bytes(memory, record);
        usedBytes += sign * bytes;
        counts.addExpiry(memory, record, sign);
        if (Record.isAdopted(memory, record)) {
            adoptedKeys += sign;
            adoptedBytes += (long) sign * Record.valueLength(memory, record);
        }
        long cell = sign * SizeClasses.footprint(bytes);
        footprintUntold += cell;
        if (Math.abs(footprintUntold) >= Store.BYTES_UNTOLD) {
            tell();
        }
    }

    /// Adds what was counted to the shared sums.
    void tell() {
        index.keys.addAndGet(keysUntold);
        keysUntold = 0;
        store.tell(footprintUntold, inserts);
        footprintUntold = 0;
        inserts = 0;
    }

    KeyCounts counts() {
        return counts;
    }

    long usedBytes() {
        return usedBytes;
    }

    long claims() {
        return claimed;
    }

    long adoptedKeys() {
        return adoptedKeys;
    }

    long adoptedBytes() {
        return adoptedBytes;
    }

    long relocations() {
        return relocations;
    }
}
