package dev.situ.bench.map;

import com.github.benmanes.caffeine.cache.Caffeine;
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
import dev.situ.bench.report.BarChart;
import dev.situ.bench.report.BoxChart;
import dev.situ.bench.report.Figure;
import dev.situ.bench.report.Page;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jctools.maps.NonBlockingHashMap;

/// The thesis's evaluation of its map (sections 5.1.1 and 5.1.2), against the maps that a Java programmer would
/// take.
public final class MapExperiment implements Experiment {
    private static final int KEYS = 8192;
    private static final int THREADS = 2;
    private static final String THROUGHPUT = "throughput";
    private static final List<String> JVM = List.of("-XX:+UseParallelGC", "-Xms512m", "-Xmx512m");

    private enum Case {
        MIXED("mixed", 4 * KEYS, "no collisions"),
        COLLISION("collision", KEYS / 4, "collisions");

        final String id;
        final int buckets;
        final String label;

        Case(String id, int buckets, String label) {
            this.id = id;
            this.buckets = buckets;
            this.label = label;
        }

        Map<String, Object> params() {
            return Map.of("case", id, "buckets", buckets, "threads", THREADS);
        }
    }

    @Override
    public String name() {
        return "map";
    }

    @Override
    public Measurement measure(Run run) throws IOException {
        run.fact("child_jvm", String.join(" ", JVM));
        run.fact("jctools", Machine.library(NonBlockingHashMap.class));
        run.fact("caffeine", Machine.library(Caffeine.class));
        int operations = run.scale().pick(1_000_000, 250_000, 2_000);
        int windows = run.scale().pick(5, 3, 1);
        List<Contender> contenders = new ArrayList<>();
        for (MapKind kind : MapKind.values()) {
            for (Case each : Case.values()) {
                Parameters parameters = Parameters.of(
                        "map",
                        kind,
                        "buckets",
                        each.buckets,
                        "keys",
                        KEYS,
                        "threads",
                        THREADS,
                        "operations",
                        operations,
                        "windows",
                        windows);
                contenders.add(new Contender(
                        kind.system(),
                        each.params(),
                        new ChildJvm.Spec(
                                MapTask.NAME,
                                run.scale().warmUp(5_000, 1_000).into(parameters),
                                JVM,
                                Cpus.first(THREADS))));
            }
        }
        Samples samples = new Samples();
        Contender.interleave(run, List.of(new Contender.Group(contenders, true, true)), samples);
        return outcome(samples).measurement(name(), run);
    }

    private static Outcome outcome(Samples samples) {
        Outcome outcome = new Outcome(samples);
        for (Case each : Case.values()) {
            SampleKey opti = new SampleKey(MapKind.OPTIMAP.system(), THROUGHPUT, each.params());
            outcome.summarize("opti_mops." + each.id, opti);
            for (MapKind peer : List.of(MapKind.NON_BLOCKING, MapKind.CAFFEINE)) {
                outcome.ratio(opti, new SampleKey(peer.system(), THROUGHPUT, each.params()));
            }
            outcome.summarizeRatio(
                    "opti_vs_chm." + each.id, opti, new SampleKey(MapKind.CHM.system(), THROUGHPUT, each.params()));
            outcome.summarize(
                    "put_p99_ns." + each.id,
                    new SampleKey(MapKind.OPTIMAP.system(), MapTask.metric("put", 99), each.params()));
        }
        return outcome;
    }

    // ---- report ---------------------------------------------------------------------------------------------------

    @Override
    public Page page(Measurement measurement) {
        return new Page(
                "OptiMap on the Java heap",
                "How long do GET and PUT take, and how many are there a second, beside other concurrent maps?",
                List.of(
                        "The workload of the thesis (section 5.1): 8192 keys of 128 characters, 64-bit values, keys that are all"
                                + " there and equally likely, as many GETs as PUTs in random order, one million of each a thread"
                                + " (fewer in a quick run). The thesis had 15 threads on a Xeon E5-2637; here there are 2, each"
                                + " bound to a processor of its own.",
                        "No collisions: 32768 buckets, four for each key (figure 5.1 of the thesis). Collisions: 2048 buckets, four"
                                + " keys in each (figure 5.2). Only OptiMap keeps so few buckets; the others take the number as"
                                + " their initial capacity and grow.",
                        "Each thread looks keys up by its own copies of them: equal to those in the map, but not the same objects."
                                + " Values are taken from a pool, so that none is made while the clock runs.",
                        "Each system in each round runs in a JVM of its own. It is warmed up until three windows agree within 5 %,"
                                + " then measured: throughput as the median of some windows without clock reads, then each"
                                + " operation's duration with a clock read before and after it.",
                        "The bound is the same loop around a map that does nothing: its durations are those of the clock reads."),
                List.of(
                        box(measurement, Case.MIXED, "map-durations"),
                        box(measurement, Case.COLLISION, "map-durations-collision"),
                        throughput(measurement)),
                meaning(measurement));
    }

    private static Figure box(Measurement measurement, Case which, String file) {
        List<BoxChart.Box> boxes = new ArrayList<>();
        for (String system : measurement.systems(THROUGHPUT)) {
            for (String operation : List.of("get", "put")) {
                double[] values = new double[MapTask.PERCENTILES.length];
                boolean complete = true;
                for (int i = 0; i < values.length; i++) {
                    Optional<Result> result =
                            measurement.find(system, MapTask.metric(operation, MapTask.PERCENTILES[i]), which.params());
                    complete &= result.isPresent();
                    values[i] = result.map(Result::value).orElse(Double.NaN);
                }
                if (complete) {
                    boxes.add(new BoxChart.Box(
                            system,
                            operation.equals("get") ? "GET" : "PUT",
                            values[0],
                            values[1],
                            values[2],
                            values[3],
                            values[4]));
                }
            }
        }
        return new Figure(
                file,
                "Durations of single operations, " + which.label + " (" + which.buckets
                        + " buckets), clock reads included. Box:"
                        + " quartiles and median; whiskers: first and 99th percentile. Medians of the rounds.",
                new BoxChart("Durations, " + which.label, "nanoseconds", boxes));
    }

    private static Figure throughput(Measurement measurement) {
        List<BarChart.Bar> bars = new ArrayList<>();
        for (Result result : measurement.of(THROUGHPUT)) {
            // The bound is ten times as fast, and would leave the others no room: it is among the results.
            if (!result.system().equals(MapKind.NONE.system())) {
                String label = result.param("case").equals(Case.MIXED.id) ? Case.MIXED.label : Case.COLLISION.label;
                bars.add(new BarChart.Bar(result.system(), label, result.value(), result.low(), result.high()));
            }
        }
        return new Figure(
                "map-throughput",
                "Throughput of both threads together, half GET and half PUT. Bars: medians; lines: lowest and highest round.",
                new BarChart("Throughput, 2 threads", "million operations a second", bars));
    }

    private static List<String> meaning(Measurement measurement) {
        List<String> meaning = new ArrayList<>();
        meaning.add("OptiMap makes " + measurement.summaryText("opti_vs_chm.mixed")
                + " times the throughput of ConcurrentHashMap without collisions, and "
                + measurement.summaryText("opti_vs_chm.collision") + " times with them.");
        for (MapKind peer : List.of(MapKind.NON_BLOCKING, MapKind.CAFFEINE)) {
            measurement
                    .find(
                            MapKind.OPTIMAP.system(),
                            Measurement.RATIO,
                            Map.of("case", Case.MIXED.id, "to", peer.system() + " " + THROUGHPUT))
                    .ifPresent(ratio -> meaning.add("Without collisions it makes " + ratio.text()
                            + " times the throughput of " + peer.system() + "."));
        }
        measurement
                .find(MapKind.NONE.system(), THROUGHPUT, Case.MIXED.params())
                .ifPresent(bound -> meaning.add("The loop without a map, the bound, does " + Numbers.text(bound.value())
                        + " million operations a second."));
        meaning.add("99 of 100 PUTs into OptiMap take at most " + measurement.summaryText("put_p99_ns.mixed")
                + " ns without collisions and " + measurement.summaryText("put_p99_ns.collision")
                + " ns with them, clock reads included. In the thesis collisions cost a PUT 200 ns more at the median;"
                + " here a PUT on a key that is there replaces its value, not its bucket.");
        measurement
                .find(MapKind.NONE.system(), MapTask.metric("get", 50), Case.MIXED.params())
                .ifPresent(clock -> meaning.add("Of every duration about " + Math.round(clock.value())
                        + " ns are the clock reads: take them off when you compare medians."));
        return meaning;
    }
}
