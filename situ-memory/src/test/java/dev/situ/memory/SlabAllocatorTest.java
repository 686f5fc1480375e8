package dev.situ.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SlabAllocatorTest {
    private final Region region = Region.reserve(256L << 20, HugePages.NONE);

    @AfterEach
    void unmap() {
        region.close();
    }

    @Test
    void aFullRegionIsAStatusAndFreedMemoryIsUsedAgainByAnyClass() {
        SlabAllocator allocator = new SlabAllocator(region, 4 << 20);
        try (SlabCache cache = new SlabCache(allocator)) {
            for (int bytes : new int[] {32, 100, 1000, 4096, 5000, 32768, 40_000, 1 << 20, 3 << 20, 48}) {
                List<Long> cells = new ArrayList<>();
                for (long cell = cache.allocate(bytes); cell != SlabAllocator.NONE; cell = cache.allocate(bytes)) {
                    assertThat(cell % 8).isZero();
                    Words.setLong(region.memory(), cell + 8, bytes);
                    cells.add(cell);
                }
                assertThat((long) cells.size() * bytes)
                        .as("use of 4 MiB by %d", bytes)
                        .isGreaterThanOrEqualTo(3 << 20);
                assertThat(allocator.allocatedBytes()).isLessThanOrEqualTo(4 << 20);
                cells.forEach(cache::free);
                cache.flush();
            }
            allocator.purgeAll();
            assertThat(allocator.allocatedBytes()).isZero();
            assertThat(allocator.freeBytes()).isEqualTo(allocator.touchedBytes());
        }
    }

    @Test
    void cellsNeverOverlapAndNothingIsLostInARandomHistory() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        SlabAllocator allocator = new SlabAllocator(region, 32 << 20, 64);
        Map<Long, Long> stamps = new HashMap<>();
        Map<Long, Long> sizes = new HashMap<>();
        List<Long> live = new ArrayList<>();
        SlabCache[] caches = {new SlabCache(allocator), new SlabCache(allocator)};
        for (int i = 0; i < 200_000; i++) {
            SlabCache cache = caches[random.nextInt(2)];
            boolean grow = i % 40_000 < 20_000 ? random.nextInt(3) > 0 : random.nextInt(3) == 0;
            if (grow || live.isEmpty()) {
                long bytes = random.nextInt(50) == 0 ? random.nextInt(200_000) + 16 : random.nextInt(600) + 16;
                long cell = cache.allocate(bytes);
                if (cell == SlabAllocator.NONE) {
                    continue;
                }
                long stamp = random.nextLong();
                Words.setLong(region.memory(), cell, stamp);
                Words.setLong(region.memory(), cell + bytes - 8, stamp);
                assertThat(stamps.put(cell, stamp)).as("seed %d", seed).isNull();
                sizes.put(cell, bytes);
                live.add(cell);
            } else {
                int index = random.nextInt(live.size());
                long cell = live.get(index);
                live.set(index, live.getLast());
                live.removeLast();
                long stamp = Objects.requireNonNull(stamps.remove(cell));
                long bytes = Objects.requireNonNull(sizes.remove(cell));
                if (bytes >= 16) {
                    assertThat(Words.getLong(region.memory(), cell + bytes - 8))
                            .as("seed %d", seed)
                            .isEqualTo(stamp);
                }
                cache.free(cell);
            }
        }
        live.forEach(caches[0]::free);
        caches[0].close();
        caches[1].close();
        allocator.purgeAll();
        assertThat(allocator.allocatedBytes()).as("seed %d", seed).isZero();
        assertThat(allocator.freeBytes()).isEqualTo(allocator.touchedBytes());
    }

    @Test
    void cellsAllocatedByOneThreadAndFreedByAnotherAreUsedAgain() throws InterruptedException {
        SlabAllocator allocator = new SlabAllocator(region, 8 << 20);
        BlockingQueue<Long> there = new ArrayBlockingQueue<>(1000);
        List<Throwable> failures = new ArrayList<>();
        Thread consumer = Thread.ofPlatform().start(() -> {
            try (SlabCache cache = new SlabCache(allocator)) {
                for (long cell = there.take(); cell != 0; cell = there.take()) {
                    if (Words.getLong(region.memory(), cell + 8) != cell) {
                        throw new AssertionError("overwritten");
                    }
                    cache.free(cell);
                }
            } catch (Throwable failure) {
                failures.add(failure);
            }
        });
        try (SlabCache cache = new SlabCache(allocator)) {
            Random random = new Random(1);
            for (int i = 0; i < 300_000; i++) {
                long cell = cache.allocate(random.nextInt(2000) + 16);
                if (cell != SlabAllocator.NONE) {
                    Words.setLong(region.memory(), cell + 8, cell);
                    there.put(cell);
                }
            }
        }
        there.put(0L);
        consumer.join();
        assertThat(failures).isEmpty();
        allocator.purgeAll();
        assertThat(allocator.allocatedBytes()).isZero();
    }

    @Test
    void freeCellsAreFoundWhileAnotherThreadLooksForEmptySlabs() throws InterruptedException {
        SlabAllocator allocator = new SlabAllocator(region, 16 << 20);
        int sizeClass = SizeClasses.classOf(64);
        AtomicBoolean stop = new AtomicBoolean();
        try (SlabCache cache = new SlabCache(allocator)) {
            List<Long> cells = new ArrayList<>();
            for (long cell = cache.allocate(64); cell != SlabAllocator.NONE; cell = cache.allocate(64)) {
                cells.add(cell);
            }
            // Half of the cells of each slab are free, no slab is empty, and there are no pages.
            for (int i = 0; i < cells.size(); i += 2) {
                cache.free(cells.get(i));
            }
            cache.flush();
            Thread purger = Thread.ofPlatform().start(() -> {
                while (!stop.get()) {
                    allocator.purge(sizeClass);
                }
            });
            int refused = 0;
            for (int i = 0; i < 100_000; i++) {
                long cell = cache.allocate(64);
                if (cell == SlabAllocator.NONE) {
                    refused++;
                } else {
                    cache.free(cell);
                    cache.flush();
                }
            }
            stop.set(true);
            purger.join();
            assertThat(refused).isZero();
            for (int i = 1; i < cells.size(); i += 2) {
                cache.free(cells.get(i));
            }
        }
        allocator.purgeAll();
        assertThat(allocator.allocatedBytes()).isZero();
    }

    @Test
    void threadsThatAllocateAndFreeAtOnceNeverShareACell() throws InterruptedException {
        SlabAllocator allocator = new SlabAllocator(region, 16 << 20);
        List<Throwable> failures = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int t = 1; t <= 4; t++) {
            int id = t;
            threads.add(Thread.ofPlatform().start(() -> {
                Random random = new Random(id);
                ArrayDeque<long[]> mine = new ArrayDeque<>();
                try (SlabCache cache = new SlabCache(allocator)) {
                    for (int i = 0; i < 150_000; i++) {
                        if (random.nextInt(2000) < 1000 + (i / 10_000 % 2 == 0 ? 100 : -100)) {
                            long bytes = 24 + random.nextInt(4) * 300L + (random.nextInt(500) == 0 ? 70_000 : 0);
                            long cell = cache.allocate(bytes);
                            if (cell != SlabAllocator.NONE) {
                                Words.setLong(region.memory(), cell + 8, id * 1_000_000_000L + i);
                                mine.add(new long[] {cell, id * 1_000_000_000L + i});
                            }
                        } else if (!mine.isEmpty()) {
                            long[] oldest = mine.remove();
                            if (Words.getLong(region.memory(), oldest[0] + 8) != oldest[1]) {
                                throw new AssertionError("two owners of one cell");
                            }
                            cache.free(oldest[0]);
                        }
                    }
                    mine.forEach(cell -> cache.free(cell[0]));
                } catch (Throwable failure) {
                    synchronized (failures) {
                        failures.add(failure);
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).isEmpty();
        allocator.purgeAll();
        assertThat(allocator.allocatedBytes()).isZero();
        assertThat(allocator.freeBytes()).isEqualTo(allocator.touchedBytes());
    }
}
