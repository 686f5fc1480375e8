package dev.situ.optimap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.optimap.History.Kind;
import dev.situ.optimap.History.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Records what threads do to a few keys at once, and checks that it is linearizable; about two million
/// operations in all.
class OptiMapHistoryTest {
    private static final int THREADS = 4;
    private static final int ROUNDS = Integer.getInteger("situ.history.rounds", 100);
    private static final int OPERATIONS = 2_500;

    /// The keys that are watched. They share their bucket until the map has 256 of them.
    private static final long[] KEYS = LongStream.iterate(0, key -> key + 1)
            .filter(key -> (Word.hash(key) & 255) == 0)
            .limit(3)
            .toArray();

    private final long seed = Long.getLong("situ.seed", System.nanoTime());

    @Test
    void operationsAreLinearizableWhileTheMapGrows() throws InterruptedException {
        for (int round = 0; round < ROUNDS; round++) {
            check(OptiMapOptions.startingWith(1), true, seed + round);
        }
    }

    @Test
    void operationsAreLinearizableWhenAllKeysShareABucket() throws InterruptedException {
        for (int round = 0; round < ROUNDS; round++) {
            check(OptiMapOptions.fixed(1), false, seed + round);
        }
    }

    private static void check(OptiMapOptions options, boolean fill, long seed) throws InterruptedException {
        OptiMap<Long, Long> map = new OptiMap<>(options);
        AtomicLong clock = new AtomicLong();
        List<List<List<Operation>>> histories = new ArrayList<>();
        List<Runnable> bodies = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            List<List<Operation>> mine = new ArrayList<>();
            for (int k = 0; k < KEYS.length; k++) {
                mine.add(new ArrayList<>());
            }
            histories.add(mine);
            int thread = t;
            bodies.add(() -> record(map, clock, thread, fill, new SplittableRandom(seed * 31 + thread), mine));
        }
        Threads.runTogether(bodies);
        for (int k = 0; k < KEYS.length; k++) {
            List<Operation> history = new ArrayList<>();
            for (List<List<Operation>> mine : histories) {
                history.addAll(mine.get(k));
            }
            assertThat(History.violation(history))
                    .as("key %d of %d operations, seed %d", k, history.size(), seed)
                    .isNull();
        }
        Invariants.check(map);
    }

    private static void record(
            OptiMap<Long, Long> map,
            AtomicLong clock,
            int thread,
            boolean fill,
            SplittableRandom random,
            List<List<Operation>> histories) {
        Kind[] kinds = Kind.values();
        long[] seen = new long[KEYS.length];
        for (int i = 1; i <= OPERATIONS; i++) {
            if (fill && i % 4 == 0) {
                map.put(100_000L + (long) i * THREADS + thread, 1L);
            }
            int key = random.nextInt(KEYS.length);
            Kind kind = kinds[random.nextInt(kinds.length)];
            long argument = ((long) i * THREADS + thread) << 20;
            long expected = seen[key];
            long begin = clock.get();
            long result = run(map, kind, KEYS[key], argument, expected);
            long end = clock.incrementAndGet();
            histories.get(key).add(new Operation(thread, kind, argument, expected, result, begin, end));
            boolean yesOrNo = kind == Kind.REMOVE_IF || kind == Kind.REPLACE_IF;
            seen[key] = yesOrNo ? argument : kind == Kind.PUT ? argument : result;
        }
    }

    private static long run(OptiMap<Long, Long> map, Kind kind, long key, long argument, long expected) {
        return switch (kind) {
            case GET -> number(map.get(key));
            case PUT -> number(map.put(key, argument));
            case PUT_IF_ABSENT -> number(map.putIfAbsent(key, argument));
            case REPLACE -> number(map.replace(key, argument));
            case REPLACE_IF -> map.replace(key, expected, argument) ? 1 : 0;
            case REMOVE -> number(map.remove(key));
            case REMOVE_IF -> map.remove(key, expected) ? 1 : 0;
            case COMPUTE ->
                number(map.compute(key, (_, old) -> History.computed(old == null ? History.NONE : old, argument)));
            case MERGE_OR_REMOVE -> number(map.merge(key, argument, (_, _) -> null));
        };
    }

    private static long number(Long value) {
        return value == null ? History.NONE : value;
    }
}
