package dev.situ.memory;

/// The first word of a page's descriptor: what the page is part of.
///
/// ```
///   63      56 55      48 47      33  32  31                             0
///   +---------+----------+----------+---+-------------------------------+
///   |  kind   |  class   |    0     | C |  pages of the run, or          |
///   |         |          |          |   |  the head page (INNER)         |
///   +---------+----------+----------+---+-------------------------------+
///   C: the run was never written since the kernel gave it: it reads as zero
/// ```
///
/// Each page of [PageRuns] has a descriptor of 16 bytes: this word and one whose meaning depends on the kind
/// (links of a free list, a slab's anchor). Only the first and the last page of a run have a valid descriptor,
/// but for slabs, where every page has one so that the head, and the class, are found from any cell.
final class PageWord {
    static final int DESCRIPTOR_BYTES = 16;

    /// The first page of a free run.
    static final int FREE = 1;
    /// The last page of a free run of two pages or more.
    static final int FREE_TAIL = 2;
    /// The first page of a run in use that is no slab.
    static final int RUN = 3;
    /// The last page of such a run of two pages or more.
    static final int RUN_TAIL = 4;
    /// The first page of a slab.
    static final int SLAB = 5;
    /// Any other page of a slab.
    static final int SLAB_INNER = 6;

    private static final long CLEAN = 1L << 32;

    private PageWord() {}

    static long of(int kind, int pages, boolean clean) {
        return (long) kind << 56 | (clean ? CLEAN : 0) | Integer.toUnsignedLong(pages);
    }

    static long slab(int sizeClass, int pages) {
        return of(SLAB, pages, false) | (long) sizeClass << 48;
    }

    /// @param head the first page of the slab
    static long inner(int sizeClass, int head) {
        return of(SLAB_INNER, head, false) | (long) sizeClass << 48;
    }

    static int kind(long word) {
        return (int) (word >>> 56);
    }

    /// Of any page of a slab.
    static int sizeClass(long word) {
        return (int) (word >>> 48) & 0xFF;
    }

    /// The pages of the run; for an inner page of a slab, the index of the head page.
    static int pages(long word) {
        return (int) word;
    }

    static boolean clean(long word) {
        return (word & CLEAN) != 0;
    }
}
