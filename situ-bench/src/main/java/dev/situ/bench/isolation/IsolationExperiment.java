package dev.situ.bench.isolation;

import dev.situ.bench.frame.ChildJvm;
import dev.situ.bench.frame.Contender;
import dev.situ.bench.frame.Cpus;
import dev.situ.bench.frame.Experiment;
import dev.situ.bench.frame.Measurement;
import dev.situ.bench.frame.Numbers;
import dev.situ.bench.frame.Outcome;
import dev.situ.bench.frame.Parameters;
import dev.situ.bench.frame.Result;
import dev.situ.bench.frame.Run;
import dev.situ.bench.frame.SampleKey;
import dev.situ.bench.frame.Samples;
import dev.situ.bench.frame.ServerProcess;
import dev.situ.bench.frame.ServerProcess.Kind;
import dev.situ.bench.report.BarChart;
import dev.situ.bench.report.Figure;
import dev.situ.bench.report.Page;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Whether large values delay small ones: 99.9 % of small GETs beside large GETs, against the same without them.
public final class IsolationExperiment implements Experiment {
    private static final String P999 = "p999";
    private static final String TITLE = "Latency of 99.9 % of GETs of 1 KiB";
    private static final int LARGE_PER_SECOND = 10;
    private static final long SERVER_BYTES = 512L << 20;
    private static final List<String> JVM = List.of("-XX:+UseSerialGC", "-Xms128m", "-Xmx128m");

    /// A server, and how it is spoken to.
    private enum Pair {
        SITU("Situ", "r2p2", Kind.SITU, "p999_ratio"),
        SITU_TCP("Situ, TCP", "tcp", Kind.SITU, "tcp_p999_ratio"),
        REDIS("redis-server", "tcp", Kind.REDIS, "redis_p999_ratio");

        final String system;
        final String transport;
        final Kind kind;
        final String inSummary;

        Pair(String system, String transport, Kind kind, String inSummary) {
            this.system = system;
            this.transport = transport;
            this.kind = kind;
            this.inSummary = inSummary;
        }
    }

    @Override
    public String name() {
        return "isolation";
    }

    @Override
    public Measurement measure(Run run) throws IOException {
        run.fact("child_jvm", String.join(" ", JVM));
        run.factsOfCpus();
        run.fact("rate", rate(run));
        List<Pair> pairs = new ArrayList<>();
        for (Pair pair : Pair.values()) {
            if (pair.kind.isThere()) {
                pairs.add(pair);
                run.fact(pair.kind.system(), pair.kind.version());
            } else {
                run.leaveOut(pair.system + ": it is not installed");
            }
        }
        Samples samples = new Samples();
        int rounds = run.scale().rounds();
        run.expect(rounds * pairs.size());
        for (int round = 1; round <= rounds; round++) {
            if (run.endsBefore(round, "", pairs.size())) {
                break;
            }
            for (Pair pair : pairs) {
                run.step(pair.system + ", round " + round + " of " + rounds);
                try (ServerProcess server = ServerProcess.start(pair.kind, SERVER_BYTES, List.of())) {
                    contender(run, pair, server).measure(run, round, samples);
                }
            }
        }
        return outcome(samples).measurement(name(), run);
    }

    private static int rate(Run run) {
        return run.scale().pick(10_000, 5_000, 500);
    }

    private static Contender contender(Run run, Pair pair, ServerProcess server) {
        Parameters parameters = Parameters.of(
                "transport",
                pair.transport,
                "port",
                server.udp().getPort(),
                "tcpPort",
                server.tcp().getPort(),
                "perSecond",
                rate(run),
                "largePerSecond",
                LARGE_PER_SECOND,
                "largeBytes",
                run.scale().pick(10 << 20, 10 << 20, 1 << 20),
                "segmentMillis",
                run.scale().pick(1_000, 500, 100),
                "segments",
                run.scale().pick(10, 3, 1));
        return new Contender(
                pair.system,
                Map.of(),
                new ChildJvm.Spec(
                        IsolationTask.NAME,
                        run.scale()
                                .warmUpFor(rate(run), 10_000, 3_000)
                                .with(server.pid())
                                .into(parameters),
                        JVM,
                        Cpus.client()));
    }

    private static Outcome outcome(Samples samples) {
        Outcome outcome = new Outcome(samples);
        for (Pair pair : Pair.values()) {
            outcome.summarizeRatio(
                    pair.inSummary,
                    new SampleKey(pair.system, P999 + IsolationTask.BESIDE, Map.of()),
                    new SampleKey(pair.system, P999 + IsolationTask.ALONE, Map.of()));
        }
        return outcome;
    }

    // ---- report ---------------------------------------------------------------------------------------------------

    @Override
    public Page page(Measurement measurement) {
        return new Page(
                "Small values beside large ones",
                "Do a few large values delay many small ones?",
                List.of(
                        "GETs of 1 KiB, " + measurement.machine().get("rate")
                                + " a second in an open loop: each latency counts from the moment at which the request was due. In"
                                + " turn alone and beside " + LARGE_PER_SECOND
                                + " GETs of 10 MiB a second from another client, in segments of a second or less.",
                        "The server has one thread for requests and a processor of its own; the other processor has the load. Small and"
                                + " large requests have a session, or a connection, each, and are driven by one thread in turn. What"
                                + " it takes to receive the large values is therefore part of every figure beside them, with all"
                                + " servers alike.",
                        "Each round starts server and load anew, and warms up with both kinds of requests.",
                        "The bound is the same server without the large values."),
                List.of(figure(measurement)),
                meaning(measurement));
    }

    private static Figure figure(Measurement measurement) {
        List<BarChart.Bar> bars = new ArrayList<>();
        for (Pair pair : Pair.values()) {
            for (String of : List.of(IsolationTask.ALONE, IsolationTask.BESIDE)) {
                find(measurement, pair, of)
                        .ifPresent(result -> bars.add(new BarChart.Bar(
                                pair == Pair.SITU ? "Situ, R2P2" : pair.system,
                                of.equals(IsolationTask.ALONE) ? "alone" : "beside GETs of 10 MiB",
                                result.value(),
                                result.low(),
                                result.high())));
            }
        }
        return new Figure(
                "isolation-p999",
                TITLE + ", open loop. Bars: medians; lines: lowest and highest round.",
                new BarChart(TITLE, "microseconds", bars));
    }

    private static Optional<Result> find(Measurement measurement, Pair pair, String of) {
        return measurement.find(pair.system, P999 + of, Map.of());
    }

    private static List<String> meaning(Measurement measurement) {
        List<String> meaning = new ArrayList<>();
        for (Pair pair : Pair.values()) {
            Optional<Result> alone = find(measurement, pair, IsolationTask.ALONE);
            Optional<Result> beside = find(measurement, pair, IsolationTask.BESIDE);
            if (alone.isPresent() && beside.isPresent()) {
                meaning.add((pair == Pair.SITU ? "Situ over R2P2" : pair.system)
                        + ": 99.9 of 100 small GETs take at most "
                        + Numbers.text(alone.get().value()) + " us alone and "
                        + Numbers.text(beside.get().value()) + " us beside large ones: "
                        + measurement.summaryText(pair.inSummary) + " times as long.");
            }
        }
        return meaning;
    }
}
