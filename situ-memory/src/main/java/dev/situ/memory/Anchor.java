package dev.situ.memory;

/// The word that a slab's shared state is: its free cells and whether it can be found.
///
/// ```
///   63                34 33  32 31            16 15             0
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
final class Anchor {
    static final int FULL = 0;
    static final int PARTIAL = 1;
    static final int EMPTY = 2;
    static final int GONE = 3;

    private static final long TAG = 1L << 34;

    private Anchor() {}

    static int first(long anchor) {
        return (int) anchor & 0xFFFF;
    }

    static int free(long anchor) {
        return (int) (anchor >>> 16) & 0xFFFF;
    }

    static int state(long anchor) {
        return (int) (anchor >>> 32) & 3;
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
}
