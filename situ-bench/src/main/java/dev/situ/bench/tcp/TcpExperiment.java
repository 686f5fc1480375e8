package dev.situ.bench.tcp;

import dev.situ.bench.frame.ChildJvm;
import dev.situ.bench.frame.Cpus;
import dev.situ.bench.frame.Experiment;
import dev.situ.bench.frame.Filler;
import dev.situ.bench.frame.Measurement;
import dev.situ.bench.frame.Outcome;
import dev.situ.bench.frame.Parameters;
import dev.situ.bench.frame.Programs;
import dev.situ.bench.frame.Result;
import dev.situ.bench.frame.Run;
import dev.situ.bench.frame.SameDistance;
import dev.situ.bench.frame.SampleKey;
import dev.situ.bench.frame.Samples;
import dev.situ.bench.frame.Scale;
import dev.situ.bench.frame.ServerProcess;
import dev.situ.bench.frame.ServerProcess.Kind;
import dev.situ.bench.frame.WarmUp;
import dev.situ.bench.report.BarChart;
import dev.situ.bench.report.Figure;
import dev.situ.bench.report.LineChart;
import dev.situ.bench.report.Page;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Situ over TCP beside redis-server, with Redis's own load generator.
public final class TcpExperiment implements Experiment {
    private static final List<String> COMMANDS = List.of("set", "get", "ping_mbulk");
    private static final List<String> CLIENT_JVM = List.of("-XX:+UseSerialGC", "-Xms64m", "-Xmx64m");
    private static final int VALUE = 64;
    private static final int CLIENTS = 50;
    private static final int DEEP = 16;
    /// The generator counts milliseconds: fewer may take none, and then it calls their rate `inf`.
    private static final long LEAST_REQUESTS = 5_000;
    /// Values of all keys together.
    private static final long DATA_BYTES = 256 << 20;

    /// One configuration of the load.
    private record Load(int valueBytes, int clients, int depth) {
        Map<String, Object> params() {
            return Map.of("value", valueBytes, "connections", clients, "depth", depth);
        }

        int keys() {
            return (int) Math.min(100_000, DATA_BYTES / valueBytes);
        }

        /// Whether it is the one that the summary is about.
        boolean isTheUsual() {
            return valueBytes == VALUE && clients == CLIENTS;
        }

        RedisBenchmark on(ServerProcess server) {
            return new RedisBenchmark(server.tcp().getPort(), keys(), valueBytes, clients, depth);
        }

        @Override
        public String toString() {
            return valueBytes + " B, " + clients + " connections, " + depth + " deep";
        }
    }

    @Override
    public String name() {
        return "tcp";
    }

    @Override
    public Measurement measure(Run run) throws Exception {
        Samples samples = new Samples();
        if (!Programs.isThere(RedisBenchmark.PROGRAM)) {
            run.leaveOut("everything: redis-benchmark is not installed (Debian: redis-tools)");
            return outcome(samples, loads(run.scale())).measurement(name(), run);
        }
        run.leaveOut("memcached: redis-benchmark does not speak its protocol; the experiment r2p2 has it");
        List<Kind> servers = new ArrayList<>();
        for (Kind kind : List.of(Kind.SITU, Kind.REDIS)) {
            if (kind.isThere()) {
                servers.add(kind);
                run.fact(kind.system(), kind.version());
            } else {
                run.leaveOut(kind.system() + ": it is not installed");
            }
        }
        run.factsOfCpus();
        int rounds = run.scale().rounds();
        List<Load> loads = loads(run.scale());
        run.expect(rounds * loads.size() * servers.size());
        for (int round = 1; round <= rounds; round++) {
            if (run.endsBefore(round, "", loads.size() * servers.size())) {
                break;
            }
            round(run, round, servers, loads, samples);
        }
        return outcome(samples, loads(run.scale())).measurement(name(), run);
    }

    private static List<Load> loads(Scale scale) {
        if (scale != Scale.FULL) {
            return List.of(new Load(VALUE, CLIENTS, 1), new Load(VALUE, CLIENTS, DEEP));
        }
        List<Load> loads = new ArrayList<>();
        for (int value : List.of(VALUE, 1024, 16 << 10, 64 << 10)) {
            for (int clients : List.of(1, CLIENTS)) {
                loads.add(new Load(value, clients, 1));
                loads.add(new Load(value, clients, DEEP));
            }
        }
        return loads;
    }

    private static void round(Run run, int round, List<Kind> kinds, List<Load> loads, Samples samples)
            throws Exception {
        List<ServerProcess> servers = new ArrayList<>();
        try {
            for (Kind kind : kinds) {
                servers.add(ServerProcess.start(kind, 4 * DATA_BYTES, List.of()));
            }
            int filled = 0;
            for (Load load : loads) {
                SameDistance distance = new SameDistance(run, round, samples);
                for (int i = 0; i < servers.size(); i++) {
                    run.step(kinds.get(i).system() + ", " + load + ", round " + round + " of "
                            + run.scale().rounds());
                    if (load.valueBytes != filled) {
                        fill(kinds.get(i), servers.get(i), load);
                    }
                    load(run, round, kinds.get(i), servers.get(i), load, samples);
                    if (load.isTheUsual()) {
                        batches(run, kinds.get(i), servers.get(i), load, distance);
                        distance.next();
                    }
                }
                filled = load.valueBytes;
            }
        } finally {
            servers.forEach(ServerProcess::close);
        }
    }

    private static void fill(Kind kind, ServerProcess server, Load load) throws Exception {
        try (Filler filler = new Filler(kind, server.tcp(), load.valueBytes, false)) {
            filler.fill(0, load.keys());
        }
    }

    private static void load(Run run, int round, Kind kind, ServerProcess server, Load load, Samples samples)
            throws Exception {
        RedisBenchmark benchmark = load.on(server);
        long[] requests = {run.scale().pick(20_000L, 20_000L, LEAST_REQUESTS)};
        double seconds = run.scale().pick(0.5, 0.3, 0.01);
        // The compilers share the server's processor: until they have done their work, they are what is measured.
        run.steady(run.scale().requestWarmUp(8_000, 4_000).with(server.pid()).run(() -> {
            Map<String, RedisBenchmark.Line> lines = benchmark.run(COMMANDS, requests[0]);
            double perSecond = lines.values().stream()
                    .mapToDouble(RedisBenchmark.Line::perSecond)
                    .average()
                    .orElseThrow();
            WarmUp.Pace pace = new WarmUp.Pace((double) requests[0] * lines.size(), perSecond);
            requests[0] = Math.max(LEAST_REQUESTS, (long) (perSecond * seconds));
            return pace;
        }));
        benchmark.run(COMMANDS, requests[0]).forEach((command, line) -> {
            samples.add(round, key(kind, command, load), "1/s", line.perSecond());
            samples.add(round, key(kind, command + "_p50", load), "ms", line.p50Millis());
            samples.add(round, key(kind, command + "_p99", load), "ms", line.p99Millis());
        });
    }

    private static void batches(Run run, Kind kind, ServerProcess server, Load load, SameDistance distance)
            throws IOException {
        Parameters parameters = Parameters.of(
                "port",
                server.tcp().getPort(),
                "keys",
                load.keys(),
                "value",
                load.valueBytes,
                "connections",
                load.clients,
                "depth",
                load.depth,
                "windowMillis",
                run.scale().pick(500, 200, 20),
                "windows",
                run.scale().pick(5, 3, 1));
        WarmUp warmUp = run.scale().requestWarmUp(6_000, 2_000).with(server.pid());
        ChildJvm.Spec batches =
                new ChildJvm.Spec(BatchTask.NAME, warmUp.into(distance.into(parameters)), CLIENT_JVM, Cpus.client());
        try (ChildJvm child = ChildJvm.start(batches)) {
            child.measure(distance.sink(metric -> key(kind, metric, load)));
        }
    }

    private static SampleKey key(Kind kind, String metric, Load load) {
        return new SampleKey(kind.system(), metric, load.params());
    }

    private static Outcome outcome(Samples samples, List<Load> loads) {
        Outcome outcome = new Outcome(samples);
        for (Load load : loads) {
            for (String command : List.of("get", "set", BatchTask.GET, BatchTask.SET)) {
                SampleKey situ = key(Kind.SITU, command, load);
                SampleKey redis = key(Kind.REDIS, command, load);
                if (load.isTheUsual()) {
                    SameDistance.summarizeRatio(outcome, command + "_p" + load.depth + "_vs_redis", '.', situ, redis);
                } else {
                    outcome.ratio(situ, redis);
                }
            }
        }
        return outcome;
    }

    // ---- report ---------------------------------------------------------------------------------------------------

    @Override
    public Page page(Measurement measurement) {
        return new Page(
                "Redis clients over TCP",
                "How many requests of an ordinary Redis client does one processor serve, beside redis-server?",
                List.of(
                        "The load is redis-benchmark, the generator that comes with Redis, on one processor; the servers have another. It"
                                + " makes an object of each reply, and deep down that takes it longer than a fast server. So \"batch\" is the"
                                + " same load by a loop that sends a batch, counts the bytes that come back, and sends the next."
                                + " It is measured while the processors of server and load are equally near to each other, as in `dpdk`: the"
                                + " kernel's way from one to the other changes with that, too; redis-benchmark is taken as it comes."
                                + " Both servers run, one is under load. Each round starts both anew; each load is warmed up until three"
                                + " windows agree within 5 % and the server's compilers are still.",
                        "Closed loops: so many connections, each with so many requests under way (\"deep\"), which sends the next when a"
                                + " reply has come. That finds the peak throughput; the latencies beside it are those of a loaded server"
                                + " and leave out what was not sent because of them.",
                        "All keys are there (at most 100,000, and 256 MiB of values), and picked at random.",
                        "The bound is PING over the same connections: the way of a request without a store."),
                figures(measurement),
                meaning(measurement));
    }

    private static List<Figure> figures(Measurement measurement) {
        List<Figure> figures = new ArrayList<>();
        for (int depth : List.of(1, DEEP)) {
            List<BarChart.Bar> bars = new ArrayList<>();
            for (String command : List.of("set", BatchTask.SET, "get", BatchTask.GET, "ping_mbulk")) {
                for (Result result : measurement.of(command)) {
                    boolean ofAnyDistance = result.param(SameDistance.PARAM).isEmpty();
                    if (ofAnyDistance && result.has(new Load(VALUE, CLIENTS, depth).params())) {
                        bars.add(new BarChart.Bar(
                                label(command),
                                result.system(),
                                result.value() / 1e3,
                                result.low() / 1e3,
                                result.high() / 1e3));
                    }
                }
            }
            figures.add(new Figure(
                    "tcp-depth-" + depth,
                    "Requests a second, 64 B values, 50 connections, " + depth
                            + " deep. Bars: medians; lines: lowest and highest round.",
                    new BarChart("TCP, " + depth + " deep", "thousand requests a second", bars)));
        }
        for (int clients : List.of(1, CLIENTS)) {
            List<LineChart.Point> points = sizes(measurement, clients);
            if (points.stream().map(LineChart.Point::x).distinct().count() > 1) {
                String connections = clients == 1 ? "1 connection" : clients + " connections";
                figures.add(new Figure(
                        "tcp-sizes-" + clients,
                        "Situ's throughput as a multiple of redis-server's against the length of values (1: equal), "
                                + connections
                                + ". Points: medians of the rounds' ratios; lines through them: lowest and highest round.",
                        new LineChart(
                                "Against redis-server, " + connections,
                                "bytes of a value",
                                "ratio",
                                true,
                                false,
                                points,
                                Optional.of(1.0))));
            }
        }
        return figures;
    }

    private static List<LineChart.Point> sizes(Measurement measurement, int clients) {
        List<LineChart.Point> points = new ArrayList<>();
        for (String command : List.of("get", "set")) {
            for (int depth : List.of(1, DEEP)) {
                measurement.of(Measurement.RATIO).stream()
                        .filter(result -> result.has(Map.of("of", command, "connections", clients, "depth", depth)))
                        .sorted(Comparator.comparingDouble(result -> result.number("value")))
                        .forEach(result -> points.add(new LineChart.Point(
                                label(command) + ", " + depth + " deep",
                                result.number("value"),
                                result.value(),
                                result.low(),
                                result.high())));
            }
        }
        return points;
    }

    private static String label(String command) {
        return command.replace("_mbulk", "").replace('_', ' ').toUpperCase(Locale.ROOT);
    }

    private static List<String> meaning(Measurement measurement) {
        List<String> meaning = new ArrayList<>();
        for (int depth : List.of(1, DEEP)) {
            meaning.add("64 B values, 50 connections, " + depth + " deep: Situ serves "
                    + measurement.summaryText("get_p" + depth + "_vs_redis") + " times the GETs and "
                    + measurement.summaryText("set_p" + depth + "_vs_redis")
                    + " times the SETs of redis-server; where the generator only counts, "
                    + measurement.summaryText(BatchTask.GET + "_p" + depth + "_vs_redis") + " and "
                    + measurement.summaryText(BatchTask.SET + "_p" + depth + "_vs_redis") + ".");
        }
        return meaning;
    }
}
