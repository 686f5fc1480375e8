package dev.situ.store;

import com.dynatrace.hash4j.hashing.Hashing;
import dev.situ.memory.BufferSource;
import dev.situ.memory.HugePages;
import dev.situ.memory.Region;
import dev.situ.memory.RegionException;
import dev.situ.memory.SizeClasses;
import dev.situ.memory.SlabAllocator;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Keys and values off the heap, for many workers at once.
///
/// ```
///   Store ---- Index ---- Table: buckets of slot words ----+
///     |                                                     |   references are offsets
///     |------- SlabAllocator ---- Region: records <---------+   in one region
///     |
///     +------- Epochs ---- a slot for each StoreWorker
/// ```
///
/// A record is immutable once published. An update builds a new one and swings the slot word from the old record
/// to the new one by compare-and-set; the old one is freed when no worker can be reading it any more. Readers
/// take no lock and write nothing that is shared. All operations are in [StoreWorker]; `docs/design/store.md`
/// explains how they work.
///
/// Safe for all threads.
public final class Store implements AutoCloseable {
    /// How many databases there are: 0 to 15. A key of one is nothing to the others.
    public static final int DATABASES = 16;

    static final int BUCKET_CLASS = SizeClasses.COUNT;
    static final int CHUNK_CLASS = SizeClasses.COUNT + 1;
    /// How many inserts and deletes a worker keeps to itself before it tells the index.
    static final int KEYS_UNTOLD = 64;
    /// How many bytes of cells likewise.
    static final long BYTES_UNTOLD = 16 * 1024;
    /// Tables below this many bits are told of each insert, so that they grow in time.
    static final int SMALL_TABLE_BITS = 12;

    private static final int MIN_BITS = 4;

    private final Region region;
    private final MemorySegment memory;
    private final SlabAllocator allocator;
    private final MemoryLimit limit;
    private final long epochBase;
    private final Epochs epochs;
    private final Exclusion exclusion;
    private final Index index;
    private final Sources sources;
    private final StoredValues values;
    private final AdoptionPolicy adoption;
    private final AtomicLong orphans = new AtomicLong();
    private final AtomicLong orphanBytes = new AtomicLong();
    private final AtomicInteger trims = new AtomicInteger();
    private final AtomicLong turnover = new AtomicLong();
    private final AtomicLong turnoverAtTick = new AtomicLong();
    private final AtomicLong sweepHand = new AtomicLong();
    private final AtomicLong evictions = new AtomicLong();
    private final AtomicLong expirations = new AtomicLong();
    private volatile EvictionPolicy policy;
    private volatile @Nullable RemovalListener removalListener;
    private volatile int tick;
    /// When each of the last 256 ticks began.
    private final AtomicLongArray tickMillis = new AtomicLongArray(256);
    private final LongSupplier clockMillis;
    private final int firstBits;
    private final List<StoreWorker> workers = new ArrayList<>();
    // What workers that are closed have left.
    private final KeyCounts countsLeft = new KeyCounts();
    private long usedBytesLeft;
    private long claimedLeft;
    private final Queue<ClearedTable> cleared = new ConcurrentLinkedQueue<>();
    private long adoptedKeysLeft;
    private long adoptedBytesLeft;
    private long relocationsLeft;
    private final long[] cellsLeft;

    private Store(Region region, StoreOptions options) {
        this.region = region;
        this.memory = region.memory();
        long limitBytes = MemoryLimit.of(options.memoryBytes());
        this.allocator = new SlabAllocator(region, limitBytes, Bucket.BYTES, Limbo.CHUNK_BYTES);
        this.sources = new Sources(memory);
        this.values = new StoredValues(memory, sources);
        this.adoption = options.adoption();
        this.policy = options.evictionPolicy();
        this.clockMillis = options.clockMillis();
        this.firstBits = bitsFor(options.expectedKeys());
        this.cellsLeft = new long[allocator.classes()];
        long forWorkers = Epochs.bytes(options.maxWorkers()) + Exclusion.bytes(options.maxWorkers());
        this.limit = new MemoryLimit(this, region.size(), forWorkers + (256 << 10));
        this.epochBase = allocator.allocateZeroedRun(forWorkers, true);
        long table = allocator.allocateZeroedRun(Table.bytes(firstBits), false);
        if (epochBase == SlabAllocator.NONE || table == SlabAllocator.NONE) {
            throw new StoreOpenException("an index for " + options.expectedKeys() + " keys does not fit into "
                    + options.memoryBytes() + " bytes of memory");
        }
        this.epochs = new Epochs(memory, epochBase, options.maxWorkers());
        this.exclusion = new Exclusion(memory, epochBase + Epochs.bytes(options.maxWorkers()));
        this.index = new Index(memory, Hashing.wyhashFinal4(options.hashSeed()), new Table(table, firstBits, false));
    }

    private static int bitsFor(long keys) {
        int bits = MIN_BITS;
        while (Index.threshold(bits) < keys) {
            bits++;
        }
        return bits;
    }

    /// Opens an empty store. Reserves address space, and touches almost none of it.
    ///
    /// @throws StoreOpenException if that is impossible; the message is one line for the user
    public static Store open(StoreOptions options) {
        // Address space costs nothing, and room between runs keeps large values possible when memory is fragmented.
        // Huge pages that were set aside are another thing: all of the region's are taken at once.
        long memory = options.memoryBytes();
        long reserve = options.hugePages() == HugePages.RESERVED ? memory + memory / 4 : memory * 2 + (256L << 20);
        Region region;
        try {
            region = Region.reserve(reserve, options.hugePages());
        } catch (RegionException e) {
            throw new StoreOpenException(String.valueOf(e.getMessage()));
        }
        try {
            return new Store(region, options);
        } catch (RuntimeException | Error e) {
            region.close();
            throw e;
        }
    }

    /// Registers a worker for the calling thread, or for one that is about to start.
    ///
    /// @param name for messages and metrics
    /// @throws IllegalStateException if all of [StoreOptions#maxWorkers()] are registered
    public StoreWorker worker(String name) {
        int slot = epochs.register();
        if (slot < 0) {
            throw new IllegalStateException("no room for another store worker: " + name);
        }
        StoreWorker worker = new StoreWorker(this, name, slot);
        synchronized (workers) {
            workers.add(worker);
        }
        return worker;
    }

    void unregister(StoreWorker worker) {
        synchronized (workers) {
            if (workers.remove(worker)) {
                countsLeft.add(worker.writes().counts());
                usedBytesLeft += worker.writes().usedBytes();
                claimedLeft += worker.writes().claims();
                adoptedKeysLeft += worker.writes().adoptedKeys();
                adoptedBytesLeft += worker.writes().adoptedBytes();
                relocationsLeft += worker.writes().relocations();
                for (int i = 0; i < cellsLeft.length; i++) {
                    cellsLeft[i] += worker.cache().balance(i);
                }
                epochs.unregister(worker.slot());
            }
        }
    }

    /// The region that all records lie in; references are offsets into it. The same object every time.
    public MemorySegment memory() {
        return memory;
    }

    // ---- values ---------------------------------------------------------------------------------------------------

    /// Reads values, wherever they lie.
    public StoredValues values() {
        return values;
    }

    /// When values are adopted.
    public AdoptionPolicy adoption() {
        return adoption;
    }

    /// Makes a source of buffers known, so that values may be adopted in them. It must outlive the records that
    /// hold its buffers: see [StoreWorker#releaseBuffers].
    ///
    /// @return the number for [Adoption#begin]; the same for the same source
    public int register(BufferSource source) {
        return sources.register(source);
    }

    Sources sources() {
        return sources;
    }

    // ---- keys -----------------------------------------------------------------------------------------------------

    /// The number of keys, those expired but not met since included. Exact when nothing runs.
    public long size() {
        return Arrays.stream(sizes()).sum();
    }

    /// The number of keys in a database, those expired but not met since included. Exact when nothing runs.
    public long size(int database) {
        return sizes()[database];
    }

    /// The same for each database.
    long[] sizes() {
        long[] sizes = new long[DATABASES];
        synchronized (workers) {
            countsLeft.addKeysTo(sizes);
            for (StoreWorker worker : workers) {
                worker.writes().counts().addKeysTo(sizes);
            }
        }
        for (int i = 0; i < DATABASES; i++) {
            for (ClearedTable table : cleared) {
                sizes[i] -= table.keys(i);
            }
            sizes[i] = Math.max(0, sizes[i]);
        }
        return sizes;
    }

    /// The number of keys, those included that a clear took out of the map and that are not yet retired.
    long countedKeys() {
        synchronized (workers) {
            long keys = countsLeft.keys();
            for (StoreWorker worker : workers) {
                keys += worker.writes().counts().keys();
            }
            return keys;
        }
    }

    /// The number of keys with an expiry. Exact when nothing runs.
    public long volatileKeys() {
        synchronized (workers) {
            long size = countsLeft.volatileKeys();
            for (StoreWorker worker : workers) {
                size += worker.writes().counts().volatileKeys();
            }
            return Math.max(0, size);
        }
    }

    /// The number of keys with an expiry in a database. Exact when nothing runs.
    public long volatileKeys(int database) {
        synchronized (workers) {
            long size = countsLeft.volatileKeys(database);
            for (StoreWorker worker : workers) {
                size += worker.writes().counts().volatileKeys(database);
            }
            return Math.max(0, size);
        }
    }

    // ---- removals -------------------------------------------------------------------------------------------------

    /// Says who is told of keys that expire or are evicted, from now on; in place of another, if there was one.
    /// Any thread.
    ///
    /// @param listener called on the threads of all workers
    public void listen(RemovalListener listener) {
        removalListener = listener;
    }

    @Nullable
    RemovalListener removalListener() {
        return removalListener;
    }

    // ---- memory limit ---------------------------------------------------------------------------------------------

    /// What goes when memory runs out.
    public EvictionPolicy policy() {
        return policy;
    }

    /// Changes what goes when memory runs out. Any thread, at any time.
    public void setPolicy(EvictionPolicy policy) {
        this.policy = policy;
    }

    /// Changes how much memory all records and the index may use, at most two thirds of the region: a third more
    /// than what the store was opened with, for the rest is room to finish things in. More is cut to that. What
    /// is in use above it goes as the policy says, in the next bursts.
    public void setMemoryBytes(long bytes) {
        limit.set(bytes);
    }

    /// The sum of some figure of bytes over the limbo of all workers, with what closed and idle ones left.
    long limboBytes(ToLongFunction<Limbo> bytes) {
        synchronized (workers) {
            long sum = orphanBytes.get();
            for (StoreWorker worker : workers) {
                sum += bytes.applyAsLong(worker.limbo());
            }
            return sum;
        }
    }

    int workerCount() {
        synchronized (workers) {
            return workers.size();
        }
    }

    /// The bytes of the index's tables, chained buckets not included.
    long tableBytes() {
        Table next = index.growingTo();
        return Table.bytes(index.current().bits) + (next == null ? 0 : Table.bytes(next.bits));
    }

    /// Takes in what a worker has counted.
    void tell(long bytes, long inserts) {
        limit.tell(bytes);
        if (inserts != 0) {
            long now = turnover.addAndGet(inserts);
            long last = turnoverAtTick.get();
            if (now - last >= Math.max(16, index.keys.get() / 64) && turnoverAtTick.compareAndSet(last, now)) {
                nextTick();
            }
        }
    }

    private synchronized void nextTick() {
        int next = tick + 1;
        tickMillis.set(next & 0xFF, clockMillis());
        tick = next;
    }

    /// When the tick was over in which a record was used.
    ///
    /// @param use what the record remembers, of LRU
    /// @param nowMillis given if it is not over, or has never been: after a change of the policy
    long endOfTick(int use, long nowMillis) {
        long end = (use & 0xFF) == (tick & 0xFF) ? 0 : tickMillis.get((use + 1) & 0xFF);
        return end == 0 ? nowMillis : end;
    }

    int tick() {
        return tick;
    }

    void countEviction() {
        evictions.incrementAndGet();
    }

    void countExpired() {
        expirations.incrementAndGet();
    }

    long nextSweep(int buckets) {
        return sweepHand.getAndAdd(buckets);
    }

    /// What the store holds now.
    public StoreStatistics statistics() {
        long keys = size();
        synchronized (workers) {
            long used = usedBytesLeft;
            long claimed = claimedLeft;
            long limboRecords = 0;
            long limboBytes = 0;
            long pinned = 0;
            long adopted = adoptedKeysLeft;
            long adoptedBytes = adoptedBytesLeft;
            long relocations = relocationsLeft;
            for (StoreWorker worker : workers) {
                adopted += worker.writes().adoptedKeys();
                adoptedBytes += worker.writes().adoptedBytes();
                relocations += worker.writes().relocations();
                used += worker.writes().usedBytes();
                claimed += worker.writes().claims();
                limboRecords += worker.limbo().records();
                limboBytes += worker.limbo().bytes();
                pinned += worker.limbo().pinned();
            }
            long indexBytes = tableBytes() + cells(BUCKET_CLASS) * Bucket.BYTES;
            long oldest = epochs.oldest();
            return new StoreStatistics(
                    keys,
                    volatileKeys(),
                    adopted,
                    used,
                    adoptedBytes,
                    allocator.allocatedBytes(),
                    allocator.limitBytes(),
                    indexBytes,
                    Index.threshold(index.current().bits),
                    limboRecords,
                    limboBytes,
                    pinned,
                    claimed,
                    oldest == Epochs.NOBODY ? 0 : epochs.current() - oldest,
                    evictions.get(),
                    expirations.get(),
                    relocations);
        }
    }

    /// What each worker holds back.
    public List<WorkerStatistics> workerStatistics() {
        long now = epochs.current();
        List<WorkerStatistics> all = new ArrayList<>();
        for (StoreWorker worker : workers()) {
            long entered = epochs.enteredAt(worker.slot());
            Limbo limbo = worker.limbo();
            long behind = entered == 0 ? 0 : now - entered;
            all.add(new WorkerStatistics(worker.name(), behind, limbo.records(), limbo.bytes()));
        }
        return all;
    }

    /// The slabs of each class that has some, smallest cells first; the index's own classes come last.
    public List<SlabStatistics> slabStatistics() {
        List<SlabStatistics> all = new ArrayList<>();
        for (int i = 0; i < allocator.classes(); i++) {
            int slabs = allocator.slabs(i);
            if (slabs > 0) {
                long bytes = (long) slabs * allocator.slabBytes(i);
                all.add(new SlabStatistics(allocator.cellBytes(i), slabs, bytes, Math.max(0, cells(i))));
            }
        }
        return all;
    }

    /// Cells of a class that are in use.
    long cells(int sizeClass) {
        synchronized (workers) {
            long cells = cellsLeft[sizeClass];
            for (StoreWorker worker : workers) {
                cells += worker.cache().balance(sizeClass);
            }
            return cells;
        }
    }

    /// Whether the run at `offset` belongs to the store itself.
    boolean isOwnRun(long offset) {
        return offset == epochBase;
    }

    /// Gives all memory back. Workers, records and holders must not be used afterwards: what still is gets an
    /// `IllegalStateException` in checked mode, and reads zeros otherwise ([Region#close]). Idempotent.
    @Override
    public void close() {
        region.close();
    }

    // ---- for the package ------------------------------------------------------------------------------------------

    MemoryLimit limit() {
        return limit;
    }

    SlabAllocator allocator() {
        return allocator;
    }

    Epochs epochs() {
        return epochs;
    }

    Exclusion exclusion() {
        return exclusion;
    }

    Index index() {
        return index;
    }

    AtomicLong orphans() {
        return orphans;
    }

    AtomicLong orphanBytes() {
        return orphanBytes;
    }

    List<StoreWorker> workers() {
        synchronized (workers) {
            return List.copyOf(workers);
        }
    }

    int firstBits() {
        return firstBits;
    }

    long clockMillis() {
        return clockMillis.getAsLong();
    }

    void addCleared(ClearedTable table) {
        cleared.add(table);
    }

    /// The table that is to be taken apart first, or null.
    @Nullable
    ClearedTable cleared() {
        return cleared.peek();
    }

    void removeCleared(ClearedTable table) {
        cleared.remove(table);
    }

    /// Those not yet taken apart.
    Collection<ClearedTable> allCleared() {
        return List.copyOf(cleared);
    }

    /// How often workers were asked to give back what they hold unused.
    int trims() {
        return trims.getOpaque();
    }

    void requestTrim() {
        trims.incrementAndGet();
    }
}
