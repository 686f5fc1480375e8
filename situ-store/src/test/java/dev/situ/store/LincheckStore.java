package dev.situ.store;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;

/// A store as Lincheck drives it: a real one, whose index is one bucket with two keys and grows at the next insert,
/// with a worker for each thread that seals and reclaims after each operation, the earliest moment at which
/// anything can be freed.
///
/// The memory is real as well. Lincheck's model checker does not see it; but all accesses to it go through [Words], so
/// it is told to take each call there as one atomic access, before which another thread may get on. What it does not
/// model is the reordering of accesses: that is what `situ-jcstress` is for.
///
/// Three keys; 1 and 2 are there at the beginning, with values like themselves.
@Param(name = "key", gen = IntGen.class, conf = "1:3")
@Param(name = "value", gen = IntGen.class, conf = "11:19")
public class LincheckStore {
    private static final MemorySegment KEYS = LincheckRegion.keys();

    final Store store = LincheckRegion.open();
    final MemorySegment memory = store.memory();
    final StoreWorker[] workers = LincheckRegion.workers(store, KEYS);

    long claim(StoreWorker worker, int key, int value) {
        long record = worker.claim(KEYS, key * 8L, 8, 8);
        Words.setLong(memory, Record.valueOffset(memory, record), value);
        return record;
    }

    int value(long record) {
        return record == Record.NONE ? 0 : (int) Words.getLong(memory, Record.valueOffset(memory, record));
    }

    static MemorySegment keys() {
        return KEYS;
    }

    StoreWorker enter(int thread) {
        StoreWorker worker = workers[thread - 1];
        worker.enter();
        return worker;
    }

    /// Ends the operation and frees what may be freed.
    void exit(StoreWorker worker) {
        worker.exit();
        worker.limbo().seal();
        worker.limbo().reclaim();
    }

    @Operation
    public int get(@Param(gen = ThreadIdGen.class) int thread, @Param(name = "key") int key) {
        StoreWorker worker = enter(thread);
        int value = value(worker.find(KEYS, key * 8L, 8));
        exit(worker);
        return value;
    }

    @Operation
    public void put(
            @Param(gen = ThreadIdGen.class) int thread,
            @Param(name = "key") int key,
            @Param(name = "value") int value) {
        StoreWorker worker = enter(thread);
        worker.put(claim(worker, key, value));
        exit(worker);
    }

    @Operation
    public boolean putIfAbsent(
            @Param(gen = ThreadIdGen.class) int thread,
            @Param(name = "key") int key,
            @Param(name = "value") int value) {
        StoreWorker worker = enter(thread);
        boolean stored = worker.putIfAbsent(claim(worker, key, value)) == StoreStatus.STORED;
        exit(worker);
        return stored;
    }

    @Operation
    public boolean putIfPresent(
            @Param(gen = ThreadIdGen.class) int thread,
            @Param(name = "key") int key,
            @Param(name = "value") int value) {
        StoreWorker worker = enter(thread);
        boolean stored = worker.putIfPresent(claim(worker, key, value)) == StoreStatus.STORED;
        exit(worker);
        return stored;
    }

    @Operation
    public boolean delete(@Param(gen = ThreadIdGen.class) int thread, @Param(name = "key") int key) {
        StoreWorker worker = enter(thread);
        boolean deleted = worker.delete(KEYS, key * 8L, 8) == StoreStatus.DELETED;
        exit(worker);
        return deleted;
    }

    /// Adds to the value, and gives the sum; a key that is absent begins with 0.
    @Operation
    public int add(
            @Param(gen = ThreadIdGen.class) int thread,
            @Param(name = "key") int key,
            @Param(name = "value") int value) {
        StoreWorker worker = enter(thread);
        int[] sum = new int[1];
        worker.update(KEYS, key * 8L, 8, (w, old) -> {
            sum[0] = value(old) + value;
            return claim(w, key, sum[0]);
        });
        exit(worker);
        return sum[0];
    }

    /// An update that removes the key if its value is even, and else keeps it. Gives the value that it saw.
    @Operation
    public int removeEven(@Param(gen = ThreadIdGen.class) int thread, @Param(name = "key") int key) {
        StoreWorker worker = enter(thread);
        int[] seen = new int[1];
        worker.update(KEYS, key * 8L, 8, (w, old) -> {
            seen[0] = value(old);
            return seen[0] % 2 == 0 ? RecordUpdate.REMOVE : RecordUpdate.KEEP;
        });
        exit(worker);
        return seen[0];
    }
}
