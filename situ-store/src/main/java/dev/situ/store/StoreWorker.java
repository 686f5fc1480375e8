package dev.situ.store;

import dev.situ.memory.Checks;
import dev.situ.memory.SlabAllocator;
import dev.situ.memory.SlabCache;
import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
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
    private final Probe probe;

    private @Nullable Thread owner;
    private boolean inside;
    private boolean closed;
    private int exits;
    private int trims;
    private long nowMillis;
    private int versions;

    // Figures of this worker, read by others for statistics.
    private long keys;
    private long keysTold;
    private long usedBytes;
    private long claimed;

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
        this.probe = new Probe(memory);
        this.versions = slot * 0x9E3779B9;
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
        epochs.enter(slot);
    }

    /// Ends a burst: references that are not pinned are no longer valid.
    public void exit() {
        if (Checks.ON) {
            checkInside();
        }
        if ((++exits & (EXITS_PER_LOOK - 1)) == 0) {
            growth.help();
            epochs.exit(slot);
            limbo.seal();
            limbo.adoptOrphans();
            limbo.reclaim();
        } else {
            epochs.exit(slot);
            if (limbo.isHeavy()) {
                limbo.seal();
                limbo.reclaim();
            }
        }
        inside = false;
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
        tellKeys();
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
        tellKeys();
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
        return record;
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
        Record.claim(memory, record, hash, length, valueLength);
        Words.copy(key, offset, memory, Record.keyOffset(record), length);
        claimed++;
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
        return cache.allocate(bytes);
    }

    /// Consumes a claimed record that is not to be published after all.
    public void abort(long claimedRecord) {
        if (Checks.ON) {
            checkOwner();
        }
        discard(claimedRecord, false);
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
        Record.makeLive(memory, record, nextVersion());
        boolean exposed = false;
        while (true) {
            Table table = growth.writable(hash);
            int found = probe.search(table, hash, memory, Record.keyOffset(record), keyLength);
            if (found == Probe.FOUND) {
                if (!holds(condition, version, SlotWord.reference(probe.word))) {
                    discard(record, exposed);
                    return StoreStatus.NOT_STORED;
                }
                if (replace(hash, record)) {
                    return StoreStatus.STORED;
                }
            } else if (found == Probe.ABSENT) {
                if (condition == IF_PRESENT || condition == IF_VERSION) {
                    discard(record, exposed);
                    return StoreStatus.NOT_STORED;
                }
                if (probe.vacant == 0) {
                    if (!extend()) {
                        discard(record, exposed);
                        return StoreStatus.FULL;
                    }
                } else {
                    exposed = true;
                    if (probe.insert(hash, record)) {
                        inserted(record);
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

    /// Swings the slot that the probe found to `record`.
    private boolean replace(long hash, long record) {
        long old = SlotWord.reference(probe.word);
        Record.setVersion(memory, record, Record.version(memory, old) + 1);
        if (!Words.compareAndSetLong(memory, probe.slot, probe.word, SlotWord.of(hash, record))) {
            return false;
        }
        claimed--;
        usedBytes += Record.bytes(memory, record) - Record.bytes(memory, old);
        limbo.retireRecord(old);
        return true;
    }

    private void inserted(long record) {
        claimed--;
        usedBytes += Record.bytes(memory, record);
        keys++;
        long untold = keys - keysTold;
        if (untold >= Store.KEYS_UNTOLD || probe.bits < Store.SMALL_TABLE_BITS) {
            tellKeys();
            growth.growIfNeeded();
        }
    }

    private void tellKeys() {
        index.keys.addAndGet(keys - keysTold);
        keysTold = keys;
    }

    /// Chains a bucket to the chain that the probe searched. Returns false if there is no memory.
    private boolean extend() {
        long bucket = Growth.newBucket(cache, Store.BUCKET_CLASS, memory, false);
        if (bucket == SlabAllocator.NONE) {
            limbo.seal();
            limbo.reclaim();
            cache.flush();
            bucket = Growth.newBucket(cache, Store.BUCKET_CLASS, memory, false);
            if (bucket == SlabAllocator.NONE) {
                return false;
            }
        }
        if (!Words.compareAndSetLong(memory, Bucket.overflowSlot(probe.last), probe.lastOverflow, bucket)) {
            cache.free(bucket);
        }
        return true;
    }

    /// Consumes an unpublished record. One that was tentative may be under the eyes of others.
    private void discard(long record, boolean exposed) {
        claimed--;
        if (exposed) {
            limbo.retireRecord(record);
        } else {
            Record.setState(memory, record, Record.FREE);
            cache.free(record);
        }
    }

    private int nextVersion() {
        versions += 0x61C88647;
        return versions;
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
                if (remove()) {
                    return expired ? StoreStatus.ABSENT : StoreStatus.DELETED;
                }
            }
        }
    }

    private void removeIfSame(long hash, MemorySegment key, long offset, int length, long record) {
        int found = probe.search(growth.writable(hash), hash, key, offset, length);
        if (found == Probe.FOUND && SlotWord.reference(probe.word) == record) {
            remove(); // if another was faster, it is gone as well
        }
    }

    /// Empties the slot that the probe found.
    private boolean remove() {
        if (!Words.compareAndSetLong(memory, probe.slot, probe.word, SlotWord.VACATED)) {
            return false;
        }
        removed(SlotWord.reference(probe.word));
        return true;
    }

    private void removed(long record) {
        usedBytes -= Record.bytes(memory, record);
        limbo.retireRecord(record);
        keys--;
        if (keysTold - keys >= Store.KEYS_UNTOLD) {
            tellKeys();
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
            int found = probe.search(growth.writable(hash), hash, key, offset, length);
            if (found == Probe.FROZEN) {
                continue;
            }
            boolean there = found == Probe.FOUND && !isExpired(SlotWord.reference(probe.word));
            long next = function.apply(this, there ? SlotWord.reference(probe.word) : Record.NONE);
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
                if (remove()) {
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
        Record.makeLive(memory, record, nextVersion());
        boolean exposed = false;
        if (found == Probe.FOUND) {
            if (replace(hash, record)) {
                return StoreStatus.STORED;
            }
        } else if (probe.vacant == 0) {
            if (!extend()) {
                discard(record, false);
                return StoreStatus.FULL;
            }
        } else {
            exposed = true;
            if (probe.insert(hash, record)) {
                inserted(record);
                return StoreStatus.STORED;
            }
        }
        discard(record, exposed);
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
        tellKeys();
        return StoreStatus.DELETED;
    }

    private void takeApart(long first) {
        for (long bucket = first; bucket != 0; bucket = Bucket.next(Bucket.overflow(memory, bucket))) {
            for (int i = 0; i < Bucket.SLOTS; i++) {
                long word = Growth.freezeWord(memory, Bucket.slot(bucket, i));
                if (!SlotWord.isTentative(word) && SlotWord.reference(word) != Record.NONE) {
                    removed(SlotWord.reference(word));
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

    long keys() {
        return keys;
    }

    long usedBytes() {
        return usedBytes;
    }

    long claimed() {
        return claimed;
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
