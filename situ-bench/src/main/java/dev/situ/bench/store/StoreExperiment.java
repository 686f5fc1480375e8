package dev.situ.bench.store;

import dev.situ.bench.frame.ChildJvm;
import dev.situ.bench.frame.Contender;
import dev.situ.bench.frame.Cpus;
import dev.situ.bench.frame.Experiment;
import dev.situ.bench.frame.Machine;
import dev.situ.bench.frame.Measurement;
import dev.situ.bench.frame.Numbers;
import dev.situ.bench.frame.Outcome;
import dev.situ.bench.frame.Parameters;
import dev.situ.bench.frame.Result;
import dev.situ.bench.frame.Run;
import dev.situ.bench.frame.SampleKey;
import dev.situ.bench.frame.Samples;
import dev.situ.bench.frame.Scale;
import dev.situ.bench.report.BarChart;
import dev.situ.bench.report.Figure;
import dev.situ.bench.report.LineChart;
import dev.situ.bench.report.Page;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/// Lookups and updates from wire bytes: Situ's store against a map on the heap, over numbers of keys and of
/// threads, and what readers notice of growth.
public final class StoreExperiment implements Experiment {
    private static final int THREADS = 2;
    private static final long SMALL = 8192;
    private static final long LARGE = 4_000_000;

    private static final long GROWTH_FROM = 1_000;
    /// What is offered while the index grows, of what went as fast as it could: far enough below for a queue to
    /// empty.
    private static final double OFFERED = 0.3;

    private static final long MOST_TO_CALIBRATE = 2_000_000;

    @Override
    public String name() {
        return "store";
    }

    @Override
    public Measurement measure(Run run) throws IOException {
        run.fact(
                "child_jvm",
                String.join(" ", jvm(StoreKind.SITU, SMALL)) + "; the heap of a map is as large as it needs");
        Samples samples = new Samples();
        Scale scale = run.scale();
        long large = scale.pick(LARGE, LARGE, 20_000L);
        List<StoreKind> all = List.of(StoreKind.values());
        List<StoreKind> stores = List.of(StoreKind.SITU, StoreKind.SITU_HUGE, StoreKind.CHM);
        List<StoreKind> peers = List.of(StoreKind.SITU, StoreKind.CHM);
        List<Contender.Group> groups = new ArrayList<>();
        if (scale == Scale.FULL) {
            for (long keys : List.of(SMALL, 10_000L, 100_000L, 1_000_000L, LARGE, 10_000_000L)) {
                groups.add(new Contender.Group(compare(run, keys, THREADS, keys == SMALL ? all : stores), true, true));
            }
            groups.add(new Contender.Group(growth(run), true, true));
            for (int threads : threadCounts()) {
                groups.add(new Contender.Group(compare(run, LARGE, threads, peers), true, true));
            }
        } else {
            List<StoreKind> bounded = List.of(StoreKind.SITU, StoreKind.CHM, StoreKind.NONE);
            groups.add(new Contender.Group(compare(run, SMALL, THREADS, bounded), true, true));
            groups.add(new Contender.Group(compare(run, large, THREADS, stores), false, true));
            groups.add(new Contender.Group(growth(run), true, true));
            groups.add(new Contender.Group(compare(run, SMALL, 1, peers), true, false));
        }
        Contender.interleave(run, groups, samples);
        return outcome(samples, large).measurement(name(), run);
    }

    /// 1, 2, 4 and so on up to all processors, without the number that everything is measured with anyway.
    private static List<Integer> threadCounts() {
        TreeSet<Integer> counts = new TreeSet<>();
        int cpus = Cpus.allowed().size();
        for (int threads = 1; threads < cpus; threads *= 2) {
            counts.add(threads);
        }
        counts.add(cpus);
        counts.remove(THREADS);
        return List.copyOf(counts);
    }

    private static List<Contender> compare(Run run, long keys, int threads, List<StoreKind> kinds) {
        Scale scale = run.scale();
        List<Contender> contenders = new ArrayList<>();
        for (StoreKind kind : kinds) {
            if (kind.bytes(keys) > Machine.availableBytes() / 10 * 8) {
                run.leaveOut(kind.system() + " with " + keys + " keys: that takes up to " + (kind.bytes(keys) >> 20)
                        + " MiB of memory");
                continue;
            }
            Parameters parameters = Parameters.of(
                    "kind",
                    kind,
                    "keys",
                    keys,
                    "threads",
                    threads,
                    "windowMillis",
                    scale.pick(250, 50, 5),
                    "windows",
                    scale.pick(3, 3, 1));
            contenders.add(new Contender(
                    kind.system(),
                    params(keys, threads),
                    new ChildJvm.Spec(
                            StoreTask.NAME,
                            scale.warmUp(3_000, 1_000).into(parameters),
                            jvm(kind, keys),
                            Cpus.first(threads))));
        }
        return contenders;
    }

    private static List<String> jvm(StoreKind kind, long keys) {
        long heap = kind == StoreKind.CHM ? kind.bytes(keys) >> 20 : 256;
        return List.of("-XX:+UseParallelGC", "-Xms" + heap + "m", "-Xmx" + heap + "m");
    }

    private static Map<String, Object> params(long keys, int threads) {
        return Map.of("keys", keys, "threads", threads);
    }

    /// Both get the same rates: a part of what goes without growth.
    private static List<Contender> growth(Run run) throws IOException {
        long last = run.scale().pick(10_000_000L, 1_000_000L, 20_000L);
        Map<String, Double> closed = new HashMap<>();
        run.expect(1);
        run.step("rates without growth");
        try (ChildJvm jvm = ChildJvm.start(growth(run, Math.min(last, MOST_TO_CALIBRATE), false, 0, 0))) {
            jvm.measure((metric, _, value) -> closed.put(metric, value));
        }
        long reads = offered(closed, GrowthTask.READS);
        long inserts = offered(closed, GrowthTask.INSERTS);
        run.fact("growth", "from " + GROWTH_FROM + " to " + last + " keys");
        run.fact("growth_reads_per_second", reads);
        run.fact("growth_inserts_per_second", inserts);
        List<Contender> contenders = new ArrayList<>();
        for (boolean grows : new boolean[] {true, false}) {
            contenders.add(new Contender(
                    StoreKind.SITU.system(), growthParams(grows), growth(run, last, grows, reads, inserts)));
        }
        return contenders;
    }

    private static long offered(Map<String, Double> closed, String metric) {
        return Math.max(1, Math.round(closed.getOrDefault(metric, 0.0) * OFFERED));
    }

    private static ChildJvm.Spec growth(Run run, long last, boolean grows, long reads, long inserts) {
        Parameters parameters = Parameters.of(
                "from",
                GROWTH_FROM,
                "to",
                last,
                "grows",
                grows,
                "readsPerSecond",
                reads,
                "insertsPerSecond",
                inserts,
                "warmUpOperations",
                run.scale().pick(1_000_000L, 300_000L, 1L));
        return new ChildJvm.Spec(GrowthTask.NAME, parameters, jvm(StoreKind.SITU, last), Cpus.first(2));
    }

    private static Map<String, Object> growthParams(boolean grows) {
        return Map.of("index", grows ? "grows" : "large enough");
    }

    private static Outcome outcome(Samples samples, long large) {
        Outcome outcome = new Outcome(samples);
        Map<String, Long> sizes = new LinkedHashMap<>();
        sizes.put("8k", SMALL);
        sizes.put("4m", large);
        sizes.forEach((label, keys) -> {
            for (String metric : List.of("get", "put")) {
                SampleKey chm = new SampleKey(StoreKind.CHM.system(), metric, params(keys, THREADS));
                for (String how : List.of("", "_staged")) {
                    outcome.summarizeRatio(
                            metric + how + "_vs_chm." + label,
                            new SampleKey(StoreKind.SITU.system(), metric + how, params(keys, THREADS)),
                            chm);
                }
            }
        });
        for (StoreKind kind : List.of(StoreKind.SITU_HUGE, StoreKind.SITU)) {
            SampleKey staged = new SampleKey(kind.system(), "get_staged", params(large, THREADS));
            SampleKey single = new SampleKey(kind.system(), "get", params(large, THREADS));
            if (kind == StoreKind.SITU) {
                outcome.summarizeRatio("staged_vs_single.4m", staged, single);
            } else {
                outcome.ratio(staged, single);
            }
        }
        outcome.summarizeRatio(
                "growth_p999_vs_steady",
                new SampleKey(StoreKind.SITU.system(), "read_p999", growthParams(true)),
                new SampleKey(StoreKind.SITU.system(), "read_p999", growthParams(false)));
        return outcome;
    }

    // ---- report ---------------------------------------------------------------------------------------------------

    @Override
    public Page page(Measurement measurement) {
        return new Page(
                "The store, without a network",
                "How many lookups and updates a second does the off-heap store do when keys and values come as bytes from the"
                        + " wire, beside a map of the JDK?",
                List.of(
                        "Keys of 32 bytes, values of 64 bytes. Each operation starts from bytes in native memory, written there just"
                                + " before, as a network card would: bursts of 32 requests for random keys that are all there.",
                        "Situ looks a key up where its bytes are. A GET copies the value into a reply; a PUT copies key and value into"
                                + " a new record. A burst is one epoch, as in the server. \"Staged\" looks the 32 keys of a burst up"
                                + " together, or fetches what the burst will write together, so that cache misses overlap.",
                        "ConcurrentHashMap gets a key object made from the bytes at each operation (32 bytes copied, the JDK's vector"
                                + " hash of an array), and a new array for the value of a PUT; a GET copies the value into a reply"
                                + " too. Its heap is as large as it needs; Situ's records are outside of the heap. Both run with the"
                                + " parallel collector.",
                        "Two threads, each bound to a processor of its own. A JVM for each system and round (in a quick run with many"
                                + " keys: for each system), warmed up until three windows agree within 5 %. Each figure of a round is"
                                + " the median of some windows of a quarter of a second (shorter in a quick run).",
                        "The summary's figures are with ordinary pages of 4 KiB; transparent huge pages are shown beside them.",
                        "Growth: one thread inserts keys"
                                + rate(measurement, "growth_inserts_per_second")
                                + ", the other reads keys that are there"
                                + rate(measurement, "growth_reads_per_second")
                                + ": 30 % of what each did as fast as it could, without growth, before. A read's latency counts"
                                + " from the moment at which it was due, so that a stall counts for all reads that it delays."
                                + " Once the index starts small and grows; once it was made for all keys at the start.",
                        "The bound is the same loop without a store: requests are written and values copied, nothing is looked up."),
                figures(measurement),
                meaning(measurement));
    }

    private static String rate(Measurement measurement, String fact) {
        Object perSecond = measurement.machine().get(fact);
        return perSecond instanceof Number number ? ", " + Numbers.text(number.doubleValue()) + " a second" : "";
    }

    private static List<Figure> figures(Measurement measurement) {
        List<Figure> figures = new ArrayList<>();
        figures.add(keys(measurement, "get", "GET", "store-get"));
        figures.add(keys(measurement, "put", "PUT", "store-put"));
        figures.add(threads(measurement));
        figures.add(growthFigure(measurement));
        return figures;
    }

    private static Figure keys(Measurement measurement, String metric, String title, String file) {
        List<LineChart.Point> points = new ArrayList<>();
        for (StoreKind kind : List.of(StoreKind.SITU, StoreKind.SITU_HUGE, StoreKind.CHM)) {
            line(measurement, kind.system(), metric, kind.system(), points);
            line(measurement, kind.system(), metric + "_staged", kind.system() + ", staged", points);
        }
        return new Figure(
                file,
                title
                        + " throughput of two threads together against the number of keys. Points: medians; lines through them: lowest"
                        + " and highest round.",
                new LineChart(
                        title + ", 2 threads",
                        "keys",
                        "million operations a second",
                        true,
                        false,
                        points,
                        Optional.empty()));
    }

    private static void line(
            Measurement measurement, String system, String metric, String label, List<LineChart.Point> points) {
        measurement.of(metric).stream()
                .filter(result -> result.system().equals(system) && result.has(Map.of("threads", THREADS)))
                .sorted(Comparator.comparingDouble(result -> result.number("keys")))
                .forEach(result -> points.add(new LineChart.Point(
                        label, result.number("keys"), result.value(), result.low(), result.high())));
    }

    /// Shows the largest number of keys that was measured with one thread.
    private static Figure threads(Measurement measurement) {
        double keys = measurement.of("get").stream()
                .filter(result -> result.has(Map.of("threads", 1)))
                .mapToDouble(result -> result.number("keys"))
                .max()
                .orElse(LARGE);
        List<BarChart.Bar> bars = new ArrayList<>();
        for (String metric : List.of("get", "put")) {
            for (StoreKind kind : List.of(StoreKind.SITU, StoreKind.CHM)) {
                measurement.of(metric).stream()
                        .filter(result -> result.system().equals(kind.system()) && result.number("keys") == keys)
                        .sorted(Comparator.comparingDouble(result -> result.number("threads")))
                        .forEach(result -> bars.add(new BarChart.Bar(
                                metric.equals("get") ? "GET, " + kind.system() : "PUT, " + kind.system(),
                                result.param("threads") + (result.has(Map.of("threads", 1)) ? " thread" : " threads"),
                                result.value(),
                                result.low(),
                                result.high())));
            }
        }
        String count = Numbers.count((long) keys);
        return new Figure(
                "store-threads",
                "Throughput of all threads together, " + count + " keys.",
                new BarChart("Threads, " + count + " keys", "million operations a second", bars));
    }

    private static Figure growthFigure(Measurement measurement) {
        List<BarChart.Bar> bars = new ArrayList<>();
        for (String percentile : List.of("read_p50", "read_p99", "read_p999")) {
            for (boolean grows : new boolean[] {true, false}) {
                measurement
                        .find(StoreKind.SITU.system(), percentile, growthParams(grows))
                        .ifPresent(result -> bars.add(new BarChart.Bar(
                                switch (percentile) {
                                    case "read_p50" -> "median";
                                    case "read_p99" -> "99 %";
                                    default -> "99.9 %";
                                },
                                grows ? "the index grows" : "the index was made large enough",
                                result.value() / 1e3,
                                result.low() / 1e3,
                                result.high() / 1e3)));
            }
        }
        return new Figure(
                "store-growth",
                "Latency of reads while another thread inserts ("
                        + measurement.machine().get("growth") + "), from the moment at which" + " each read was due.",
                new BarChart("Reads while keys are inserted", "microseconds", bars));
    }

    private static List<String> meaning(Measurement measurement) {
        List<String> meaning = new ArrayList<>();
        for (String metric : List.of("get", "put")) {
            meaning.add("With 8192 keys, Situ's store does " + measurement.summaryText(metric + "_vs_chm.8k")
                    + " times the " + metric.toUpperCase(Locale.ROOT) + "s of ConcurrentHashMap, with 4 million keys "
                    + measurement.summaryText(metric + "_vs_chm.4m") + " times; staged, "
                    + measurement.summaryText(metric + "_staged_vs_chm.8k") + " and "
                    + measurement.summaryText(metric + "_staged_vs_chm.4m") + " times.");
        }
        meaning.add("Looking the keys of a burst up together makes " + measurement.summaryText("staged_vs_single.4m")
                + " times the GETs of one by one with 4 million keys on ordinary pages"
                + ratioWithHugePages(measurement) + ".");
        meaning.add("While the index grows, 99.9 of 100 reads take at most "
                + measurement.summaryText("growth_p999_vs_steady")
                + " times as long as while the same keys go into an index that was made for them.");
        List<String> bytes = measurement.of("bytes_per_key").stream()
                .filter(result ->
                        result.has(params(LARGE, THREADS)) && !result.system().equals(StoreKind.SITU_HUGE.system()))
                .map(result -> Numbers.text(result.value()) + " bytes in " + result.system())
                .toList();
        if (!bytes.isEmpty()) {
            meaning.add(
                    "With 4 million keys, a key of 32 bytes with its value of 64 takes " + String.join(" and ", bytes)
                            + " (heap without garbage, and memory outside of the heap; not what the process occupies).");
        }
        double most = measurement.results().stream()
                .filter(result -> result.metric().startsWith("heap_bytes_")
                        && result.system().startsWith(StoreKind.SITU.system()))
                .mapToDouble(Result::high)
                .max()
                .orElse(Double.NaN);
        meaning.add("An operation of Situ's store allocates " + Numbers.text(most)
                + " bytes on the Java heap at most (the highest of all its rounds, GET and PUT, staged and not).");
        measurement
                .find(StoreKind.NONE.system(), "get", params(SMALL, THREADS))
                .ifPresent(bound -> meaning.add("The loop without a store, the bound, does "
                        + Numbers.text(bound.value()) + " million operations a second."));
        return meaning;
    }

    private static String ratioWithHugePages(Measurement measurement) {
        return measurement
                .find(StoreKind.SITU_HUGE.system(), "ratio", Map.of("of", "get_staged", "threads", THREADS))
                .map(result -> ", and " + Numbers.text(result.value()) + " times on transparent huge pages")
                .orElse("");
    }
}
