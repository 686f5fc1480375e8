package dev.situ.bench.load;

import java.util.BitSet;

/// The keys that one thread inserts: numbers of its own, behind those that were there. What was asked for counts as
/// there only when all before it was answered, so that the last of them can be read.
///
/// ```
/// there before: 0 .. base-1     thread 0 of 2: base, base+2, base+4 ..     thread 1: base+1, base+3 ..
/// ```
final class Inserted {
    private final long base;
    private final int thread;
    private final int threads;
    private final BitSet answered = new BitSet();
    private long asked;
    private long there;

    Inserted(long base, int thread, int threads) {
        this.base = base;
        this.thread = thread;
        this.threads = threads;
    }

    /// The number of the next key to insert.
    long next() {
        return number(asked++);
    }

    private long number(long index) {
        return base + index * threads + thread;
    }

    /// Says that the insertion of this key was answered.
    void answered(long number) {
        answered.set((int) ((number - base) / threads - there));
        int more = answered.nextClearBit(0);
        if (more > 0) {
            BitSet rest = answered.get(more, Math.max(more, answered.length()));
            answered.clear();
            answered.or(rest);
            there += more;
        }
    }

    /// The key that is the `rank`-th latest, from 0.
    long latest(long rank) {
        return rank < there ? number(there - 1 - rank) : Math.max(0, base - 1 - (rank - there));
    }
}
