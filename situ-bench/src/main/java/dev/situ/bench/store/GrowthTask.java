package dev.situ.bench.store;

import dev.situ.bench.frame.ChildTask;
import dev.situ.bench.frame.Crew;
import dev.situ.bench.frame.Parameters;
import dev.situ.memory.HugePages;
import dev.situ.store.Store;
import dev.situ.store.StoreOptions;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/// Measures what readers notice of growth: one thread inserts keys as fast as it can, another reads keys that are
/// there at a fixed rate, and a read's latency counts from the moment at which it was due.
///
/// The store either starts small and doubles its table many times, or was opened for the final number of keys and
/// never does. Everything else is the same.
public final class GrowthTask implements ChildTask {
    /// The task's name.
    public static final String NAME = "growth";

    private static final int WRITER = 0;
    private static final long INTERVAL_NANOS = 5_000;
    private static final long HIGHEST_NANOS = TimeUnit.SECONDS.toNanos(100);

    private final Crew crew = new Crew(2);
    private final long from;
    private final long to;
    private final boolean grows;

    /// Warms up on stores that are thrown away.
    public GrowthTask(Parameters parameters) throws InterruptedException {
        from = parameters.longNumber("from");
        to = parameters.longNumber("to");
        grows = Boolean.parseBoolean(parameters.text("grows"));
        for (int i = 0; i < 3; i++) {
            run(Math.max(from + Wire.BURST, to / 20));
        }
    }

    @Override
    public void measure(Sink sink) throws InterruptedException {
        Histogram reads = run(to);
        sink.add("read_p50", "ns", (double) reads.getValueAtPercentile(50));
        sink.add("read_p99", "ns", (double) reads.getValueAtPercentile(99));
        sink.add("read_p999", "ns", (double) reads.getValueAtPercentile(99.9));
        sink.add("read_max", "ns", (double) reads.getMaxValue());
        sink.add("reads", "", (double) reads.getTotalCount());
    }

    private Histogram run(long last) throws InterruptedException {
        StoreOptions options = StoreOptions.ofMemory(StoreKind.SITU.bytes(last))
                .withExpectedKeys(grows ? 0 : last)
                .withHugePages(HugePages.NONE);
        Histogram reads = new Histogram(HIGHEST_NANOS, 3);
        try (Store store = Store.open(options);
                SituLane writer = new SituLane(store, last, 0);
                SituLane reader = new SituLane(store, last, 1)) {
            AtomicLong inserted = new AtomicLong();
            AtomicBoolean done = new AtomicBoolean();
            crew.run(member -> {
                if (member == WRITER) {
                    insert(writer, last, inserted, done);
                } else {
                    read(reader, inserted, done, reads);
                }
            });
        }
        return reads;
    }

    private void insert(SituLane writer, long last, AtomicLong inserted, AtomicBoolean done) {
        try {
            writer.fill(0, from);
            inserted.setRelease(from);
            for (long next = from; next < last; next += Wire.BURST) {
                long end = Math.min(last, next + Wire.BURST);
                writer.fill(next, end);
                inserted.setRelease(end);
            }
        } finally {
            done.set(true);
        }
    }

    private static void read(SituLane reader, AtomicLong inserted, AtomicBoolean done, Histogram reads) {
        while (inserted.getAcquire() == 0 && !done.get()) {
            Thread.onSpinWait();
        }
        SplittableRandom random = new SplittableRandom(7);
        long due = System.nanoTime();
        while (!done.get()) {
            long key = random.nextLong(inserted.getAcquire());
            while (System.nanoTime() < due) {
                Thread.onSpinWait();
            }
            if (!reader.get(key)) {
                throw new IllegalStateException("key " + key + " was not found");
            }
            reads.recordValue(Math.min(System.nanoTime() - due, HIGHEST_NANOS));
            due += INTERVAL_NANOS;
        }
    }

    @Override
    public void close() {
        crew.close();
    }
}
