package dev.situ.bench.map;

import dev.situ.bench.frame.ChildTask;
import dev.situ.bench.frame.Contender;
import dev.situ.bench.frame.Crew;
import dev.situ.bench.frame.Parameters;
import dev.situ.bench.frame.Spread;
import dev.situ.bench.frame.WarmUp;
import dev.situ.bench.frame.WarmUp.Pace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/// Measures one map: throughput first, then the duration of each operation, which needs clock reads.
public final class MapTask implements ChildTask {
    /// The task's name.
    public static final String NAME = "map";

    static final double[] PERCENTILES = {1, 25, 50, 75, 99, 99.9};

    /// So many operations between two entries of the measuring method, so that it is compiled as a whole.
    private static final int CHUNK = 1024;

    private static final int VALUES = 1 << 12;

    private final Crew crew;
    private final ConcurrentMap<String, Long> map;
    private final Workload[] workloads;
    private final Long[] values = new Long[VALUES];
    private final Durations[] gets;
    private final Durations[] puts;
    private final WarmUp warmUp;
    private final int windows;
    private final long[] sums;

    /// Fills the map.
    public MapTask(Parameters parameters) {
        int threads = parameters.number("threads");
        int operations = parameters.number("operations");
        String[] keys = Workload.keys(parameters.number("keys"));
        warmUp = WarmUp.of(parameters);
        windows = parameters.number("windows");
        map = MapKind.valueOf(parameters.text("map")).make(parameters.number("buckets"));
        Arrays.setAll(values, i -> 1000L + i);
        for (String key : keys) {
            map.put(key, 0L);
        }
        workloads = new Workload[threads];
        gets = new Durations[threads];
        puts = new Durations[threads];
        sums = new long[threads];
        for (int i = 0; i < threads; i++) {
            workloads[i] = new Workload(keys, operations, 100 + i);
            gets[i] = new Durations(operations);
            puts[i] = new Durations(operations);
        }
        crew = new Crew(threads);
    }

    @Override
    public void measure(Sink sink) throws Exception {
        boolean steady = warmUp.run(() -> pace(throughput()));
        List<Double> throughputs = new ArrayList<>();
        for (int i = 0; i < windows; i++) {
            throughputs.add(throughput());
        }
        sink.add("throughput", "Mops/s", Spread.of(throughputs).median());
        steady &= warmUp.run(() -> pace(timed()));
        timed();
        report(sink, "get", gets);
        report(sink, "put", puts);
        sink.add(Contender.STEADY, "", steady ? 1 : 0);
    }

    private static void report(Sink sink, String operation, Durations[] durations) {
        int[] sorted = Durations.sorted(durations);
        for (double percent : PERCENTILES) {
            sink.add(metric(operation, percent), "ns", Durations.percentile(sorted, percent));
        }
    }

    /// The metric of a percentile of the durations of `get` or `put`.
    static String metric(String operation, double percent) {
        return operation + "_p" + Double.toString(percent).replace(".0", "").replace(".", "");
    }

    /// All operations of all threads, in millions a second.
    private double throughput() throws InterruptedException {
        long nanos = crew.run(thread -> {
            Workload workload = workloads[thread];
            long sum = 0;
            for (int from = 0; from < workload.size(); from += CHUNK) {
                sum += operate(workload, from, Math.min(workload.size(), from + CHUNK));
            }
            sums[thread] = sum;
        });
        return operations() * 1e3 / nanos;
    }

    private long operate(Workload workload, int from, int to) {
        long sum = 0;
        for (int i = from; i < to; i++) {
            String key = workload.key(i);
            sum += number(workload.isGet(i) ? map.get(key) : map.put(key, values[i & (VALUES - 1)]));
        }
        return sum;
    }

    /// The same with the clock read before and after each operation.
    private double timed() throws InterruptedException {
        long nanos = crew.run(thread -> {
            Workload workload = workloads[thread];
            gets[thread].clear();
            puts[thread].clear();
            long sum = 0;
            for (int from = 0; from < workload.size(); from += CHUNK) {
                sum += operateTimed(
                        workload, from, Math.min(workload.size(), from + CHUNK), gets[thread], puts[thread]);
            }
            sums[thread] = sum;
        });
        return operations() * 1e3 / nanos;
    }

    private long operateTimed(Workload workload, int from, int to, Durations gets, Durations puts) {
        long sum = 0;
        for (int i = from; i < to; i++) {
            String key = workload.key(i);
            if (workload.isGet(i)) {
                long begin = System.nanoTime();
                Long value = map.get(key);
                gets.add(System.nanoTime() - begin);
                sum += number(value);
            } else {
                long begin = System.nanoTime();
                Long value = map.put(key, values[i & (VALUES - 1)]);
                puts.add(System.nanoTime() - begin);
                sum += number(value);
            }
        }
        return sum;
    }

    private static long number(@Nullable Long value) {
        return value == null ? 0 : value;
    }

    private Pace pace(double millionsPerSecond) {
        return new Pace(operations(), millionsPerSecond);
    }

    private long operations() {
        return Arrays.stream(workloads).mapToLong(Workload::size).sum();
    }

    @Override
    public void close() {
        crew.close();
    }

    @Override
    public String toString() {
        return map.getClass() + " " + Arrays.toString(sums);
    }
}
