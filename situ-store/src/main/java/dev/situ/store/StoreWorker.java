package dev.situ.store;

import dev.situ.memory.Checks;
import dev.situ.memory.Consumes;
import dev.situ.memory.SlabCache;
import dev.situ.memory.Words;
import dev.situ.store.Puts.Condition;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.function.IntSupplier;
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
    private final Store store;
    private final String name;
    private final int slot;
    private final MemorySegment memory;
    private final Epochs epochs;
    private final Exclusion exclusion;
    private final IntSupplier usedSlots;
    private final Index index;
    private final SlabCache cache;
    private final Limbo limbo;
    private final Growth growth;
    private final Writes writes;
    private final Eviction eviction;
    private final Scan scan;
    private final Burst burst;
    private final Claims claims;
    private final AdoptedQueue adopted;
    private final Puts puts;
    private final Updates updates;
    private final Removals removals;
    private final Upkeep upkeep;

    private @Nullable Thread owner;
    private boolean closed;
    private boolean isExclusive;
    private int database;

    StoreWorker(Store store, String name, int slot) {
        this.store = store;
        this.name = name;
        this.slot = slot;
        this.memory = store.memory();
        this.epochs = store.epochs();
        this.exclusion = store.exclusion();
        this.usedSlots = epochs::used;
        this.index = store.index();
        this.cache = new SlabCache(store.allocator());
        this.limbo = new Limbo(
                memory, epochs, cache, Store.CHUNK_CLASS, store.sources(), store.orphans(), store.orphanBytes());
        this.growth = new Growth(index, store.allocator(), cache, limbo, Store.BUCKET_CLASS);
        this.burst = new Burst(store);
        this.writes = new Writes(store, cache, limbo, growth, burst);
        this.eviction = new Eviction(store, writes, growth, slot);
        this.scan = new Scan(index);
        Relocation relocation = new Relocation(store, cache, growth, writes);
        this.adopted = new AdoptedQueue(store, limbo, relocation);
        this.puts = new Puts(memory, growth, writes, burst);
        this.updates = new Updates(memory, growth, writes, burst);
        this.removals = new Removals(store, growth, writes, limbo, burst);
        this.claims = new Claims(store, cache, limbo, writes, eviction, removals, burst);
        Compaction compaction = new Compaction(store, cache, relocation);
        this.upkeep = new Upkeep(store, burst, cache, limbo, growth, writes, eviction, removals, adopted, compaction);
    }

    /// The name that it was registered with.
    public String name() {
        return name;
    }

    // ---- database -------------------------------------------------------------------------------------------------

    /// Chooses the database that is meant wherever a key is named, from now on: 0 at first. Costs nothing.
    ///
    /// @param number 0 to [Store#DATABASES] - 1
    /// @throws IndexOutOfBoundsException if it is another
    public void select(int number) {
        database = Objects.checkIndex(number, Store.DATABASES);
    }

    /// The database that is chosen.
    public int database() {
        return database;
    }

    // ---- epoch ----------------------------------------------------------------------------------------------------

    /// Begins a burst of operations. Not nested.
    public void enter() {
        if (Checks.ON) {
            checkOwner();
            if (burst.isInside()) {
                throw new IllegalStateException(name + " is inside its epoch already");
            }
        }
        arrive();
        while (exclusion.isHeldByAnother(slot)) {
            leave();
            exclusion.await();
            arrive();
        }
        burst.begin();
    }

    private void arrive() {
        exclusion.arrive(slot);
        epochs.enter(slot); // with the fence that the look at the holder needs
    }

    private void leave() {
        if (isExclusive) {
            endSection(); // left open by an exception
        }
        epochs.exit(slot);
        exclusion.leave(slot);
    }

    /// Ends a burst: references that are not pinned are no longer valid.
    public void exit() {
        if (Checks.ON) {
            checkInside();
        }
        upkeep.atExit();
        leave();
        burst.end();
        upkeep.behindExit();
    }

    /// Gives back what this worker holds unused: for when its thread is about to sleep. Outside the epoch.
    public void trim() {
        if (Checks.ON) {
            checkOwner();
            if (burst.isInside()) {
                throw new IllegalStateException(name + " is inside its epoch");
            }
        }
        upkeep.giveBack();
    }

    /// Unregisters the worker. What it retired is freed by the others. What it adopted stays where it is, and nobody
    /// copies it when buffers are short: call [#releaseBuffers] before, on the worker's thread. Idempotent.
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        burst.end();
        leave();
        upkeep.giveBack();
        store.unregister(this);
    }

    // ---- read -----------------------------------------------------------------------------------------------------

    /// Finds the record of a key. An expired record is not found, and removed.
    ///
    /// @param key native memory, borrowed for the call
    /// @return the record, valid inside this epoch, or [Record#NONE]
    public long find(MemorySegment key, long offset, int length) {
        return used(peek(key, offset, length));
    }

    /// Finds the record of a key that was brought to the cache with others, as [#find], but does not hash it once
    /// more.
    ///
    /// @param keys what [#prefetch] (or another that hashes) was called with, in the database chosen; its memory is
    ///     borrowed for the call
    /// @param at the index of the key
    public long find(LookupBurst keys, int at) {
        if (Checks.ON) {
            keys.checkHash(index, database, at);
        }
        return used(peek(keys.hash(at), keys.memory(at), keys.offset(at), keys.length(at)));
    }

    private long used(long record) {
        if (record != Record.NONE && burst.evicts()) {
            burst.touch(record, eviction);
        }
        return record;
    }

    /// As [#find], but it does not count as a use of the key.
    public long peek(MemorySegment key, long offset, int length) {
        return peek(index.hash(database, key, offset, length), key, offset, length);
    }

    private long peek(long hash, MemorySegment key, long offset, int length) {
        if (Checks.ON) {
            checkInside();
        }
        long record = index.find(hash, database, key, offset, length);
        if (record == Record.NONE) {
            return Record.NONE;
        }
        if (burst.isExpired(record)) {
            removals.removeExpired(hash, database, key, offset, length, record);
            return Record.NONE;
        }
        return record;
    }

    /// How often a record was used of late: about the logarithm to base 2, 0 to 15. Under a policy that evicts the
    /// least frequently used; else it means nothing.
    ///
    /// @param record from [#peek], in the same epoch
    public int useFrequency(long record) {
        return Use.frequency(Record.use(memory, record), store.tick());
    }

    /// For how many milliseconds, at least, a record was not used: known to a 64th of a turnover of the store's keys.
    /// Under a policy that evicts the least recently used; else it means nothing.
    ///
    /// @param record from [#peek], in the same epoch
    public long idleMillis(long record) {
        return Math.max(0, burst.nowMillis() - store.endOfTick(Record.use(memory, record), burst.nowMillis()));
    }

    /// Finds the records of many keys at once, faster than one by one where memory is slow: see [LookupBurst].
    ///
    /// @param keys its keys are read, its records are set, each as by [#find]
    public void findAll(LookupBurst keys) {
        if (Checks.ON) {
            checkInside();
        }
        keys.find(index, database);
        for (int i = 0; i < keys.size(); i++) {
            long record = keys.record(i);
            if (record == Record.NONE) {
                continue;
            }
            if (burst.isExpired(record)) {
                removals.removeExpired(keys.hash(i), database, keys.memory(i), keys.offset(i), keys.length(i), record);
                keys.setRecord(i, Record.NONE);
            } else if (burst.evicts()) {
                burst.touch(record, eviction);
            }
        }
    }

    /// Whether there are so many keys that lookups gain by [#prefetch].
    public boolean gainsByPrefetch() {
        return LookupBurst.isWorthIt(index);
    }

    /// Brings to the cache what operations on many keys in this epoch will touch, faster than each of them
    /// would: see [LookupBurst]. Changes nothing.
    ///
    /// @param keys its keys are read
    /// @param toWrite whether they will be written
    public void prefetch(LookupBurst keys, boolean toWrite) {
        if (Checks.ON) {
            checkInside();
        }
        keys.prefetch(index, database, toWrite);
    }

    /// The same for keys that will be written, but only hashes them if there is one, or if the index is so small that
    /// all of it is in the cache anyway.
    ///
    /// @param keys its keys are read
    public void prepareWrites(LookupBurst keys) {
        if (Checks.ON) {
            checkInside();
        }
        keys.prepare(index, database, true);
    }

    /// The time that this burst counts with, in milliseconds since 1970: read once in each epoch, when first
    /// needed.
    public long nowMillis() {
        return burst.nowMillis();
    }

    // ---- claim and publish ----------------------------------------------------------------------------------------

    /// Makes an unpublished record with room for a value, and copies the key into it. The value's bytes are
    /// whatever was there before.
    ///
    /// @param key native memory, borrowed for the call
    /// @param valueLength the bytes of the value, 0 or more
    /// @return the record, which the caller now owns; or [Record#NONE]: there is no memory, or the key or
    ///     the value is longer than [Record#MAX_LENGTH]
    public long claim(MemorySegment key, long offset, int length, int valueLength) {
        if (Checks.ON) {
            checkOwner();
        }
        return claims.claim(database, key, offset, length, valueLength, 0);
    }

    /// As [#claim], with room for a frame around the value: `frameHead` bytes before it and
    /// [Record#FRAME_TAIL_BYTES] after it, for the caller to write ([Record#frameOffset]).
    ///
    /// @param frameHead 1 to [Record#MAX_FRAME_HEAD_BYTES]
    public long claimFramed(MemorySegment key, long offset, int length, int valueLength, int frameHead) {
        if (Checks.ON) {
            checkOwner();
        }
        return claims.claim(database, key, offset, length, valueLength, frameHead);
    }

    /// Makes an unpublished record for a key that was brought to the cache with others, as [#claim] and
    /// [#claimFramed] do, but without hashing it once more.
    ///
    /// @param keys what [#prefetch] (or another that hashes) was called with, in the database chosen; its memory is
    ///     borrowed for the call
    /// @param index of the key
    /// @param frameHead 0 for a value without a frame
    /// @return the record, which the caller now owns; or [Record#NONE] as there
    public long claim(LookupBurst keys, int index, int valueLength, int frameHead) {
        if (Checks.ON) {
            checkOwner();
            keys.checkHash(this.index, database, index);
        }
        return claims.claim(
                keys.hash(index),
                database,
                keys.memory(index),
                keys.offset(index),
                keys.length(index),
                valueLength,
                frameHead);
    }

    /// Makes an unpublished record whose value stays in the buffers that it lies in, and copies the key into it.
    ///
    /// Consumes the references to the buffers, unless it gives [Record#NONE]: the record gives them back when it
    /// is freed.
    ///
    /// @param key borrowed for the call
    /// @param adoption where the value lies; borrowed for the call
    /// @return the record, which the caller now owns; or [Record#NONE]: there is no memory
    public long adopt(MemorySegment key, long offset, int length, Adoption adoption) {
        if (Checks.ON) {
            checkOwner();
        }
        long record = claims.adopt(database, key, offset, length, adoption);
        if (record != Record.NONE) {
            adopted.add(record);
        }
        return record;
    }

    /// Copies every value that this worker has adopted into its record, for when the buffers are to go. Those that
    /// find no memory are removed. What a pin keeps, or another worker retired and has not freed, still holds its
    /// buffers afterwards. Outside the epoch.
    public void releaseBuffers() {
        enter();
        adopted.giveBack();
        exit();
        trim();
    }

    /// Consumes a claimed record that is not to be published after all.
    public void abort(@Consumes long claimedRecord) {
        if (Checks.ON) {
            checkOwner();
        }
        writes.discard(claimedRecord, false);
    }

    /// Consumes a claimed record: publishes it in the place of what the key had.
    ///
    /// @return [StoreStatus#STORED]; [StoreStatus#FULL] if there is no memory for the index
    public StoreStatus put(@Consumes long claimedRecord) {
        return publish(claimedRecord, Condition.ALWAYS, 0);
    }

    /// Consumes a claimed record: publishes it if the key is absent.
    ///
    /// @return [StoreStatus#STORED], [StoreStatus#NOT_STORED], [StoreStatus#FULL]
    public StoreStatus putIfAbsent(@Consumes long claimedRecord) {
        return publish(claimedRecord, Condition.IF_ABSENT, 0);
    }

    /// Consumes a claimed record: publishes it if the key is there.
    ///
    /// @return [StoreStatus#STORED], [StoreStatus#NOT_STORED], [StoreStatus#FULL]
    public StoreStatus putIfPresent(@Consumes long claimedRecord) {
        return publish(claimedRecord, Condition.IF_PRESENT, 0);
    }

    /// Consumes a claimed record: publishes it if the key is there and its record has this [Record#version].
    ///
    /// @return [StoreStatus#STORED], [StoreStatus#NOT_STORED], [StoreStatus#FULL]
    public StoreStatus putIfVersion(@Consumes long claimedRecord, int version) {
        return publish(claimedRecord, Condition.IF_VERSION, version);
    }

    /// Stores a value under a key: claim, copy, put.
    ///
    /// @param key native memory, borrowed for the call
    /// @param value borrowed for the call
    /// @return [StoreStatus#STORED], [StoreStatus#FULL]
    public StoreStatus put(
            MemorySegment key, long keyOffset, int keyLength, MemorySegment value, long valueOffset, int valueLength) {
        long hash = claims.hash(database, key, keyOffset, keyLength);
        return put(hash, key, keyOffset, keyLength, value, valueOffset, valueLength);
    }

    /// As [#put(MemorySegment, long, int, MemorySegment, long, int)] for a key of a burst: see
    /// [#claim(LookupBurst, int, int, int)].
    ///
    /// @return [StoreStatus#STORED], [StoreStatus#FULL]
    public StoreStatus put(LookupBurst keys, int index, MemorySegment value, long valueOffset, int valueLength) {
        if (Checks.ON) {
            keys.checkHash(this.index, database, index);
        }
        long hash = keys.hash(index);
        return put(hash, keys.memory(index), keys.offset(index), keys.length(index), value, valueOffset, valueLength);
    }

    private StoreStatus put(
            long hash,
            MemorySegment key,
            long keyOffset,
            int keyLength,
            MemorySegment value,
            long valueOffset,
            int valueLength) {
        if (Checks.ON) {
            checkInside();
        }
        Objects.checkFromIndexSize(valueOffset, valueLength, value.byteSize());
        long record = claims.claim(hash, database, key, keyOffset, keyLength, valueLength, 0);
        if (record == Record.NONE) {
            return StoreStatus.FULL;
        }
        long at = record + Record.headerBytes(database, keyLength, valueLength) + keyLength;
        Words.copy(value, valueOffset, memory, at, valueLength);
        return puts.publish(record, hash, database, key, keyOffset, keyLength, Condition.ALWAYS, 0);
    }

    private StoreStatus publish(@Consumes long claimedRecord, Condition condition, int version) {
        if (Checks.ON) {
            checkInside();
        }
        return puts.publish(claimedRecord, condition, version);
    }

    // ---- delete ---------------------------------------------------------------------------------------------------

    /// Removes a key.
    ///
    /// @param key borrowed for the call
    /// @return [StoreStatus#DELETED]; [StoreStatus#ABSENT], also if it was there but expired; [StoreStatus#FULL]:
    ///     it stays, for even the address space is used up, which takes a worker that does not leave its epoch
    public StoreStatus delete(MemorySegment key, long offset, int length) {
        if (Checks.ON) {
            checkInside();
        }
        return removals.delete(index.hash(database, key, offset, length), database, key, offset, length);
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
        return updates.update(this, index.hash(database, key, offset, length), database, key, offset, length, function);
    }

    /// Whether the last `put` or update of this worker that stored a record came where there was no key, or one
    /// whose time was over. Only behind [StoreStatus#STORED].
    public boolean hasCreated() {
        return writes.hasCreated();
    }

    // ---- alone ----------------------------------------------------------------------------------------------------

    /// Begins a section in which no other worker runs an operation: what is read and written until [#endExclusive] is
    /// one step to all of them, and each of their bursts is one step to this worker. Waits for the bursts that run,
    /// and for sections of others. A section that is still open ends with the epoch.
    ///
    /// Inside the epoch. References found before stay valid, but what they lead to may be in the store no longer.
    /// Not nested.
    public void beginExclusive() {
        if (Checks.ON) {
            checkInside();
            if (isExclusive) {
                throw new IllegalStateException(name + " is alone already");
            }
        }
        exclusion.begin(slot, usedSlots);
        isExclusive = true;
        burst.begin(); // it may have waited: the time and the policy are read again
    }

    /// Whether this worker is in a section.
    public boolean isExclusive() {
        return isExclusive;
    }

    /// Ends the section. Inside the same epoch.
    public void endExclusive() {
        if (Checks.ON) {
            checkInside();
        }
        endSection();
    }

    private void endSection() {
        isExclusive = false;
        exclusion.end(slot);
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

    /// Finds a record and pins it. Inside the epoch or outside. Allocates the holder.
    ///
    /// @return the holder, to be closed; or null if the key is absent
    public @Nullable ValueHolder hold(MemorySegment key, long offset, int length) {
        boolean alone = !burst.isInside();
        if (alone) {
            enter();
        }
        try {
            long record = find(key, offset, length);
            if (record == Record.NONE) {
                return null;
            }
            pin(record);
            return new ValueHolder(store, record);
        } finally {
            if (alone) {
                exit();
            }
        }
    }

    // ---- walks ----------------------------------------------------------------------------------------------------

    /// Removes expired records that nobody asked for, and what is left of a [#clear], and moves records out of
    /// sparse slabs: a part of it, as far as the time goes. For idle moments and between bursts; a full round of
    /// the index ends the call as well.
    ///
    /// @param nowMillis what counts as now, in milliseconds since 1970
    /// @param budgetNanos about how long it may take
    /// @return how many expired ones were removed
    public int sweep(long nowMillis, long budgetNanos) {
        if (Checks.ON) {
            checkInside();
        }
        return upkeep.sweep(nowMillis, budgetNanos);
    }

    /// Visits some of the database's keys, as Redis's SCAN does: a key that is in it from the first call to the last
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
        return scan.scan(database, cursor, count, burst.nowMillis(), visitor);
    }

    /// A record of the database at random, or [Record#NONE] if it is empty. Not all records are equally likely: one
    /// whose bucket has few others comes up more often.
    public long random() {
        if (Checks.ON) {
            checkInside();
        }
        long random = ((long) eviction.nextRandom() << 32) ^ eviction.nextRandom();
        return scan.any(database, random, burst.nowMillis());
    }

    // ---- clear ----------------------------------------------------------------------------------------------------

    /// Removes every key of all databases at once; keys that others store meanwhile stay if they come after it. All
    /// workers then retire the old records, some at the end of each burst, so their memory comes back within many
    /// bursts.
    ///
    /// @return [StoreStatus#DELETED]; [StoreStatus#FULL] if there is no memory for an empty index
    public StoreStatus clear() {
        if (Checks.ON) {
            checkInside();
        }
        return removals.clear();
    }

    /// Removes every key of the database: all at once if no other database has keys, and one by one else. While this
    /// worker is alone ([#beginExclusive]).
    ///
    /// @return [StoreStatus#DELETED]; [StoreStatus#FULL] if memory was short and keys are left
    public StoreStatus clearDatabase() {
        if (Checks.ON) {
            checkInside();
            if (!isExclusive) {
                throw new IllegalStateException(name + " is not alone");
            }
        }
        return removals.clear(database, scan);
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

    AdoptedQueue adopted() {
        return adopted;
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
        if (!burst.isInside()) {
            throw new IllegalStateException(name + " is outside its epoch");
        }
    }

    @Override
    public String toString() {
        return Objects.requireNonNull(name);
    }
}
