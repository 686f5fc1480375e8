package dev.situ.memory;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Hands out runs of neighbouring pages of a [Region], and takes them back.
///
/// ```
///   page 0          first           top                      pages
///   +---------------+----------------+-----------------------+
///   | descriptors   | runs: in use   | never used:           |
///   | 16 B a page   | or free        | costs nothing         |
///   +---------------+----------------+-----------------------+
/// ```
///
/// **Good fit in two levels** (TLSF, Masmano et al., ECRTS 2004): free runs are kept in lists by length, eight
/// lists for each doubling; a bit for each list says whether it is empty, so that a fit is found without a
/// search. A run that comes back is joined with its free neighbours at once. Only when no free run fits is `top`
/// moved up.
///
/// **Limit**: pages in use never exceed [#limitPages()], except for who asks for [#allocateBeyondLimit], which
/// the index uses to finish what it began. Free runs keep their backing until [#DIRTY_SHARE] of the limit is
/// free and dirty; from then on long runs go back to the kernel.
///
/// **Threads**: all. A spin lock guards the lists; it is held for some tens of nanoseconds, once for each 64 KiB
/// that the slabs above take, and for each larger value. This is the one place of the store that is not
/// lock-free: what a lock-free page allocator costs in joining runs is not worth that. No system call is made
/// under the lock.
final class PageRuns {
    static final int PAGE_BYTES = Region.PAGE_BYTES;
    static final int PAGE_SHIFT = 12;
    /// No run: the first page holds descriptors, so 0 is never handed out.
    static final int NONE = 0;

    private static final int LISTS = 256;
    private static final int DIRTY_SHARE = 8;
    private static final int MIN_DISCARD_PAGES = 64;
    private static final int MAX_LOOKS = 64;

    private static final VarHandle LOCK;

    static {
        try {
            LOCK = MethodHandles.lookup().findVarHandle(PageRuns.class, "lock", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Region region;
    private final MemorySegment memory;
    private final int first;
    private final int pages;
    private final int[] lists = new int[LISTS];
    private final long[] nonEmpty = new long[LISTS / 64];

    @SuppressWarnings("unused") // by LOCK
    private volatile int lock;

    private volatile int limitPages;
    private volatile int usedPages;
    private int top;
    private int freePages;
    private int dirtyPages;

    /// Divides a region whose memory was never written.
    ///
    /// @param limitPages how many pages may be in use at once, those of the descriptors (at most 0.4 %) not
    ///     counted
    PageRuns(Region region, int limitPages) {
        this.region = region;
        this.memory = region.memory();
        this.pages = Math.toIntExact(region.size() >>> PAGE_SHIFT);
        long descriptorBytes = (long) pages * PageWord.DESCRIPTOR_BYTES;
        this.first = Math.toIntExact(Math.ceilDiv(descriptorBytes, PAGE_BYTES));
        this.limitPages = limitPages;
        this.top = first;
    }

    // ---- descriptors ----------------------------------------------------------------------------------------------

    static long offsetOf(int page) {
        return (long) page << PAGE_SHIFT;
    }

    static int pageOf(long offset) {
        return (int) (offset >>> PAGE_SHIFT);
    }

    /// Where the descriptor of `page` lies.
    static long descriptor(int page) {
        return (long) page * PageWord.DESCRIPTOR_BYTES;
    }

    long word(int page) {
        return Words.getLongOpaque(memory, descriptor(page));
    }

    void setWord(int page, long word) {
        Words.setLongOpaque(memory, descriptor(page), word);
    }

    // ---- figures --------------------------------------------------------------------------------------------------

    int first() {
        return first;
    }

    /// The page after the last one that was ever used.
    int top() {
        lock();
        try {
            return top;
        } finally {
            unlock();
        }
    }

    int usedPages() {
        return usedPages;
    }

    int limitPages() {
        return limitPages;
    }

    void setLimitPages(int limitPages) {
        this.limitPages = limitPages;
    }

    /// The pages of free runs below [#top()].
    int freePages() {
        lock();
        try {
            return freePages;
        } finally {
            unlock();
        }
    }

    // ---- allocate and free ----------------------------------------------------------------------------------------

    /// Takes a run of `count` pages.
    ///
    /// @return its first page, marked as a [PageWord#RUN]; or [#NONE]: the limit is reached
    int allocate(int count) {
        return allocate(count, false);
    }

    /// As [#allocate], but only the end of the region stops it.
    int allocateBeyondLimit(int count) {
        return allocate(count, true);
    }

    private int allocate(int count, boolean beyondLimit) {
        lock();
        try {
            if (!beyondLimit && count > limitPages - usedPages) {
                return NONE;
            }
            int page = takeFree(count);
            boolean clean;
            if (page == NONE) {
                if (count > pages - top) {
                    return NONE;
                }
                page = top;
                top += count;
                clean = true;
            } else {
                clean = split(page, count);
            }
            setWord(page, PageWord.of(PageWord.RUN, count, clean));
            if (count > 1) {
                setWord(page + count - 1, PageWord.of(PageWord.RUN_TAIL, count, false));
            }
            setUsed(usedPages + count);
            return page;
        } finally {
            unlock();
        }
    }

    /// Whether the run at `page`, just allocated, reads as zero.
    boolean clean(int page) {
        return PageWord.clean(word(page));
    }

    /// Consumes a run.
    ///
    /// @param page its first page
    /// @param count its pages
    void free(int page, int count) {
        boolean discard;
        lock();
        try {
            discard = count >= MIN_DISCARD_PAGES && dirtyPages + count > Math.max(16384, limitPages / DIRTY_SHARE);
            if (!discard) {
                insertJoined(page, count, false);
            }
        } finally {
            unlock();
        }
        if (discard) {
            region.discard(offsetOf(page), offsetOf(count));
            lock();
            try {
                insertJoined(page, count, true);
            } finally {
                unlock();
            }
        }
    }

    private void insertJoined(int page, int count, boolean clean) {
        setUsed(usedPages - count);
        int from = page;
        int length = count;
        boolean joinedClean = clean;
        if (page > first) {
            long before = word(page - 1);
            int kind = PageWord.kind(before);
            if (kind == PageWord.FREE_TAIL || kind == PageWord.FREE) {
                int pagesBefore = PageWord.pages(before);
                from = page - pagesBefore;
                length += pagesBefore;
                joinedClean &= remove(from, pagesBefore);
            }
        }
        int next = page + count;
        if (next < top) {
            long after = word(next);
            if (PageWord.kind(after) == PageWord.FREE) {
                int pagesAfter = PageWord.pages(after);
                length += pagesAfter;
                joinedClean &= remove(next, pagesAfter);
            }
        }
        insert(from, length, joinedClean);
    }

    /// Cuts a run, already taken off its list, to `count` pages and gives the rest back. Returns whether it is
    /// clean.
    private boolean split(int page, int count) {
        long word = word(page);
        int length = PageWord.pages(word);
        boolean clean = PageWord.clean(word);
        if (length > count) {
            insert(page + count, length - count, clean);
        }
        return clean;
    }

    // ---- the lists ------------------------------------------------------------------------------------------------

    /// The list that a run of `length` pages is kept in: all its runs are at least as long as the list's first
    /// length.
    private static int listOf(int length) {
        if (length < 8) {
            return length;
        }
        int top = 31 - Integer.numberOfLeadingZeros(length);
        return top * 8 + ((length >>> (top - 3)) & 7);
    }

    private int takeFree(int count) {
        int exact = listOf(count);
        // Every run of a later list fits; in the list of this length some may be a little too short.
        int found = nextNonEmpty(exact + 1);
        int looks = found < LISTS ? 1 : MAX_LOOKS;
        for (int page = lists[exact]; page != NONE && looks > 0; page = nextOf(page), looks--) {
            int length = PageWord.pages(word(page));
            if (length >= count) {
                remove(page, length);
                return page;
            }
        }
        if (found == LISTS) {
            return NONE;
        }
        int page = lists[found];
        remove(page, PageWord.pages(word(page)));
        return page;
    }

    private int nextNonEmpty(int from) {
        for (int index = from; index < LISTS; index = (index | 63) + 1) {
            long bits = nonEmpty[index >>> 6] & -1L << index;
            if (bits != 0) {
                return (index & ~63) + Long.numberOfTrailingZeros(bits);
            }
        }
        return LISTS;
    }

    private void insert(int page, int length, boolean clean) {
        int list = listOf(length);
        int head = lists[list];
        setWord(page, PageWord.of(PageWord.FREE, length, clean));
        if (length > 1) {
            setWord(page + length - 1, PageWord.of(PageWord.FREE_TAIL, length, clean));
        }
        setLinks(page, NONE, head);
        if (head != NONE) {
            setLinks(head, page, nextOf(head));
        }
        lists[list] = page;
        nonEmpty[list >>> 6] |= 1L << list;
        freePages += length;
        dirtyPages += clean ? 0 : length;
    }

    private boolean remove(int page, int length) {
        int list = listOf(length);
        int previous = previousOf(page);
        int next = nextOf(page);
        if (previous == NONE) {
            lists[list] = next;
            if (next == NONE) {
                nonEmpty[list >>> 6] &= ~(1L << list);
            }
        } else {
            setLinks(previous, previousOf(previous), next);
        }
        if (next != NONE) {
            setLinks(next, previous, nextOf(next));
        }
        boolean clean = PageWord.clean(word(page));
        freePages -= length;
        dirtyPages -= clean ? 0 : length;
        return clean;
    }

    private int nextOf(int page) {
        return Words.getInt(memory, descriptor(page) + 8);
    }

    private int previousOf(int page) {
        return Words.getInt(memory, descriptor(page) + 12);
    }

    private void setLinks(int page, int previous, int next) {
        Words.setInt(memory, descriptor(page) + 8, next);
        Words.setInt(memory, descriptor(page) + 12, previous);
    }

    // ---- the lock -------------------------------------------------------------------------------------------------

    private void setUsed(int pages) {
        usedPages = pages;
    }

    @SuppressWarnings("ThreadPriorityCheck") // only where the holder of the lock lost its processor
    private void lock() {
        int spins = 0;
        while (!LOCK.compareAndSet(this, 0, 1)) {
            if (++spins < 100) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
    }

    private void unlock() {
        LOCK.setRelease(this, 0);
    }
}
