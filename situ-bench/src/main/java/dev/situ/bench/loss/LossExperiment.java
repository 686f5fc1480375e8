package dev.situ.bench.loss;

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
import dev.situ.bench.report.BarChart;
import dev.situ.bench.report.Figure;
import dev.situ.bench.report.Page;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What loss costs R2P2 in reliable mode: against the same without loss, and against what it is meant to hold.
public final class LossExperiment implements Experiment {
    private static final String SITU = "Situ";
    private static final String CALLS = "calls";
    private static final String P99 = "call_p99";
    private static final String LATE = "calls_late";
    private static final String LARGE = "large";
    private static final long SERVER_BYTES = 256 << 20;
    private static final List<String> JVM = List.of("-XX:+UseSerialGC", "-Xms256m", "-Xmx256m");

    /// The share of the capacity that the open loop asks for: so little that calls do not wait for each other, and
    /// what is measured is what a loss costs.
    private static final double LOAD = 0.1;

    /// The retransmission time-out is never shorter.
    private static final double FLOOR_MILLIS = 0.2;

    // What the reliable mode is meant to hold when 1 % is lost.
    private static final double LEAST_GOODPUT = 0.8;
    private static final double LEAST_LARGE_GOODPUT = 0.5;
    private static final double MOST_FLOORS = 3;
    private static final double MOST_MILLIS = MOST_FLOORS * FLOOR_MILLIS;

    @Override
    public String name() {
        return "loss";
    }

    @Override
    public Measurement measure(Run run) throws IOException {
        run.fact("child_jvm", String.join(" ", JVM));
        run.factsOfCpus();
        run.fact("load", LOAD);
        run.fact("server", "--busy-poll");
        List<Double> losses = run.scale().pick(List.of(0.0, 0.1, 1.0, 5.0, 10.0), List.of(0.0, 1.0), List.of(0.0, 1.0));
        Samples samples = new Samples();
        int rounds = run.scale().rounds();
        run.expect(rounds * losses.size());
        for (int round = 1; round <= rounds; round++) {
            if (run.endsBefore(round, "", losses.size())) {
                break;
            }
            try (ServerProcess server = ServerProcess.startSitu(SERVER_BYTES, List.of(), "--busy-poll")) {
                for (double loss : losses) {
                    run.step(Numbers.text(loss) + " % lost, round " + round + " of " + rounds);
                    double capacity = loss == 0
                            ? 0
                            : samples.spread(key(CALLS, 0)).orElseThrow().median();
                    contender(run, server, loss, capacity, round).measure(run, round, samples);
                }
            }
        }
        return outcome(samples, losses).measurement(name(), run);
    }

    /// @param capacity small calls a second without loss; 0 if they are just to be measured
    private static Contender contender(Run run, ServerProcess server, double loss, double capacity, int round) {
        Parameters parameters = Parameters.of(
                "port",
                server.udp().getPort(),
                "tcpPort",
                server.tcp().getPort(),
                "lossPercent",
                loss,
                "seed",
                round,
                "load",
                LOAD,
                "capacity",
                capacity,
                "lateMicros",
                Math.round(MOST_MILLIS * 1_000),
                "openMillis",
                run.scale().pick(10_000, 4_000, 50),
                "windowMillis",
                run.scale().pick(1_000, 200, 20),
                "windows",
                run.scale().pick(5, 3, 1));
        return new Contender(
                SITU,
                params(loss),
                new ChildJvm.Spec(
                        LossTask.NAME,
                        run.scale()
                                .warmUpFor(100_000, 10_000, 4_000)
                                .with(server.pid())
                                .into(parameters),
                        JVM,
                        Cpus.client()));
    }

    private static Map<String, Object> params(double loss) {
        return Map.of("loss_percent", loss);
    }

    private static SampleKey key(String metric, double loss) {
        return new SampleKey(SITU, metric, params(loss));
    }

    private static Outcome outcome(Samples samples, List<Double> losses) {
        Outcome outcome = new Outcome(samples);
        for (double loss : losses) {
            String of = "." + Numbers.text(loss) + "pct";
            if (loss > 0) {
                outcome.summarizeRatio("goodput" + of, key(CALLS, loss), key(CALLS, 0));
                outcome.summarizeRatio("large_goodput" + of, key(LARGE, loss), key(LARGE, 0));
            }
            outcome.summarize("p99_ms" + of, key(P99, loss));
            outcome.summarize("late_pct" + of, key(LATE, loss));
            samples.spread(key(P99, loss))
                    .ifPresent(spread -> outcome.summarize("p99_vs_floor" + of, spread.median() / FLOOR_MILLIS));
        }
        return outcome;
    }

    // ---- report ---------------------------------------------------------------------------------------------------

    @Override
    public Page page(Measurement measurement) {
        return new Page(
                "R2P2 when datagrams are lost",
                "What is left of throughput and latency when the network loses datagrams?",
                List.of(
                        "Situ and the load on a processor each, both polling without sleeping, with real sockets over"
                                + " loopback. Between the client's protocol and its socket lie lines that lose datagrams by chance, both ways, from a seed of the round; at 0 % they lie"
                                + " there, too, and cost the same.",
                        "Small calls: GETs of values of 64 B, 64 under way (closed loop) for goodput, and at "
                                + LOAD + " of what that came to without loss (open loop, from the moment at which each"
                                + " was due) for latency.",
                        "Large calls: GETs of values of 1 MB, four under way (closed loop).",
                        "The bound is the same at 0 %. What the reliable mode is meant to hold at 1 %: goodput of small calls of "
                                + LEAST_GOODPUT + " and of large ones of " + LEAST_LARGE_GOODPUT
                                + " of that without loss, and 99 of 100 small calls within " + MOST_FLOORS
                                + " times the shortest retransmission time-out, which is " + FLOOR_MILLIS + " ms."),
                List.of(goodput(measurement), latency(measurement)),
                meaning(measurement));
    }

    private static Figure goodput(Measurement measurement) {
        List<BarChart.Bar> bars = new ArrayList<>();
        for (String metric : List.of(CALLS, LARGE)) {
            measurement.find(SITU, metric, params(0)).ifPresent(base -> {
                for (Result result : measurement.of(metric)) {
                    bars.add(new BarChart.Bar(
                            result.param("loss_percent") + " % lost",
                            metric.equals(CALLS) ? "calls of 64 B" : "values of 1 MB",
                            result.value() / base.value(),
                            result.low() / base.value(),
                            result.high() / base.value()));
                }
            });
        }
        return new Figure(
                "loss-goodput",
                "Goodput as a part of the median without loss. Bars: medians; lines: lowest and highest round.",
                new BarChart("Goodput under loss", "part of that without loss", bars));
    }

    private static Figure latency(Measurement measurement) {
        List<BarChart.Bar> bars = new ArrayList<>();
        for (String metric : List.of("call_p50", P99)) {
            for (Result result : measurement.of(metric)) {
                bars.add(new BarChart.Bar(
                        result.param("loss_percent") + " % lost",
                        metric.equals(P99) ? "99 %" : "median",
                        result.value(),
                        result.low(),
                        result.high()));
            }
        }
        return new Figure(
                "loss-latency",
                "Latency of calls of 64 B at " + LOAD
                        + " of the capacity, open loop. Bars: medians; lines: lowest and highest round.",
                new BarChart("Latency under loss", "milliseconds", bars));
    }

    private static List<String> meaning(Measurement measurement) {
        return List.of(
                "At 1 % small calls keep " + measurement.summaryText("goodput.1pct") + " of their goodput: "
                        + verdict(measurement, "goodput.1pct", LEAST_GOODPUT, true) + ".",
                "99 of 100 small calls take at most " + measurement.summaryText("p99_ms.1pct")
                        + " ms at 1 % (without loss "
                        + measurement.summaryText("p99_ms.0pct") + " ms), which is "
                        + measurement.summaryText("p99_vs_floor.1pct") + " times the shortest time-out: "
                        + verdict(measurement, "p99_vs_floor.1pct", MOST_FLOORS, false) + ".",
                "What the machine adds shows where nothing is lost: of 100 small calls, "
                        + measurement.summaryText("late_pct.1pct") + " take longer than " + Numbers.text(MOST_MILLIS)
                        + " ms at 1 % loss, and " + measurement.summaryText("late_pct.0pct") + " without loss.",
                "Values of 1 MB keep " + measurement.summaryText("large_goodput.1pct") + " of their goodput: "
                        + verdict(measurement, "large_goodput.1pct", LEAST_LARGE_GOODPUT, true) + ".");
    }

    private static String verdict(Measurement measurement, String name, double bound, boolean least) {
        Double value = measurement.summary().get(name);
        String meant = (least ? "at least " : "less than ") + bound + " is meant";
        if (value == null) {
            return meant + ", it was not measured";
        }
        return meant + ", it " + ((least ? value >= bound : value < bound) ? "holds" : "does not hold");
    }
}
