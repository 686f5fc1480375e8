package dev.situ.memory;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;

/// Memory of any size out of one [Region]: cells of slabs for what is small, runs of pages for what is large.
///
/// ```
///   SlabCache (one a worker, no atomics)   SlabCache ...
///        | a slab's free cells at once          |
///   lists of slabs with free cells, two a class (lock-free stacks)
///        | 64 or 256 KiB at once
///   PageRuns (a short spin lock)
/// ```
///
/// A **slab** is a run of pages cut into cells of one class: 64 KiB for cells up to 4 KiB, 256 KiB for larger
/// ones. Its free cells form a list through their first words; head and count are in one word, the [Anchor], so
/// that cells are given back from any thread with one compare-and-set, and all are taken with one. Workers go
/// through a [SlabCache], which takes and gives back many cells at a time. There is no owner of a slab, and so
/// nothing is stuck when a worker sleeps or ends, but for what its cache holds.
///
/// **Empty slabs** go back to the pages, and any class, or a large value, can use them next. A slab that becomes
/// empty while it stands in its class's list is found by [#purge], which runs when a class has many of them and
/// when pages run out.
///
/// **What a cell looks like**: its first eight bytes belong to the allocator while it is free. The eight bytes
/// after them are as the last owner left them, and zero if there was none since the slab was made; so an owner
/// that keeps a state there can tell free cells from used ones by walking a slab ([#nextSlab]).
///
/// Rejected: a slab owned by one worker, with a list for frees from others (mimalloc): faster by an atomic for
/// each remote free, but memory of an idle worker is out of reach. One lock for each class: a worker that loses
/// its processor inside it would stop the others.
///
/// All state is in the region or in arrays of primitives; nothing is allocated on the heap after the
/// constructor. Full is a status ([#NONE]), never an exception. Safe for all threads; caches are confined to
/// their worker.
public final class SlabAllocator {
    /// No memory: the limit is reached. Offset 0 is never handed out.
    public static final long NONE = 0;

    private static final int SMALL_SLAB_PAGES = 16;
    private static final int LARGE_SLAB_PAGES = 64;
    private static final int LARGE_CELL_BYTES = 4096;
    private static final int SLABS_LOOKED_AT = 64;
    private static final int STRIDE = 16; // longs between two list heads: two cache lines

    private final Region region;
    private final MemorySegment memory;
    private final PageRuns runs;
    private final int[] cellBytes;
    private final AtomicLongArray partial;
    private final AtomicIntegerArray slabs;
    private final AtomicIntegerArray emptySlabs;
    private final AtomicInteger closings = new AtomicInteger();

    /// Divides up a region whose memory was never written.
    ///
    /// @param limitBytes how much of it may be in use at once; whole pages of [Region#PAGE_BYTES] count
    /// @param extraClasses sizes of cells of classes of their own, behind those of [SizeClasses]: class
    ///     `SizeClasses.COUNT + i` has cells of `extraClasses[i]` bytes, aligned to their size if that is a
    ///     power of two
    public SlabAllocator(Region region, long limitBytes, int... extraClasses) {
        this.region = region;
        this.memory = region.memory();
        this.runs = new PageRuns(region, pagesOf(limitBytes));
        int classes = SizeClasses.COUNT + extraClasses.length;
        cellBytes = new int[classes];
        for (int i = 0; i < classes; i++) {
            cellBytes[i] = i < SizeClasses.COUNT ? SizeClasses.bytesOf(i) : extraClasses[i - SizeClasses.COUNT];
        }
        partial = new AtomicLongArray(classes * 2 * STRIDE);
        slabs = new AtomicIntegerArray(classes);
        emptySlabs = new AtomicIntegerArray(classes);
    }

    private static int pagesOf(long bytes) {
        return Math.toIntExact(Math.min(Integer.MAX_VALUE, Math.ceilDiv(bytes, Region.PAGE_BYTES)));
    }

    // ---- figures --------------------------------------------------------------------------------------------------

    /// The region that is divided up.
    public Region region() {
        return region;
    }

    /// The number of classes, extra ones included.
    public int classes() {
        return cellBytes.length;
    }

    /// The bytes of a cell of class `sizeClass`.
    public int cellBytes(int sizeClass) {
        return cellBytes[sizeClass];
    }

    /// How many slabs class `sizeClass` has now.
    public int slabs(int sizeClass) {
        return slabs.get(sizeClass);
    }

    /// The bytes of one slab of class `sizeClass`.
    public int slabBytes(int sizeClass) {
        return slabPages(sizeClass) * Region.PAGE_BYTES;
    }

    /// The cells of one slab of class `sizeClass`.
    public int cellsPerSlab(int sizeClass) {
        return slabBytes(sizeClass) / cellBytes[sizeClass];
    }

    /// Bytes of all pages in use: slabs, whether their cells are used or not, and runs.
    public long allocatedBytes() {
        return (long) runs.usedPages() * Region.PAGE_BYTES;
    }

    /// How many bytes of pages may be in use at once.
    public long limitBytes() {
        return (long) runs.limitPages() * Region.PAGE_BYTES;
    }

    /// Sets how many bytes of pages may be in use at once. What is in use above it stays in use.
    public void setLimitBytes(long limitBytes) {
        runs.setLimitPages(pagesOf(limitBytes));
    }

    // ---- runs -----------------------------------------------------------------------------------------------------

    /// Takes a run of whole pages.
    ///
    /// @param bytes at least 1
    /// @param beyondLimit whether only the end of the region may stop it
    /// @return where it starts, or [#NONE]
    public long allocateRun(long bytes, boolean beyondLimit) {
        long count = Math.ceilDiv(bytes, Region.PAGE_BYTES);
        if (count > Integer.MAX_VALUE) {
            return NONE;
        }
        int page = beyondLimit ? runs.allocateBeyondLimit((int) count) : runs.allocate((int) count);
        if (page == PageRuns.NONE && purgeAll()) {
            page = beyondLimit ? runs.allocateBeyondLimit((int) count) : runs.allocate((int) count);
        }
        return PageRuns.offsetOf(page);
    }

    /// As [#allocateRun], and all bytes are zero.
    public long allocateZeroedRun(long bytes, boolean beyondLimit) {
        long run = allocateRun(bytes, beyondLimit);
        if (run != NONE && !runs.clean(PageRuns.pageOf(run))) {
            region.discard(run, runBytes(run));
        }
        return run;
    }

    /// Consumes a run that [#allocateRun] gave. Any thread.
    public void freeRun(@Consumes long run) {
        int page = PageRuns.pageOf(run);
        long word = runs.word(page);
        if (PageWord.kind(word) != PageWord.RUN || PageRuns.offsetOf(page) != run) {
            throw new IllegalStateException("not a run: 0x" + Long.toHexString(run));
        }
        runs.free(page, PageWord.pages(word));
    }

    /// Whether memory at `offset`, which must be in use, is a run and not a cell.
    public boolean isRun(long offset) {
        return PageWord.kind(wordOf(offset)) == PageWord.RUN;
    }

    /// The [PageWord] of the page that memory at `offset` begins in: a run, or a slab of some class.
    long wordOf(long offset) {
        return runs.word(PageRuns.pageOf(offset));
    }

    /// The bytes of the run at `run`.
    public long runBytes(long run) {
        return PageRuns.offsetOf(PageWord.pages(wordOf(run)));
    }

    // ---- slabs, for caches ----------------------------------------------------------------------------------------

    private int slabPages(int sizeClass) {
        return cellBytes[sizeClass] > LARGE_CELL_BYTES ? LARGE_SLAB_PAGES : SMALL_SLAB_PAGES;
    }

    /// The head page of the slab that the cell at `cell` is part of.
    int slabOf(long cell) {
        int page = PageRuns.pageOf(cell);
        long word = runs.word(page);
        return PageWord.kind(word) == PageWord.SLAB_INNER ? PageWord.pages(word) : page;
    }

    int classOfSlab(int slab) {
        return PageWord.sizeClass(runs.word(slab));
    }

    static long anchorOffset(int slab) {
        return PageRuns.descriptor(slab) + 8;
    }

    private static long nextOffset(int slab) {
        return PageRuns.descriptor(slab + 1) + 8;
    }

    /// Makes a slab all of whose cells are the caller's.
    ///
    /// @return its head page, or [PageRuns#NONE]
    int newSlab(int sizeClass, boolean beyondLimit) {
        int count = slabPages(sizeClass);
        int slab = beyondLimit ? runs.allocateBeyondLimit(count) : runs.allocate(count);
        if (slab == PageRuns.NONE) {
            return PageRuns.NONE;
        }
        if (!runs.clean(slab)) {
            long end = PageRuns.offsetOf(slab) + slabBytes(sizeClass);
            int bytes = cellBytes[sizeClass];
            for (long cell = PageRuns.offsetOf(slab); cell + bytes <= end; cell += bytes) {
                Words.setLong(memory, cell + 8, 0);
            }
        }
        Words.setLongVolatile(memory, anchorOffset(slab), (long) Anchor.FULL << 32);
        for (int i = 1; i < count; i++) {
            runs.setWord(slab + i, PageWord.inner(sizeClass, slab));
        }
        runs.setWord(slab, PageWord.slab(sizeClass, count));
        slabs.incrementAndGet(sizeClass);
        return slab;
    }

    /// Takes a slab with free cells off its class's list.
    ///
    /// @return its head page, or [PageRuns#NONE]
    int popPartial(int sizeClass) {
        while (true) {
            long fresh = partial.get(freshList(sizeClass));
            int slab = pop(freshList(sizeClass));
            if (slab == PageRuns.NONE) {
                slab = pop(seenList(sizeClass));
            }
            // A purge may have moved slabs from the second list to the first after we had looked there.
            if (slab != PageRuns.NONE || partial.get(freshList(sizeClass)) == fresh) {
                return slab;
            }
        }
    }

    private static int freshList(int sizeClass) {
        return sizeClass * 2 * STRIDE;
    }

    /// Where a purge puts what it found not empty.
    private static int seenList(int sizeClass) {
        return (sizeClass * 2 + 1) * STRIDE;
    }

    private int pop(int head) {
        while (true) {
            long old = partial.get(head);
            int slab = (int) old;
            if (slab == PageRuns.NONE) {
                return PageRuns.NONE;
            }
            // May read a slab that someone else just took: then the tag differs and the exchange fails.
            int next = Words.getIntOpaque(memory, nextOffset(slab));
            if (partial.compareAndSet(head, old, tagged(old, next))) {
                return slab;
            }
        }
    }

    private void push(int head, int slab) {
        while (true) {
            long old = partial.get(head);
            Words.setIntOpaque(memory, nextOffset(slab), (int) old);
            if (partial.compareAndSet(head, old, tagged(old, slab))) {
                return;
            }
        }
    }

    private static long tagged(long old, int slab) {
        return (old & 0xFFFFFFFF00000000L) + (1L << 32) | Integer.toUnsignedLong(slab);
    }

    /// Takes all free cells of a slab that [#popPartial] gave.
    ///
    /// @return the anchor before: its first cell and their number
    long takeCells(int slab) {
        long at = anchorOffset(slab);
        while (true) {
            long old = Words.getLongVolatile(memory, at);
            if (Words.compareAndSetLong(memory, at, old, Anchor.taken(old))) {
                if (Anchor.state(old) == Anchor.EMPTY) {
                    emptySlabs.decrementAndGet(classOfSlab(slab));
                }
                return old;
            }
        }
    }

    /// Consumes `count` cells of one slab, linked through their first words from `first` to `last`.
    void returnCells(int slab, long first, long last, int count) {
        int sizeClass = classOfSlab(slab);
        int bytes = cellBytes[sizeClass];
        int capacity = cellsPerSlab(sizeClass);
        long base = PageRuns.offsetOf(slab);
        int firstIndex = (int) (first - base) / bytes;
        long at = anchorOffset(slab);
        while (true) {
            long old = Words.getLongVolatile(memory, at);
            int oldFree = Anchor.free(old);
            int oldState = Anchor.state(old);
            Words.setLong(memory, last, oldFree == 0 ? NONE : base + (long) Anchor.first(old) * bytes);
            int free = oldFree + count;
            boolean empty = free == capacity;
            if (empty && (oldState == Anchor.FULL || oldState == Anchor.CLOSED)) {
                if (Words.compareAndSetLong(memory, at, old, Anchor.gone(old))) {
                    // In no list: nobody else knows the slab.
                    giveBack(slab, sizeClass);
                    return;
                }
                continue; // its closer may have opened it again
            }
            int partial = oldState == Anchor.CLOSED ? Anchor.CLOSED : Anchor.PARTIAL;
            int state = empty ? Anchor.EMPTY : partial;
            if (empty) {
                emptySlabs.incrementAndGet(sizeClass); // before the exchange: who takes the slab counts it down
            }
            if (Words.compareAndSetLong(memory, at, old, Anchor.returned(old, state, free, firstIndex))) {
                if (oldState == Anchor.FULL) {
                    push(freshList(sizeClass), slab);
                } else if (empty && emptySlabs.get(sizeClass) > 4 + (slabs.get(sizeClass) >>> 3)) {
                    purge(sizeClass);
                }
                return;
            }
            if (empty) {
                emptySlabs.decrementAndGet(sizeClass);
            }
        }
    }

    private void giveBack(int slab, int sizeClass) {
        slabs.decrementAndGet(sizeClass);
        runs.free(slab, slabPages(sizeClass));
    }

    /// Gives the empty slabs of a class back to the pages. Slabs go from one list of the class to the other and
    /// back, one at a time: all the others can be found meanwhile by who needs a cell.
    ///
    /// @return whether there was one
    public boolean purge(int sizeClass) {
        boolean found = move(sizeClass, seenList(sizeClass), freshList(sizeClass));
        found |= move(sizeClass, freshList(sizeClass), seenList(sizeClass));
        return found;
    }

    private boolean move(int sizeClass, int from, int to) {
        boolean found = false;
        // Others may put slabs back as fast as we move them: no more than there are.
        for (int left = slabs.get(sizeClass); left > 0; left--) {
            int slab = pop(from);
            if (slab == PageRuns.NONE) {
                return found;
            }
            if (takeIfEmpty(slab)) {
                emptySlabs.decrementAndGet(sizeClass);
                giveBack(slab, sizeClass);
                found = true;
            } else {
                push(to, slab);
            }
        }
        return found;
    }

    private boolean takeIfEmpty(int slab) {
        long at = anchorOffset(slab);
        long old = Words.getLongVolatile(memory, at);
        // Once empty and in our hands, nothing can change it: no cell is out, and no other can take them.
        return Anchor.state(old) == Anchor.EMPTY && Words.compareAndSetLong(memory, at, old, Anchor.gone(old));
    }

    /// Gives the empty slabs of all classes back to the pages.
    ///
    /// @return whether there was one
    public boolean purgeAll() {
        boolean found = false;
        for (int i = 0; i < cellBytes.length; i++) {
            if (emptySlabs.get(i) > 0) {
                found |= purge(i);
            }
        }
        return found;
    }

    // ---- closing, to empty a slab ---------------------------------------------------------------------------------

    /// Closes the emptiest of a few slabs of a class: its cells are not handed out any more, and when the last one in
    /// use is given back the slab goes back to the pages. For who moves what is in it elsewhere.
    ///
    /// @param minFree how many free cells it has at least, 1 or more
    /// @param closing of [#newClosing], for this call alone
    /// @return where it starts; or [#NONE] if none of them has so many
    public long closeSparse(int sizeClass, int minFree, int closing) {
        // Each list goes to the other, so that no slab is looked at twice.
        int slab = takeSparse(sizeClass, minFree, freshList(sizeClass), seenList(sizeClass));
        if (slab == PageRuns.NONE) {
            slab = takeSparse(sizeClass, minFree, seenList(sizeClass), freshList(sizeClass));
        }
        return slab != PageRuns.NONE && close(slab, sizeClass, closing) ? PageRuns.offsetOf(slab) : NONE;
    }

    /// Takes the slab with the most free cells of some out of a list, if it has `minFree`; the others go to another
    /// list.
    private int takeSparse(int sizeClass, int minFree, int from, int to) {
        int best = PageRuns.NONE;
        int mostFree = minFree - 1;
        for (int left = Math.min(SLABS_LOOKED_AT, slabs.get(sizeClass)); left > 0; left--) {
            int slab = pop(from);
            if (slab == PageRuns.NONE) {
                break;
            }
            int free = Anchor.free(Words.getLongVolatile(memory, anchorOffset(slab)));
            int denser = free > mostFree ? best : slab;
            if (denser != PageRuns.NONE) {
                push(to, denser);
            }
            if (free > mostFree) {
                best = slab;
                mostFree = free;
            }
            if (best != PageRuns.NONE && mostFree * 2 > cellsPerSlab(sizeClass)) {
                break; // sparse enough
            }
        }
        return best;
    }

    private boolean close(int slab, int sizeClass, int closing) {
        long at = anchorOffset(slab);
        while (true) {
            long old = Words.getLongVolatile(memory, at);
            if (Anchor.state(old) == Anchor.EMPTY) {
                if (takeIfEmpty(slab)) {
                    emptySlabs.decrementAndGet(sizeClass);
                    giveBack(slab, sizeClass);
                    return false;
                }
            } else if (Words.compareAndSetLong(memory, at, old, Anchor.closed(old, closing))) {
                return true;
            }
        }
    }

    /// Names one closing of a slab.
    public int newClosing() {
        return Anchor.closing(closings.getAndIncrement());
    }

    /// Whether a slab is still closed by that closing, and so not yet given back.
    public boolean isClosed(long slab, int closing) {
        return Anchor.isClosed(Words.getLongVolatile(memory, anchorOffset(PageRuns.pageOf(slab))), closing);
    }

    /// Opens a slab again that the caller closed and could not empty. Nothing happens if it has been given back.
    public void open(long slab, int closing) {
        int page = PageRuns.pageOf(slab);
        long at = anchorOffset(page);
        while (true) {
            long old = Words.getLongVolatile(memory, at);
            if (!Anchor.isClosed(old, closing)) {
                return;
            }
            int free = Anchor.free(old);
            int state = free == 0 ? Anchor.FULL : Anchor.PARTIAL;
            int sizeClass = classOfSlab(page);
            if (Words.compareAndSetLong(memory, at, old, Anchor.returned(old, state, free, Anchor.first(old)))) {
                if (free > 0) {
                    push(freshList(sizeClass), page);
                }
                return;
            }
        }
    }

    // ---- walking, for eviction and for checks ---------------------------------------------------------------------

    /// The first slab or run at or after `offset`. A cold walk over everything in use; what is allocated and
    /// freed meanwhile may or may not be seen.
    ///
    /// @param offset a place that this method gave plus the size of what is there, or 0 to begin
    /// @return where it starts, or [#NONE] at the end
    public long nextInUse(long offset) {
        int page = Math.max(runs.first(), PageRuns.pageOf(offset));
        int top = runs.top();
        while (page < top) {
            long word = runs.word(page);
            int kind = PageWord.kind(word);
            if (kind == PageWord.SLAB || kind == PageWord.RUN) {
                return PageRuns.offsetOf(page);
            }
            page += kind == PageWord.FREE ? Math.max(1, PageWord.pages(word)) : 1;
        }
        return NONE;
    }

    /// The class of the slab that starts at `offset`, or -1 if a run starts there.
    public int slabClass(long offset) {
        long word = runs.word(PageRuns.pageOf(offset));
        return PageWord.kind(word) == PageWord.SLAB ? PageWord.sizeClass(word) : -1;
    }

    /// The slab that holds the cell at `cell`.
    public long slabStart(long cell) {
        return PageRuns.offsetOf(slabOf(cell));
    }

    /// The bytes of the cell or run that starts at `offset`, as far as there is one now; 0 if there is none. For who
    /// has kept an offset that may have become something else since: any thread, any offset in the region.
    public long usableBytes(long offset) {
        int page = PageRuns.pageOf(offset);
        long word = runs.word(page);
        if (PageWord.kind(word) == PageWord.SLAB_INNER) {
            page = PageWord.pages(word);
            word = runs.word(page);
        }
        long from = offset - PageRuns.offsetOf(page);
        if (PageWord.kind(word) == PageWord.RUN) {
            long bytes = PageRuns.offsetOf(PageWord.pages(word));
            return from == 0 ? Math.min(bytes, memory.byteSize() - offset) : 0;
        }
        if (PageWord.kind(word) != PageWord.SLAB) {
            return 0;
        }
        int bytes = cellBytes[PageWord.sizeClass(word)];
        return from % bytes == 0 && offset + bytes <= memory.byteSize() ? bytes : 0;
    }

    /// Free cells of the slab that starts at `slab`, as far as they are not in a cache.
    public int freeCells(long slab) {
        return Anchor.free(Words.getLongVolatile(memory, anchorOffset(PageRuns.pageOf(slab))));
    }

    /// The bytes of pages that are free, below the highest page that was ever used.
    public long freeBytes() {
        return PageRuns.offsetOf(runs.freePages());
    }

    /// The bytes from the first page to the highest that was ever used.
    public long touchedBytes() {
        return PageRuns.offsetOf(runs.top() - runs.first());
    }
}
