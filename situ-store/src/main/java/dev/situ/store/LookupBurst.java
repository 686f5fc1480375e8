package dev.situ.store;

import dev.situ.memory.Checks;
import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;

/// Keys that are to be looked up or written together, so that the cache misses of one overlap with those of the
/// others.
///
/// ```java
/// burst.clear();
/// for (each request) burst.add(memory, keyOffset, keyLength);
/// worker.findAll(burst);
/// for (int i = 0; i < burst.size(); i++) ... burst.record(i) ...
/// ```
///
/// One lookup waits for memory twice: for the bucket, then for the record that it leads to. Processors go on
/// past a load that misses, but not past the branches that depend on it, and not far. So the work is done in
/// stages, each over all keys: hash; touch the buckets; choose the records that they lead to, or touch the chained
/// buckets; touch the chosen records; choose and touch those of the chained buckets; finish, with everything in the
/// cache. Lookups of a small index are not staged.
///
/// Who finds or writes the keys later, one by one, calls [StoreWorker#prefetch] in the place of `findAll`: the same
/// without the last stage, and to write, the buckets' lines are fetched for that. Records are then claimed by
/// [StoreWorker#claim(LookupBurst, int, int, int)], and found by way of [#add(LookupBurst, int)], with the hash from
/// here.
///
/// All keys are in the worker's database. Their memory is borrowed until [StoreWorker#findAll] or
/// [StoreWorker#prefetch] returns, and for each claim and put. Reused; grows when it must. Confined to one thread.
public final class LookupBurst {
    private static final int INITIAL_KEYS = 32;

    /// Up to so large an index, of 10,000 keys or so, stages were not seen to gain anything.
    private static final long CACHED_INDEX_BYTES = 128 * 1024;

    private MemorySegment[] memory = new MemorySegment[INITIAL_KEYS];
    private long[] offsets = new long[INITIAL_KEYS];
    private int[] lengths = new int[INITIAL_KEYS];
    private long[] hashes = new long[INITIAL_KEYS];
    private boolean[] isHashed = new boolean[INITIAL_KEYS];
    private long[] records = new long[INITIAL_KEYS];
    private int size;
    // The keys whose records are in a chained bucket, and that bucket.
    private int[] inChain = new int[INITIAL_KEYS];
    private long[] chains = new long[INITIAL_KEYS];
    private int chained;
    // Where loads go whose only use is that they load; a field, so that the compiler keeps them.
    private long touched;

    /// Makes an empty burst with room for some keys.
    public LookupBurst() {}

    /// Forgets all keys.
    public void clear() {
        size = 0;
    }

    /// How many keys were added.
    public int size() {
        return size;
    }

    /// Adds a key.
    ///
    /// @return its index
    public int add(MemorySegment memory, long offset, int length) {
        if (size == lengths.length) {
            grow();
        }
        this.memory[size] = memory;
        offsets[size] = offset;
        lengths[size] = length;
        isHashed[size] = false;
        return size++;
    }

    /// Adds a key of another burst, which [StoreWorker#findAll] or [StoreWorker#prefetch] was called with in
    /// the same database: it is not hashed once more.
    ///
    /// @return its index
    public int add(LookupBurst other, int index) {
        int at = add(other.memory[index], other.offsets[index], other.lengths[index]);
        hashes[at] = other.hashes[index];
        isHashed[at] = true;
        return at;
    }

    /// Looks for a key by where it lies.
    ///
    /// @param from the first index that is looked at
    /// @param to the first that is not, at most [#size()]
    /// @return its index, or -1
    public int indexOf(int from, int to, MemorySegment memory, long offset, int length) {
        for (int i = from; i < to; i++) {
            if (offsets[i] == offset && lengths[i] == length && this.memory[i].equals(memory)) {
                return i;
            }
        }
        return -1;
    }

    /// After [StoreWorker#findAll]: the record of key `index`, valid inside the same epoch, or [Record#NONE].
    public long record(int index) {
        return records[index];
    }

    /// Brings what operations on the keys touch to the cache. All of it is a hint.
    ///
    /// @param toWrite whether their records will be replaced
    void prefetch(Index index, int database, boolean toWrite) {
        hash(index, database);
        touch(index, toWrite);
    }

    /// The same, but touches nothing if the operations gain nothing by it.
    void prepare(Index index, int database, boolean toWrite) {
        hash(index, database);
        if (size > 1 && isWorthIt(index)) { // one alone has nobody to wait with
            touch(index, toWrite);
        }
    }

    /// Whether lookups are faster by what is touched before.
    static boolean isWorthIt(Index index) {
        return Table.bytes(index.current().bits) > CACHED_INDEX_BYTES;
    }

    private void touch(Index index, boolean toWrite) {
        touchBuckets(index, toWrite);
        chooseRecords(index);
        touchRecords(index.memory);
        touchChained(index.memory);
    }

    /// Finds the records of all keys, expired ones included.
    void find(Index index, int database) {
        prepare(index, database, false);
        for (int i = 0; i < size; i++) {
            records[i] = index.find(hashes[i], database, memory[i], offsets[i], lengths[i]);
        }
    }

    private void hash(Index index, int database) {
        for (int i = 0; i < size; i++) {
            if (!isHashed[i]) {
                hashes[i] = index.hash(database, memory[i], offsets[i], lengths[i]);
            } else if (Checks.ON) {
                checkHash(index, database, i);
            }
        }
    }

    private void touchBuckets(Index index, boolean toWrite) {
        Table table = index.current();
        MemorySegment region = index.memory;
        long sum = 0;
        for (int i = 0; i < size; i++) {
            long bucket = table.bucketOf(hashes[i]);
            if (toWrite) {
                Bucket.touchForWriting(region, bucket);
            } else {
                sum += Words.getLong(region, bucket);
            }
        }
        touched = sum;
    }

    /// Chooses the first record with the right tag: the wrong one once in some thousand times, which costs a miss
    /// later. Where the first bucket has none, touches the bucket that is chained to it.
    private void chooseRecords(Index index) {
        Table table = index.current();
        MemorySegment region = index.memory;
        long sum = 0;
        chained = 0;
        for (int i = 0; i < size; i++) {
            long bucket = table.bucketOf(hashes[i]);
            records[i] = candidate(region, bucket, SlotWord.tag(hashes[i]));
            if (records[i] == Record.NONE) {
                long next = Bucket.next(Bucket.overflow(region, bucket));
                if (next != 0) {
                    sum += Words.getLong(region, next);
                    chains[chained] = next;
                    inChain[chained++] = i;
                }
            }
        }
        touched += sum;
    }

    /// Touches the chosen records, and does nothing else: the shorter the way from one to the next, the more of them
    /// the processor fetches at once.
    private void touchRecords(MemorySegment region) {
        long sum = 0;
        for (int i = 0; i < size; i++) {
            if (records[i] != Record.NONE) {
                sum += Record.touch(region, records[i], lengths[i]);
            }
        }
        touched += sum;
    }

    /// Touches the records that chained buckets lead to.
    private void touchChained(MemorySegment region) {
        long sum = 0;
        for (int n = 0; n < chained; n++) {
            int i = inChain[n];
            long record = candidate(region, chains[n], SlotWord.tag(hashes[i]));
            if (record != Record.NONE) {
                sum += Record.touch(region, record, lengths[i]);
            }
        }
        touched += sum;
    }

    private static long candidate(MemorySegment region, long bucket, long tag) {
        int home = SlotWord.home(tag);
        for (int i = 0; i < Bucket.SLOTS; i++) {
            long word = Words.getLongAcquire(region, Bucket.slot(bucket, home, i));
            if (SlotWord.hasTag(word, tag) && !SlotWord.isTentative(word)) {
                long record = SlotWord.reference(word);
                if (record != Record.NONE) {
                    return record;
                }
            }
        }
        return Record.NONE;
    }

    /// Throws if the hash of a key is not what it would be now.
    void checkHash(Index table, int database, int index) {
        Objects.checkIndex(index, size);
        if (hashes[index] != table.hash(database, memory[index], offsets[index], lengths[index])) {
            throw new IllegalStateException("key " + index + " was not looked up, or in another database");
        }
    }

    /// How many bytes key `index` has.
    public int length(int index) {
        return lengths[index];
    }

    MemorySegment memory(int index) {
        return memory[index];
    }

    /// Where key `index` is in its memory.
    public long offset(int index) {
        return offsets[index];
    }

    long hash(int index) {
        return hashes[index];
    }

    void setRecord(int index, long record) {
        records[index] = record;
    }

    private void grow() {
        int keys = lengths.length * 2;
        MemorySegment[] grown = new MemorySegment[keys];
        System.arraycopy(memory, 0, grown, 0, size);
        memory = grown;
        offsets = Arrays.copyOf(offsets, keys);
        lengths = Arrays.copyOf(lengths, keys);
        hashes = Arrays.copyOf(hashes, keys);
        isHashed = Arrays.copyOf(isHashed, keys);
        records = Arrays.copyOf(records, keys);
        inChain = new int[keys];
        chains = new long[keys];
    }

    @Override
    public String toString() {
        return size + " keys, " + Long.toHexString(touched);
    }
}
