package dev.situ.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Threads that read, write, delete, pin and clear at once in a store with little memory. Every value tells
/// which key it is of, and every word of it is the same, so a reader sees at once if it was given memory of
/// another. `-Dsitu.soak.seconds=600` runs it for as long, with `-Dsitu.soak.threads=8`.
class StoreStressTest {
    private static final long SECONDS = Long.getLong("situ.soak.seconds", 2);
    private static final int BUFFER_BYTES = 256;
    private static final int THREADS = Integer.getInteger("situ.soak.threads", 4);

    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    @Test
    void readersSeeWholeValuesOfTheirKeyWhileOthersWriteDeletePinGrowAndClear() throws InterruptedException {
        stress(StoreOptions.ofMemory(24 << 20), 20_000, 400, true);
    }

    @Test
    void aFewKeysInATightMemoryUnderEveryThreadStayWhole() throws InterruptedException {
        stress(StoreOptions.ofMemory(4 << 20), 8, 3_000, false);
    }

    @Test
    void evictionBetweenReadersAndWritersLeavesWholeValues() throws InterruptedException {
        StoreOptions options = StoreOptions.ofMemory(6 << 20);
        stress(options.withEvictionPolicy(EvictionPolicy.ALLKEYS_LRU), 60_000, 400, false);
    }

    private void stress(StoreOptions options, int keys, int maxValue, boolean clears) throws InterruptedException {
        long seed = System.nanoTime();
        try (Store store = Store.open(options)) {
            List<Thread> threads = new ArrayList<>();
            long end = System.nanoTime() + SECONDS * 1_000_000_000L;
            List<TestBuffers> transports = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int id = i;
                TestBuffers buffers = new TestBuffers(1000, BUFFER_BYTES, 250);
                transports.add(buffers);
                threads.add(Thread.ofPlatform().start(() -> {
                    try {
                        new Actor(store, id, seed, keys, maxValue, clears, buffers).run(end);
                    } catch (Throwable e) {
                        failure.compareAndSet(null, e);
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(failure.get()).as("seed %d", seed).isNull();
            assertThat(store.statistics().evicted() > 0)
                    .isEqualTo(options.evictionPolicy() != EvictionPolicy.NOEVICTION);
            StoreInvariants.check(store);
            try (StoreWorker worker = store.worker("last")) {
                worker.enter();
                worker.clear();
                worker.sweep(0, Long.MAX_VALUE);
                worker.exit();
                worker.trim();
            }
            StoreInvariants.check(store);
            assertThat(store.statistics().limboRecords()).isZero();
            assertThat(store.statistics().limboBytes()).isZero();
            assertThat(store.statistics().usedBytes()).isZero();
            assertThat(transports).allMatch(buffers -> buffers.outstanding() == 0);
        }
    }

    private static final class Actor {
        private final Store store;
        private final MemorySegment memory;
        private final int id;
        private final int keys;
        private final int maxValue;
        private final boolean clears;
        private final SplittableRandom random;
        private final long[] pinned = new long[16];
        private final Adoption adoption = new Adoption();
        private final TestBuffers buffers;
        private MemorySegment copy = Arena.ofAuto().allocate(4096);
        private long number;

        Actor(Store store, int id, long seed, int keys, int maxValue, boolean clears, TestBuffers buffers) {
            this.store = store;
            this.memory = store.memory();
            this.id = id;
            this.keys = keys;
            this.maxValue = maxValue;
            this.clears = clears;
            this.buffers = buffers;
            this.random = new SplittableRandom(seed + id);
        }

        void run(long end) {
            try (StoreWorker worker = store.worker("actor " + id);
                    Arena arena = Arena.ofConfined()) {
                MemorySegment key = arena.allocate(8);
                while (System.nanoTime() < end) {
                    worker.enter();
                    for (int i = random.nextInt(20); i >= 0; i--) {
                        step(worker, key);
                    }
                    worker.exit();
                    if (random.nextInt(1000) == 0) {
                        worker.trim();
                    }
                }
                for (long record : pinned) {
                    release(worker, record);
                }
            }
        }

        private void step(StoreWorker worker, MemorySegment key) {
            number = random.nextInt(keys);
            Words.setLong(key, 0, number);
            int what = random.nextInt(clears ? 100_000 : 99_999);
            if (what < 50_000) {
                read(worker, worker.find(key, 0, 8));
            } else if (what < 80_000) {
                write(worker, key);
            } else if (what < 90_000) {
                worker.delete(key, 0, 8);
            } else if (what < 99_999) {
                worker.update(key, 0, 8, (w, old) -> {
                    check(old);
                    return random.nextInt(4) == 0 ? RecordUpdate.REMOVE : claim(w, key);
                });
            } else {
                worker.clear();
            }
        }

        private void read(StoreWorker worker, long record) {
            check(record);
            if (record != Record.NONE && random.nextInt(20) == 0) {
                int at = random.nextInt(pinned.length);
                release(worker, pinned[at]);
                worker.pin(record);
                pinned[at] = record;
            }
        }

        private void release(StoreWorker worker, long record) {
            if (record != Record.NONE) {
                long expected = Words.getLong(memory, Record.keyOffset(memory, record));
                check(record, expected);
                worker.unpin(record);
            }
        }

        private void write(StoreWorker worker, MemorySegment key) {
            long record = claim(worker, key);
            if (record == Record.NONE) {
                return;
            }
            switch (random.nextInt(4)) {
                case 0 -> worker.putIfAbsent(record);
                case 1 -> worker.putIfPresent(record);
                case 2 -> worker.put(record);
                default -> worker.abort(record);
            }
        }

        private long claim(StoreWorker worker, MemorySegment key) {
            int length = 16 + 8 * random.nextInt(maxValue / 8);
            if (random.nextInt(4) == 0) {
                return adopt(worker, key, length);
            }
            if (random.nextInt(2000) == 0) {
                length = 40_000 + 8 * random.nextInt(10_000);
            }
            long record = worker.claim(key, 0, 8, length);
            if (record != Record.NONE) {
                long stamp = (number << 32) | (random.nextInt() & 0xFFFF_FFFFL);
                long at = Record.valueOffset(memory, record);
                for (int i = 0; i < length; i += 8) {
                    Words.setLong(memory, at + i, stamp);
                }
            }
            return record;
        }

        /// A value that stays in some buffers of its thread's transport.
        private long adopt(StoreWorker worker, MemorySegment key, int length) {
            long stamp = (number << 32) | (random.nextInt() & 0xFFFF_FFFFL);
            adoption.begin(store.register(buffers), 0);
            for (int left = length; left > 0; left -= BUFFER_BYTES) {
                long buffer = buffers.take();
                if (buffer == TestBuffers.NONE) {
                    giveBack();
                    return Record.NONE;
                }
                int part = Math.min(left, BUFFER_BYTES);
                for (int i = 0; i < part; i += 8) {
                    Words.setLong(buffers.memory(), buffers.offset(buffer) + i, stamp);
                }
                adoption.add(buffer, buffers.offset(buffer), part);
            }
            long record = worker.adopt(key, 0, 8, adoption);
            if (record == Record.NONE) {
                giveBack();
            }
            return record;
        }

        private void giveBack() {
            for (int i = 0; i < adoption.size(); i++) {
                buffers.release(adoption.buffer(i));
            }
        }

        private void check(long record) {
            if (record != Record.NONE) {
                check(record, number);
            }
        }

        private void check(long record, long key) {
            int length = Record.valueLength(memory, record);
            if (copy.byteSize() < length) {
                copy = Arena.ofAuto().allocate(length * 2L);
            }
            store.values().copy(record, 0, length, copy, 0);
            long stamp = Words.getLong(copy, 0);
            if (stamp >>> 32 != key) {
                throw new AssertionError("a value of key " + (stamp >>> 32) + " under key " + key);
            }
            for (int i = 8; i < length; i += 8) {
                if (Words.getLong(copy, i) != stamp) {
                    throw new AssertionError("a torn value of key " + key + " at " + i + " of " + length);
                }
            }
        }
    }
}
