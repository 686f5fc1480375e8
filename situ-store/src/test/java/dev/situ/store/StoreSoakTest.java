package dev.situ.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.situ.memory.Words;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A long life of one small store in minutes: threads with workers that come and go read, write, update, delete and
/// sweep keys with and without expiry, evict, pin what others unpin, and clear, so that the index grows again and
/// again, while policy and limit change. Every value tells which key it is of.
///
/// Memory is to stay flat: what the kernel has given to the region, and what the store has in use, are sampled all
/// along, and, in runs of a minute and more, the last third may not be above the middle one.
///
/// `-Dsitu.soak.seconds=600` makes it ten minutes; `-Dsitu.soak.threads=8`, `-Dsitu.soak.seed=…`.
class StoreSoakTest {
    private static final long SECONDS = Long.getLong("situ.soak.seconds", 3);
    private static final int THREADS = Integer.getInteger("situ.soak.threads", 8);
    private static final long SEED = Long.getLong("situ.soak.seed", System.nanoTime());
    private static final long MEMORY = 8 << 20;
    private static final int KEYS = 40_000;
    private static final int MAX_PINS = 64;
    private static final int SAMPLES = 300;
    /// From then on there are enough samples to look for a trend.
    private static final long TREND_SECONDS = 60;
    /// How much longer a slow machine may take to get where records are evicted and expire.
    private static final long MOST_SECONDS = SECONDS + 120;

    private final Store store =
            Store.open(StoreOptions.ofMemory(MEMORY).withMaxWorkers(32).withEvictionPolicy(EvictionPolicy.ALLKEYS_LRU));
    private final MemorySegment memory = store.memory();
    private final ConcurrentLinkedQueue<Pin> pins = new ConcurrentLinkedQueue<>();
    private final AtomicLong pinned = new AtomicLong();
    private final LongAdder operations = new LongAdder();
    private final LongAdder clears = new LongAdder();
    private final LongAdder workers = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile boolean over;

    private record Pin(long record, long key) {}

    /// Bytes: of the region in memory, of pages in use.
    private record Sample(long resident, long allocated) {}

    @Test
    void memoryStaysFlatAndTheStoreWholeWhateverHappens() throws InterruptedException {
        assumeTrue(Files.isReadable(Path.of("/proc/self/smaps")), "needs /proc/self/smaps");
        System.out.println("soak: " + SECONDS + " s, " + THREADS + " threads, seed " + SEED);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            SplittableRandom random = new SplittableRandom(SEED + i);
            threads.add(Thread.ofPlatform().name("soak " + i).start(() -> live(random)));
        }
        List<Sample> samples = watch();
        over = true;
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failure.get()).as("seed %d", SEED).isNull();
        pins.forEach(this::release);
        StoreStatistics statistics = store.statistics();
        System.out.printf(
                "soak: %,d operations, %,d evicted, %,d expired, %,d clears, %,d workers, %,d writes refused%n",
                operations.sum(),
                statistics.evicted(),
                statistics.expired(),
                clears.sum(),
                workers.sum(),
                refused.sum());
        assertThat(statistics.evicted()).isPositive();
        assertThat(statistics.expired()).isPositive();
        assertThat(clears.sum()).isPositive();
        StoreInvariants.check(store);
        assertFlat(samples);
        assertEmptyAfterClear();
        store.close();
    }

    private void assertEmptyAfterClear() {
        try (StoreWorker last = store.worker("last")) {
            last.enter();
            last.clear();
            last.exit();
            last.trim();
        }
        store.allocator().purgeAll();
        StoreInvariants.check(store);
        StoreStatistics statistics = store.statistics();
        assertThat(statistics.limboRecords()).isZero();
        assertThat(statistics.usedBytes()).isZero();
        assertThat(statistics.allocatedBytes()).isLessThan(1 << 20);
    }

    // ---- memory ---------------------------------------------------------------------------------------------------

    /// Samples until the time is over, and changes policy and limit now and then.
    private List<Sample> watch() throws InterruptedException {
        List<Sample> samples = new ArrayList<>();
        EvictionPolicy[] policies = EvictionPolicy.values();
        long start = System.nanoTime();
        long pause = Math.max(10, SECONDS * 1_000 / SAMPLES);
        while (isOn((System.nanoTime() - start) / 1_000_000_000L) && failure.get() == null) {
            TimeUnit.MILLISECONDS.sleep(pause); // sets the rate of samples; nothing waits for it
            int round = samples.size();
            samples.add(new Sample(residentBytes(), store.statistics().allocatedBytes()));
            // In turn, and the same turns in each third.
            if (round % 5 == 0) {
                store.setPolicy(policies[round / 5 % policies.length]);
                store.setMemoryBytes(round / 5 % 3 == 0 ? MEMORY * 3 / 4 : MEMORY);
            }
        }
        return samples;
    }

    private boolean isOn(long seconds) {
        StoreStatistics statistics = store.statistics();
        boolean done = statistics.evicted() > 0 && statistics.expired() > 0 && clears.sum() > 0;
        return seconds < SECONDS || (!done && seconds < MOST_SECONDS);
    }

    private static void assertFlat(List<Sample> samples) {
        int third = samples.size() / 3;
        Sample first = highest(samples.subList(0, third));
        Sample middle = highest(samples.subList(third, 2 * third));
        Sample last = highest(samples.subList(2 * third, samples.size()));
        System.out.printf(
                "soak: highest in each third: resident %,d %,d %,d KiB, allocated %,d %,d %,d KiB%n",
                first.resident() >> 10,
                middle.resident() >> 10,
                last.resident() >> 10,
                first.allocated() >> 10,
                middle.allocated() >> 10,
                last.allocated() >> 10);
        for (Sample sample : samples) {
            assertThat(sample.allocated()).isLessThan(MEMORY + MEMORY / 16 + (4 << 20));
        }
        if (SECONDS >= TREND_SECONDS) {
            assertThat(last.allocated()).isLessThanOrEqualTo(middle.allocated() + MEMORY / 10);
            // Runs between others that are in use stay touched, so this may go up for a while and then stays.
            assertThat(last.resident()).isLessThanOrEqualTo(middle.resident() + MEMORY / 4);
        }
        // The pages keep up to 64 MiB that is free and was written.
        assertThat(last.resident()).isLessThan(MEMORY + (72 << 20));
    }

    private static Sample highest(List<Sample> samples) {
        return new Sample(
                samples.stream().mapToLong(Sample::resident).max().orElse(0),
                samples.stream().mapToLong(Sample::allocated).max().orElse(0));
    }

    /// What the kernel has given of the region.
    private long residentBytes() {
        long from = memory.address();
        long to = from + memory.byteSize();
        long resident = 0;
        boolean inside = false;
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
                int dash = line.indexOf('-');
                int blank = line.indexOf(' ');
                if (dash > 0 && dash < blank && line.charAt(0) != ' ' && !line.startsWith("Vm")) {
                    long start = Long.parseUnsignedLong(line.substring(0, dash), 16);
                    inside = start >= from && start < to;
                } else if (inside && line.startsWith("Rss:")) {
                    resident += Long.parseLong(line.replaceAll("\\D", "")) << 10;
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return resident;
    }

    // ---- one thread -----------------------------------------------------------------------------------------------

    private void live(SplittableRandom random) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment keys = arena.allocate(8 * 32, 8);
            while (!over && failure.get() == null) {
                workers.increment();
                try (StoreWorker worker = store.worker("soak")) {
                    Life life = new Life(worker, keys, random);
                    for (int bursts = random.nextInt(3_000); bursts > 0 && !over; bursts--) {
                        life.burst();
                    }
                }
            }
        } catch (Throwable e) {
            failure.compareAndSet(null, e);
        }
    }

    /// A pin is given up by whoever comes to it, from any thread, without an epoch.
    private void release(Pin pin) {
        check(pin.record(), pin.key());
        Record.addPins(memory, pin.record(), -1);
        pinned.decrementAndGet();
    }

    private void check(long record, long key) {
        long at = Record.valueOffset(memory, record);
        int length = Record.valueLength(memory, record);
        long stamp = Words.getLong(memory, at);
        if (stamp >>> 32 != key) {
            throw new AssertionError("a value of key " + (stamp >>> 32) + " under key " + key);
        }
        for (int i = 8; i < length; i += 8) {
            if (Words.getLong(memory, at + i) != stamp) {
                throw new AssertionError("a torn value of key " + key + " at " + i + " of " + length);
            }
        }
    }

    private final class Life {
        private final StoreWorker worker;
        private final MemorySegment keys;
        private final SplittableRandom random;
        private final LookupBurst lookups = new LookupBurst();
        private long key;

        Life(StoreWorker worker, MemorySegment keys, SplittableRandom random) {
            this.worker = worker;
            this.keys = keys;
            this.random = random;
        }

        void burst() {
            int steps = 1 + random.nextInt(24);
            worker.enter();
            for (int i = 0; i < steps; i++) {
                step();
            }
            if (random.nextInt(50) == 0) {
                worker.sweep(worker.nowMillis(), 20_000);
            }
            worker.exit();
            operations.add(steps);
            if (random.nextInt(500) == 0) {
                worker.trim();
            }
            while (pinned.get() > MAX_PINS) {
                Pin pin = pins.poll();
                if (pin == null) {
                    break;
                }
                release(pin);
            }
        }

        private void step() {
            // A tenth of the keys gets half of the operations.
            key = random.nextInt(random.nextBoolean() ? KEYS : KEYS / 10);
            Words.setLong(keys, 0, key);
            int what = random.nextInt(200_000);
            if (what < 80_000) {
                read(worker.find(keys, 0, 8));
            } else if (what < 90_000) {
                readMany();
            } else if (what < 150_000) {
                write();
            } else if (what < 165_000) {
                worker.delete(keys, 0, 8);
            } else if (what < 190_000) {
                worker.update(keys, 0, 8, (w, old) -> {
                    read(old);
                    int choice = random.nextInt(4);
                    return choice == 0 ? RecordUpdate.REMOVE : choice == 1 ? RecordUpdate.KEEP : claim();
                });
            } else if (what < 199_000) {
                worker.scan(
                        random.nextLong(),
                        10,
                        record -> check(record, Words.getLong(memory, Record.keyOffset(memory, record))));
            } else if (what < 199_990) {
                long record = worker.random();
                if (record != Record.NONE) {
                    check(record, Words.getLong(memory, Record.keyOffset(memory, record)));
                }
            } else {
                worker.clear();
                clears.increment();
            }
        }

        private void read(long record) {
            if (record == Record.NONE) {
                return;
            }
            if (Record.isExpired(memory, record, worker.nowMillis())) {
                throw new AssertionError("found expired: key " + key);
            }
            check(record, key);
            if (random.nextInt(100) == 0) {
                worker.pin(record);
                pinned.incrementAndGet();
                pins.add(new Pin(record, key));
            }
        }

        private void readMany() {
            lookups.clear();
            for (int i = 1; i < 32; i++) {
                Words.setLong(keys, i * 8L, random.nextInt(KEYS));
                lookups.add(keys, i * 8L, 8);
            }
            if (random.nextBoolean()) {
                worker.prefetch(lookups, true);
            }
            worker.findAll(lookups);
            for (int i = 0; i < lookups.size(); i++) {
                if (lookups.record(i) != Record.NONE) {
                    check(lookups.record(i), Words.getLong(keys, (i + 1) * 8L));
                }
            }
        }

        private void write() {
            long record = claim();
            if (record == Record.NONE) {
                return;
            }
            switch (random.nextInt(5)) {
                case 0 -> worker.putIfAbsent(record);
                case 1 -> worker.putIfPresent(record);
                case 2 -> worker.abort(record);
                case 3 -> {
                    long old = worker.find(keys, 0, 8);
                    worker.putIfVersion(record, old == Record.NONE ? 0 : Record.version(memory, old));
                }
                default -> worker.put(record);
            }
        }

        private long claim() {
            int length = random.nextInt(1_000) == 0
                    ? 33_000 + 8 * random.nextInt(10_000)
                    : 16 + 8 * random.nextInt(random.nextInt(40) == 0 ? 400 : 40);
            long record = worker.claim(keys, 0, 8, length);
            if (record == Record.NONE) {
                refused.increment();
                return Record.NONE;
            }
            long stamp = (key << 32) | (random.nextInt() & 0xFFFF_FFFFL);
            long at = Record.valueOffset(memory, record);
            for (int i = 0; i < length; i += 8) {
                Words.setLong(memory, at + i, stamp);
            }
            if (random.nextInt(3) == 0) {
                Record.setExpireAtMillis(memory, record, worker.nowMillis() + 1 + random.nextInt(500));
            }
            return record;
        }
    }
}
