package dev.situ.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.Consumes;
import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Random operations of one worker on all databases against a `HashMap` with expiry and a clock that the test
/// turns: with room for everything, and with little under each eviction policy, where a key may be gone, but no
/// more of them than the store says were evicted, and none that the policy spares.
///
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
                new Run(seed, 64 << 20, EvictionPolicy.NOEVICTION).run(40_000);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(EvictionPolicy.class)
    void withLittleMemoryItLosesWhatItEvictsAndNothingElse(EvictionPolicy policy) {
        Long given = Long.getLong("situ.model.seed");
        for (int i = 0; i < Math.max(1, SEEDS / 3); i++) {
            long seed = given != null ? given : System.nanoTime();
            try {
                new Run(seed, 2 << 20, policy).run(20_000);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + ", " + policy, e);
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
        private final EvictionPolicy policy;
        private final int keys;
        private final LookupBurst lookups = new LookupBurst();
        private final MemorySegment lookupKeys = arena.allocate(40 * 16);
        private final List<Held> held = new ArrayList<>();
        // How many evictions of unexpired keys were met.
        private long met;
        private long number;
        private int keyLength;

        /// A value in our hands, by holder or by pin, and what it is to be for as long as we have it.
        private record Held(@Nullable ValueHolder holder, long record, Entry entry) {}

        Run(long seed, long memory, EvictionPolicy policy) {
            random = new Random(seed);
            store = Store.open(StoreOptions.ofMemory(memory)
                    .withClock(clock::get)
                    .withHashSeed(seed)
                    .withEvictionPolicy(policy));
            worker = store.worker("model");
            this.policy = policy;
            keys = 1 << (policy == EvictionPolicy.NOEVICTION ? 1 + random.nextInt(14) : 13);
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
                if (random.nextInt(200) == 0) {
                    worker.trim();
                }
                if (random.nextInt(2_000) == 0) {
                    checkAll();
                }
            }
            checkAll();
            worker.close();
            store.close();
            arena.close();
        }

        private void checkAll() {
            while (!held.isEmpty()) {
                letGo(held.size() - 1);
            }
            compareAll();
            StoreInvariants.check(store);
        }

        private @Nullable Entry old(long now) {
            Entry old = model.get(number);
            if (old != null && old.expireAt() != 0 && old.expireAt() <= now) {
                model.remove(number);
                return null;
            }
            return old;
        }

        /// What the model has, given that the store says that the key is absent or there.
        private @Nullable Entry settle(@Nullable Entry old, boolean there) {
            if (old == null || there) {
                assertThat(there).isEqualTo(old != null);
                return old;
            }
            if (policy.volatileOnly()) {
                assertThat(old.expireAt()).as("a key that the policy spares").isPositive();
            }
            assertThat(++met)
                    .as("keys that are gone")
                    .isLessThanOrEqualTo(store.statistics().evicted());
            model.remove(number);
            return null;
        }

        private void choose() {
            number = random.nextInt(keys);
            name();
        }

        /// Every number is a key of its own, and every name is in all databases.
        private void name() {
            worker.select(database(number));
            keyLength = length(number);
            Words.setLong(key, 0, number / Store.DATABASES);
        }

        private static int database(long number) {
            return (int) (number % Store.DATABASES);
        }

        private static int length(long number) {
            return 8 + (int) (number / Store.DATABASES % 33);
        }

        private void step(long now) {
            choose();
            Entry old = old(now);
            int what = random.nextInt(1000);
            if (what < 250) {
                compare(worker.find(key, 0, keyLength), old);
            } else if (what < 270) {
                findMany(now);
            } else if (what < 300) {
                hold(old);
            } else if (what < 660) {
                write(now, old, what);
            } else if (what < 800) {
                StoreStatus status = worker.delete(key, 0, keyLength);
                Entry settled = settle(old, status == StoreStatus.DELETED);
                assertThat(status).isEqualTo(settled == null ? StoreStatus.ABSENT : StoreStatus.DELETED);
                model.remove(number);
            } else if (what < 900) {
                update(now, old);
            } else if (what < 940) {
                long record = claim(entry(now));
                if (record != Record.NONE) {
                    worker.abort(record);
                }
            } else if (what < 997) {
                worker.sweep(now, 10_000);
            } else if (what < 998) {
                clear();
            } else {
                scan(now);
            }
        }

        private void clear() {
            if (random.nextBoolean()) {
                worker.clear();
                model.clear();
                return;
            }
            worker.beginExclusive();
            int database = worker.database();
            boolean isCleared = worker.clearDatabase() == StoreStatus.DELETED;
            worker.endExclusive();
            assertThat(isCleared).isTrue();
            assertThat(store.size(database)).isZero();
            model.keySet().removeIf(name -> database(name) == database);
        }

        private void write(long now, @Nullable Entry old, int what) {
            Entry entry = entry(now);
            long record = claim(entry);
            if (record == Record.NONE) {
                refused();
            } else if (what < 500) {
                stored(worker.put(record), entry);
            } else if (what < 560) {
                StoreStatus status = worker.putIfAbsent(record);
                if (settle(old, status == StoreStatus.NOT_STORED) == null) {
                    stored(status, entry);
                }
            } else if (what < 610) {
                StoreStatus status = worker.putIfPresent(record);
                if (settle(old, status == StoreStatus.STORED) != null) {
                    stored(status, entry);
                }
            } else {
                putIfVersion(record, entry, old);
            }
        }

        private void stored(StoreStatus status, Entry entry) {
            assertThat(status).isEqualTo(StoreStatus.STORED);
            model.put(number, entry);
        }

        /// Only where memory is short may a claim fail.
        private void refused() {
            assertThat(store.statistics().limitBytes()).isLessThan(4 << 20);
        }

        private void putIfVersion(@Consumes long record, Entry entry, @Nullable Entry old) {
            long seen = worker.find(key, 0, keyLength);
            compare(seen, old);
            if (seen == Record.NONE) {
                assertThat(worker.putIfVersion(record, random.nextInt())).isEqualTo(StoreStatus.NOT_STORED);
                return;
            }
            int version = Record.version(store.memory(), seen);
            boolean right = random.nextBoolean();
            StoreStatus status = worker.putIfVersion(record, right ? version : version + 1 + random.nextInt(100));
            assertThat(status).isEqualTo(right ? StoreStatus.STORED : StoreStatus.NOT_STORED);
            if (right) {
                model.put(number, entry);
                assertThat(Record.version(store.memory(), worker.find(key, 0, keyLength)))
                        .isEqualTo((version + 1) & 0xFF_FFFF);
            }
        }

        private void update(long now, @Nullable Entry old) {
            Entry entry = entry(now);
            int choice = random.nextInt(4);
            Entry[] settled = new Entry[1];
            boolean[] full = new boolean[1];
            StoreStatus status = worker.update(key, 0, keyLength, (w, record) -> {
                settled[0] = compare(record, old);
                long next = choice == 0 ? RecordUpdate.REMOVE : choice == 1 ? RecordUpdate.KEEP : claim(entry);
                full[0] = next == Record.NONE;
                return next;
            });
            if (full[0]) {
                refused();
                assertThat(status).isEqualTo(StoreStatus.FULL);
            } else if (choice == 0) {
                assertThat(status).isEqualTo(settled[0] == null ? StoreStatus.ABSENT : StoreStatus.DELETED);
                model.remove(number);
            } else if (choice == 1) {
                assertThat(status).isEqualTo(StoreStatus.NOT_STORED);
            } else {
                stored(status, entry);
            }
        }

        private void findMany(long now) {
            lookups.clear();
            long[] numbers = new long[16];
            for (int i = 0; i < numbers.length; i++) {
                long other = random.nextInt(keys);
                numbers[i] = Math.min(other - database(other) + worker.database(), keys - 1);
                Words.setLong(lookupKeys, i * 40L, numbers[i] / Store.DATABASES);
                lookups.add(lookupKeys, i * 40L, length(numbers[i]));
            }
            if (random.nextBoolean()) {
                worker.prefetch(lookups, true);
            }
            worker.findAll(lookups);
            for (int i = 0; i < numbers.length; i++) {
                number = numbers[i];
                compare(lookups.record(i), old(now));
            }
        }

        // ---- holders and pins -------------------------------------------------------------------------------------

        /// Takes a value in hand that is to stay as it is, whatever happens to its key, or lets one go.
        private void hold(@Nullable Entry old) {
            if (held.size() == 8) {
                letGo(random.nextInt(held.size()));
                return;
            }
            if (random.nextBoolean()) {
                ValueHolder holder = worker.hold(key, 0, keyLength);
                Entry entry = settle(old, holder != null);
                if (holder != null && entry != null) {
                    held.add(new Held(holder, Record.NONE, entry));
                }
            } else {
                long record = worker.find(key, 0, keyLength);
                Entry entry = compare(record, old);
                if (entry != null) {
                    worker.pin(record);
                    held.add(new Held(null, record, entry));
                }
            }
        }

        private void letGo(int index) {
            Held last = held.get(index);
            held.set(index, held.getLast());
            held.removeLast();
            if (last.holder() == null) {
                compareValue(last.record(), last.entry());
                worker.unpin(last.record());
                return;
            }
            try (ValueHolder holder = last.holder()) {
                assertThat(holder.value().byteSize()).isEqualTo(last.entry().length());
                assertThat(holder.expireAtMillis()).isEqualTo(last.entry().expireAt());
                assertThat(Words.getLong(holder.value(), 0))
                        .isEqualTo(last.entry().value());
                assertThat(Words.getLong(holder.value(), last.entry().length() - 8L))
                        .isEqualTo(last.entry().value());
            }
        }

        private Entry entry(long now) {
            int length = random.nextInt(100) == 0 ? random.nextInt(70_000) + 16 : random.nextInt(100) + 16;
            return new Entry(random.nextLong(), length, random.nextInt(3) == 0 ? now + 1 + random.nextInt(2_000) : 0);
        }

        /// Claims a record, or gives [Record#NONE].
        private long claim(Entry entry) {
            long record = worker.claim(key, 0, keyLength, entry.length());
            if (record != Record.NONE) {
                long value = Record.valueOffset(store.memory(), record);
                Words.setLong(store.memory(), value, entry.value());
                Words.setLong(store.memory(), value + entry.length() - 8, entry.value());
                Record.setExpireAtMillis(store.memory(), record, entry.expireAt());
            }
            return record;
        }

        /// Compares what the store gave with what the model has, and gives what the key has.
        private @Nullable Entry compare(long record, @Nullable Entry old) {
            Entry entry = settle(old, record != Record.NONE);
            if (entry != null) {
                compareValue(record, entry);
            }
            return entry;
        }

        private void compareValue(long record, Entry entry) {
            MemorySegment memory = store.memory();
            assertThat(Record.valueLength(memory, record)).isEqualTo(entry.length());
            assertThat(Record.expireAtMillis(memory, record)).isEqualTo(entry.expireAt());
            long first = Record.valueOffset(memory, record);
            assertThat(Words.getLong(memory, first)).isEqualTo(entry.value());
            assertThat(Words.getLong(memory, first + entry.length() - 8)).isEqualTo(entry.value());
        }

        private static long number(MemorySegment memory, long record) {
            long name = Words.getLong(memory, Record.keyOffset(memory, record));
            return name * Store.DATABASES + Record.database(memory, record);
        }

        private void scan(long now) {
            int database = worker.database();
            Set<Long> seen = new HashSet<>();
            long cursor = 0;
            do {
                cursor =
                        worker.scan(cursor, 1 + random.nextInt(50), record -> seen.add(number(store.memory(), record)));
            } while (cursor != 0);
            Set<Long> expected = new HashSet<>();
            model.forEach((name, entry) -> {
                if (database(name) == database && (entry.expireAt() == 0 || entry.expireAt() > now)) {
                    expected.add(name);
                }
            });
            if (policy == EvictionPolicy.NOEVICTION) {
                assertThat(seen).isEqualTo(expected);
            } else {
                assertThat(expected).containsAll(seen);
            }
        }

        private void compareAll() {
            worker.enter();
            long now = clock.get();
            worker.nowMillis();
            for (number = 0; number < keys; number++) {
                name();
                compare(worker.find(key, 0, keyLength), old(now));
            }
            assertThat(store.size()).isEqualTo(model.size());
            int[] sizes = new int[Store.DATABASES];
            model.keySet().forEach(name -> sizes[database(name)]++);
            for (int i = 0; i < Store.DATABASES; i++) {
                worker.select(i);
                assertThat(store.size(i)).isEqualTo(sizes[i]);
                long record = worker.random();
                assertThat(record == Record.NONE).isEqualTo(sizes[i] == 0);
                assertThat(record == Record.NONE || Record.database(store.memory(), record) == i)
                        .isTrue();
            }
            worker.exit();
        }
    }
}
