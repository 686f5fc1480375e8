package dev.situ.memory;

import java.lang.foreign.MemorySegment;

/// One worker's stock of free cells: allocates and frees without an atomic until a class runs dry or overflows.
///
/// For each class a list of free cells, linked through their first words, and the uncut rest of one new slab. A
/// class that runs dry takes all free cells of a slab at once; a class that overflows gives half of its list
/// back. Cells may be freed to any cache, not only the one that gave them.
///
/// Confined to one thread. [#close()] gives everything back.
public final class SlabCache implements AutoCloseable {
    private static final int MAX_CACHED_BYTES = 128 * 1024;
    private static final int LINE_BYTES = 64;
    private static final int MOST_TOUCHED_BYTES = 256;
    private static final long POISON = 0xDBDB_DBDB_DBDB_DBDBL;

    private final SlabAllocator allocator;
    private final MemorySegment memory;
    private final long[] list;
    private final int[] count;
    private final int[] limit;
    private final long[] uncut;
    private final long[] uncutEnd;
    // Read by others for statistics: a long is read whole on the machines we run on, and may be a little old.
    private final long[] allocated;
    private final long[] freed;

    /// Makes an empty cache.
    public SlabCache(SlabAllocator allocator) {
        this.allocator = allocator;
        this.memory = allocator.region().memory();
        int classes = allocator.classes();
        list = new long[classes];
        count = new int[classes];
        limit = new int[classes];
        uncut = new long[classes];
        uncutEnd = new long[classes];
        allocated = new long[classes];
        freed = new long[classes];
        for (int i = 0; i < classes; i++) {
            limit[i] = Math.max(8, MAX_CACHED_BYTES / allocator.cellBytes(i));
        }
    }

    /// Takes memory for `bytes` bytes, aligned to 8: a cell of the smallest class that fits, or a run.
    ///
    /// @return its offset, or [SlabAllocator#NONE]: the limit is reached
    public long allocate(long bytes) {
        return allocate(bytes, false);
    }

    /// As [#allocate].
    ///
    /// @param beyondLimit whether only the end of the region may stop it
    public long allocate(long bytes, boolean beyondLimit) {
        if (bytes <= SizeClasses.MAX_BYTES) {
            return allocateCell(SizeClasses.classOf((int) bytes), beyondLimit);
        }
        return allocator.allocateRun(bytes, beyondLimit);
    }

    /// Takes a cell of class `sizeClass`.
    ///
    /// @param beyondLimit whether only the end of the region may stop it
    /// @return its offset, or [SlabAllocator#NONE]
    public long allocateCell(int sizeClass, boolean beyondLimit) {
        long cell = list[sizeClass];
        if (cell != SlabAllocator.NONE) {
            list[sizeClass] = Words.getLong(memory, cell);
            count[sizeClass]--;
        } else {
            cell = uncut[sizeClass];
            if (cell != SlabAllocator.NONE) {
                cut(sizeClass, cell);
            } else {
                cell = refill(sizeClass, beyondLimit);
                if (cell == SlabAllocator.NONE) {
                    return SlabAllocator.NONE;
                }
            }
        }
        allocated[sizeClass]++;
        return cell;
    }

    private void cut(int sizeClass, long cell) {
        int bytes = allocator.cellBytes(sizeClass);
        long next = cell + bytes;
        uncut[sizeClass] = next + bytes <= uncutEnd[sizeClass] ? next : SlabAllocator.NONE;
    }

    private long refill(int sizeClass, boolean beyondLimit) {
        int slab = allocator.popPartial(sizeClass);
        if (slab != PageRuns.NONE) {
            long anchor = allocator.takeCells(slab);
            long cell = PageRuns.offsetOf(slab) + (long) Anchor.first(anchor) * allocator.cellBytes(sizeClass);
            count[sizeClass] = Anchor.free(anchor) - 1;
            list[sizeClass] = count[sizeClass] == 0 ? SlabAllocator.NONE : Words.getLong(memory, cell);
            return cell;
        }
        slab = allocator.newSlab(sizeClass, beyondLimit);
        if (slab == PageRuns.NONE && allocator.purgeAll()) {
            slab = allocator.newSlab(sizeClass, beyondLimit);
        }
        if (slab == PageRuns.NONE) {
            return SlabAllocator.NONE;
        }
        long cell = PageRuns.offsetOf(slab);
        uncutEnd[sizeClass] = cell + allocator.slabBytes(sizeClass);
        cut(sizeClass, cell);
        return cell;
    }

    /// Consumes memory that this or another cache of the same allocator gave.
    ///
    /// In checked mode its bytes are overwritten, from the seventeenth on, so that a late reader sees nonsense
    /// early.
    public void free(@Consumes long offset) {
        long word = allocator.wordOf(offset);
        if (PageWord.kind(word) == PageWord.RUN) {
            allocator.freeRun(offset);
            return;
        }
        int sizeClass = PageWord.sizeClass(word);
        if (Checks.ON) {
            checkCell(offset, sizeClass);
            int bytes = allocator.cellBytes(sizeClass);
            for (int i = 16; i + 8 <= bytes; i += 8) {
                Words.setLong(memory, offset + i, POISON);
            }
        } else {
            claimLines(offset, allocator.cellBytes(sizeClass));
        }
        Words.setLong(memory, offset, list[sizeClass]);
        list[sizeClass] = offset;
        freed[sizeClass]++;
        if (++count[sizeClass] > limit[sizeClass]) {
            giveBack(sizeClass, count[sizeClass] / 2);
        }
    }

    /// Writes to the other lines of a small cell, as its next user will: they may be in another processor's cache,
    /// and those of many cells freed one after the other are fetched at the same time. A new record is published by
    /// an atomic, which would wait for each.
    private void claimLines(long cell, int bytes) {
        if (bytes <= MOST_TOUCHED_BYTES) {
            for (int i = LINE_BYTES; i < bytes; i += LINE_BYTES) {
                Words.setLong(memory, cell + i, 0);
            }
        }
    }

    private void checkCell(long offset, int sizeClass) {
        if (allocator.slabClass(allocator.slabStart(offset)) < 0
                || (offset - allocator.slabStart(offset)) % allocator.cellBytes(sizeClass) != 0) {
            throw new IllegalStateException("not a cell: 0x" + Long.toHexString(offset));
        }
        if (offset == list[sizeClass]) {
            throw new IllegalStateException("freed twice: 0x" + Long.toHexString(offset));
        }
    }

    /// Gives `cells` cells of a class back to their slabs, neighbours of one slab together.
    private void giveBack(int sizeClass, int cells) {
        long cell = list[sizeClass];
        int left = Math.min(cells, count[sizeClass]);
        count[sizeClass] -= left;
        while (left > 0) {
            int slab = allocator.slabOf(cell);
            long first = cell;
            long last = cell;
            int together = 1;
            cell = Words.getLong(memory, last);
            left--;
            while (left > 0 && allocator.slabOf(cell) == slab) {
                last = cell;
                cell = Words.getLong(memory, last);
                together++;
                left--;
            }
            allocator.returnCells(slab, first, last, together);
        }
        list[sizeClass] = count[sizeClass] == 0 ? SlabAllocator.NONE : cell;
    }

    /// Gives every cached cell back to the slabs. For when memory runs out, and for idle times.
    public void flush() {
        for (int sizeClass = 0; sizeClass < list.length; sizeClass++) {
            flush(sizeClass);
        }
    }

    /// Gives every cached cell of a class back to the slabs.
    public void flush(int sizeClass) {
        for (long cell = uncut[sizeClass]; cell != SlabAllocator.NONE; cell = uncut[sizeClass]) {
            cut(sizeClass, cell);
            Words.setLong(memory, cell, list[sizeClass]);
            list[sizeClass] = cell;
            count[sizeClass]++;
        }
        giveBack(sizeClass, count[sizeClass]);
    }

    @Override
    public void close() {
        flush();
    }

    /// Cells of class `sizeClass` that came out of this cache, less those that came back to it. Only the sum
    /// over all caches, and those closed before, says how many are in use. May be a little old when read by
    /// another thread.
    public long balance(int sizeClass) {
        return allocated[sizeClass] - freed[sizeClass];
    }

    /// Cells of class `sizeClass` that lie here unused.
    public int cached(int sizeClass) {
        int bytes = allocator.cellBytes(sizeClass);
        long rest = uncut[sizeClass] == SlabAllocator.NONE ? 0 : (uncutEnd[sizeClass] - uncut[sizeClass]) / bytes;
        return count[sizeClass] + (int) rest;
    }
}
