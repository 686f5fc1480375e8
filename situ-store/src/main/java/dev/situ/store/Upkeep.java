package dev.situ.store;

import dev.situ.memory.SlabCache;

/// What a worker does at the end of its bursts and in idle moments, a little each time, so that the store stays in
/// shape: room is made, limbo freed, the index grown, old tables taken apart, buffers relieved, slabs compacted.
/// One a worker.
///
/// | when | what |
/// |---|---|
/// | at each exit, inside the epoch | eviction and relief of packet buffers, if needed; a cleared table; compaction |
/// | every [#EXITS_PER_LOOK] exits | growth of the index; what closed workers left; limbo, however little |
/// | behind the epoch | limbo that is due; what others asked for by a trim |
/// | when idle ([#sweep]) | a cleared table, growth, compaction, expired records, as far as the time goes |
final class Upkeep {
    /// How many exits lie between two looks at the limbo.
    private static final int EXITS_PER_LOOK = 32;

    private final Store store;
    private final MemoryLimit limit;
    private final Burst burst;
    private final SlabCache cache;
    private final Limbo limbo;
    private final Growth growth;
    private final Writes writes;
    private final Eviction eviction;
    private final Removals removals;
    private final AdoptedQueue adopted;
    private final Compaction compaction;
    private final Expiry expiry;

    private int exits;
    private int trims;
    // Of this exit.
    private boolean looks;
    private boolean needsRoom;

    Upkeep(
            Store store,
            Burst burst,
            SlabCache cache,
            Limbo limbo,
            Growth growth,
            Writes writes,
            Eviction eviction,
            Removals removals,
            AdoptedQueue adopted,
            Compaction compaction) {
        this.store = store;
        this.limit = store.limit();
        this.burst = burst;
        this.cache = cache;
        this.limbo = limbo;
        this.growth = growth;
        this.writes = writes;
        this.eviction = eviction;
        this.removals = removals;
        this.adopted = adopted;
        this.compaction = compaction;
        this.expiry = new Expiry(store, writes);
    }

    /// The part that looks at records. Inside the epoch.
    void atExit() {
        looks = (++exits & (EXITS_PER_LOOK - 1)) == 0;
        needsRoom = burst.evicts() && limit.needsRoom();
        if (needsRoom) {
            eviction.makeRoom(burst.nowMillis());
        }
        if (adopted.isPressed()) {
            adopted.relieve();
        }
        if (store.cleared() != null) {
            removals.helpClear(Removals.BUCKETS_A_STEP);
        }
        if (looks) {
            growth.helpAtExit();
        }
        compact();
    }

    private void compact() {
        compaction.tick();
        if (limit.isExceeded()) {
            compaction.runInNeed(limit.bytesBeyond());
        } else if (compaction.isAtWork() || (looks && limit.isFragmented())) {
            compaction.step();
        }
    }

    /// The part that frees. Behind the epoch, after [#atExit].
    void behindExit() {
        if (looks) {
            limbo.adoptOrphans();
        }
        if (looks || needsRoom || limbo.isHeavy()) {
            limbo.sealIfUseful();
            limbo.reclaimSome();
        } else if (limbo.isWaiting()) {
            limbo.reclaimSome();
        }
        if (needsRoom && limit.isExceeded()) {
            cache.flush(); // a cell in a cache keeps its whole slab
            store.allocator().purgeAll();
        }
        int requested = store.trims();
        if (requested != trims) {
            trims = requested;
            limbo.sealIfUseful();
            limbo.reclaim();
            writes.tell();
            cache.flush();
        }
    }

    /// Gives back all that the worker holds unused, and leaves its limbo to the others. Outside the epoch.
    void giveBack() {
        compaction.giveUp();
        limbo.adoptOrphans();
        limbo.seal();
        limbo.reclaim();
        limbo.abandon();
        writes.tell();
        cache.flush();
    }

    /// See [StoreWorker#sweep].
    int sweep(long nowMillis, long budgetNanos) {
        long start = System.nanoTime();
        removals.helpClearFor(budgetNanos);
        while (System.nanoTime() - start < budgetNanos && growth.helpIdle()) {
            // some more
        }
        while (System.nanoTime() - start < budgetNanos && compaction.step()) {
            // some more
        }
        return store.volatileKeys() > 0 ? expiry.sweep(nowMillis, budgetNanos) : 0;
    }
}
