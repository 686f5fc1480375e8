package dev.situ.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Random operations of one worker against a `HashMap` with expiry and a clock that the test turns.
/// `-Dsitu.model.seed=…` repeats a run, `-Dsitu.model.seeds=1000` makes a long one.
class ModelTest {
    private static final int SEEDS = Integer.getInteger("situ.model.seeds", 3);

    private record Entry(long value, int length, long expireAt) {}

    @Test
    void theStoreDoesWhatAMapWithExpiryDoes() {
        Long given = Long.getLong("situ.model.seed");
        for (int i = 0; i < SEEDS; i++) {
            long seed = given != null ? given : System.nanoTime();
            try {
                new Run(seed).run(40_000);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    private static final class Run {
        private final Random random;
        private final AtomicLong clock = new AtomicLong(1_000_000);
        private final Map<Long, Entry> model = new HashMap<>();
        private final Arena arena = Arena.ofConfined();
        private final MemorySegment key = arena.allocate(40);
        private final Store store;
        private final StoreWorker worker;
        private final int keys;
        private long number;
        private int keyLength;

        Run(long seed) {
            random = new Random(seed);
            store = Store.open(
                    StoreOptions.ofMemory(64 << 20).withClock(clock::get).withHashSeed(seed));
            worker = store.worker("model");
            keys = 1 << (1 + random.nextInt(14));
        }

        void run(int operations) {
            for (int i = 0; i < operations; ) {
                worker.enter();
                long now = clock.get(); // the worker reads its clock once in an epoch
                worker.nowMillis();
                for (int burst = random.nextInt(30); burst >= 0; burst--, i++) {
                    step(now);
                }
                worker.exit();
                clock.addAndGet(random.nextInt(5));
                if (random.nextInt(2_000) == 0) {
                    compareAll();
                    StoreInvariants.check(store);
                }
            }
            compareAll();
            StoreInvariants.check(store);
            worker.close();
            store.close();
            arena.close();
        }

        private @Nullable Entry old(long now) {
            Entry old = model.get(number);
            if (old != null && old.expireAt() != 0 && old.expireAt() <= now) {
                model.remove(number);
                return null;
            }
            return old;
        }

        private void step(long now) {
            number = random.nextInt(keys);
            keyLength = 8 + (int) (number % 33);
            Words.setLong(key, 0, number);
            Entry old = old(now);
            int what = random.nextInt(1000);
            if (what < 300) {
                compare(worker.find(key, 0, keyLength), old);
            } else if (what < 500) {
                Entry entry = entry(now);
                assertThat(worker.put(claim(entry))).isEqualTo(StoreStatus.STORED);
                model.put(number, entry);
            } else if (what < 580) {
                Entry entry = entry(now);
                StoreStatus status = worker.putIfAbsent(claim(entry));
                assertThat(status).isEqualTo(old == null ? StoreStatus.STORED : StoreStatus.NOT_STORED);
                model.putIfAbsent(number, entry);
            } else if (what < 660) {
                Entry entry = entry(now);
                StoreStatus status = worker.putIfPresent(claim(entry));
                assertThat(status).isEqualTo(old != null ? StoreStatus.STORED : StoreStatus.NOT_STORED);
                model.replace(number, entry);
            } else if (what < 800) {
                StoreStatus status = worker.delete(key, 0, keyLength);
                assertThat(status).isEqualTo(old == null ? StoreStatus.ABSENT : StoreStatus.DELETED);
                model.remove(number);
            } else if (what < 900) {
                update(now, old);
            } else if (what < 940) {
                worker.abort(claim(entry(now)));
            } else if (what < 997) {
                worker.sweep(now, 10_000);
            } else if (what < 998) {
                worker.clear();
                model.clear();
            } else {
                scan(now);
            }
        }

        private void update(long now, @Nullable Entry old) {
            Entry entry = entry(now);
            int choice = random.nextInt(4);
            StoreStatus status = worker.update(key, 0, keyLength, (w, record) -> {
                compare(record, old);
                return choice == 0 ? RecordUpdate.REMOVE : choice == 1 ? RecordUpdate.KEEP : claim(entry);
            });
            if (choice == 0) {
                assertThat(status).isEqualTo(old == null ? StoreStatus.ABSENT : StoreStatus.DELETED);
                model.remove(number);
            } else if (choice == 1) {
                assertThat(status).isEqualTo(StoreStatus.NOT_STORED);
            } else {
                assertThat(status).isEqualTo(StoreStatus.STORED);
                model.put(number, entry);
            }
        }

        private Entry entry(long now) {
            int length = random.nextInt(100) == 0 ? random.nextInt(70_000) + 8 : random.nextInt(100) + 8;
            return new Entry(random.nextLong(), length, random.nextInt(3) == 0 ? now + 1 + random.nextInt(2_000) : 0);
        }

        private long claim(Entry entry) {
            long record = worker.claim(key, 0, keyLength, entry.length());
            long value = Record.valueOffset(store.memory(), record);
            Words.setLong(store.memory(), value, entry.value());
            Words.setLong(store.memory(), value + entry.length() - 8, entry.value());
            Record.setExpireAtMillis(store.memory(), record, entry.expireAt());
            return record;
        }

        private void compare(long record, @Nullable Entry entry) {
            if (entry == null) {
                assertThat(record).isEqualTo(Record.NONE);
                return;
            }
            assertThat(record).isNotEqualTo(Record.NONE);
            MemorySegment memory = store.memory();
            assertThat(Record.valueLength(memory, record)).isEqualTo(entry.length());
            assertThat(Record.expireAtMillis(memory, record)).isEqualTo(entry.expireAt());
            long last = Record.valueOffset(memory, record) + entry.length() - 8;
            assertThat(Words.getLong(memory, last)).isEqualTo(entry.value());
        }

        private void scan(long now) {
            Set<Long> seen = new HashSet<>();
            long cursor = 0;
            do {
                cursor = worker.scan(
                        cursor,
                        1 + random.nextInt(50),
                        record -> seen.add(Words.getLong(store.memory(), Record.keyOffset(record))));
            } while (cursor != 0);
            Set<Long> expected = new HashSet<>();
            model.forEach((name, entry) -> {
                if (entry.expireAt() == 0 || entry.expireAt() > now) {
                    expected.add(name);
                }
            });
            assertThat(seen).isEqualTo(expected);
        }

        private void compareAll() {
            worker.enter();
            long now = clock.get();
            worker.nowMillis();
            for (number = 0; number < keys; number++) {
                keyLength = 8 + (int) (number % 33);
                Words.setLong(key, 0, number);
                compare(worker.find(key, 0, keyLength), old(now));
            }
            assertThat(store.size()).isEqualTo(model.size());
            long record = worker.random();
            assertThat(record == Record.NONE).isEqualTo(model.isEmpty());
            worker.exit();
        }
    }
}
