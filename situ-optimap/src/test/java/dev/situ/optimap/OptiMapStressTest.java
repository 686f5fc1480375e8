package dev.situ.optimap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class OptiMapStressTest {
    private static final int THREADS = 4;

    @Test
    void noCountIsLostWhileTheMapGrows() throws InterruptedException {
        OptiMap<Integer, Integer> counts = new OptiMap<>(OptiMapOptions.startingWith(1));
        AtomicInteger next = new AtomicInteger();
        Runnable body = () -> {
            for (int i = 0; i < 50_000; i++) {
                int n = next.getAndIncrement();
                counts.merge(n / 4, 1, Integer::sum);
                counts.compute(n % 16, (_, old) -> old == null ? 1 : old + 1);
            }
        };
        Threads.runTogether(Collections.nCopies(THREADS, body));
        int total = 2 * THREADS * 50_000;
        assertThat(counts.values().stream().mapToInt(i -> i).sum()).isEqualTo(total);
        Invariants.check(counts);
    }

    @RepeatedTest(20)
    void everyKeyIsInsertedByOneThreadAndRemovedByOne() throws InterruptedException {
        OptiMap<Integer, Integer> map = new OptiMap<>(OptiMapOptions.startingWith(1));
        int keys = 3000;
        AtomicInteger inserted = new AtomicInteger();
        AtomicInteger removed = new AtomicInteger();
        AtomicInteger thread = new AtomicInteger();
        Runnable insert = () -> {
            int me = thread.getAndIncrement();
            for (int key = 0; key < keys; key++) {
                if (map.putIfAbsent(key, me) == null) {
                    inserted.incrementAndGet();
                }
            }
        };
        Runnable remove = () -> {
            for (int key = 0; key < keys; key++) {
                if (map.remove(key) != null) {
                    removed.incrementAndGet();
                }
            }
        };
        Threads.runTogether(insert, insert, remove, remove);
        assertThat(inserted.get() - removed.get()).isEqualTo(map.size());
        assertThat(inserted.get()).isGreaterThanOrEqualTo(keys);
        Invariants.check(map);
    }

    @Test
    void aKeyThatStaysIsAlwaysFoundAndSeenOnceByEachIteration() throws InterruptedException {
        OptiMap<Integer, Integer> map = new OptiMap<>(OptiMapOptions.startingWith(1));
        int staying = 200;
        for (int key = 0; key < staying; key++) {
            map.put(key, 0);
        }
        AtomicBoolean ended = new AtomicBoolean();
        Runnable grow = () -> {
            for (int i = 0; i < 60_000; i++) {
                map.put(staying + i, 1);
                if (i % 3 == 0) {
                    map.remove(staying + i / 2);
                }
                map.put(i % staying, i);
            }
            ended.set(true);
        };
        Runnable find = () -> {
            while (!ended.get()) {
                for (int key = 0; key < staying; key++) {
                    assertThat(map.get(key)).isNotNull();
                }
            }
        };
        Runnable iterate = () -> {
            while (!ended.get()) {
                Set<Integer> seen = new HashSet<>();
                List<Integer> twice = new ArrayList<>();
                for (Integer key : map.keySet()) {
                    if (!seen.add(key)) {
                        twice.add(key);
                    }
                }
                assertThat(twice).isEmpty();
                for (int key = 0; key < staying; key++) {
                    assertThat(seen.contains(key)).isTrue();
                }
            }
        };
        Threads.runTogether(grow, find, iterate);
        Invariants.check(map);
    }
}
