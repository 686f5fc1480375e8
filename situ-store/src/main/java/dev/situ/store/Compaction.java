package dev.situ.store;

import dev.situ.memory.SizeClasses;
import dev.situ.memory.SlabAllocator;
import dev.situ.memory.SlabCache;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Moves records out of sparse slabs, so that the memory between them serves other sizes. One a worker.
///
/// A slab goes back to the pages when its last cell is free. Where records of one size are deleted here and there,
/// all their slabs stay, each with a few records in it, and the memory is stuck in a size that is no longer
/// written. So when pages are scarce and much of them is free cells, each exit of a worker moves some records:
///
/// 1. **Close** the emptiest of a few slabs of a class: no cell of it is handed out any more.
/// 2. **Walk** it and move its records, [Relocation] by relocation, into other slabs of the class.
/// 3. **Wait**: the old cells are free after the epoch, and with the last one the slab goes back, whoever frees it.
/// 4. If it has not gone after a while, walk it again: what could not be moved (claimed records, adopted ones, what
///    lies in another worker's cache) may be another thing by now. After [#WALKS] walks it is **opened** again.
final class Compaction {
    private static final int CELLS_A_STEP = 64;
    private static final int SLABS = 16;
    private static final int WALKS = 4;
    private static final int EXITS_TO_WAIT = 64;
    private static final int EXITS_TO_REST = 128;
    private static final int STEPS_IN_NEED = 32;
    private static final long LEAST_BYTES_IN_NEED = 64 * 1024;
    private static final long MOST_BYTES_IN_NEED = 1024 * 1024;

    private final Store store;
    private final MemorySegment memory;
    private final SlabAllocator allocator;
    private final SlabCache cache;
    private final Relocation relocation;

    private final Closed[] closed = new Closed[SLABS];
    private int count;
    private @Nullable Closed inHand;
    private int sizeClass;
    private long exits;
    private long moved; // bytes, since the beginning
    private long restUntil;

    /// A slab that this worker has closed.
    private static final class Closed {
        long slab;
        int closing;
        int sizeClass;
        int cell;
        int walks;
        long waitsUntil;
    }

    Compaction(Store store, SlabCache cache, Relocation relocation) {
        this.store = store;
        this.memory = store.memory();
        this.allocator = store.allocator();
        this.cache = cache;
        this.relocation = relocation;
        for (int i = 0; i < SLABS; i++) {
            closed[i] = new Closed();
        }
    }

    /// Whether this worker has closed slabs.
    boolean isAtWork() {
        return count > 0;
    }

    /// Counts an exit of the worker: what is waited for takes exits.
    void tick() {
        exits++;
    }

    /// Does steps while pages are above the limit, and bursts write on credit: until it has moved twice as much as they
    /// are above it, but no more than a burst can bear.
    void runInNeed(long bytesBeyondLimit) {
        long enough = moved + Math.clamp(2 * bytesBeyondLimit, LEAST_BYTES_IN_NEED, MOST_BYTES_IN_NEED);
        for (int i = 0; i < STEPS_IN_NEED && moved < enough && step(); i++) {
            // some more
        }
    }

    /// Does a step. Inside the epoch. Between two ticks there is an end to them: each slab is walked once.
    ///
    /// @return false if there is nothing to do at the moment
    boolean step() {
        if (inHand == null) {
            inHand = next();
        }
        Closed slab = inHand;
        if (slab == null) {
            return false;
        }
        if (!walk(slab)) {
            giveUp(); // there is no memory to move to
            return false;
        }
        if (slab.cell == allocator.cellsPerSlab(slab.sizeClass)) {
            inHand = null;
            slab.cell = 0;
            slab.waitsUntil = exits + EXITS_TO_WAIT;
            if (++slab.walks == WALKS) {
                allocator.open(slab.slab, slab.closing);
                forget(slab);
            }
        }
        return true;
    }

    /// Moves the next records of a slab. Returns false if there is no memory.
    private boolean walk(Closed slab) {
        int end = Math.min(slab.cell + CELLS_A_STEP, allocator.cellsPerSlab(slab.sizeClass));
        int cellBytes = allocator.cellBytes(slab.sizeClass);
        for (; slab.cell < end; slab.cell++) {
            long record = slab.slab + (long) slab.cell * cellBytes;
            if (relocation.locate(record) && !Record.isAdopted(memory, record)) {
                moved += cellBytes;
                if (relocation.move() == Relocation.Outcome.FULL) {
                    return false;
                }
            }
        }
        return true;
    }

    /// A slab to walk: one that has waited long enough, or one more.
    private @Nullable Closed next() {
        for (int i = count - 1; i >= 0; i--) {
            Closed slab = closed[i];
            if (!allocator.isClosed(slab.slab, slab.closing)) {
                forget(slab); // given back
            } else if (slab.waitsUntil <= exits) {
                return slab;
            }
        }
        return count < SLABS && exits >= restUntil && store.limit().isFragmented() ? closeOne() : null;
    }

    private @Nullable Closed closeOne() {
        for (int i = 0; i < SizeClasses.COUNT; i++) {
            sizeClass = (sizeClass + 1) % SizeClasses.COUNT;
            if (allocator.slabs(sizeClass) > 1) {
                int closing = allocator.newClosing();
                // With a quarter free, three slabs are emptied into one that there is room for.
                long slab = allocator.closeSparse(sizeClass, allocator.cellsPerSlab(sizeClass) / 4, closing);
                if (slab != SlabAllocator.NONE) {
                    cache.flush(sizeClass); // cells of it that would be handed out from there
                    return hold(slab, closing);
                }
            }
        }
        restUntil = exits + EXITS_TO_REST;
        return null;
    }

    private Closed hold(long slab, int closing) {
        Closed held = closed[count++];
        held.slab = slab;
        held.closing = closing;
        held.sizeClass = sizeClass;
        held.cell = 0;
        held.walks = 0;
        return held;
    }

    private void forget(Closed slab) {
        for (int i = 0; i < count; i++) {
            if (closed[i] == slab) {
                closed[i] = closed[--count];
                closed[count] = slab;
                return;
            }
        }
    }

    /// Opens all slabs again: for when this worker cannot or will not go on with them.
    void giveUp() {
        while (count > 0) {
            Closed slab = closed[count - 1];
            allocator.open(slab.slab, slab.closing);
            forget(slab);
        }
        inHand = null;
        restUntil = exits + EXITS_TO_REST;
    }
}
