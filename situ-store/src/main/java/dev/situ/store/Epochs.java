package dev.situ.store;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicIntegerArray;

/// Epoch-based reclamation: who is reading, since when, and so what nobody can be reading any more.
///
/// ```
///   base      global epoch                                       128 bytes, so that no two
///   +128      slot of worker 0: the epoch it entered in, or 0    share a line or its neighbour
///   +256      slot of worker 1 ...
/// ```
///
/// 1. A reader *enters*: it writes the global epoch to its slot, then a full fence, then it reads references.
/// 2. A writer *unlinks* a record (one compare-and-set on the slot word that led to it), and later *advances* the
///    global epoch from e to e+1: what it unlinked before carries e.
/// 3. What carries e may be freed when every slot is 0 or above e. A slot of e or less may belong to a reader that
///    entered before the unlink. A slot above e was entered after the epoch was advanced, so after the unlink. A
///    reader whose slot was not seen yet has its fence still before it, and will not find what is unlinked
///    (Dekker's argument: unlink, fence, look at slots; write slot, fence, look at words).
///
/// A slot that holds an old epoch late only delays. A worker that stalls inside an epoch stops all freeing, and
/// nothing else; [#oldest] makes it visible.
///
/// The scheme is Fraser's (2004) as FASTER uses it (SIGMOD 2018, section 2.4): the epoch moves whenever someone
/// has something to free, and nobody has to agree.
final class Epochs {
    static final long NOBODY = Long.MAX_VALUE;

    private static final long STRIDE = 128;

    private final MemorySegment memory;
    private final long global;
    private final AtomicIntegerArray taken;
    private volatile int used;

    /// @param base where [#bytes] zero bytes lie that are its own, aligned to 64
    Epochs(MemorySegment memory, long base, int slots) {
        this.memory = memory;
        this.global = base;
        this.taken = new AtomicIntegerArray(slots);
        Words.setLongVolatile(memory, global, 1);
    }

    static long bytes(int slots) {
        return STRIDE * (slots + 1L);
    }

    /// How many slots are taken, or were.
    int used() {
        return used;
    }

    private long slot(int worker) {
        return global + STRIDE * (worker + 1L);
    }

    /// Takes a slot.
    ///
    /// @return its number, or -1: all are taken
    int register() {
        for (int i = 0; i < taken.length(); i++) {
            if (taken.compareAndSet(i, 0, 1)) {
                synchronized (this) {
                    used = Math.max(used, i + 1);
                }
                return i;
            }
        }
        return -1;
    }

    void unregister(int worker) {
        exit(worker);
        taken.set(worker, 0);
    }

    void enter(int worker) {
        Words.setLongRelease(memory, slot(worker), Words.getLongAcquire(memory, global));
        Words.fullFence();
    }

    void exit(int worker) {
        Words.setLongRelease(memory, slot(worker), 0);
    }

    boolean isInside(int worker) {
        return Words.getLongOpaque(memory, slot(worker)) != 0;
    }

    /// The epoch in which a worker entered, or 0 if it is outside.
    long enteredAt(int worker) {
        return Words.getLongOpaque(memory, slot(worker));
    }

    /// Begins a new epoch and gives the one that ended: what was unlinked before the call carries it.
    long advance() {
        return Words.getAndAddLong(memory, global, 1);
    }

    long current() {
        return Words.getLongVolatile(memory, global);
    }

    /// The oldest epoch that someone is in, or [#NOBODY]. What carries a smaller one may be freed.
    long oldest() {
        Words.fullFence();
        long oldest = NOBODY;
        for (int i = 0; i < used; i++) {
            long epoch = Words.getLongVolatile(memory, slot(i));
            if (epoch != 0) {
                oldest = Math.min(oldest, epoch);
            }
        }
        return oldest;
    }
}
