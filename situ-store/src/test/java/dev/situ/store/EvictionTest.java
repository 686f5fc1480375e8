package dev.situ.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EvictionTest {
    private static final int MEMORY = 4 << 20;

    private final AtomicLong clock = new AtomicLong(1_000);
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment key = arena.allocate(16);
    private Store store = open(EvictionPolicy.NOEVICTION);
    private StoreWorker worker = store.worker("test");

    private Store open(EvictionPolicy policy) {
        return open(policy, MEMORY);
    }

    private Store open(EvictionPolicy policy, long memory) {
        return Store.open(StoreOptions.ofMemory(memory)
                .withClock(clock::get)
                .withEvictionPolicy(policy)
                .withHashSeed(42));
    }

    private void reopen(EvictionPolicy policy) {
        closeStore();
        store = open(policy);
        worker = store.worker("test");
    }

    private void closeStore() {
        StoreInvariants.check(store);
        worker.close();
        StoreInvariants.check(store);
        store.close();
    }

    @AfterEach
    void close() {
        closeStore();
        arena.close();
    }

    private StoreStatus put(long number, int length, long expireAt) {
        Words.setLong(key, 0, number);
        worker.enter();
        try {
            long record = worker.claim(key, 0, 16, length);
            if (record == Record.NONE) {
                return StoreStatus.FULL;
            }
            Record.setExpireAtMillis(store.memory(), record, expireAt);
            return worker.put(record);
        } finally {
            worker.exit();
        }
    }

    private boolean hit(long number) {
        Words.setLong(key, 0, number);
        worker.enter();
        try {
            return worker.find(key, 0, 16) != Record.NONE;
        } finally {
            worker.exit();
        }
    }

    @ParameterizedTest
    @EnumSource(EvictionPolicy.class)
    void aWriteIsOnlyRefusedWhenNoKeyQualifies(EvictionPolicy policy) {
        reopen(policy);
        boolean refused = false;
        for (int i = 0; i < 30_000; i++) {
            refused |= put(i, 300, 1_000_000 + i) == StoreStatus.FULL;
        }
        assertThat(refused).isEqualTo(policy == EvictionPolicy.NOEVICTION);
        assertThat(store.statistics().evicted() > 0).isEqualTo(policy != EvictionPolicy.NOEVICTION);
        assertThat(store.statistics().allocatedBytes()).isLessThanOrEqualTo(MEMORY);
        assertThat(store.size()).isGreaterThan(8_000);
    }

    @Test
    void volatilePoliciesLeaveKeysWithoutExpiryAloneAndRefuseWhenOnlyThoseAreLeft() {
        reopen(EvictionPolicy.VOLATILE_LRU);
        for (int i = 0; i < 5_000; i++) {
            assertThat(put(i, 300, 0)).isEqualTo(StoreStatus.STORED);
        }
        for (int i = 5_000; i < 30_000; i++) {
            assertThat(put(i, 300, 1_000_000)).isEqualTo(StoreStatus.STORED);
        }
        for (int i = 0; i < 5_000; i++) {
            assertThat(hit(i)).isTrue();
        }
        int stored = 0;
        while (put(100_000 + stored, 300, 0) == StoreStatus.STORED) {
            stored++;
        }
        assertThat(store.volatileKeys()).isZero();
        assertThat(stored).isGreaterThan(3_000);
    }

    @Test
    void theKeysUsedLatelyOutliveTheOthers() {
        for (EvictionPolicy policy : new EvictionPolicy[] {EvictionPolicy.ALLKEYS_LRU, EvictionPolicy.ALLKEYS_LFU}) {
            reopen(policy);
            for (int i = 0; i < 40_000; i++) {
                put(i + 1_000_000, 300, 0);
                for (int j = 0; j < 2; j++) {
                    int hot = (i * 2 + j) % 500;
                    if (!hit(hot)) {
                        put(hot, 300, 0);
                    }
                }
            }
            int kept = 0;
            for (int i = 0; i < 500; i++) {
                kept += hit(i) ? 1 : 0;
            }
            assertThat(kept).as(policy.redisName()).isGreaterThan(470);
        }
    }

    @Test
    void theKeysThatExpireSoonestGoFirst() {
        reopen(EvictionPolicy.VOLATILE_TTL);
        for (int i = 0; i < 4_000; i++) {
            put(i, 300, 1_000_000);
        }
        for (int i = 4_000; i < 30_000; i++) {
            put(i, 300, 2_000_000 + i);
        }
        int kept = 0;
        for (int i = 0; i < 4_000; i++) {
            kept += hit(i) ? 1 : 0;
        }
        assertThat(kept).isLessThan(200);
    }

    @Test
    void memoryOfSmallValuesServesLargeOnesUnderAnEvictingPolicy() {
        reopen(EvictionPolicy.ALLKEYS_LRU);
        for (int i = 0; i < 40_000; i++) {
            assertThat(put(i, 50, 0)).isEqualTo(StoreStatus.STORED);
        }
        for (int size : new int[] {3_000, 20_000, 200_000, 40}) {
            for (int i = 0; i < 2_000; i++) {
                assertThat(put(i, size, 0)).as("%d of %d bytes", i, size).isEqualTo(StoreStatus.STORED);
            }
            assertThat(store.statistics().allocatedBytes()).as("%d bytes", size).isLessThan(MEMORY + (1 << 20));
        }
    }

    @Test
    void aStuckWorkerMakesEvictingWritesRefusedInTheEndAndNothingElse() {
        reopen(EvictionPolicy.ALLKEYS_LRU);
        try (StoreWorker stuck = store.worker("stuck")) {
            stuck.enter();
            boolean refused = false;
            for (int i = 0; i < 2_000_000 && !refused; i++) {
                refused = put(i % 100_000, 20_000, 0) == StoreStatus.FULL;
            }
            assertThat(refused).isTrue();
            assertThat(store.statistics().allocatedBytes()).isLessThan(MEMORY + MEMORY / 16 + (1 << 20));
            assertThat(store.workerStatistics())
                    .anySatisfy(worker -> assertThat(worker.epochsBehind()).isPositive());
            stuck.exit();
        }
        hit(1);
        worker.trim();
        hit(1);
        for (int i = 0; i < 1_000; i++) {
            assertThat(put(i, 2_000, 0)).isEqualTo(StoreStatus.STORED);
        }
    }

    @Test
    void workersThatTrimOrCloseWhileOneIsStuckDoNotEvictOnAndOn() {
        closeStore();
        store = open(EvictionPolicy.ALLKEYS_LRU, 4 * MEMORY);
        worker = store.worker("test");
        for (int i = 0; i < 150_000; i++) {
            put(i, 64, 0);
        }
        try (StoreWorker stuck = store.worker("stuck")) {
            stuck.enter();
            for (int i = 0; put(i % 1_000, 64, 0) == StoreStatus.STORED; ) {
                i++;
            }
            assertThat(store.size()).isGreaterThan(100_000);
            for (int i = 0; i < 500; i++) {
                hit(i);
                worker.trim();
                try (StoreWorker passing = store.worker("passing")) {
                    passing.enter();
                    passing.exit();
                }
            }
            // Each worker may have a megabyte wait.
            assertThat(store.size()).isGreaterThan(80_000);
            stuck.exit();
        }
    }

    @Test
    void aRecordLargerThanTheLimitIsRefusedAtOnceAndOneAsLargeMayOverrunItOnce() {
        reopen(EvictionPolicy.ALLKEYS_LRU);
        for (int i = 0; i < 1_000; i++) {
            put(i, 64, 0);
        }
        assertThat(put(1_000, MEMORY, 0)).isEqualTo(StoreStatus.FULL);
        assertThat(store.trims()).isZero();
        assertThat(store.statistics().evicted()).isZero();
        worker.enter();
        long[] claims = new long[5];
        for (int i = 0; i < claims.length; i++) {
            claims[i] = worker.claim(key, 0, 16, MEMORY / 16 * 15);
        }
        assertThat(store.statistics().allocatedBytes()).isLessThan(MEMORY * 2);
        for (long claim : claims) {
            if (claim != Record.NONE) {
                worker.abort(claim);
            }
        }
        worker.exit();
    }

    @Test
    void lessMemoryGivenLaterIsKeptToAfterSomeBursts() {
        reopen(EvictionPolicy.ALLKEYS_RANDOM);
        for (int i = 0; i < 10_000; i++) {
            put(i, 300, 0);
        }
        store.setMemoryBytes(2 << 20);
        for (int i = 0; i < 200; i++) {
            hit(i);
        }
        assertThat(store.statistics().allocatedBytes()).isLessThanOrEqualTo(2 << 20);
        store.setPolicy(EvictionPolicy.NOEVICTION);
        store.setMemoryBytes(MEMORY);
        assertThat(put(1, 300, 0)).isEqualTo(StoreStatus.STORED);
    }

    @Test
    void policiesHaveTheNamesOfRedis() {
        assertThat(EvictionPolicy.ofRedisName("allkeys-LRU")).isEqualTo(EvictionPolicy.ALLKEYS_LRU);
        assertThat(EvictionPolicy.ofRedisName("lru")).isNull();
        assertThat(EvictionPolicy.VOLATILE_TTL.redisName()).isEqualTo("volatile-ttl");
    }

    @Test
    void aSweepRemovesWhatHasExpiredWithoutAccess() {
        for (int i = 0; i < 6_000; i++) {
            put(i, 100, i % 3 == 0 ? 0 : i % 3 == 1 ? 5_000 : 10_000);
        }
        assertThat(store.volatileKeys()).isEqualTo(4_000);
        clock.set(5_000);
        worker.enter();
        assertThat(worker.sweep(5_000, Long.MAX_VALUE)).isEqualTo(2_000);
        assertThat(worker.sweep(5_000, Long.MAX_VALUE)).isZero();
        worker.exit();
        assertThat(store.size()).isEqualTo(4_000);
        worker.enter();
        int removed = 0;
        for (int calls = 0; removed < 2_000 && calls < 100_000; calls++) {
            removed += worker.sweep(10_000, 1);
        }
        worker.exit();
        assertThat(removed).isEqualTo(2_000);
        assertThat(store.volatileKeys()).isZero();
        assertThat(store.statistics().expired()).isEqualTo(4_000);
    }

    /// A client that does not read keeps values that were overwritten long ago.
    @Test
    void whatPinsKeepStopsNoEviction() {
        closeStore();
        store = open(EvictionPolicy.ALLKEYS_LRU, 16 << 20);
        worker = store.worker("test");
        long[] pinned = new long[30];
        for (int i = 0; i < pinned.length; i++) {
            assertThat(put(i, 100_000, 0)).isEqualTo(StoreStatus.STORED);
            worker.enter();
            pinned[i] = worker.find(key, 0, 16);
            worker.pin(pinned[i]);
            worker.delete(key, 0, 16);
            worker.exit();
        }
        for (int i = 0; i < 260_000; i++) {
            assertThat(put(100 + i, 100, 0)).as("small write %d", i).isEqualTo(StoreStatus.STORED);
        }
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            refused += put(1_000_000 + i, 5000, 0) == StoreStatus.FULL ? 1 : 0;
        }
        assertThat(refused).isZero();
        for (long record : pinned) {
            worker.unpin(record);
        }
        worker.trim();
    }
}
