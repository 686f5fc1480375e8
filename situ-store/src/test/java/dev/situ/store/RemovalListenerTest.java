package dev.situ.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.Consumes;
import dev.situ.memory.Words;
import dev.situ.store.RemovalListener.Cause;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RemovalListenerTest {
    private final AtomicLong clock = new AtomicLong(1_000);
    private Store store = open(EvictionPolicy.NOEVICTION);
    private StoreWorker worker = store.worker("test");
    private final List<String> told = new ArrayList<>();

    private Store open(EvictionPolicy policy) {
        return Store.open(StoreOptions.ofMemory(4 << 20).withClock(clock::get).withEvictionPolicy(policy));
    }

    @AfterEach
    void close() {
        StoreInvariants.check(store);
        worker.close();
        store.close();
    }

    private void listen() {
        store.listen((record, cause) -> told.add(cause + " " + Record.database(store.memory(), record) + " "
                + Bytes.value(store, record) + " of " + key(record)));
    }

    private String key(long record) {
        byte[] bytes = new byte[Record.keyLength(store.memory(), record)];
        Words.copyTo(store.memory(), Record.keyOffset(store.memory(), record), bytes, 0, bytes.length);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private long claim(String key, String value, long expireAt) {
        MemorySegment k = Bytes.of(key);
        long record = worker.claim(k, 0, Bytes.size(k), value.length());
        MemorySegment v = Bytes.of(value);
        Words.copy(v, 0, store.memory(), Record.valueOffset(store.memory(), record), value.length());
        Record.setExpireAtMillis(store.memory(), record, expireAt);
        return record;
    }

    enum Meeting {
        FIND,
        FIND_ALL,
        DELETE,
        PUT,
        PUT_IF_ABSENT,
        PUT_IF_PRESENT,
        PUT_IF_VERSION,
        UPDATE,
        UPDATE_THAT_KEEPS,
        UPDATE_THAT_REMOVES,
        SWEEP
    }

    @ParameterizedTest
    @EnumSource
    void anExpiredKeyIsToldOnceByWhoeverMeetsIt(Meeting meeting) {
        listen();
        worker.enter();
        worker.select(3);
        worker.put(claim("k", "old", clock.get() + 10));
        assertThat(worker.hasCreated()).isTrue();
        worker.put(claim("other", "stays", clock.get() + 1000));
        worker.exit();
        clock.addAndGet(10);
        assertThat(told).isEmpty();
        for (int i = 0; i < 3; i++) {
            worker.enter();
            meet(meeting);
            worker.exit();
        }
        worker.enter();
        worker.sweep(clock.get(), Long.MAX_VALUE);
        worker.exit();
        assertThat(told).containsExactly("EXPIRED 3 old of k");
        assertThat(store.statistics().expired()).isOne();
    }

    private void meet(Meeting meeting) {
        MemorySegment k = Bytes.of("k");
        boolean first = told.isEmpty();
        switch (meeting) {
            case FIND -> worker.find(k, 0, 1);
            case FIND_ALL -> {
                LookupBurst burst = new LookupBurst();
                burst.add(k, 0, 1);
                burst.add(k, 0, 1);
                worker.findAll(burst);
            }
            case DELETE -> worker.delete(k, 0, 1);
            case PUT -> {
                worker.put(claim("k", "new", 0));
                assertThat(worker.hasCreated()).isEqualTo(first);
            }
            case PUT_IF_ABSENT -> worker.putIfAbsent(claim("k", "new", 0));
            case PUT_IF_PRESENT -> worker.putIfPresent(claim("k", "new", 0));
            case PUT_IF_VERSION -> worker.putIfVersion(claim("k", "new", 0), 7);
            case UPDATE -> {
                worker.update(k, 0, 1, (_, old) -> {
                    assertThat(old == Record.NONE).isEqualTo(first);
                    return claim("k", "new", 0);
                });
                assertThat(worker.hasCreated()).isEqualTo(first);
            }
            case UPDATE_THAT_KEEPS -> worker.update(k, 0, 1, (_, _) -> RecordUpdate.KEEP);
            case UPDATE_THAT_REMOVES -> worker.update(k, 0, 1, (_, _) -> RecordUpdate.REMOVE);
            case SWEEP -> worker.sweep(clock.get(), Long.MAX_VALUE);
        }
    }

    @Test
    void whatSomebodyTakesAwayIsNotTold() {
        listen();
        worker.enter();
        MemorySegment k = Bytes.of("k");
        worker.put(claim("k", "old", 0));
        worker.put(claim("k", "new", clock.get() + 10));
        worker.delete(k, 0, 1);
        worker.put(claim("k", "new", clock.get() + 10));
        worker.update(k, 0, 1, (_, _) -> RecordUpdate.REMOVE);
        worker.put(claim("k", "expired", clock.get()));
        worker.select(1);
        worker.put(claim("k", "expired", clock.get()));
        worker.beginExclusive();
        worker.clearDatabase();
        worker.endExclusive();
        worker.clear();
        worker.exit();
        assertThat(told).isEmpty();
        assertThat(store.size()).isZero();
    }

    @Test
    void evenAStoreWithoutAListenerExpires() {
        worker.enter();
        worker.put(claim("k", "old", clock.get()));
        worker.sweep(clock.get(), Long.MAX_VALUE);
        worker.exit();
        assertThat(store.size()).isZero();
    }

    /// What has come must have gone, or be there: for each key, the times that it was created are those that
    /// somebody deleted it, those that it was told of, and one more if it is there at the end.
    @Test
    void underContentionEachKeyIsToldExactlyOnce() throws InterruptedException {
        worker.close();
        store.close();
        store = open(EvictionPolicy.ALLKEYS_LRU);
        int keys = 4000;
        AtomicIntegerArray balance = new AtomicIntegerArray(keys);
        AtomicInteger expired = new AtomicInteger();
        AtomicInteger evicted = new AtomicInteger();
        store.listen((record, cause) -> {
            balance.decrementAndGet((int) Words.getLong(store.memory(), Record.keyOffset(store.memory(), record)));
            (cause == Cause.EXPIRED ? expired : evicted).incrementAndGet();
        });
        ConcurrentHashMap<String, Throwable> failures = new ConcurrentHashMap<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            long seed = i;
            threads.add(Thread.ofPlatform().start(() -> {
                try (StoreWorker own = store.worker("worker " + seed)) {
                    work(own, new Random(seed), keys, balance);
                } catch (Throwable e) {
                    failures.put("worker " + seed, e);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        worker = store.worker("test");
        assertThat(failures).isEmpty();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(Long.BYTES);
            long last = clock.addAndGet(1_000_000);
            worker.enter();
            worker.sweep(last, Long.MAX_VALUE);
            for (int i = 0; i < keys; i++) {
                Words.setLong(key, 0, i);
                boolean there = worker.find(key, 0, Long.BYTES) != Record.NONE;
                assertThat(balance.get(i)).as("key " + i).isEqualTo(there ? 1 : 0);
            }
            worker.exit();
        }
        System.out.println("told: " + expired + " expired, " + evicted + " evicted");
        assertThat(expired.get()).isPositive();
        assertThat(evicted.get()).isPositive();
    }

    private void work(StoreWorker own, Random random, int keys, AtomicIntegerArray balance) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(Long.BYTES);
            for (int i = 0; i < 100_000; i++) {
                int number = random.nextInt(keys);
                Words.setLong(key, 0, number);
                own.enter();
                int what = random.nextInt(8);
                if (what == 0) {
                    if (own.delete(key, 0, Long.BYTES) == StoreStatus.DELETED) {
                        balance.decrementAndGet(number);
                    }
                } else if (what == 1) {
                    own.find(key, 0, Long.BYTES);
                } else if (what == 2) {
                    own.sweep(clock.incrementAndGet(), 1000);
                } else {
                    StoreStatus status = what < 5
                            ? own.update(key, 0, Long.BYTES, (w, _) -> claim(w, key, random))
                            : put(own, claim(own, key, random));
                    if (status == StoreStatus.STORED && own.hasCreated()) {
                        balance.incrementAndGet(number);
                    }
                }
                own.exit();
            }
        }
    }

    private static StoreStatus put(StoreWorker own, @Consumes long record) {
        return record == Record.NONE ? StoreStatus.FULL : own.put(record);
    }

    private long claim(StoreWorker own, MemorySegment key, Random random) {
        long record = own.claim(key, 0, Long.BYTES, random.nextInt(3000));
        if (record != Record.NONE && random.nextBoolean()) {
            Record.setExpireAtMillis(store.memory(), record, clock.get() + 1 + random.nextInt(50));
        }
        return record;
    }
}
