package dev.situ.store;

import com.sun.management.ThreadMXBean;
import dev.situ.memory.HugePages;
import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.SplittableRandom;

/// A quick look at the cost of single operations by one thread: `main` with the number of keys, the bytes of key
/// and of value, and the kind of pages. Times are of the processor, not of the clock. Not a benchmark to quote:
/// situ-bench has those.
final class StoreSpeed {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Store store;
    private final StoreWorker worker;
    private final int keys;
    private final int keyLength;
    private final int valueLength;
    private final MemorySegment key;
    private final MemorySegment value;
    private final SplittableRandom random = new SplittableRandom(1);
    private final LookupBurst burst = new LookupBurst();
    private final MemorySegment burstKeys;
    private long sum;

    private interface Operation {
        void run();
    }

    private StoreSpeed(int keys, int keyLength, int valueLength, HugePages pages, Arena arena) {
        this.keys = keys;
        this.keyLength = keyLength;
        this.valueLength = valueLength;
        store = Store.open(StoreOptions.ofMemory(Math.max(64L << 20, keys * (keyLength + valueLength + 120L)))
                .withHugePages(pages));
        worker = store.worker("speed");
        key = arena.allocate(keyLength);
        burstKeys = arena.allocate(32L * keyLength);
        value = arena.allocate(valueLength);
    }

    public static void main(String[] arguments) {
        int keys = Integer.parseInt(arguments[0]);
        HugePages pages = HugePages.valueOf(arguments[3]);
        try (Arena arena = Arena.ofConfined()) {
            new StoreSpeed(keys, Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]), pages, arena).run();
        }
    }

    private void name(long number) {
        Words.setLong(key, keyLength - 8, number);
    }

    private void run() {
        long start = System.nanoTime();
        worker.enter();
        for (int i = 0; i < keys; i++) {
            name(i);
            worker.put(key, 0, keyLength, value, 0, valueLength);
            burst(i);
        }
        worker.exit();
        System.out.printf(
                Locale.ROOT, "fill %d keys: %.0f ns each%n", keys, (System.nanoTime() - start) / (double) keys);
        int operations = 4_000_000;
        for (int round = 0; round < 4; round++) {
            measure("find", operations, this::find);
            measure("find staged", operations / 32, this::findStaged);
            measure("find absent", operations, this::findAbsent);
            measure("put", operations, this::put);
            measure("delete+put", operations / 2, this::deleteAndPut);
            measure("hash only", operations, this::hash);
        }
        System.out.println(store.statistics() + " " + sum);
        worker.close();
        store.close();
    }

    private void burst(int i) {
        if ((i & 31) == 0) {
            worker.exit();
            worker.enter();
        }
    }

    private void find() {
        name(random.nextInt(keys));
        sum += worker.find(key, 0, keyLength);
    }

    private void findStaged() {
        burst.clear();
        for (int i = 0; i < 32; i++) {
            Words.setLong(burstKeys, (i + 1L) * keyLength - 8, random.nextInt(keys));
            burst.add(burstKeys, (long) i * keyLength, keyLength);
        }
        worker.findAll(burst);
        for (int i = 0; i < 32; i++) {
            sum += burst.record(i);
        }
    }

    private void findAbsent() {
        name(keys + random.nextInt(keys));
        sum += worker.find(key, 0, keyLength);
    }

    private void put() {
        name(random.nextInt(keys));
        worker.put(key, 0, keyLength, value, 0, valueLength);
    }

    private void deleteAndPut() {
        name(random.nextInt(keys));
        worker.delete(key, 0, keyLength);
        worker.put(key, 0, keyLength, value, 0, valueLength);
    }

    private void hash() {
        name(random.nextInt(keys));
        sum += store.index().hash(0, key, 0, keyLength);
    }

    private void measure(String what, int operations, Operation operation) {
        long bytes = THREADS.getCurrentThreadAllocatedBytes();
        long start = THREADS.getCurrentThreadCpuTime();
        worker.enter();
        for (int i = 0; i < operations; i++) {
            operation.run();
            burst(i);
        }
        worker.exit();
        double nanos = (THREADS.getCurrentThreadCpuTime() - start) / (double) operations;
        double allocated = (THREADS.getCurrentThreadAllocatedBytes() - bytes) / (double) operations;
        System.out.printf(Locale.ROOT, "%-12s %6.1f ns  %.2f B allocated%n", what, nanos, allocated);
    }
}
