package dev.situ.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ExclusionTest {
    private static final int THREADS = 4;
    private static final int ACCOUNTS = 3;
    private static final int TILL = ACCOUNTS;
    private static final int BURSTS = 20_000;
    private static final long START = 1_000_000;

    /// Accounts between which money goes by plain reads and writes, in a section of its own; into which it is paid
    /// one by one, by updates; and whose sums are read in ordinary bursts.
    private static final class Teller {
        private final StoreWorker worker;
        private final MemorySegment memory;
        private final MemorySegment key;
        private final MemorySegment value;
        private final SplittableRandom random;
        long paidIn;

        Teller(Store store, Arena arena, int id, long seed) {
            worker = store.worker("teller " + id);
            memory = store.memory();
            key = arena.allocate(8);
            value = arena.allocate(8);
            random = new SplittableRandom(seed + id);
        }

        void open() {
            worker.enter();
            for (int account = 0; account < ACCOUNTS; account++) {
                write(account, START);
            }
            write(TILL, 0);
            worker.exit();
        }

        void run() {
            for (int i = 0; i < BURSTS; i++) {
                worker.enter();
                try {
                    step();
                } finally {
                    worker.exit();
                }
            }
            worker.close();
        }

        private void step() {
            int what = random.nextInt(4);
            if (what == 0) {
                pay();
            } else if (what == 1) {
                worker.beginExclusive();
                try {
                    transfer();
                    write(TILL, read(TILL) + 1);
                    paidIn++;
                } finally {
                    worker.endExclusive();
                }
            } else {
                long sum = 0;
                for (int account = 0; account < ACCOUNTS; account++) {
                    sum += read(account);
                }
                assertThat(sum).isEqualTo(ACCOUNTS * START);
            }
        }

        private void transfer() {
            int from = random.nextInt(ACCOUNTS);
            int to = random.nextInt(ACCOUNTS);
            long amount = random.nextLong(1000);
            write(from, read(from) - amount);
            write(to, read(to) + amount);
        }

        private void pay() {
            Words.setLong(key, 0, TILL);
            StoreStatus status = worker.update(key, 0, 8, (w, old) -> {
                long record = w.claim(key, 0, 8, 8);
                long balance = Words.getLong(memory, Record.valueOffset(memory, old));
                Words.setLong(memory, Record.valueOffset(memory, record), balance + 1);
                return record;
            });
            assertThat(status).isEqualTo(StoreStatus.STORED);
            paidIn++;
        }

        long read(int account) {
            Words.setLong(key, 0, account);
            long record = worker.find(key, 0, 8);
            return Words.getLong(memory, Record.valueOffset(memory, record));
        }

        private void write(int account, long balance) {
            Words.setLong(key, 0, account);
            Words.setLong(value, 0, balance);
            assertThat(worker.put(key, 0, 8, value, 0, 8)).isEqualTo(StoreStatus.STORED);
        }
    }

    @Test
    void aSectionIsOneStepToAllOthersAndLosesNothing() throws InterruptedException {
        long seed = Long.getLong("situ.exclusion.seed", System.nanoTime());
        System.out.println("seed " + seed + " (-Dsitu.exclusion.seed)");
        try (Store store = Store.open(StoreOptions.ofMemory(16 << 20));
                Arena arena = Arena.ofShared()) {
            List<Teller> tellers = new ArrayList<>();
            List<Thread> threads = new ArrayList<>();
            AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
            for (int i = 0; i < THREADS; i++) {
                Teller teller = new Teller(store, arena, i, seed);
                tellers.add(teller);
                threads.add(new Thread(teller::run, "teller " + i));
                threads.getLast().setUncaughtExceptionHandler((thread, e) -> failure.compareAndSet(null, e));
            }
            Teller last = new Teller(store, arena, THREADS, seed);
            last.open();
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(failure.get()).isNull();
            long paid = tellers.stream().mapToLong(teller -> teller.paidIn).sum();
            last.worker.enter();
            assertThat(last.read(TILL)).isEqualTo(paid);
            last.worker.exit();
            last.worker.close();
        }
    }

    @Test
    void sectionsAreNotNestedAndEndedByWhoBeganThem() {
        try (Store store = Store.open(StoreOptions.ofMemory(16 << 20));
                StoreWorker worker = store.worker("one");
                StoreWorker other = store.worker("two")) {
            worker.enter();
            assertThatIllegalStateException().isThrownBy(worker::endExclusive).withMessageContaining("not run alone");
            worker.beginExclusive();
            assertThatIllegalStateException().isThrownBy(worker::beginExclusive).withMessageContaining("alone already");
            worker.endExclusive();
            other.enter(); // nobody is alone any more
            other.exit();
            worker.exit();
        }
    }

    @Test
    @SuppressWarnings("try") // closing early is what is tested
    void aSectionThatIsLeftOpenEndsWithTheEpoch() throws InterruptedException {
        try (Store store = Store.open(StoreOptions.ofMemory(16 << 20));
                StoreWorker worker = store.worker("one");
                StoreWorker closed = store.worker("closed");
                StoreWorker other = store.worker("two")) {
            worker.enter();
            worker.beginExclusive();
            worker.exit();
            closed.enter();
            closed.beginExclusive();
            closed.close();
            Thread thread = new Thread(() -> {
                other.enter();
                other.exit();
                other.close();
            });
            thread.start();
            thread.join();
        }
    }

    @Test
    void aWorkerThatRegistersWhileOneWaitsToBeAloneIsWaitedFor() throws InterruptedException {
        try (Store store = Store.open(StoreOptions.ofMemory(16 << 20))) {
            Exclusion exclusion = store.exclusion();
            exclusion.arrive(0); // somebody to wait for
            CountDownLatch asked = new CountDownLatch(1);
            AtomicInteger used = new AtomicInteger(1);
            Thread alone = new Thread(() -> exclusion.begin(5, () -> {
                asked.countDown();
                return used.get();
            }));
            used.set(2);
            exclusion.arrive(1); // registered later, and arrived before the word was taken
            alone.start();
            asked.await();
            assertThat(exclusion.isHeldByAnother(1))
                    .as("the number is asked for behind the taking")
                    .isTrue();
            exclusion.leave(0);
            exclusion.leave(1);
            alone.join();
            exclusion.end(5);
        }
    }
}
