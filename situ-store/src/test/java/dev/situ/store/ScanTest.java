package dev.situ.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ScanTest {
    private final Store store = Store.open(StoreOptions.ofMemory(64 << 20));

    private static void put(StoreWorker worker, MemorySegment key, long number) {
        Words.setLong(key, 0, number);
        worker.enter();
        worker.put(key, 0, 8, key, 0, 8);
        worker.exit();
    }

    private Map<Long, Integer> scanAll(StoreWorker worker, int count) {
        Map<Long, Integer> seen = new HashMap<>();
        long cursor = 0;
        do {
            worker.enter();
            cursor = worker.scan(
                    cursor,
                    count,
                    record -> seen.merge(
                            Words.getLong(store.memory(), Record.keyOffset(store.memory(), record)), 1, Integer::sum));
            worker.exit();
        } while (cursor != 0);
        return seen;
    }

    @Test
    void everyKeyIsVisitedOnceWhenNothingChanges() {
        try (Arena arena = Arena.ofConfined();
                StoreWorker worker = store.worker("scan")) {
            MemorySegment key = arena.allocate(8);
            assertThat(scanAll(worker, 10)).isEmpty();
            for (int i = 0; i < 5_000; i++) {
                put(worker, key, i);
            }
            for (int count : new int[] {1, 10, 100_000}) {
                assertThat(scanAll(worker, count))
                        .hasSize(5_000)
                        .allSatisfy((number, times) -> assertThat(times).isEqualTo(1));
            }
        }
        store.close();
    }

    @Test
    void keysThatStayAreVisitedWhileOthersComeGoAndTheIndexGrows() throws InterruptedException {
        AtomicBoolean over = new AtomicBoolean();
        try (Arena arena = Arena.ofConfined();
                StoreWorker worker = store.worker("scan")) {
            MemorySegment key = arena.allocate(8);
            for (int i = 0; i < 3_000; i++) {
                put(worker, key, i);
            }
            Thread thread = Thread.ofPlatform().start(() -> {
                try (Arena own = Arena.ofConfined();
                        StoreWorker writer = store.worker("writer")) {
                    MemorySegment other = own.allocate(8);
                    for (long i = 3_000; !over.get(); i++) {
                        put(writer, other, i % 300_000 + 3_000);
                        put(writer, other, i % 3_000);
                        if (i % 3 == 0) {
                            Words.setLong(other, 0, i % 300_000 + 2_000 + 1_000);
                            writer.enter();
                            writer.delete(other, 0, 8);
                            writer.exit();
                        }
                    }
                }
            });
            for (int round = 0; round < 20; round++) {
                Map<Long, Integer> seen = scanAll(worker, 20);
                for (long i = 0; i < 3_000; i++) {
                    assertThat(seen).containsKey(i);
                }
            }
            over.set(true);
            thread.join();
        }
        StoreInvariants.check(store);
        store.close();
    }
}
