package dev.situ.optimap;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// The thesis's workload (section 5.1) for [OptiMap] against [ConcurrentHashMap]: a quick look, run by hand.
///
/// 8192 keys of 128 characters, 64-bit values, 2 threads, existing keys only, half GET and half PUT; 32768
/// buckets, and 2048 for the collision case. Each thread looks keys up by its own copies of them, as a server
/// does that made them from wire bytes. Rounds are interleaved; figures are medians. Durations contain the
/// clock reads.
///
/// `java -cp target/classes:target/test-classes dev.situ.optimap.MapBench [rounds] [threads]`
@SuppressWarnings("EnumOrdinal")
final class MapBench {
    private static final int KEYS = 8192;
    private static final int OPERATIONS = 1 << 20;
    private static final Long[] VALUES = new Long[1 << 12];

    /// Counts the threads' processor time instead of the wall clock's, for when the machine is busy with other
    /// things.
    private static final boolean CPU = Boolean.getBoolean("cpu");

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private enum Kind {
        GET,
        PUT,
        MIXED
    }

    private record Contender(String name, ConcurrentMap<String, Long> map) {}

    /// One thread's keys, and which of them it asks for. The sign of an element says GET or PUT.
    private static final class Workload {
        final String[] keys = new String[KEYS];
        final int[] operations = new int[OPERATIONS];

        Workload(String[] all, long seed) {
            for (int i = 0; i < KEYS; i++) {
                keys[i] = new String(all[i].getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.ISO_8859_1);
            }
            Random random = new Random(seed);
            for (int i = 0; i < OPERATIONS; i++) {
                int key = random.nextInt(KEYS);
                operations[i] = random.nextBoolean() ? key : ~key;
            }
        }
    }

    private MapBench() {}

    public static void main(String[] arguments) throws InterruptedException {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 7;
        int threads = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 2;
        Arrays.setAll(VALUES, i -> Long.valueOf(1000L + i));
        String[] keys = new String[KEYS];
        Random random = new Random(1);
        Arrays.setAll(keys, i -> randomKey(random));
        Workload[] workloads = new Workload[threads];
        Arrays.setAll(workloads, i -> new Workload(keys, 100 + i));
        List<Contender> contenders = List.of(
                new Contender("OptiMap", new OptiMap<>(OptiMapOptions.fixed(32768))),
                new Contender("OptiMap 2048", new OptiMap<>(OptiMapOptions.fixed(2048))),
                new Contender("CHM", new ConcurrentHashMap<>(32768)),
                new Contender("CHM 2048", new ConcurrentHashMap<>(2048)));
        for (Contender contender : contenders) {
            for (String key : keys) {
                contender.map.put(key, 0L);
            }
        }
        int warmUp = 4;
        double[][][] mops = new double[Kind.values().length][contenders.size()][rounds];
        long[][][] tails = new long[4][contenders.size()][rounds];
        for (int round = -warmUp; round < rounds; round++) {
            for (int c = 0; c < contenders.size(); c++) {
                ConcurrentMap<String, Long> map = contenders.get(c).map;
                for (Kind kind : Kind.values()) {
                    double result = throughput(map, workloads, kind);
                    if (round >= 0) {
                        mops[kind.ordinal()][c][round] = result;
                    }
                }
                long[] latency = latency(map, workloads);
                for (int i = 0; i < tails.length && round >= 0; i++) {
                    tails[i][c][round] = latency[i];
                }
            }
        }
        System.out.printf(
                "%-14s %8s %8s %8s (low..high)   GET p50 p99   PUT p50 p99 ns%n", "", "GET", "PUT", "MIXED Mops");
        for (int c = 0; c < contenders.size(); c++) {
            double[] mixed = mops[Kind.MIXED.ordinal()][c].clone();
            Arrays.sort(mixed);
            System.out.printf(
                    Locale.ROOT,
                    "%-14s %8.1f %8.1f %8.1f (%.1f..%.1f)   %d %d   %d %d%n",
                    contenders.get(c).name,
                    median(mops[Kind.GET.ordinal()][c]),
                    median(mops[Kind.PUT.ordinal()][c]),
                    median(mixed),
                    mixed[0],
                    mixed[mixed.length - 1],
                    median(tails[0][c]),
                    median(tails[1][c]),
                    median(tails[2][c]),
                    median(tails[3][c]));
        }
    }

    private static double throughput(ConcurrentMap<String, Long> map, Workload[] workloads, Kind kind)
            throws InterruptedException {
        long[] nanos = new long[workloads.length];
        together(workloads, thread -> {
            Workload workload = workloads[thread];
            long begin = CPU ? THREADS.getCurrentThreadCpuTime() : System.nanoTime();
            long sum = 0;
            for (int operation : workload.operations) {
                int key = operation < 0 ? ~operation : operation;
                if (kind == Kind.GET || (kind == Kind.MIXED && operation >= 0)) {
                    sum += number(map.get(workload.keys[key]));
                } else {
                    sum += number(map.put(workload.keys[key], VALUES[(key * 31 + thread) & (VALUES.length - 1)]));
                }
            }
            nanos[thread] = (CPU ? THREADS.getCurrentThreadCpuTime() : System.nanoTime()) - begin;
            if (sum == 42) {
                System.out.println();
            }
        });
        double mops = 0;
        for (long n : nanos) {
            mops += OPERATIONS * 1e3 / n;
        }
        return mops;
    }

    /// GET p50, p99, PUT p50, p99 of a mixed run.
    private static long[] latency(ConcurrentMap<String, Long> map, Workload[] workloads) throws InterruptedException {
        int each = OPERATIONS / 4;
        long[][] gets = new long[workloads.length][each];
        long[][] puts = new long[workloads.length][each];
        together(workloads, thread -> {
            Workload workload = workloads[thread];
            int g = 0;
            int p = 0;
            int offset = ThreadLocalRandom.current().nextInt(OPERATIONS / 4);
            for (int i = offset; g < each && p < each; i++) {
                int operation = workload.operations[i];
                long begin = System.nanoTime();
                if (operation >= 0) {
                    map.get(workload.keys[operation]);
                    gets[thread][g++] = System.nanoTime() - begin;
                } else {
                    map.put(workload.keys[~operation], VALUES[i & (VALUES.length - 1)]);
                    puts[thread][p++] = System.nanoTime() - begin;
                }
            }
            gets[thread] = Arrays.copyOf(gets[thread], g);
            puts[thread] = Arrays.copyOf(puts[thread], p);
        });
        long[] allGets =
                Arrays.stream(gets).flatMapToLong(Arrays::stream).sorted().toArray();
        long[] allPuts =
                Arrays.stream(puts).flatMapToLong(Arrays::stream).sorted().toArray();
        return new long[] {
            allGets[allGets.length / 2],
            allGets[allGets.length * 99 / 100],
            allPuts[allPuts.length / 2],
            allPuts[allPuts.length * 99 / 100]
        };
    }

    private static long number(@Nullable Long value) {
        return value == null ? 0 : value;
    }

    private interface Body {
        void run(int thread);
    }

    private static void together(Workload[] workloads, Body body) throws InterruptedException {
        CountDownLatch start = new CountDownLatch(workloads.length);
        Thread[] threads = new Thread[workloads.length];
        for (int t = 0; t < threads.length; t++) {
            int thread = t;
            threads[t] = Thread.ofPlatform().start(() -> {
                start.countDown();
                while (start.getCount() > 0) {
                    Thread.onSpinWait();
                }
                body.run(thread);
            });
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static String randomKey(Random random) {
        byte[] bytes = new byte[128];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) ('a' + random.nextInt(26));
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static long median(long[] values) {
        long[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
