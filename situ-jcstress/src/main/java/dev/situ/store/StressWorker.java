package dev.situ.store;

import dev.situ.memory.SlabCache;
import dev.situ.memory.Words;
import java.util.concurrent.atomic.AtomicLong;

/// What a [StoreWorker] is made of, without a store around it: an epoch slot, a cache of cells and a limbo, the real
/// ones. One for each thread of the harness, for all states that it meets; tables and slots are a state's own.
///
/// A record that was freed shows: see [#isFree].
final class StressWorker {
    /// What a reader gives that was left with freed memory.
    static final long FREED = -1;

    private static final int LOOKS = 50;
    private static final int SLOTS = 4096;
    private static final AtomicLong ORPHANS = new AtomicLong();
    private static final AtomicLong ORPHAN_BYTES = new AtomicLong();
    private static final ThreadLocal<StressWorker> CURRENT = ThreadLocal.withInitial(StressWorker::new);

    static final Epochs EPOCHS =
            new Epochs(Pieces.MEMORY, Pieces.ALLOCATOR.allocateZeroedRun(Epochs.bytes(SLOTS), true), SLOTS);

    final int slot = EPOCHS.register();
    final SlabCache cache = new SlabCache(Pieces.ALLOCATOR);
    final Limbo limbo = limbo(EPOCHS, ORPHANS, ORPHAN_BYTES);

    private StressWorker() {}

    /// The calling thread's.
    static StressWorker current() {
        return CURRENT.get();
    }

    void enter() {
        EPOCHS.enter(slot);
    }

    void exit() {
        EPOCHS.exit(slot);
    }

    /// A limbo of this thread with the epochs and the orphans of a state.
    Limbo limbo(Epochs epochs, AtomicLong orphans, AtomicLong orphanBytes) {
        return new Limbo(
                Pieces.MEMORY, epochs, cache, Store.CHUNK_CLASS, new Sources(Pieces.MEMORY), orphans, orphanBytes);
    }

    Growth growth(Index index) {
        return new Growth(index, Pieces.ALLOCATOR, cache, limbo, Store.BUCKET_CLASS);
    }

    /// A live record in a cell of its own. To be retired, or it is lost.
    long record(long key, long value) {
        return Pieces.record(cache.allocate(Record.bytes(0, 8, 8, 0)), key, value);
    }

    /// An empty bucket in a cell of its own. To be retired, or it is lost.
    long bucket() {
        return Growth.newBucket(cache, Store.BUCKET_CLASS, Pieces.MEMORY, true);
    }

    /// Retires a record that was just unlinked and frees what may be freed: the earliest moment at which a limbo can.
    void retireAndReclaim(long record) {
        limbo.retireRecord(record);
        sealAndReclaim();
    }

    void sealAndReclaim() {
        limbo.seal();
        limbo.reclaim();
    }

    /// Whether a record with this key, which no other has, is free: by its state, or because its cell is another
    /// record's by now.
    static boolean isFree(long record, long key) {
        return Record.state(Pieces.MEMORY, record) == Record.FREE
                || Words.getLong(Pieces.MEMORY, Record.keyOffset(Pieces.MEMORY, record)) != key;
    }

    /// The value of a record with this key, or [#FREED] if it is free now: a reader that may still read it asks this
    /// last.
    static long value(long record, long key) {
        long value = Pieces.value(record);
        Words.fullFence();
        return isFree(record, key) ? FREED : value;
    }

    /// The same for a reader that keeps the record for as long as another thread needs to free it.
    static long keptValue(long record, long key) {
        long value = value(record, key);
        for (int look = 0; look < LOOKS && value != FREED; look++) {
            value = value(record, key);
        }
        return value;
    }

    /// For variants that free too early: what a reader can see of it, without giving the memory to others.
    static void markFree(long record) {
        Record.setState(Pieces.MEMORY, record, Record.FREE);
    }
}
