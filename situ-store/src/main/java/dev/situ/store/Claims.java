package dev.situ.store;

import dev.situ.memory.SizeClasses;
import dev.situ.memory.SlabAllocator;
import dev.situ.memory.SlabCache;
import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// Makes unpublished records: finds memory for them, in any way that there is. One a worker.
///
/// In order: the worker's own cells; what its limbo and its cache hold back, and the empty slabs of all classes;
/// and memory on credit, if a cleared table is being taken apart, if the store evicts, after as much was evicted, or if
/// compaction is at work: what these free can be used only after the epoch.
final class Claims {
    /// How long one claim may take a cleared table apart: records of one slab lie in all of it, so that little of it
    /// frees no page.
    private static final long CLEAR_NANOS = 50_000_000;

    private final Store store;
    private final MemorySegment memory;
    private final Index index;
    private final SlabCache cache;
    private final Limbo limbo;
    private final Writes writes;
    private final Eviction eviction;
    private final Removals removals;
    private final Burst burst;

    Claims(
            Store store,
            SlabCache cache,
            Limbo limbo,
            Writes writes,
            Eviction eviction,
            Removals removals,
            Burst burst) {
        this.store = store;
        this.memory = store.memory();
        this.index = store.index();
        this.cache = cache;
        this.limbo = limbo;
        this.writes = writes;
        this.eviction = eviction;
        this.removals = removals;
        this.burst = burst;
    }

    /// Makes an unpublished record with room for a value and its frame.
    ///
    /// @param head of the frame, 0 for none
    long claim(int database, MemorySegment key, long offset, int length, int valueLength, int head) {
        if (!fits(length, valueLength, head)) {
            return Record.NONE;
        }
        long bytes = Record.bytes(database, length, valueLength, head);
        long hash = hash(database, key, offset, length);
        return claim(hash, database, key, offset, length, valueLength, head, bytes, false);
    }

    /// The same for a key whose hash is known.
    long claim(long hash, int database, MemorySegment key, long offset, int length, int valueLength, int head) {
        if (!fits(length, valueLength, head)) {
            return Record.NONE;
        }
        long bytes = Record.bytes(database, length, valueLength, head);
        return claim(hash, database, key, offset, length, valueLength, head, bytes, false);
    }

    private static boolean fits(int length, int valueLength, int head) {
        if (valueLength < 0 || head < 0 || head > Record.MAX_FRAME_HEAD_BYTES) {
            throw new IllegalArgumentException("a value cannot have " + valueLength + " bytes in a frame of " + head);
        }
        return Math.max(length, valueLength) <= Record.MAX_LENGTH;
    }

    /// The hash of a key that a caller gives, which is looked at before anything is taken for it.
    ///
    /// @throws IllegalArgumentException if it is on the Java heap, where it has no address
    long hash(int database, MemorySegment key, long offset, int length) {
        Objects.checkFromIndexSize(offset, length, key.byteSize());
        if (!key.isNative()) {
            throw new IllegalArgumentException("a key on the Java heap");
        }
        return index.hash(database, key, offset, length);
    }

    /// Makes an unpublished record whose value stays where it lies. Consumes the references to the buffers, unless it
    /// gives [Record#NONE].
    long adopt(int database, MemorySegment key, long offset, int length, Adoption adoption) {
        int slices = adoption.size();
        int valueLength = adoption.valueLength();
        if (Math.max(length, valueLength) > Record.MAX_LENGTH) {
            return Record.NONE;
        }
        long hash = hash(database, key, offset, length);
        long bytes = AdoptedValue.recordBytes(Record.headerBytes(database, length, valueLength), length, slices);
        long record = claim(hash, database, key, offset, length, valueLength, adoption.frameHead(), bytes, true);
        if (record != Record.NONE) {
            AdoptedValue.begin(memory, record, adoption.source(), slices);
            for (int i = 0; i < slices; i++) {
                AdoptedValue.setSlice(memory, record, i, adoption.buffer(i), adoption.offset(i), adoption.length(i));
            }
        }
        return record;
    }

    private long claim(
            long hash,
            int database,
            MemorySegment key,
            long offset,
            int length,
            int valueLength,
            int head,
            long bytes,
            boolean adopted) {
        if (burst.isInside()) {
            index.touchForWriting(hash);
        }
        long record = cache.allocate(bytes);
        if (record == SlabAllocator.NONE) {
            record = allocateUnderPressure(bytes);
            if (record == SlabAllocator.NONE) {
                return Record.NONE;
            }
        }
        Record.claim(memory, record, hash, burst.initialUse(), database, length, valueLength, head, adopted);
        Words.copy(key, offset, memory, record + Record.headerBytes(database, length, valueLength), length);
        writes.claimed();
        return record;
    }

    private long allocateUnderPressure(long bytes) {
        if (SizeClasses.footprint(bytes) > store.allocator().limitBytes()) {
            return SlabAllocator.NONE; // whatever went for it
        }
        store.requestTrim();
        limbo.adoptOrphans();
        limbo.sealIfUseful();
        limbo.reclaim();
        cache.flush();
        store.allocator().purgeAll();
        long cell = cache.allocate(bytes);
        if (cell != SlabAllocator.NONE || !burst.isInside()) {
            return cell;
        }
        boolean clears = removals.helpClearFor(CLEAR_NANOS);
        if (!store.limit().grantsCredit(SizeClasses.footprint(bytes))) {
            return SlabAllocator.NONE;
        }
        boolean makesRoom = clears || makeRoomFor(bytes);
        return makesRoom ? cache.allocate(bytes, true) : SlabAllocator.NONE;
    }

    private boolean makeRoomFor(long bytes) {
        EvictionPolicy policy = store.policy();
        return policy == EvictionPolicy.NOEVICTION ? store.limit().isFragmented() : evictFor(bytes, policy);
    }

    /// Evicts some records for an allocation of `bytes`. Returns false if none qualified.
    private boolean evictFor(long bytes, EvictionPolicy policy) {
        long share = SizeClasses.footprint(bytes) / 4 + 1;
        for (long freed = 0; freed < bytes; freed += share) {
            if (!eviction.evictOne(policy, burst.nowMillis())) {
                return freed > 0;
            }
        }
        return true;
    }
}
