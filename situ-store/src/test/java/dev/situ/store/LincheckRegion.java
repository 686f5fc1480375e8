package dev.situ.store;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.situ.memory.HugePages;
import dev.situ.memory.Region;
import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Constructor;

/// Opens the stores of [LincheckStore]: thousands, one after the other, never two at once. So they use one region,
/// which is zeroed, and so is as new. Lincheck is told not to look in here.
final class LincheckRegion {
    private static final long BYTES = 1 << 20;
    private static final long SEED = 1;
    /// The last slot, so that searches go round.
    private static final int HOME = Bucket.SLOTS - 1;
    private static final Region REGION = Region.reserve(BYTES, HugePages.NONE);
    private static final Constructor<Store> OPEN;

    static {
        try {
            OPEN = Store.class.getDeclaredConstructor(Region.class, StoreOptions.class);
            OPEN.setAccessible(true);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private LincheckRegion() {}

    /// Eight keys of 8 bytes, which are looked for in one slot first: so that they get into each other's way.
    static MemorySegment keys() {
        MemorySegment keys = Arena.global().allocate(8 * 8, 8);
        Hasher64 hasher = Hashing.wyhashFinal4(SEED);
        long number = 0;
        for (int key = 0; key < 8; key++) {
            do {
                Words.setLong(keys, key * 8L, number++);
            } while (SlotWord.home(SlotWord.tag(KeyBytes.hash(hasher, 0, keys, key * 8L, 8))) != HOME);
        }
        return keys;
    }

    /// A store with an index of one bucket.
    static Store open() {
        REGION.memory().fill((byte) 0);
        StoreOptions options = StoreOptions.ofMemory(BYTES)
                .withMaxWorkers(4)
                .withHashSeed(SEED)
                .withClock(() -> 1);
        Store store;
        try {
            store = OPEN.newInstance(REGION, options);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
        Index index = store.index();
        Table given = index.current();
        index.replaceCurrent(given, new Table(store.allocator().allocateZeroedRun(Table.bytes(0), false), 0, false));
        store.allocator().freeRun(given.base);
        return store;
    }

    /// Puts keys 1 and 2, has the next insert make the index grow, and makes a worker for each of two threads.
    static StoreWorker[] workers(Store store, MemorySegment keys) {
        try (StoreWorker first = store.worker("first")) {
            first.enter();
            for (int key = 1; key <= 2; key++) {
                long record = first.claim(keys, key * 8L, 8, 8);
                Words.setLong(store.memory(), Record.valueOffset(store.memory(), record), key);
                first.put(record);
            }
            first.exit();
        }
        store.index().current().growAt = 2;
        return new StoreWorker[] {store.worker("one"), store.worker("two")};
    }
}
