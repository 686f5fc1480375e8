package dev.situ.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Memory that is stuck between the records of a size that is no longer written.
class CompactionTest {
    private final Store store = Store.open(StoreOptions.ofMemory(32 << 20).withMaxWorkers(4));
    private final StoreWorker worker = store.worker("test");
    private final MemorySegment value = Arena.ofAuto().allocate(64 * 1024);

    @AfterEach
    void wholeAtTheEnd() {
        StoreInvariants.check(store);
        worker.close();
        StoreInvariants.check(store);
        store.close();
    }

    private boolean put(String key, int bytes) {
        MemorySegment k = Bytes.of(key);
        worker.enter();
        try {
            return worker.put(k, 0, Bytes.size(k), value, 0, bytes) == StoreStatus.STORED;
        } finally {
            worker.exit();
        }
    }

    private void delete(String key) {
        MemorySegment k = Bytes.of(key);
        worker.enter();
        worker.delete(k, 0, Bytes.size(k));
        worker.exit();
    }

    private int fill(String prefix, int bytes) {
        int stored = 0;
        while (put(prefix + stored, bytes)) {
            stored++;
        }
        return stored;
    }

    private void idle(int bursts) {
        for (int i = 0; i < bursts; i++) {
            worker.enter();
            worker.exit();
        }
    }

    @Test
    void halfOfAFullStoreCanBeDeletedHereAndThereAndServesAnotherSize() {
        int small = fill("small ", 100);
        for (int i = 0; i < small; i += 2) {
            delete("small " + i);
        }
        idle(20_000);
        int large = fill("large ", 10_000);
        assertThat((long) large * 10_000).as("bytes of the new size").isGreaterThan((32 << 20) / 4);
        assertThat(store.statistics().relocated()).isPositive();
        worker.enter();
        for (int i = 1; i < small; i += 2) {
            MemorySegment k = Bytes.of("small " + i);
            assertThat(worker.find(k, 0, Bytes.size(k))).isNotEqualTo(Record.NONE);
        }
        worker.exit();
    }

    @Test
    void pinnedRecordsStayWhereTheyAreReadAndTheirSlabsComeBackLater() {
        int small = fill("small ", 100);
        long[] pinned = new long[64];
        worker.enter();
        for (int i = 0; i < pinned.length; i++) {
            MemorySegment k = Bytes.of("small " + (i * 101 + 1));
            pinned[i] = worker.find(k, 0, Bytes.size(k));
            worker.pin(pinned[i]);
        }
        worker.exit();
        for (int i = 0; i < small; i++) {
            if (i % 8 != 1) {
                delete("small " + i);
            }
        }
        idle(20_000);
        for (int i = 0; i < pinned.length; i++) {
            assertThat(Record.valueLength(store.memory(), pinned[i])).isEqualTo(100);
            worker.unpin(pinned[i]);
        }
        idle(1_000);
        assertThat(store.statistics().pinnedRecords()).isZero();
    }

    @Test
    void anIdleSweepWithoutATimeLimitEndsAlthoughNothingCanBeFreed() {
        int small = fill("small ", 100);
        for (int i = 0; i < small; i += 4) {
            delete("small " + i); // somewhere to move to
        }
        try (StoreWorker stuck = store.worker("stuck")) {
            stuck.enter();
            for (int i = 2; i < small; i += 4) {
                delete("small " + i);
            }
            for (int i = 0; i < 500; i++) {
                worker.enter();
                worker.sweep(0, Long.MAX_VALUE);
                worker.exit();
            }
            stuck.exit();
        }
        assertThat(store.statistics().relocated()).isPositive();
    }

    @Test
    void aStoreWithoutSparseSlabsIsLeftAlone() {
        fill("small ", 100);
        idle(2_000);
        assertThat(store.statistics().relocated()).isZero();
    }

    @Test
    void compactionGoesOnWhileAnotherWorkerWritesAndReads() throws InterruptedException {
        int small = fill("small ", 100);
        Thread deleter = Thread.ofPlatform().start(() -> {
            try (StoreWorker other = store.worker("deleter")) {
                for (int i = 0; i < small; i++) {
                    if (i % 4 != 0) {
                        MemorySegment k = Bytes.of("small " + i);
                        other.enter();
                        other.delete(k, 0, Bytes.size(k));
                        other.exit();
                    }
                }
            }
        });
        long rounds = 0;
        while (deleter.isAlive() || rounds++ < 20_000) {
            MemorySegment k = Bytes.of("small " + (rounds * 4 % small / 4 * 4));
            worker.enter();
            assertThat(worker.find(k, 0, Bytes.size(k))).isNotEqualTo(Record.NONE);
            worker.exit();
        }
        deleter.join();
        assertThat(store.statistics().relocated()).isPositive();
        assertThat(store.size()).isEqualTo((small + 3) / 4);
    }
}
