package dev.situ.store;

import dev.situ.memory.Checks;
import dev.situ.memory.SizeClasses;
import dev.situ.memory.SlabAllocator;
import dev.situ.memory.SlabCache;
import dev.situ.memory.Words;
import dev.situ.store.EvictionPolicy.Order;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// One thread's way into a [Store]: its epoch slot, its stock of memory, its limbo, and all operations.
///
/// ```java
/// worker.enter();
/// long record = worker.find(key, 0, keyLength);
/// if (record != Record.NONE) {
///     ... read the value in store.memory() ...
/// }
/// worker.exit();
/// ```
///
/// **Epoch**: every operation is called between [#enter()] and [#exit()]. References that were found or
/// published are valid between the two, and longer only if pinned. Enter and exit once for each burst; both are
/// cheap. Do not stay inside while waiting for anything: memory that others retire is not freed meanwhile.
///
/// **Claimed records** are the caller's: invisible, writable, and valid across epochs until they are consumed by
/// one of the `put` methods or by [#abort].
///
/// **Threads**: confined to the one that first enters, but for [#unpin] and [#name()]. All operations are
/// lock-free: an operation starts again only because another one has succeeded. [#find] is wait-free but for
/// growth, where it goes on in the next table.
public final class StoreWorker implements AutoCloseable {
    private static final int ALWAYS = 0;
    private static final int IF_ABSENT = 1;
    private static final int IF_PRESENT = 2;
    private static final int IF_VERSION = 3;

    /// How many exits lie between two looks at the limbo.
    private static final int EXITS_PER_LOOK = 32;

    private final Store store;
    private final String name;
    private final int slot;
    private final MemorySegment memory;
    private final Epochs epochs;
    private final Index index;
    private final SlabCache cache;
    private final Limbo limbo;
    private final Growth growth;
    private final Writes writes;
    private final Eviction eviction;
    private final Expiry expiry;
    private final Scan scan;
    private final Probe probe;
    private final Probe updateProbe;

    private @Nullable Thread owner;
    private boolean inside;
    private boolean closed;
    private int exits;
    private int trims;
    private long nowMillis;
    private Order order = Order.NONE;
    private int tick;

    StoreWorker(Store store, String name, int slot) {
        this.store = store;
        this.name = name;
        this.slot = slot;
        this.memory = store.memory();
        this.epochs = store.epochs();
        this.index = store.index();
        this.cache = new SlabCache(store.allocator());
        this.limbo = new Limbo(memory, epochs, cache, Store.CHUNK_CLASS, store.orphans());
        this.growth = new Growth(index, store.allocator(), cache, limbo, Store.BUCKET_CLASS);
        this.writes = new Writes(store, cache, limbo, growth, slot);
        this.eviction = new Eviction(store, writes, growth, limbo, slot);
        this.expiry = new Expiry(store, writes);
        this.scan = new Scan(index);
        this.probe = new Probe(memory);
        this.updateProbe = new Probe(memory);
    }

    /// The name that it was registered with.
    public String name() {
        return name;
    }

    // ---- epoch ----------------------------------------------------------------------------------------------------

    /// Begins a burst of operations. Not nested.
    public void enter() {
        if (Checks.ON) {
            checkOwner();
            if (inside) {
                throw new IllegalStateException(name + " is inside its epoch already");
            }
        }
        inside = true;
        nowMillis = 0;
        order = store.policy().order();
        tick = store.tick();
        epochs.enter(slot);
    }

    /// Ends a burst: references that are not pinned are no longer valid.
    public void exit() {
        if (Checks.ON) {
            checkInside();
        }
        boolean needsRoom = order != Order.NONE && store.needsRoom();
        if (needsRoom) {
            eviction.makeRoom(nowMillis());
        }
        boolean look = (++exits & (EXITS_PER_LOOK - 1)) == 0;
        if (look) {
            growth.help();
        }
        epochs.exit(slot);
        inside = false;
        if (look) {
            limbo.adoptOrphans();
        }
        if (look || needsRoom || limbo.isHeavy()) {
            limbo.seal();
            limbo.reclaim();
        }
        if (needsRoom && store.isAboveLimit()) {
            cache.flush(); // a cell in a cache keeps its whole slab
            store.allocator().purgeAll();
        }
        int requested = store.trims();
        if (requested != trims) {
            trims = requested;
            trim();
        }
    }

    /// Gives back what this worker holds unused: for when its thread is about to sleep. Outside the epoch.
    public void trim() {
        if (Checks.ON) {
            checkOwner();
            if (inside) {
                throw new IllegalStateException(name + " is inside its epoch");
            }
        }
        limbo.adoptOrphans();
        limbo.seal();
        limbo.reclaim();
        limbo.abandon();
        writes.tell();
        cache.flush();
    }

    /// Unregisters the worker. What it retired is freed by the others. Idempotent.
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        inside = false;
        epochs.exit(slot);
        limbo.adoptOrphans();
        limbo.seal();
        limbo.reclaim();
        limbo.abandon();
        cache.flush();
        writes.tell();
        store.unregister(this);
    }

    // ---- read -----------------------------------------------------------------------------------------------------

    /// Finds the record of a key. An expired record is not found, and removed.
    ///
    /// @param key native memory, borrowed for the call
    /// @return the record, valid inside this epoch, or [Record#NONE]
    public long find(MemorySegment key, long offset, int length) {
        if (Checks.ON) {
            checkInside();
        }
        long hash = index.hash(key, offset, length);
        long record = index.find(hash, key, offset, length);
        if (record != Record.NONE && isExpired(record)) {
            removeIfSame(hash, key, offset, length, record);
            return Record.NONE;
        }
        if (order != Order.NONE && record != Record.NONE) {
            touch(record);
        }
        return record;
    }

    private void touch(long record) {
        if (order == Order.LRU || order == Order.LFU) {
            Use.touch(memory, record, order, tick, order == Order.LFU ? eviction.nextRandom() : 0);
        }
    }

    /// Finds the records of many keys at once, faster than one by one where memory is slow: see [LookupBurst].
    ///
    /// @param burst its keys are read; its records are set, each as by [#find]
    public void findAll(LookupBurst burst) {
        if (Checks.ON) {
            checkInside();
        }
        burst.find(index);
        for (int i = 0; i < burst.size(); i++) {
            long record = burst.record(i);
            if (record != Record.NONE && isExpired(record)) {
                removeIfSame(burst.hash(i), burst.memory(i), burst.offset(i), burst.length(i), record);
                burst.setRecord(i, Record.NONE);
            } else if (order != Order.NONE && record != Record.NONE) {
                touch(record);
            }
        }
    }

    private boolean isExpired(long record) {
        long at = Record.expireAtMillis(memory, record);
        return at != 0 && at <= nowMillis();
    }

    /// The time that this burst counts with, in milliseconds since 1970: read once in each epoch, when first
    /// needed.
    public long nowMillis() {
        if (nowMillis == 0) {
            nowMillis = store.clockMillis();
        }
        return nowMillis;
    }

    // ---- claim and publish ----------------------------------------------------------------------------------------

    /// Makes an unpublished record with room for a value, and copies the key into it. The value's bytes are
    /// whatever was there before.
    ///
    /// @param key borrowed for the call
    /// @param valueLength the bytes of the value, 0 or more
    /// @return the record, which the caller now owns; or [Record#NONE]: there is no memory
    public long claim(MemorySegment key, long offset, int length, int valueLength) {
        if (Checks.ON) {
            checkOwner();
        }
        if (valueLength < 0) {
            throw new IllegalArgumentException("a value cannot have " + valueLength + " bytes");
        }
        long hash = index.hash(key, offset, length);
        long bytes = Record.bytes(length, valueLength);
        long record = cache.allocate(bytes);
        if (record == SlabAllocator.NONE) {
            record = allocateUnderPressure(bytes);
            if (record == SlabAllocator.NONE) {
                return Record.NONE;
            }
        }
        Record.claim(memory, record, hash, Use.initial(order, tick), length, valueLength);
        Words.copy(key, offset, memory, Record.keyOffset(record), length);
        writes.claimed();
        return record;
    }

    private long allocateUnderPressure(long bytes) {
        store.requestTrim();
        trims = store.trims();
        limbo.seal();
        limbo.adoptOrphans();
        limbo.reclaim();
        cache.flush();
        store.allocator().purgeAll();
        long cell = cache.allocate(bytes);
        EvictionPolicy policy = store.policy();
        if (cell != SlabAllocator.NONE || policy == EvictionPolicy.NOEVICTION || !inside) {
            return cell;
        }
        // What is evicted is of use only after the epoch: until then the write is on credit.
        for (long freed = 0; freed < bytes; freed += SizeClasses.footprint(bytes) / 4 + 1) {
            if (!eviction.evictOne(policy, nowMillis())) {
                return freed == 0 ? Record.NONE : cache.allocate(bytes, true);
            }
        }
        return cache.allocate(bytes, true);
    }

    /// Consumes a claimed record that is not to be published after all.
    public void abort(long claimedRecord) {
        if (Checks.ON) {
            checkOwner();
        }
        writes.discard(claimedRecord, false);
    }

    /// Consumes a claimed record: publishes it in the place of what the key had.
    ///
    /// @return [StoreStatus#STORED]; [StoreStatus#FULL] if there is no memory for the index
    public StoreStatus put(long claimedRecord) {
        return publish(claimedRecord, ALWAYS, 0);
    }

    /// Consumes a claimed record: publishes it if the key is absent.
    ///
    /// @return [StoreStatus#STORED], [StoreStatus#NOT_STORED], [StoreStatus#FULL]
    public StoreStatus putIfAbsent(long claimedRecord) {
        return publish(claimedRecord, IF_ABSENT, 0);
    }

    /// Consumes a claimed record: publishes it if the key is there.
    ///
    /// @return [StoreStatus#STORED], [StoreStatus#NOT_STORED]
    public StoreStatus putIfPresent(long claimedRecord) {
        return publish(claimedRecord, IF_PRESENT, 0);
    }

    /// Consumes a claimed record: publishes it if the key is there and its record has this [Record#version].
    ///
    /// @return [StoreStatus#STORED], [StoreStatus#NOT_STORED]
    public StoreStatus putIfVersion(long claimedRecord, int version) {
        return publish(claimedRecord, IF_VERSION, version);
    }

    /// Stores a value under a key: claim, copy, put.
    ///
    /// @return [StoreStatus#STORED], [StoreStatus#FULL]
    public StoreStatus put(
            MemorySegment key, long keyOffset, int keyLength, MemorySegment value, long valueOffset, int valueLength) {
        long record = claim(key, keyOffset, keyLength, valueLength);
        if (record == Record.NONE) {
            return StoreStatus.FULL;
        }
        Words.copy(value, valueOffset, memory, Record.valueOffset(memory, record), valueLength);
        return put(record);
    }

    private StoreStatus publish(long record, int condition, int version) {
        if (Checks.ON) {
            checkInside();
        }
        long hash = Record.claimedHash(memory, record);
        int keyLength = Record.keyLength(memory, record);
        writes.makeLive(record);
        boolean exposed = false;
        while (true) {
            Table table = growth.writable(hash);
            int found = probe.search(table, hash, memory, Record.keyOffset(record), keyLength);
            if (found == Probe.FOUND) {
                if (!holds(condition, version, SlotWord.reference(probe.word))) {
                    writes.discard(record, exposed);
                    return StoreStatus.NOT_STORED;
                }
                if (writes.replace(probe, hash, record)) {
                    return StoreStatus.STORED;
                }
            } else if (found == Probe.ABSENT) {
                if (condition == IF_PRESENT || condition == IF_VERSION) {
                    writes.discard(record, exposed);
                    return StoreStatus.NOT_STORED;
                }
                if (probe.vacant == 0) {
                    if (!writes.extend(probe)) {
                        writes.discard(record, exposed);
                        return StoreStatus.FULL;
                    }
                } else {
                    exposed = true;
                    if (writes.insert(probe, hash, record)) {
                        return StoreStatus.STORED;
                    }
                }
            }
        }
    }

    private boolean holds(int condition, int version, long old) {
        if (condition == ALWAYS) {
            return true;
        }
        boolean expired = isExpired(old);
        return switch (condition) {
            case IF_ABSENT -> expired;
            case IF_PRESENT -> !expired;
            default -> !expired && Record.version(memory, old) == version;
        };
    }

    // ---- delete ---------------------------------------------------------------------------------------------------

    /// Removes a key.
    ///
    /// @param key borrowed for the call
    /// @return [StoreStatus#DELETED]; [StoreStatus#ABSENT], also if it was there but expired
    public StoreStatus delete(MemorySegment key, long offset, int length) {
        if (Checks.ON) {
            checkInside();
        }
        long hash = index.hash(key, offset, length);
        while (true) {
            int found = probe.search(growth.writable(hash), hash, key, offset, length);
            if (found == Probe.ABSENT) {
                return StoreStatus.ABSENT;
            }
            if (found == Probe.FOUND) {
                boolean expired = isExpired(SlotWord.reference(probe.word));
                if (writes.remove(probe)) {
                    return expired ? StoreStatus.ABSENT : StoreStatus.DELETED;
                }
            }
        }
    }

    private void removeIfSame(long hash, MemorySegment key, long offset, int length, long record) {
        int found = probe.search(growth.writable(hash), hash, key, offset, length);
        if (found == Probe.FOUND && SlotWord.reference(probe.word) == record && writes.remove(probe)) {
            store.countExpired(); // if another was faster, it is gone as well
        }
    }

    // ---- read-modify-write ----------------------------------------------------------------------------------------

    /// Changes a key's record by a function, atomically: the function sees a record, and what it gives takes that
    /// record's place, or the function is asked again.
    ///
    /// @param key borrowed for the call
    /// @return [StoreStatus#STORED]; [StoreStatus#NOT_STORED] if the function kept the record;
    ///     [StoreStatus#DELETED] or [StoreStatus#ABSENT] if it wanted it removed; [StoreStatus#FULL]
    public StoreStatus update(MemorySegment key, long offset, int length, RecordUpdate function) {
        if (Checks.ON) {
            checkInside();
        }
        long hash = index.hash(key, offset, length);
        while (true) {
            int found = updateProbe.search(growth.writable(hash), hash, key, offset, length);
            if (found == Probe.FROZEN) {
                continue;
            }
            boolean there = found == Probe.FOUND && !isExpired(SlotWord.reference(updateProbe.word));
            long next = function.apply(this, there ? SlotWord.reference(updateProbe.word) : Record.NONE);
            if (next == RecordUpdate.KEEP) {
                return StoreStatus.NOT_STORED;
            }
            if (next == Record.NONE) {
                return StoreStatus.FULL;
            }
            if (next == RecordUpdate.REMOVE) {
                if (found == Probe.ABSENT) {
                    return StoreStatus.ABSENT;
                }
                if (writes.remove(updateProbe)) {
                    return there ? StoreStatus.DELETED : StoreStatus.ABSENT;
                }
                continue;
            }
            StoreStatus status = tryPublish(found, hash, next);
            if (status != null) {
                return status;
            }
        }
    }

    /// Publishes a record where the probe looked. Consumes it, also if it returns null: another was faster.
    private @Nullable StoreStatus tryPublish(int found, long hash, long record) {
        if (Checks.ON && Record.claimedHash(memory, record) != hash) {
            throw new IllegalStateException("an update gave a record with another key");
        }
        writes.makeLive(record);
        boolean exposed = false;
        if (found == Probe.FOUND) {
            if (writes.replace(updateProbe, hash, record)) {
                return StoreStatus.STORED;
            }
        } else if (updateProbe.vacant == 0) {
            if (!writes.extend(updateProbe)) {
                writes.discard(record, false);
                return StoreStatus.FULL;
            }
        } else {
            exposed = true;
            if (writes.insert(updateProbe, hash, record)) {
                return StoreStatus.STORED;
            }
        }
        writes.discard(record, exposed);
        return null;
    }

    // ---- pins -----------------------------------------------------------------------------------------------------

    /// Keeps a record's bytes readable after this epoch, until [#unpin]. Inside the epoch, on a record found or
    /// published in it, or pinned already.
    public void pin(long record) {
        if (Checks.ON) {
            checkInside();
            Record.keyLength(memory, record);
        }
        Record.addPins(memory, record, 1);
    }

    /// Gives up one pin. Any thread; no epoch is needed.
    public void unpin(long record) {
        Record.addPins(memory, record, -1);
    }

    /// Finds a record and pins it, for callers without a burst. Not inside the epoch. Allocates the holder.
    ///
    /// @return the holder, to be closed; or null if the key is absent
    public @Nullable ValueHolder hold(MemorySegment key, long offset, int length) {
        enter();
        try {
            long record = find(key, offset, length);
            if (record == Record.NONE) {
                return null;
            }
            pin(record);
            return new ValueHolder(store, record);
        } finally {
            exit();
        }
    }

    // ---- walks ----------------------------------------------------------------------------------------------------

    /// Removes expired records that nobody asked for: a part of them, as far as the time goes. For idle moments
    /// and between bursts; a full round of the index ends the call as well.
    ///
    /// @param nowMillis what counts as now, in milliseconds since 1970
    /// @param budgetNanos about how long it may take
    /// @return how many were removed
    public int sweep(long nowMillis, long budgetNanos) {
        if (Checks.ON) {
            checkInside();
        }
        return store.volatileKeys() > 0 ? expiry.sweep(nowMillis, budgetNanos) : 0;
    }

    /// Visits some of the keys, as Redis's SCAN does: a key that is in the store from the first call to the last
    /// is visited at least once, others perhaps; a key may be visited twice.
    ///
    /// @param cursor 0 to begin, then what the last call gave
    /// @param count about how many to visit
    /// @param visitor gets the records, valid inside this epoch; must not change the store
    /// @return the cursor to go on with; 0: everything was visited
    public long scan(long cursor, int count, LongConsumer visitor) {
        if (Checks.ON) {
            checkInside();
        }
        return scan.scan(cursor, count, nowMillis(), visitor);
    }

    /// A record at random, or [Record#NONE] if the store is empty. Not all records are equally likely: one whose
    /// bucket has few others comes up more often.
    public long random() {
        if (Checks.ON) {
            checkInside();
        }
        return eviction.any(nowMillis());
    }

    // ---- clear ----------------------------------------------------------------------------------------------------

    /// Removes every key at once; keys that others store meanwhile stay if they come after it. The caller takes
    /// the old records apart, which takes time in proportion to their number; the others go on.
    ///
    /// @return [StoreStatus#DELETED]; [StoreStatus#FULL] if there is no memory for an empty index
    public StoreStatus clear() {
        if (Checks.ON) {
            checkInside();
        }
        Table old = growth.exchangeForEmpty(store.firstBits());
        if (old == null) {
            return StoreStatus.FULL;
        }
        for (long i = 0; i < old.buckets(); i++) {
            takeApart(old.bucketAt(i));
        }
        limbo.retire(old.base, Limbo.RUN);
        writes.tell();
        return StoreStatus.DELETED;
    }

    private void takeApart(long first) {
        for (long bucket = first; bucket != 0; bucket = Bucket.next(Bucket.overflow(memory, bucket))) {
            for (int i = 0; i < Bucket.SLOTS; i++) {
                long word = Growth.freezeWord(memory, Bucket.slot(bucket, i));
                if (!SlotWord.isTentative(word) && SlotWord.reference(word) != Record.NONE) {
                    writes.removed(SlotWord.reference(word));
                }
            }
            Growth.freezeOverflow(memory, bucket);
        }
        growth.retireChain(Bucket.next(Bucket.overflow(memory, first)));
    }

    // ---- figures and checks ---------------------------------------------------------------------------------------

    int slot() {
        return slot;
    }

    Writes writes() {
        return writes;
    }

    Limbo limbo() {
        return limbo;
    }

    SlabCache cache() {
        return cache;
    }

    private void checkOwner() {
        Thread current = Thread.currentThread();
        if (owner == null) {
            owner = current;
        } else if (owner != current) {
            throw new IllegalStateException(name + " belongs to " + owner + " and was used by " + current);
        }
        if (closed) {
            throw new IllegalStateException(name + " is closed");
        }
    }

    private void checkInside() {
        checkOwner();
        if (!inside) {
            throw new IllegalStateException(name + " is outside its epoch");
        }
    }

    @Override
    public String toString() {
        return Objects.requireNonNull(name);
    }
}
