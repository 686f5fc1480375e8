package dev.situ.bench.store;

import dev.situ.bench.frame.ChildTask;
import dev.situ.bench.frame.Crew;
import dev.situ.bench.frame.Parameters;
import dev.situ.bench.frame.Schedule;
import dev.situ.memory.HugePages;
import dev.situ.store.Store;
import dev.situ.store.StoreOptions;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/// Measures what readers notice of growth: one thread inserts keys, another reads keys that are there, both at
/// rates that are given, and a read's latency counts from the moment at which it was due.
///
/// The store either starts small and doubles its table many times, or was opened for the final number of keys and
/// never does. Everything else is the same. Without rates both threads go as fast as they can: that finds the rates
/// of which a part is offered afterwards. At those full rates every stall would add to a queue that never empties,
/// and the queue would be what is measured.
public final class GrowthTask implements ChildTask {
    /// The task's name.
    public static final String NAME = "growth";

    static final String READS = "closed_reads";
    static final String INSERTS = "closed_inserts";

    private static final int WRITER = 0;
    private static final int WARM_UPS = 3;
    private static final long HIGHEST_NANOS = TimeUnit.SECONDS.toNanos(100);

    private final Crew crew = new Crew(2);
    private final long from;
    private final long to;
    private final boolean grows;
    private final double readsPerSecond;
    private final double insertsPerSecond;

    /// Warms up on stores that are thrown away.
    public GrowthTask(Parameters parameters) throws InterruptedException {
        from = parameters.longNumber("from");
        to = parameters.longNumber("to");
        grows = Boolean.parseBoolean(parameters.text("grows"));
        readsPerSecond = parameters.longNumber("readsPerSecond");
        insertsPerSecond = parameters.longNumber("insertsPerSecond");
        long least = parameters.longNumber("warmUpOperations");
        long last = Math.max(from + Wire.BURST, to / 20);
        long reads = 0;
        long inserts = 0;
        for (int i = 0; i < WARM_UPS || reads < least || inserts < least; i++) {
            Pass warmUp = new Pass(last, 0, 0);
            warmUp.run();
            reads += warmUp.reads.getTotalCount();
            inserts += warmUp.last;
        }
        // At a rate the same methods take other branches, for which they are compiled anew.
        for (int i = 0; i < WARM_UPS && readsPerSecond > 0; i++) {
            new Pass(last, readsPerSecond, insertsPerSecond).run();
        }
    }

    @Override
    public void measure(Sink sink) throws InterruptedException {
        Pass pass = new Pass(to, readsPerSecond, insertsPerSecond);
        double seconds = pass.run() / 1e9;
        Histogram reads = pass.reads;
        if (readsPerSecond == 0) {
            sink.add(READS, "1/s", reads.getTotalCount() / seconds);
            sink.add(INSERTS, "1/s", (to - from) / seconds);
            return;
        }
        sink.add("read_p50", "ns", (double) reads.getValueAtPercentile(50));
        sink.add("read_p99", "ns", (double) reads.getValueAtPercentile(99));
        sink.add("read_p999", "ns", (double) reads.getValueAtPercentile(99.9));
        sink.add("read_max", "ns", (double) reads.getMaxValue());
        sink.add("reads", "", (double) reads.getTotalCount());
    }

    /// One store, from the first key to the last.
    private final class Pass {
        final Histogram reads = new Histogram(HIGHEST_NANOS, 3);
        final long last;

        private final double readsPerSecond;
        private final double insertsPerSecond;
        private final AtomicLong inserted = new AtomicLong();
        private final AtomicBoolean done = new AtomicBoolean();

        /// @param readsPerSecond,insertsPerSecond 0: as fast as it goes
        Pass(long last, double readsPerSecond, double insertsPerSecond) {
            this.last = last;
            this.readsPerSecond = readsPerSecond;
            this.insertsPerSecond = insertsPerSecond;
        }

        /// @return how long it took, in nanoseconds
        long run() throws InterruptedException {
            StoreOptions options = StoreOptions.ofMemory(StoreKind.SITU.bytes(last))
                    .withExpectedKeys(grows ? 0 : last)
                    .withHugePages(HugePages.NONE);
            try (Store store = Store.open(options);
                    SituLane writer = new SituLane(store, last, 0);
                    SituLane reader = new SituLane(store, last, 1)) {
                return crew.run(member -> {
                    if (member == WRITER) {
                        insert(writer);
                    } else {
                        read(reader);
                    }
                });
            }
        }

        private void insert(SituLane writer) {
            try {
                writer.fill(0, from);
                inserted.setRelease(from);
                Schedule schedule = Schedule.startingNow(insertsPerSecond);
                for (long next = from; next < last; next += Wire.BURST) {
                    schedule.await(next - from);
                    long end = Math.min(last, next + Wire.BURST);
                    writer.fill(next, end);
                    inserted.setRelease(end);
                }
            } finally {
                done.set(true);
            }
        }

        private void read(SituLane reader) {
            while (inserted.getAcquire() == 0 && !done.get()) {
                Thread.onSpinWait();
            }
            SplittableRandom random = new SplittableRandom(7);
            Schedule schedule = Schedule.startingNow(readsPerSecond);
            for (long number = 0; !done.get(); number++) {
                long key = random.nextLong(inserted.getAcquire());
                long due = schedule.await(number);
                if (!reader.get(key)) {
                    throw new IllegalStateException("key " + key + " was not found");
                }
                reads.recordValue(Math.clamp(System.nanoTime() - due, 0, HIGHEST_NANOS));
            }
        }
    }

    @Override
    public void close() {
        crew.close();
    }
}
