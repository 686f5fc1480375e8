package dev.situ.store;

import dev.situ.memory.Checks;
import dev.situ.memory.Consumes;
import dev.situ.memory.SlabAllocator;
import dev.situ.memory.SlabCache;
import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/// One worker's list of what is unlinked and not yet free.
///
/// Entries gather in an open *chunk*. A chunk that is full, heavy or old is *sealed*: it gets the epoch that ends
/// then, and joins a queue. [#reclaim] frees sealed chunks whose epoch nobody is in any more, a whole chunk at a
/// time.
///
/// ```
///   a chunk, one cell of 4 KiB:   next | epoch | count | records, their bytes | 508 entries
///   an entry: an offset, and what lies there in its low bits: 0 a record, 1 a bucket, 2 a run of pages
/// ```
///
/// **Pins.** A pin is only taken inside an epoch, on a record that was reachable in it. So once a record's epoch
/// is over its pins only go down. A record that is still pinned then waits in a small array of its own, of which
/// each call looks at a few; when its pins are 0 it is freed.
///
/// **Room first**: what is unlinked must be written down, so a spare chunk is kept. Who cannot get one
/// ([#hasSpare], [#hasRoom]) unlinks nothing.
///
/// **Workers that stop** leave their queue to the others: chunks go to a shared stack, which any worker takes as
/// a whole.
///
/// Confined to its worker but for [#orphans] and figures.
final class Limbo {
    static final int CHUNK_BYTES = 4096;

    static final long BUCKET = 1;
    static final long RUN = 2;

    static final long KIND = 7;
    private static final int NEXT = 0;
    private static final int EPOCH = 8;
    private static final int COUNT = 16;
    private static final int RECORDS = 20;
    private static final int RECORD_BYTES = 24;
    private static final int ENTRIES = 32;
    private static final int CAPACITY = (CHUNK_BYTES - ENTRIES) / 8;
    private static final long HEAVY_BYTES = 256 * 1024;
    private static final int PINNED_LOOKS = 64;
    private static final int CHUNKS_A_CALL = 4;
    private static final int LOOKED_AT_TOGETHER = 32;

    private final MemorySegment memory;
    private final Epochs epochs;
    private final SlabCache cache;
    private final int chunkClass;
    private final Sources sources;
    private final AtomicLong orphans;
    private final AtomicLong orphanBytes;

    private long open;
    private long spare;
    private int openCount;
    // Of these, those that are no records.
    private int openOthers;
    private long openBytes;
    private long head;
    private long tail;
    private long[] pinned = new long[64];
    private int pinnedCount;
    private int pinnedCursor;
    private long records;
    private long bytes;
    private long pinnedBytes;

    Limbo(
            MemorySegment memory,
            Epochs epochs,
            SlabCache cache,
            int chunkClass,
            Sources sources,
            AtomicLong orphans,
            AtomicLong orphanBytes) {
        this.memory = memory;
        this.epochs = epochs;
        this.cache = cache;
        this.chunkClass = chunkClass;
        this.sources = sources;
        this.orphans = orphans;
        this.orphanBytes = orphanBytes;
    }

    /// Records here, pinned ones included. Read by others for statistics; too many while a chunk is freed.
    long records() {
        return records;
    }

    /// Their bytes.
    long bytes() {
        return bytes;
    }

    /// The bytes of those that wait for their epoch, and not for a pin. Read by others, who may see a moment ago.
    long waitingBytes() {
        return bytes - pinnedBytes;
    }

    /// Those that only a pin keeps.
    int pinned() {
        return pinnedCount;
    }

    /// Consumes a record that the caller just unlinked.
    void retireRecord(@Consumes long record) {
        retireRecord(record, Record.bytes(memory, record));
    }

    /// The same for a caller who knows the record's bytes.
    void retireRecord(@Consumes long record, long size) {
        if (Checks.ON) {
            Record.setState(memory, record, Record.RETIRED);
        }
        records++;
        bytes += size;
        append(record, size);
        sealIfFull();
    }

    /// Consumes a bucket or a run that the caller just unlinked.
    void retire(@Consumes long offset, long kind) {
        append(offset | kind, Bucket.BYTES);
        openOthers++;
        sealIfFull();
    }

    /// About what the chunks for `entries` entries take.
    static long bytesFor(long entries) {
        return (entries / CAPACITY + 2) * CHUNK_BYTES;
    }

    /// Whether there is a whole chunk of room, so that what is unlinked next can be retired for certain. Inside
    /// the epoch or outside.
    boolean hasSpare() {
        if (spare != SlabAllocator.NONE || findSpare()) {
            return true;
        }
        reclaim();
        return findSpare();
    }

    /// Whether there is room for one entry at least.
    boolean hasRoom() {
        return hasSpare() || open != SlabAllocator.NONE;
    }

    private boolean findSpare() {
        if (spare == SlabAllocator.NONE) {
            spare = cache.allocateCell(chunkClass, true);
        }
        return spare != SlabAllocator.NONE;
    }

    private void append(long entry, long size) {
        if (open == SlabAllocator.NONE) {
            if (!findSpare()) {
                throw new IllegalStateException("the address space of the store is used up");
            }
            open = spare;
            spare = SlabAllocator.NONE;
            openCount = 0;
            openOthers = 0;
            openBytes = 0;
        }
        Words.setLong(memory, open + ENTRIES + openCount * 8L, entry);
        openCount++;
        openBytes += size;
    }

    private void sealIfFull() {
        if (openCount == CAPACITY || openBytes >= HEAVY_BYTES) {
            seal();
            reclaimSome();
        }
    }

    /// Whether there is anything to seal or to free.
    boolean isEmpty() {
        return open == SlabAllocator.NONE && head == SlabAllocator.NONE && pinnedCount == 0;
    }

    /// Whether the open chunk should not wait for the next look.
    boolean isHeavy() {
        return openBytes >= HEAVY_BYTES / 4;
    }

    /// Whether a sealed chunk waits for its epoch to be over.
    boolean isWaiting() {
        return head != SlabAllocator.NONE;
    }

    /// Closes the open chunk, unless older ones wait and it is nearly empty: while someone stays in an old epoch
    /// a new chunk would be freed no sooner, and chunks with few entries would use memory up.
    void sealIfUseful() {
        if (head == SlabAllocator.NONE || openCount >= CAPACITY / 2 || isHeavy()) {
            seal();
        }
    }

    /// Closes the open chunk and lets a new epoch begin.
    void seal() {
        if (open == SlabAllocator.NONE) {
            return;
        }
        Words.setInt(memory, open + COUNT, openCount);
        Words.setInt(memory, open + RECORDS, openCount - openOthers);
        Words.setLong(memory, open + RECORD_BYTES, openBytes - openOthers * (long) Bucket.BYTES);
        Words.setLong(memory, open + EPOCH, epochs.advance());
        enqueue(open);
        open = SlabAllocator.NONE;
        openBytes = 0;
    }

    /// Whether a chunk that was sealed in `epoch` or before is not free yet.
    boolean isWaitingFor(long epoch) {
        return head != SlabAllocator.NONE && Words.getLong(memory, head + EPOCH) <= epoch;
    }

    private void enqueue(long chunk) {
        Words.setLong(memory, chunk + NEXT, SlabAllocator.NONE);
        if (head == SlabAllocator.NONE) {
            head = chunk;
        } else {
            Words.setLong(memory, tail + NEXT, chunk);
        }
        tail = chunk;
    }

    /// Frees all that nobody can be reading any more.
    void reclaim() {
        reclaim(Integer.MAX_VALUE);
    }

    /// Frees a part of it: so much that it keeps up with any worker, and little enough for the end of a burst.
    void reclaimSome() {
        reclaim(CHUNKS_A_CALL);
    }

    private void reclaim(int chunks) {
        if (head != SlabAllocator.NONE) {
            long oldest = epochs.oldest();
            for (int i = 0;
                    i < chunks && head != SlabAllocator.NONE && Words.getLong(memory, head + EPOCH) < oldest;
                    i++) {
                long chunk = head;
                head = Words.getLong(memory, chunk + NEXT);
                freeAll(chunk);
            }
        }
        lookAtPinned();
    }

    private void freeAll(@Consumes long chunk) {
        int count = Words.getInt(memory, chunk + COUNT);
        for (int from = 0; from < count; from += LOOKED_AT_TOGETHER) {
            int to = Math.min(count, from + LOOKED_AT_TOGETHER);
            boolean usual = areUnpinnedRecords(chunk, from, to);
            for (int i = from; i < to; i++) {
                long entry = entry(memory, chunk, i);
                if (usual) {
                    free(entry);
                } else {
                    freeOrKeep(entry);
                }
            }
        }
        // All of them, at the end: other workers read the sums. What stayed was added once more.
        records -= Words.getInt(memory, chunk + RECORDS);
        bytes -= Words.getLong(memory, chunk + RECORD_BYTES);
        cache.free(chunk);
    }

    /// Looks at some entries before the first of them is freed: their cells lie anywhere, as their keys came, and the
    /// processor fetches what is needed of all of them at once.
    private boolean areUnpinnedRecords(long chunk, int from, int to) {
        long unusual = 0;
        for (int i = from; i < to; i++) {
            long entry = entry(memory, chunk, i);
            unusual |= (entry & KIND) | Record.pinsOpaque(memory, entry & ~KIND);
        }
        // What was done before a pin was taken away has been done when we use the cell.
        Words.acquireFence();
        return unusual == 0;
    }

    private void freeOrKeep(@Consumes long entry) {
        if ((entry & KIND) != 0) {
            cache.free(entry & ~KIND);
        } else if (Record.pins(memory, entry) != 0) {
            keepPinned(entry);
        } else {
            free(entry);
        }
    }

    private static long entry(MemorySegment memory, long chunk, int index) {
        return Words.getLong(memory, chunk + ENTRIES + index * 8L);
    }

    private void free(@Consumes long record) {
        if (Checks.ON && Record.state(memory, record) != Record.RETIRED) {
            throw new IllegalStateException("freed but not retired: " + Record.hex(record));
        }
        freeUnseen(record);
    }

    /// Frees a record that nobody can be reading: its cell, and the buffers of an adopted value.
    void freeUnseen(@Consumes long record) {
        if (Record.isAdopted(memory, record)) {
            sources.release(record);
        }
        Record.setFree(memory, record);
        cache.free(record);
    }

    private void keepPinned(@Consumes long record) {
        if (pinnedCount == pinned.length) {
            pinned = Arrays.copyOf(pinned, pinnedCount * 2);
        }
        pinned[pinnedCount++] = record;
        long size = Record.bytes(memory, record);
        bytes += size;
        records++;
        pinnedBytes += size;
    }

    private void lookAtPinned() {
        for (int looks = Math.min(PINNED_LOOKS, pinnedCount); looks > 0; looks--) {
            if (pinnedCursor >= pinnedCount) {
                pinnedCursor = 0;
            }
            long record = pinned[pinnedCursor];
            if (Record.pins(memory, record) == 0) {
                pinned[pinnedCursor] = pinned[--pinnedCount];
                long size = Record.bytes(memory, record);
                pinnedBytes -= size;
                bytes -= size;
                records--;
                free(record);
            } else {
                pinnedCursor++;
            }
        }
    }

    // ---- to and from others ---------------------------------------------------------------------------------------

    /// Leaves everything to the other workers.
    void abandon() {
        for (int i = 0; i < pinnedCount; i++) {
            append(pinned[i], Record.bytes(memory, pinned[i]));
            if (openCount == CAPACITY) {
                seal();
            }
        }
        pinnedCount = 0;
        pinnedBytes = 0;
        seal();
        orphanBytes.addAndGet(bytes);
        while (head != SlabAllocator.NONE) {
            long chunk = head;
            head = Words.getLong(memory, chunk + NEXT);
            long top;
            do {
                top = orphans.get();
                Words.setLong(memory, chunk + NEXT, top);
            } while (!orphans.compareAndSet(top, chunk));
        }
        if (spare != SlabAllocator.NONE) {
            cache.free(spare);
            spare = SlabAllocator.NONE;
        }
        records = 0;
        bytes = 0;
    }

    /// Takes everything that others left.
    void adoptOrphans() {
        if (orphans.get() == SlabAllocator.NONE) {
            return;
        }
        long chunk = orphans.getAndSet(SlabAllocator.NONE);
        long before = bytes;
        while (chunk != SlabAllocator.NONE) {
            long next = Words.getLong(memory, chunk + NEXT);
            records += Words.getInt(memory, chunk + RECORDS);
            bytes += Words.getLong(memory, chunk + RECORD_BYTES);
            enqueue(chunk);
            chunk = next;
        }
        orphanBytes.addAndGet(before - bytes);
    }

    // ---- for checks -----------------------------------------------------------------------------------------------

    /// Gives every entry that waits here to `visitor`, with its kind in its low bits.
    void forEach(LongConsumer visitor) {
        if (open != SlabAllocator.NONE) {
            forEach(memory, open, openCount, visitor);
        }
        forEachSealed(memory, head, visitor);
        for (int i = 0; i < pinnedCount; i++) {
            visitor.accept(pinned[i]);
        }
    }

    /// Gives every entry of a list of sealed chunks to `visitor`.
    static void forEachSealed(MemorySegment memory, long first, LongConsumer visitor) {
        for (long chunk = first; chunk != SlabAllocator.NONE; chunk = Words.getLong(memory, chunk + NEXT)) {
            forEach(memory, chunk, Words.getInt(memory, chunk + COUNT), visitor);
        }
    }

    private static void forEach(MemorySegment memory, long chunk, int count, LongConsumer visitor) {
        for (int i = 0; i < count; i++) {
            visitor.accept(entry(memory, chunk, i));
        }
    }
}
