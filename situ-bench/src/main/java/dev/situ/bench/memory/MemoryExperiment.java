package dev.situ.bench.memory;

import dev.situ.bench.frame.Experiment;
import dev.situ.bench.frame.Filler;
import dev.situ.bench.frame.Measurement;
import dev.situ.bench.frame.Numbers;
import dev.situ.bench.frame.Outcome;
import dev.situ.bench.frame.Result;
import dev.situ.bench.frame.Run;
import dev.situ.bench.frame.SampleKey;
import dev.situ.bench.frame.Samples;
import dev.situ.bench.frame.Scale;
import dev.situ.bench.frame.ServerProcess;
import dev.situ.bench.frame.ServerProcess.Kind;
import dev.situ.bench.frame.Spread;
import dev.situ.bench.report.Figure;
import dev.situ.bench.report.LineChart;
import dev.situ.bench.report.Page;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Memory of the machine for each key, as the kernel counts it, beside other servers.
public final class MemoryExperiment implements Experiment {
    /// The heap is touched as a whole at the start, so that it does not seem to grow with the keys. What the
    /// compilers have used goes back as it does in any server, but before it is counted.
    private static final List<String> JVM = List.of("-XX:+AlwaysPreTouch", "-XX:TrimNativeHeapInterval=300");

    private static final int SMALL_VALUE = 64;
    private static final int LARGE_VALUE = 1024;
    private static final String OVERHEAD = "overhead";
    /// Points in one doubling of the number of keys, both ends included.
    private static final int POINTS = 6;

    /// Keys of 16 bytes, and values of so many, with or without an expiry.
    private record Shape(int valueBytes, boolean expires) {
        Map<String, Object> params() {
            return Map.of("value", valueBytes, "expires", expires);
        }

        Map<String, Object> params(long keys) {
            return Map.of("value", valueBytes, "expires", expires, "keys", keys);
        }

        String id() {
            return Filler.KEY_BYTES + "_" + valueBytes + (expires ? "_ttl" : "");
        }

        @Override
        public String toString() {
            return Filler.KEY_BYTES + " B keys, " + valueBytes + " B values, " + (expires ? "with" : "without")
                    + " expiry";
        }
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public Measurement measure(Run run) throws IOException {
        List<Kind> servers = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            if (kind.isThere()) {
                servers.add(kind);
                run.fact(kind.system(), kind.version());
            } else {
                run.leaveOut(kind.system() + ": it is not installed");
            }
        }
        Samples samples = new Samples();
        List<Shape> shapes = shapes(run.scale());
        int rounds = run.scale().rounds();
        run.expect(rounds * shapes.size() * servers.size());
        for (int round = 1; round <= rounds; round++) {
            if (run.endsBefore(round, "", shapes.size() * servers.size())) {
                break;
            }
            for (Shape shape : shapes) {
                for (Kind kind : servers) {
                    run.step(kind.system() + ", " + shape + ", round " + round + " of " + rounds);
                    fill(run.scale(), round, kind, shape, samples);
                }
            }
        }
        return outcome(samples, run.scale()).measurement(name(), run);
    }

    private static List<Shape> shapes(Scale scale) {
        List<Shape> shapes = new ArrayList<>(List.of(new Shape(SMALL_VALUE, true), new Shape(SMALL_VALUE, false)));
        if (scale == Scale.FULL) {
            shapes.add(new Shape(LARGE_VALUE, true));
            shapes.add(new Shape(LARGE_VALUE, false));
        }
        return shapes;
    }

    /// Numbers of keys over one doubling, evenly on a logarithmic scale: a hash table that doubles is once at its
    /// fullest and once at its emptiest in between, wherever it began.
    private static List<Long> counts(Scale scale, Shape shape) {
        long first = shape.valueBytes == SMALL_VALUE
                ? scale.pick(1_000_000L, 200_000L, 5_000L)
                : scale.pick(400_000L, 100_000L, 2_000L);
        List<Long> counts = new ArrayList<>();
        for (int i = 0; i < POINTS; i++) {
            counts.add(Math.round(first * Math.pow(2, i / (double) (POINTS - 1)) / 100) * 100);
        }
        return counts;
    }

    private static void fill(Scale scale, int round, Kind kind, Shape shape, Samples samples) throws IOException {
        List<Long> counts = counts(scale, shape);
        long memory = (256L << 20) + counts.getLast() * 2 * (shape.valueBytes + 200);
        try (ServerProcess server = ServerProcess.start(kind, memory, JVM);
                Filler filler = new Filler(kind, server.tcp(), shape.valueBytes, shape.expires)) {
            // The same few keys over and over: what handling requests takes is there before anything is counted.
            int warmUp = scale.pick(200, 50, 2);
            for (int i = 0; i < warmUp; i++) {
                filler.fill(0, 1000);
            }
            long empty = server.residentBytes();
            samples.add(round, new SampleKey(kind.system(), "empty", shape.params()), "MiB", empty / 1048576.0);
            long stored = 0;
            for (long count : counts) {
                filler.fill(stored, count);
                stored = count;
                double perKey = (server.residentBytes() - empty) / (double) count;
                samples.add(round, new SampleKey(kind.system(), "bytes_per_key", shape.params(count)), "B", perKey);
                samples.add(
                        round,
                        new SampleKey(kind.system(), OVERHEAD, shape.params(count)),
                        "B",
                        perKey - Filler.KEY_BYTES - shape.valueBytes);
            }
        }
    }

    private static Outcome outcome(Samples samples, Scale scale) {
        Outcome outcome = new Outcome(samples);
        for (Shape shape : shapes(scale)) {
            for (Kind kind : Kind.values()) {
                List<Double> medians = new ArrayList<>();
                for (long count : counts(scale, shape)) {
                    samples.spread(new SampleKey(kind.system(), OVERHEAD, shape.params(count)))
                            .ifPresent(spread -> medians.add(spread.median()));
                }
                if (!medians.isEmpty()) {
                    outcome.summarize(
                            prefix(kind) + "overhead_bytes." + shape.id(),
                            Spread.of(medians).median());
                }
            }
        }
        return outcome;
    }

    private static String prefix(Kind kind) {
        return switch (kind) {
            case SITU -> "";
            case REDIS -> "redis_";
            case MEMCACHED -> "memcached_";
        };
    }

    // ---- report ---------------------------------------------------------------------------------------------------

    @Override
    public Page page(Measurement measurement) {
        return new Page(
                "Memory",
                "How much memory of the machine does a key take, beside what it and its value are long?",
                List.of(
                        "Each server is a process of its own with one thread for requests. It is warmed up with SETs of the same 1000"
                                + " keys; then its resident memory (VmRSS of /proc) is read, keys are added over TCP, and it is read again,"
                                + " each time once it does not change any more. The growth, divided by the number of keys, is what a key"
                                + " takes: index, allocator, fragmentation, everything counted.",
                        "Overhead is that minus the bytes of key and value. A hash table that doubles is nearly empty right after and full"
                                + " right before; so it is read at six numbers of keys over one doubling, and overhead_bytes in the"
                                + " summary is the median of these six.",
                        "What a server takes when it is empty is not part of it, and stands among the results (\"empty\"): a JVM takes"
                                + " more than a C program. Situ's Java heap of 256 MiB is touched as a whole at the start. What its"
                                + " compilers have used goes back to the system as in any server of Situ's, but every 300 ms.",
                        "redis-server runs without persistence, memcached with its default slabs. Expiry is in ten days."),
                figures(measurement),
                meaning(measurement));
    }

    private static List<Figure> figures(Measurement measurement) {
        List<Figure> figures = new ArrayList<>();
        for (int value : List.of(SMALL_VALUE, LARGE_VALUE)) {
            for (boolean expires : new boolean[] {true, false}) {
                Shape shape = new Shape(value, expires);
                List<LineChart.Point> points = points(measurement, shape);
                if (!points.isEmpty()) {
                    figures.add(new Figure(
                            "memory-" + shape.id().replace('_', '-'),
                            "Bytes a key besides key and value, over one doubling of the number of keys: " + shape
                                    + ".",
                            new LineChart(
                                    "Overhead, " + shape,
                                    "keys",
                                    "bytes a key",
                                    false,
                                    false,
                                    points,
                                    Optional.empty())));
                }
            }
        }
        return figures;
    }

    private static List<LineChart.Point> points(Measurement measurement, Shape shape) {
        List<LineChart.Point> points = new ArrayList<>();
        for (String system : measurement.systems(OVERHEAD)) {
            measurement.of(OVERHEAD).stream()
                    .filter(result -> result.system().equals(system) && result.has(shape.params()))
                    .sorted(Comparator.comparingDouble(result -> result.number("keys")))
                    .forEach(result -> points.add(new LineChart.Point(
                            system, result.number("keys"), result.value(), result.low(), result.high())));
        }
        return points;
    }

    private static List<String> meaning(Measurement measurement) {
        List<String> meaning = new ArrayList<>();
        for (boolean expires : new boolean[] {true, false}) {
            Shape shape = new Shape(SMALL_VALUE, expires);
            List<String> each = new ArrayList<>();
            for (Kind kind : Kind.values()) {
                range(measurement, kind, shape).ifPresent(each::add);
            }
            meaning.add("Overhead of " + shape + ": " + String.join("; ", each) + ".");
        }
        List<String> empty = measurement.of("empty").stream()
                .filter(result -> result.has(new Shape(SMALL_VALUE, true).params()))
                .map(result -> result.system() + " " + Numbers.text(result.value()) + " MiB")
                .toList();
        meaning.add("Empty, they take: " + String.join(", ", empty) + ".");
        return meaning;
    }

    private static Optional<String> range(Measurement measurement, Kind kind, Shape shape) {
        List<Double> values = measurement.of(OVERHEAD).stream()
                .filter(result -> result.system().equals(kind.system()) && result.has(shape.params()))
                .map(Result::value)
                .toList();
        if (values.isEmpty()) {
            return Optional.empty();
        }
        Spread spread = Spread.of(values);
        return Optional.of(kind.system() + " " + measurement.summaryText(prefix(kind) + "overhead_bytes." + shape.id())
                + " B (" + Numbers.text(spread.low()) + " at best, " + Numbers.text(spread.high()) + " at worst)");
    }
}
