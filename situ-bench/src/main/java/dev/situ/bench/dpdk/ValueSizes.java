package dev.situ.bench.dpdk;

import dev.situ.bench.frame.ChildJvm;
import dev.situ.bench.frame.Cpus;
import dev.situ.bench.frame.Distance;
import dev.situ.bench.frame.Java;
import dev.situ.bench.frame.Measurement;
import dev.situ.bench.frame.Outcome;
import dev.situ.bench.frame.Parameters;
import dev.situ.bench.frame.Run;
import dev.situ.bench.frame.SameDistance;
import dev.situ.bench.frame.SampleKey;
import dev.situ.bench.frame.ServerProcess;
import dev.situ.bench.frame.WarmUp;
import dev.situ.bench.r2p2.Fill;
import dev.situ.bench.report.Figure;
import dev.situ.bench.report.LineChart;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// How long one GET takes by the size of its value: one server, one client, the sizes in turn.
///
/// As many bytes of each size, as many as a processor's own cache holds; and once as many keys of the largest as of
/// the smallest, which is a question about memory.
final class ValueSizes {
    private static final String METRIC = "round_trip_by_size";
    private static final String RATIO = "get_rtt_1400_vs_64";

    private static final List<Values> ALL = List.of(
            sameBytes(DpdkExperiment.SMALL),
            sameBytes(256),
            sameBytes(512),
            sameBytes(1024),
            sameBytes(DpdkExperiment.LARGE),
            new Values(DpdkExperiment.LARGE, DpdkExperiment.KEYS));

    /// Keys with values of one size.
    record Values(int bytes, int keys) {
        static List<Values> parse(String list) {
            return List.of(list.split(",", -1)).stream().map(Values::of).toList();
        }

        private static Values of(String word) {
            String[] numbers = word.split("x", -1);
            return new Values(Integer.parseInt(numbers[1]), Integer.parseInt(numbers[0]));
        }

        @Override
        public String toString() {
            return keys + "x" + bytes;
        }

        private SampleKey key() {
            return new SampleKey(DpdkSystem.GET.label(), METRIC, Map.of("value", bytes, "keys", keys));
        }
    }

    private ValueSizes() {}

    private static Values sameBytes(int bytes) {
        return new Values(bytes, DpdkExperiment.KEYS * DpdkExperiment.SMALL / bytes);
    }

    /// Stores all values in a server.
    static void fill(ServerProcess server) throws IOException {
        int first = 0;
        for (Values values : ALL) {
            Fill.resp(server.tcp(), first, values.keys, values.bytes);
            first += values.keys;
        }
    }

    /// Measures a server that was filled.
    static void measure(Run run, SameDistance distance, WarmUp warmUp, Path socket, int port) throws IOException {
        Parameters parameters = Parameters.of(
                "socket",
                socket,
                "port",
                port,
                "values",
                ALL.stream().map(Values::toString).collect(Collectors.joining(",")),
                "windowMillis",
                run.scale().pick(100, 50, 10),
                "windows",
                run.scale().pick(10, 5, 1));
        ChildJvm.Spec load = new ChildJvm.Spec(
                DpdkSizesTask.NAME, warmUp.into(distance.into(parameters)), Java.LAUNCHER, Cpus.client());
        try (ChildJvm client = ChildJvm.start(load)) {
            client.measure(distance.sink(ValueSizes::key));
        }
    }

    private static SampleKey key(String metric) {
        return metric.equals(DpdkLoadTask.LOST)
                ? new SampleKey(DpdkSystem.GET.label(), "lost_by_size", Map.of())
                : Values.of(metric).key();
    }

    /// Compares the largest with the smallest.
    static void summarize(Outcome outcome) {
        SampleKey small = sameBytes(DpdkExperiment.SMALL).key();
        SameDistance.summarizeRatio(
                outcome, RATIO, '.', sameBytes(DpdkExperiment.LARGE).key(), small);
        SameDistance.summarizeRatio(
                outcome,
                RATIO + ".10000_keys",
                '.',
                new Values(DpdkExperiment.LARGE, DpdkExperiment.KEYS).key(),
                small);
    }

    /// What the comparison says.
    static String text(Measurement measurement) {
        return "A GET of 1400 B takes " + measurement.summaryText(RATIO) + " times the round trip of one of 64 B (near "
                + measurement.summaryText(RATIO + ".near") + ", far " + measurement.summaryText(RATIO + ".far")
                + "), of one server, with as many bytes of each, 640 kB; "
                + measurement.summaryText(RATIO + ".10000_keys")
                + " times with 10,000 keys of each (near "
                + measurement.summaryText(RATIO + ".10000_keys.near") + ", far "
                + measurement.summaryText(RATIO + ".10000_keys.far")
                + "): then 14 MB are read in turn, and come from farther than a processor's own cache.";
    }

    /// The round trip by size, at each distance; where it was not measured, at any.
    static Figure figure(Measurement measurement) {
        List<LineChart.Point> points = new ArrayList<>();
        for (Values values : ALL) {
            for (Distance distance : List.of(Distance.NEAR, Distance.FAR)) {
                add(points, measurement, distance.label(), values, SameDistance.at(distance, values.key()));
            }
        }
        if (points.isEmpty()) {
            ALL.forEach(values -> add(points, measurement, "Situ", values, values.key()));
        }
        String caption = "Round trip of a GET by the size of its value, one under way.";
        return new Figure(
                "dpdk-sizes",
                caption + " Points: medians; lines: lowest and highest round.",
                new LineChart(caption, "bytes of the value", "microseconds", false, false, points, Optional.empty()));
    }

    private static void add(
            List<LineChart.Point> points, Measurement measurement, String series, Values values, SampleKey key) {
        String data = values.equals(sameBytes(values.bytes)) ? ", 640 kB of values" : ", 10,000 keys";
        measurement
                .find(key.system(), key.metric(), key.params())
                .ifPresent(result -> points.add(
                        new LineChart.Point(series + data, values.bytes, result.value(), result.low(), result.high())));
    }
}
