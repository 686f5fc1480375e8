package dev.situ.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.Words;
import dev.situ.store.History.Kind;
import dev.situ.store.History.Operation;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Records short histories of a few threads on two keys of a store that is small, so that it grows and frees all
/// the time, and searches an order for each. `-Dsitu.history.seconds=600` runs it for as long.
class LinearizabilityTest {
    private static final int THREADS = 3;
    private static final int OPERATIONS = 6;
    private static final int KEYS = 2;
    private static final int HISTORIES = 200;
    private static final Kind[] KINDS = Kind.values(); // CLEAR comes last
    private static final long SECONDS = Long.getLong("situ.history.seconds", 3);

    private final Store store = Store.open(StoreOptions.ofMemory(8 << 20));
    private final AtomicLong ticks = new AtomicLong();
    private final AtomicInteger arrived = new AtomicInteger();
    private final AtomicInteger round = new AtomicInteger();
    private volatile boolean over;
    private final Operation[][] recorded = new Operation[HISTORIES][THREADS * OPERATIONS];
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    @Test
    void historiesOfTheStoreAreLinearizableDuringGrowthAndReclamation() throws InterruptedException {
        long seed = System.nanoTime();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int id = i;
            threads.add(Thread.ofPlatform().start(() -> run(id, seed)));
        }
        long end = System.nanoTime() + SECONDS * 1_000_000_000L;
        long checked = 0;
        try {
            while (System.nanoTime() < end && failure.get() == null) {
                arrived.set(0);
                round.incrementAndGet();
                await(THREADS * (HISTORIES + 1));
                for (int i = 0; i < HISTORIES && failure.get() == null; i++) {
                    check(recorded[i], seed);
                    checked++;
                }
            }
        } catch (AssertionError e) {
            failure.compareAndSet(null, e);
        } finally {
            over = true;
            for (Thread thread : threads) {
                thread.join();
            }
        }
        assertThat(failure.get()).as("seed %d", seed).isNull();
        assertThat(checked).isPositive();
        System.out.println("linearizable histories: " + checked);
        StoreInvariants.check(store);
        store.close();
    }

    private void check(Operation[] operations, long seed) {
        History history = new History(operations);
        if (!history.isLinearizable(KEYS)) {
            throw new AssertionError("no order explains this history, seed " + seed + "\n" + history);
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // more threads than processors, all of them waiting for each other
    private void await(int arrivals) {
        while (arrived.get() < arrivals && failure.get() == null) {
            Thread.yield();
        }
    }

    @SuppressWarnings("ThreadPriorityCheck")
    private void run(int id, long seed) {
        Random random = new Random(seed + id);
        try (StoreWorker worker = store.worker("worker " + id);
                Arena arena = Arena.ofConfined()) {
            Client client = new Client(store, worker, arena);
            int last = 0;
            while (!over && failure.get() == null) {
                if (round.get() == last) {
                    Thread.yield();
                    continue;
                }
                last = round.get();
                for (int i = 0; i < HISTORIES; i++) {
                    arrived.incrementAndGet();
                    await(THREADS * (i + 1)); // all begin together
                    record(id, i, (long) last * HISTORIES + i, client, random);
                }
                arrived.incrementAndGet();
            }
        } catch (Throwable e) {
            failure.compareAndSet(null, e);
        }
    }

    private void record(int id, int history, long name, Client client, Random random) {
        for (int i = 0; i < OPERATIONS; i++) {
            Kind kind = KINDS[random.nextInt(random.nextInt(50) == 0 ? 8 : 7)];
            int key = random.nextInt(KEYS);
            long argument = (name << 16) + (id << 8) + i + 1;
            long called = ticks.incrementAndGet();
            long result = client.run(kind, name * KEYS + key, argument);
            recorded[history][id * OPERATIONS + i] =
                    new Operation(id, kind, key, argument, result, called, ticks.incrementAndGet());
        }
        // Other keys fill the buckets up, so that the index grows under the next histories until a clear makes it
        // small.
        for (int i = 0; i < 3; i++) {
            client.run(Kind.PUT, -random.nextInt(20_000) - 1, 1);
        }
    }

    /// Operations on keys and values that are numbers.
    private static final class Client {
        private final MemorySegment memory;
        private final StoreWorker worker;
        private final MemorySegment key;
        private long argument;
        private long seen;
        private final RecordUpdate getAndSet = (w, old) -> {
            seen = value(old);
            return claim();
        };
        private final RecordUpdate getAndDelete = (w, old) -> {
            seen = value(old);
            return RecordUpdate.REMOVE;
        };

        Client(Store store, StoreWorker worker, Arena arena) {
            this.memory = store.memory();
            this.worker = worker;
            this.key = arena.allocate(8);
        }

        private long value(long record) {
            return record == Record.NONE ? History.ABSENT : Words.getLong(memory, Record.valueOffset(memory, record));
        }

        private long claim() {
            long record = worker.claim(key, 0, 8, 8);
            Words.setLong(memory, Record.valueOffset(memory, record), argument);
            return record;
        }

        long run(Kind kind, long number, long argument) {
            this.argument = argument;
            Words.setLong(key, 0, number);
            worker.enter();
            try {
                return switch (kind) {
                    case GET -> value(worker.find(key, 0, 8));
                    case PUT -> stored(worker.put(claim()));
                    case DELETE -> worker.delete(key, 0, 8) == StoreStatus.DELETED ? 1 : 0;
                    case PUT_IF_ABSENT -> stored(worker.putIfAbsent(claim()));
                    case PUT_IF_PRESENT -> stored(worker.putIfPresent(claim()));
                    case GET_AND_SET -> {
                        worker.update(key, 0, 8, getAndSet);
                        yield seen;
                    }
                    case GET_AND_DELETE -> {
                        worker.update(key, 0, 8, getAndDelete);
                        yield seen;
                    }
                    case CLEAR -> {
                        worker.clear();
                        yield 1;
                    }
                };
            } finally {
                worker.exit();
            }
        }

        private static long stored(StoreStatus status) {
            if (status == StoreStatus.FULL) {
                throw new AssertionError("full");
            }
            return status == StoreStatus.STORED ? 1 : 0;
        }
    }

    @Test
    void theSearchFindsWhatIsNotLinearizable() {
        assertThat(new History(new Operation[] {
                            new Operation(0, Kind.PUT, 0, 1, 1, 1, 2), new Operation(1, Kind.GET, 0, 0, 0, 3, 4)
                        })
                        .isLinearizable(1))
                .isFalse();
        assertThat(new History(new Operation[] {
                            new Operation(0, Kind.PUT, 0, 1, 1, 1, 3), new Operation(1, Kind.GET, 0, 0, 0, 2, 4)
                        })
                        .isLinearizable(1))
                .isTrue();
        assertThat(new History(new Operation[] {
                            new Operation(0, Kind.PUT_IF_ABSENT, 0, 1, 1, 1, 4),
                            new Operation(1, Kind.PUT_IF_ABSENT, 0, 2, 1, 2, 3)
                        })
                        .isLinearizable(1))
                .isFalse();
    }
}
