package dev.situ.store;

import dev.situ.memory.Checks;
import dev.situ.memory.Region;
import dev.situ.memory.SizeClasses;
import dev.situ.memory.SlabAllocator;
import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/// Checks that the structure of a store is whole: for the end of every test that uses one.
///
/// Walks the index, the limbo of all workers and all pages, and compares. Nothing may run meanwhile, and no
/// worker may be inside its epoch.
///
/// 1. Every record that the index leads to is alive, in bounds, whole in its cell, in the bucket and under the tag
///    that its key's hash gives, unpinned, and met once; no key twice.
/// 2. Their number and bytes are what the store says.
/// 3. What is in limbo is retired, and not reachable.
/// 4. Every cell in use is a live, a claimed or a retired record; every run is one of these or a known part of the
///    store; and there are as many of each as there should be.
/// 5. Cells used, cached and free are all cells; pages used and free are all pages.
public final class StoreInvariants {
    private final Store store;
    private final MemorySegment memory;
    private final SlabAllocator allocator;
    private final Set<Long> reachable = new HashSet<>();
    private final Set<Long> limbo = new HashSet<>();
    private final Set<Long> cleared = new HashSet<>();
    private final Set<Long> knownRuns = new HashSet<>();
    private final long[] owned;
    private long usedBytes;
    private long adoptedKeys;
    private long adoptedBytes;
    private long claimedFound;

    private StoreInvariants(Store store) {
        this.store = store;
        this.memory = store.memory();
        this.allocator = store.allocator();
        this.owned = new long[SizeClasses.COUNT];
    }

    /// Checks a store at rest.
    ///
    /// @throws AssertionError with what is wrong
    public static void check(Store store) {
        StoreInvariants invariants = new StoreInvariants(store);
        invariants.walkIndex();
        invariants.walkCleared();
        invariants.walkLimbo();
        invariants.walkPages();
        invariants.compare();
    }

    @SuppressWarnings("AnnotateFormatMethod") // its annotation is in a library that we do not have
    private static void require(boolean holds, String what, Object... values) {
        if (!holds) {
            throw new AssertionError(String.format(what, values));
        }
    }

    private void walkIndex() {
        Table table = store.index().current();
        knownRuns.add(table.base);
        Table next = table.next();
        if (next != null) {
            knownRuns.add(next.base);
        }
        for (long i = 0; i < table.buckets(); i++) {
            if (next != null && Bucket.isMoved(Bucket.overflow(memory, table.bucketAt(i)))) {
                walkArrived(next, 2 * i);
                walkArrived(next, 2 * i + 1);
            } else {
                walkChain(table, i);
            }
        }
    }

    /// A bucket that growth has filled: a word that was left unwritten would let a late helper bring back what was
    /// deleted since.
    private void walkArrived(Table table, long number) {
        for (int i = 0; i < Bucket.SLOTS; i++) {
            long word = Words.getLongVolatile(memory, Bucket.slot(table.bucketAt(number), i));
            require(word != 0, "slot %d of bucket %d was not written when it arrived", i, number);
        }
        walkChain(table, number);
    }

    /// Walks what clears have taken out of the map and nobody has retired yet.
    private void walkCleared() {
        for (ClearedTable waiting : store.allCleared()) {
            knownRuns.add(waiting.table.base);
            for (long i = 0; i < waiting.table.buckets(); i++) {
                long first = waiting.table.bucketAt(i);
                boolean isDone = Bucket.isFrozen(Bucket.overflow(memory, first));
                for (long bucket = isDone ? 0 : first; bucket != 0; ) {
                    for (int slot = 0; slot < Bucket.SLOTS; slot++) {
                        long word = Words.getLongVolatile(memory, Bucket.slot(bucket, slot));
                        if (SlotWord.isMember(word)) {
                            long record = SlotWord.reference(word);
                            require(cleared.add(record), "%s was cleared twice", Record.hex(record));
                            count(record);
                        }
                    }
                    bucket = Bucket.next(Bucket.overflow(memory, bucket));
                }
            }
        }
    }

    private void walkChain(Table table, long number) {
        Set<String> keys = new HashSet<>();
        for (long bucket = table.bucketAt(number); bucket != 0; ) {
            for (int i = 0; i < Bucket.SLOTS; i++) {
                long word = Words.getLongVolatile(memory, Bucket.slot(bucket, i));
                require(!SlotWord.isTentative(word), "tentative at rest: bucket %d", number);
                long record = SlotWord.reference(word);
                if (record != Record.NONE) {
                    checkRecord(table, number, word, record);
                    require(keys.add(key(record)), "a key twice in bucket %d", number);
                }
            }
            bucket = Bucket.next(Bucket.overflow(memory, bucket));
        }
    }

    private void checkRecord(Table table, long number, long word, long record) {
        String name = Record.hex(record);
        require(reachable.add(record), "%s is reachable twice", name);
        require(record + Record.SHORT_HEADER_BYTES <= memory.byteSize(), "%s is out of bounds", name);
        require(Record.state(memory, record) == Record.LIVE, "%s is in state %d", name, Record.state(memory, record));
        require(Record.pins(memory, record) == 0, "%s has %d pins", name, Record.pins(memory, record));
        long bytes = Record.bytes(memory, record);
        if (allocator.isRun(record)) {
            require(bytes <= allocator.runBytes(record), "%s is larger than its run", name);
        } else {
            long slab = allocator.slabStart(record);
            int cell = allocator.cellBytes(allocator.slabClass(slab));
            require((record - slab) % cell == 0, "%s is not at the start of a cell", name);
            require(bytes <= cell, "%s has %d bytes in a cell of %d", name, bytes, cell);
        }
        count(record);
        long hash = Record.hash(store.index().hasher, memory, record);
        require(table.index(hash) == number, "%s is in bucket %d, not %d", name, number, table.index(hash));
        require(SlotWord.hasTag(word, SlotWord.tag(hash)), "%s has a wrong tag", name);
    }

    private void count(long record) {
        usedBytes += Record.bytes(memory, record);
        if (Record.isAdopted(memory, record)) {
            checkAdopted(record);
        }
    }

    private void checkAdopted(long record) {
        String name = Record.hex(record);
        int source = AdoptedValue.source(memory, record);
        require(source >= 0 && source < store.sources().count(), "%s has its value in source %d", name, source);
        long size = store.sources().source(source).memory().byteSize();
        long sum = 0;
        for (int i = 0; i < AdoptedValue.slices(memory, record); i++) {
            long offset = AdoptedValue.offset(memory, record, i);
            int length = AdoptedValue.length(memory, record, i);
            require(length > 0 && offset + length <= size, "%s has a slice out of bounds", name);
            sum += length;
        }
        require(sum == Record.framedLength(memory, record), "%s has slices of %d bytes", name, sum);
        adoptedKeys++;
        adoptedBytes += Record.valueLength(memory, record);
    }

    private String key(long record) {
        byte[] bytes = new byte[Math.min(1 << 16, Record.keyLength(memory, record))];
        Words.copyTo(memory, Record.keyOffset(memory, record), bytes, 0, bytes.length);
        String bytesAndLength = new String(bytes, StandardCharsets.ISO_8859_1) + Record.keyLength(memory, record);
        return bytesAndLength + " in " + Record.database(memory, record);
    }

    private void walkLimbo() {
        for (StoreWorker worker : store.workers()) {
            require(!store.epochs().isInside(worker.slot()), "%s is inside its epoch", worker.name());
            worker.limbo().forEach(this::addLimbo);
        }
        Limbo.forEachSealed(memory, store.orphans().get(), this::addLimbo);
    }

    private void addLimbo(long entry) {
        long kind = entry & Limbo.KIND;
        if (kind == Limbo.RUN) {
            knownRuns.add(entry & ~Limbo.KIND);
        } else if (kind == 0) {
            String name = Record.hex(entry);
            require(limbo.add(entry), "%s is in limbo twice", name);
            require(
                    Record.state(memory, entry) == (Checks.ON ? Record.RETIRED : Record.LIVE),
                    "%s is in limbo but not retired",
                    name);
            require(!reachable.contains(entry), "%s is in limbo and reachable", name);
        }
    }

    private void walkPages() {
        long live = 0;
        long retired = 0;
        long at = allocator.nextInUse(0);
        while (at != SlabAllocator.NONE) {
            int sizeClass = allocator.slabClass(at);
            long bytes;
            if (sizeClass < 0) {
                bytes = allocator.runBytes(at);
                if (reachable.contains(at) || cleared.contains(at)) {
                    live++;
                } else if (limbo.contains(at)) {
                    retired++;
                } else if (!knownRuns.contains(at) && !store.isOwnRun(at)) {
                    require(Record.state(memory, at) == Record.CLAIMED, "a lost run at 0x%x", at);
                    claimedFound++;
                }
            } else {
                bytes = allocator.slabBytes(sizeClass);
                if (sizeClass < SizeClasses.COUNT) {
                    for (int i = 0; i < allocator.cellsPerSlab(sizeClass); i++) {
                        long cell = at + (long) i * allocator.cellBytes(sizeClass);
                        int state = Record.state(memory, cell);
                        owned[sizeClass] += state == Record.FREE ? 0 : 1;
                        switch (state) {
                            case Record.RETIRED -> retired++;
                            case Record.LIVE -> {
                                if (limbo.contains(cell)) {
                                    retired++; // as it looks without checked mode
                                } else {
                                    live++;
                                }
                            }
                            case Record.CLAIMED -> claimedFound++;
                            default -> {}
                        }
                    }
                }
            }
            at = allocator.nextInUse(at + bytes);
        }
        require(
                live == reachable.size() + cleared.size(),
                "%d live records, %d reachable, %d to be cleared",
                live,
                reachable.size(),
                cleared.size());
        require(retired == limbo.size(), "%d retired records, %d in limbo", retired, limbo.size());
    }

    private void compare() {
        StoreStatistics statistics = store.statistics();
        require(
                store.countedKeys() == reachable.size() + cleared.size(),
                "counted %d keys, reachable %d, to be cleared %d",
                store.countedKeys(),
                reachable.size(),
                cleared.size());
        require(
                !cleared.isEmpty() || statistics.keys() == reachable.size(),
                "size %d, reachable %d",
                statistics.keys(),
                reachable.size());
        require(statistics.usedBytes() == usedBytes, "used %d, found %d", statistics.usedBytes(), usedBytes);
        require(
                statistics.adoptedKeys() == adoptedKeys && statistics.adoptedBytes() == adoptedBytes,
                "adopted %d keys of %d bytes, reachable %d of %d",
                statistics.adoptedKeys(),
                statistics.adoptedBytes(),
                adoptedKeys,
                adoptedBytes);
        require(
                statistics.claimedRecords() == claimedFound,
                "claimed %d, found %d",
                statistics.claimedRecords(),
                claimedFound);
        for (int i = 0; i < allocator.classes(); i++) {
            long all = (long) allocator.slabs(i) * allocator.cellsPerSlab(i);
            long counted = store.cells(i) + freeCells(i);
            require(all == counted, "class %d: %d cells, %d used, cached or free", i, all, counted);
            require(
                    i >= SizeClasses.COUNT || owned[i] == store.cells(i),
                    "class %d: %d cells in use, %d records",
                    i,
                    store.cells(i),
                    i < SizeClasses.COUNT ? owned[i] : 0);
        }
        long pages = allocator.allocatedBytes() + allocator.freeBytes();
        require(pages == allocator.touchedBytes(), "%d bytes of pages, not %d", pages, allocator.touchedBytes());
        require(allocator.touchedBytes() % Region.PAGE_BYTES == 0, "half a page");
    }

    private long freeCells(int sizeClass) {
        long free = 0;
        for (StoreWorker worker : store.workers()) {
            free += worker.cache().cached(sizeClass);
        }
        for (long at = allocator.nextInUse(0); at != SlabAllocator.NONE; ) {
            int slabClass = allocator.slabClass(at);
            if (slabClass == sizeClass) {
                free += allocator.freeCells(at);
            }
            at = allocator.nextInUse(at + (slabClass < 0 ? allocator.runBytes(at) : allocator.slabBytes(slabClass)));
        }
        return free;
    }
}
