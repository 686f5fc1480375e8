package dev.situ.packet;

/// The word at the head of a pool's stack of free buffers. All of it changes in one compare-and-set, so the
/// number of free buffers is exact at every moment.
///
/// ```
///  63              41 40            20 19             0
/// +------------------+----------------+----------------+
/// |     changes      |      free      |      top       |
/// +------------------+----------------+----------------+
/// ```
///
/// The count of changes keeps a thread that slept between its read and its compare-and-set from succeeding on a
/// stack that only looks the same (the ABA problem).
final class FreeHead {
    /// The top of an empty stack.
    static final int EMPTY = 0xF_FFFF;

    /// The most buffers that a pool can have.
    static final int MAX_BUFFERS = EMPTY;

    private static final int FREE_SHIFT = 20;
    private static final long FREE_MASK = 0x1F_FFFF;
    private static final int CHANGES_SHIFT = 41;

    private FreeHead() {}

    static long of(int top, int free, long changes) {
        return changes << CHANGES_SHIFT | (long) free << FREE_SHIFT | top;
    }

    static int top(long head) {
        return (int) head & EMPTY;
    }

    static int free(long head) {
        return (int) (head >>> FREE_SHIFT & FREE_MASK);
    }

    static long pushed(long head, int index) {
        return of(index, free(head) + 1, (head >>> CHANGES_SHIFT) + 1);
    }

    /// The head after `count` were pushed at once, the first of them being `index`.
    static long pushed(long head, int count, int index) {
        return of(index, free(head) + count, (head >>> CHANGES_SHIFT) + 1);
    }

    /// The head after `count` were popped at once, and `next` is on top.
    static long popped(long head, int count, int next) {
        return of(next, free(head) - count, (head >>> CHANGES_SHIFT) + 1);
    }

    static long popped(long head, int next) {
        return of(next, free(head) - 1, (head >>> CHANGES_SHIFT) + 1);
    }
}
