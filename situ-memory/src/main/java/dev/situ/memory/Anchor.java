package dev.situ.memory;

/// The word that a slab's shared state is: its free cells and whether it can be found.
///
/// ```
///   63                35 34  32 31            16 15             0
///   +-------------------+------+----------------+----------------+
///   |  tag              |state |  free cells    |  first free    |
///   +-------------------+------+----------------+----------------+
///   tag     counts the times that the list was taken, so that a compare-and-set never mixes two lists up
///   first   index of the first free cell, when there are free cells; the others are linked through their first word
/// ```
///
/// States, as in LRMalloc (Leite and Rocha, 2018) after Michael (PLDI 2004):
/// - `FULL`: no free cell here; the slab is in no list.
/// - `PARTIAL`: some cells are free; the slab is in its class's list, or in the hands of who just took it off.
/// - `EMPTY`: all cells are free; still in the list, and given back by who finds it there.
/// - `GONE`: being given back.
/// - `CLOSED`: nobody takes a cell of it any more, and it is in no list; who gives its last cell back gives the slab
///   back. For who moves what is in it elsewhere.
final class Anchor {
    static final int FULL = 0;
    static final int PARTIAL = 1;
    static final int EMPTY = 2;
    static final int GONE = 3;
    static final int CLOSED = 4;

    private static final long TAG = 1L << 35;

    private Anchor() {}

    static int first(long anchor) {
        return (int) anchor & 0xFFFF;
    }

    static int free(long anchor) {
        return (int) (anchor >>> 16) & 0xFFFF;
    }

    static int state(long anchor) {
        return (int) (anchor >>> 32) & 7;
    }

    /// The anchor after `cells` more cells, linked in front of those that were there, came back.
    static long returned(long anchor, int state, int free, int first) {
        return (anchor & -TAG) | (long) state << 32 | (long) free << 16 | first;
    }

    /// The anchor after all free cells were taken.
    static long taken(long anchor) {
        return (anchor & -TAG) + TAG | (long) FULL << 32;
    }

    /// The anchor of a slab that is being given back.
    static long gone(long anchor) {
        return (anchor & -TAG) + TAG | (long) GONE << 32;
    }

    /// A tag for one closing of one slab, from a number that counts closings. Its top bit is set, so that links of
    /// free pages, which stand where the anchor was when a slab has been given back, never look like it.
    static int closing(int number) {
        return 1 << 28 | (number & ((1 << 28) - 1));
    }

    /// The anchor of a slab that is closed, with the free cells that it has.
    static long closed(long anchor, int closing) {
        return (long) closing << 35 | (long) CLOSED << 32 | (anchor & 0xFFFF_FFFFL);
    }

    /// Whether a slab is closed, by that closing.
    static boolean isClosed(long anchor, int closing) {
        return state(anchor) == CLOSED && (int) (anchor >>> 35) == closing;
    }
}
