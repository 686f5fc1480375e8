package dev.situ.bench.store;

import com.sun.management.ThreadMXBean;
import dev.situ.bench.frame.ChildTask;
import dev.situ.bench.frame.Contender;
import dev.situ.bench.frame.Crew;
import dev.situ.bench.frame.Parameters;
import dev.situ.bench.frame.Spread;
import dev.situ.bench.frame.WarmUp;
import dev.situ.bench.frame.WarmUp.Pace;
import dev.situ.store.Store;
import dev.situ.store.StoreOptions;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// Measures one store: GETs, GETs of a burst together, PUTs; operations a second, and heap bytes an operation.
public final class StoreTask implements ChildTask {
    /// The task's name.
    public static final String NAME = "store";

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private interface Burst {
        int run(Lane lane);
    }

    private final Crew crew;
    private final @Nullable Store store;
    private final Lane[] lanes;
    private final boolean together;
    private final long windowNanos;
    private final WarmUp warmUp;
    private final int windows;
    private final double bytesPerKey;

    /// Fills the store.
    public StoreTask(Parameters parameters) throws InterruptedException {
        StoreKind kind = StoreKind.valueOf(parameters.text("kind"));
        long keys = parameters.longNumber("keys");
        int threads = parameters.number("threads");
        windowNanos = TimeUnit.MILLISECONDS.toNanos(parameters.number("windowMillis"));
        warmUp = WarmUp.of(parameters);
        windows = parameters.number("windows");
        together = kind.isSitu();
        store = kind.isSitu()
                ? Store.open(StoreOptions.ofMemory(kind.bytes(keys)).withHugePages(kind.pages()))
                : null;
        lanes = lanes(kind, keys, threads);
        crew = new Crew(threads);
        long before = footprint();
        crew.run(thread -> lanes[thread].fill(keys * thread / threads, keys * (thread + 1) / threads));
        bytesPerKey = (footprint() - before) / (double) keys;
    }

    private Lane[] lanes(StoreKind kind, long keys, int threads) {
        ConcurrentMap<HeapLane.Key, byte[]> map = new ConcurrentHashMap<>();
        Lane[] all = new Lane[threads];
        for (int i = 0; i < threads; i++) {
            if (store != null) {
                all[i] = new SituLane(store, keys, i);
            } else {
                all[i] = kind == StoreKind.CHM ? new HeapLane(map, keys, i) : new NoLane(keys, i);
            }
        }
        return all;
    }

    /// The heap without garbage, and what the store has taken from outside of it.
    private long footprint() {
        System.gc();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        return heap + (store == null ? 0 : store.statistics().allocatedBytes());
    }

    @Override
    public void measure(Sink sink) throws Exception {
        boolean steady = measure(sink, "get", Lane::get);
        if (together) {
            steady &= measure(sink, "get_staged", Lane::getTogether);
        }
        steady &= measure(sink, "put", Lane::put);
        if (together) {
            steady &= measure(sink, "put_staged", Lane::putTogether);
        }
        sink.add("bytes_per_key", "B", bytesPerKey);
        sink.add(Contender.STEADY, "", steady ? 1 : 0);
    }

    private boolean measure(Sink sink, String metric, Burst burst) throws Exception {
        long[] allocated = new long[lanes.length];
        long[] operations = new long[lanes.length];
        boolean steady = warmUp.run(() -> {
            double perSecond = window(burst, allocated, operations);
            return new Pace(LongStream.of(operations).sum(), perSecond);
        });
        List<Double> throughputs = new ArrayList<>();
        double bytes = Double.MAX_VALUE;
        for (int i = 0; i < windows; i++) {
            throughputs.add(window(burst, allocated, operations));
            bytes = Math.min(
                    bytes,
                    LongStream.of(allocated).sum()
                            / (double) LongStream.of(operations).sum());
        }
        sink.add(metric, "Mops/s", Spread.of(throughputs).median());
        // The least of the windows: what the JVM does now and then, such as compiling, is not the operation's.
        sink.add("heap_bytes_" + metric, "B/op", bytes);
        return steady;
    }

    /// @return the operations of all threads together, in millions a second
    private double window(Burst burst, long[] allocated, long[] operations) throws InterruptedException {
        long nanos = crew.run(thread -> {
            Lane lane = lanes[thread];
            long before = THREADS.getCurrentThreadAllocatedBytes();
            long count = 0;
            long end = System.nanoTime() + windowNanos;
            while (System.nanoTime() < end) {
                if (burst.run(lane) != Wire.BURST) {
                    throw new IllegalStateException("a key was not there");
                }
                count += Wire.BURST;
            }
            allocated[thread] = THREADS.getCurrentThreadAllocatedBytes() - before;
            operations[thread] = count;
        });
        return LongStream.of(operations).sum() * 1e3 / nanos;
    }

    @Override
    public void close() {
        // What a lane belongs to ends with this JVM; the memory is given back at once.
        crew.close();
        if (store != null) {
            store.close();
        }
    }
}
