package dev.situ.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class AllocationTest {
    @Test
    void noOperationAllocatesOnTheHeap() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Arena arena = Arena.ofConfined();
                Store store = Store.open(StoreOptions.ofMemory(32 << 20).withExpectedKeys(10_000));
                StoreWorker worker = store.worker("test")) {
            MemorySegment key = arena.allocate(16);
            RecordUpdate update = (w, old) -> w.claim(key, 0, 16, 40);
            LookupBurst burst = new LookupBurst();
            long least = Long.MAX_VALUE;
            // The first rounds load classes and grow arrays; a compiler thread's work counts elsewhere.
            for (int round = 0; round < 20; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 3000; i++) {
                    Words.setLong(key, 0, i % 1000);
                    worker.enter();
                    worker.put(key, 0, 16, key, 0, 16);
                    worker.find(key, 0, 16);
                    worker.update(key, 0, 16, update);
                    burst.clear();
                    burst.add(key, 0, 16);
                    worker.prefetch(burst, true);
                    worker.put(burst, 0, key, 0, 16);
                    worker.findAll(burst);
                    worker.pin(burst.record(0));
                    worker.unpin(burst.record(0));
                    worker.delete(key, 0, 16);
                    worker.exit();
                }
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
            assertThat(least / 3000.0).isLessThan(0.1);
        }
    }
}
