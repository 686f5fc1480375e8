package dev.situ.bench.net;

import dev.situ.bench.dpdk.DpdkExperiment;
import dev.situ.bench.dpdk.DpdkSetUp;
import dev.situ.bench.dpdk.MemifFolder;
import dev.situ.bench.frame.ChildJvm;
import dev.situ.bench.frame.Contender;
import dev.situ.bench.frame.Cpus;
import dev.situ.bench.frame.Distance;
import dev.situ.bench.frame.Experiment;
import dev.situ.bench.frame.Filler;
import dev.situ.bench.frame.Measurement;
import dev.situ.bench.frame.Outcome;
import dev.situ.bench.frame.Parameters;
import dev.situ.bench.frame.Result;
import dev.situ.bench.frame.Run;
import dev.situ.bench.frame.SameDistance;
import dev.situ.bench.frame.SampleKey;
import dev.situ.bench.frame.Samples;
import dev.situ.bench.frame.ServerProcess;
import dev.situ.bench.report.BarChart;
import dev.situ.bench.report.Figure;
import dev.situ.bench.report.LineChart;
import dev.situ.bench.report.Page;
import dev.situ.dpdk.Eal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The figure that the thesis closed without (5.3): the store over a network, latency against load.
public final class NetExperiment implements Experiment {
    private static final int SMALL = 64;
    private static final int LARGE = 1400;
    private static final int MANY = 10_000;

    private static final List<Data> DATA = List.of(Data.of(SMALL), Data.of(512), Data.of(LARGE));
    /// The large values that the caches of a processor have no room for. Measured over DPDK alone.
    private static final Data MANY_LARGE = new Data(LARGE, MANY);
    private static final String VALUE = "value";
    private static final String KEYS = "keys";
    private static final long SERVER_BYTES = 256 << 20;
    private static final List<String> JVM = List.of("-XX:+UseSerialGC", "-Xms128m", "-Xmx128m");

    /// What is stored for a figure. Of large values fewer, so that all come from the same cache: what is compared is
    /// what a larger answer costs, not what more memory does.
    ///
    /// @param value bytes of each value
    private record Data(int value, int keys) {
        /// As many bytes of values as [#MANY] small ones have.
        static Data of(int value) {
            return new Data(value, MANY * SMALL / value);
        }

        Map<String, Object> params() {
            return Map.of(VALUE, value, KEYS, keys);
        }

        Map<String, Object> params(int load) {
            return Map.of(VALUE, value, KEYS, keys, "load", load);
        }
    }

    @Override
    public String name() {
        return "net";
    }

    @Override
    public Measurement measure(Run run) throws Exception {
        run.fact("child_jvm", String.join(" ", JVM));
        run.factsOfCpus();
        List<NetSystem> systems = systems(run);
        List<Data> ends = List.of(Data.of(SMALL), Data.of(LARGE));
        List<Data> all = run.scale().pick(DATA, ends, ends);
        boolean overDpdk = systems.contains(NetSystem.DPDK);
        Samples samples = new Samples();
        int rounds = run.scale().rounds();
        int stepsARound = all.size() * systems.size() + (overDpdk ? 1 : 0);
        run.expect(rounds * stepsARound);
        for (int round = 1; round <= rounds; round++) {
            if (run.endsBefore(round, "", stepsARound)) {
                break;
            }
            // Of processors that poll it matters most how near they are, so sizes are compared over DPDK.
            SameDistance sizes = new SameDistance(run, round, samples);
            for (Data data : all) {
                for (NetSystem system : systems) {
                    measure(run, round, system, data, sizes, samples);
                }
            }
            if (overDpdk) {
                measure(run, round, NetSystem.DPDK, MANY_LARGE, sizes, samples);
            }
        }
        return outcome(samples).measurement(name(), run);
    }

    private static List<NetSystem> systems(Run run) {
        List<NetSystem> systems = new ArrayList<>();
        for (NetSystem system : NetSystem.values()) {
            @Nullable String missing = system == NetSystem.DPDK ? Eal.missing() : null;
            if (missing == null && !system.kind.isThere()) {
                missing = "it is not installed";
            }
            if (missing != null) {
                run.leaveOut(system.label + ": " + missing);
                continue;
            }
            systems.add(system);
            run.fact(system.kind.system(), system.kind.version());
        }
        if (systems.contains(NetSystem.DPDK)) {
            run.fact("pages", DpdkSetUp.pages());
        }
        return systems;
    }

    /// A server and its load, each a process. Over a memif the load ends after the server, whose end it would pull away
    /// else.
    private static void measure(Run run, int round, NetSystem system, Data data, SameDistance sizes, Samples samples)
            throws IOException {
        run.step(system.label + ", " + data.keys + " of " + data.value + " B, round " + round + " of "
                + run.scale().rounds());
        try (MemifFolder folder = MemifFolder.make();
                ServerProcess server = system == NetSystem.DPDK
                        ? DpdkExperiment.startSitu(folder.socket(), SERVER_BYTES, List.of())
                        : ServerProcess.start(system.kind, SERVER_BYTES, List.of())) {
            try (Filler filler = new Filler(system.kind, server.tcp(), data.value, false)) {
                filler.fill(0, data.keys);
            }
            Parameters parameters = Parameters.of(
                    "system",
                    system.name(),
                    "socket",
                    folder.socket(),
                    "tcpPort",
                    server.tcp().getPort(),
                    "udpPort",
                    server.udp().getPort(),
                    VALUE,
                    data.value,
                    KEYS,
                    data.keys,
                    "windowMillis",
                    run.scale().pick(300, 100, 50),
                    "windows",
                    run.scale().pick(5, 3, 1),
                    "loadMillis",
                    run.scale().pick(1_000, 200, 50));
            ChildJvm.Spec load = new ChildJvm.Spec(
                    NetTask.NAME,
                    run.scale()
                            .requestWarmUp(6_000, 3_000)
                            .with(server.pid())
                            .into(system == NetSystem.DPDK ? sizes.into(parameters) : SameDistance.intoAny(parameters)),
                    JVM,
                    Cpus.client());
            try (ChildJvm client = ChildJvm.start(load)) {
                client.measure((metric, unit, figure) -> {
                    if (metric.equals(Contender.STEADY)) {
                        run.steady(figure != 0);
                    } else if (Distance.metric(metric).equals(NetTask.LIGHT_P50)) {
                        sizes.add(metric, key(system, NetTask.LIGHT_P50, data), unit, figure);
                    } else {
                        samples.add(round, key(system, metric, data), unit, figure);
                    }
                });
                server.stop();
            }
            if (system == NetSystem.DPDK) {
                sizes.next();
            }
        }
    }

    /// @param metric as the child names it, with the load behind it where there is one
    private static SampleKey key(NetSystem system, String metric, Data data) {
        int at = metric.indexOf(NetTask.AT);
        return at < 0
                ? new SampleKey(system.label, metric, data.params())
                : key(
                        system,
                        metric.substring(0, at),
                        data,
                        Integer.parseInt(metric.substring(at + NetTask.AT.length())));
    }

    private static SampleKey key(NetSystem system, String metric, Data data, int load) {
        return new SampleKey(system.label, metric, data.params(load));
    }

    private static Outcome outcome(Samples samples) {
        Outcome outcome = new Outcome(samples);
        Data small = Data.of(SMALL);
        SampleKey redis = key(NetSystem.REDIS, NetTask.CAPACITY, small);
        SampleKey dpdk = key(NetSystem.DPDK, NetTask.CAPACITY, small);
        SampleKey r2p2 = key(NetSystem.R2P2, NetTask.CAPACITY, small);
        outcome.summarizeRatio("dpdk_vs_redis", dpdk, redis);
        outcome.summarizeRatio("r2p2_vs_redis", r2p2, redis);
        outcome.summarizeRatio("tcp_vs_redis", key(NetSystem.TCP, NetTask.CAPACITY, small), redis);
        outcome.summarizeRatio("r2p2_vs_memcached", r2p2, key(NetSystem.MEMCACHED, NetTask.CAPACITY, small));
        compareWithSmall(outcome, "p50_1400_vs_64.dpdk", Data.of(LARGE));
        compareWithSmall(outcome, "p50_1400_vs_64.dpdk_many", MANY_LARGE);
        outcome.summarizeRatio(
                "p999_vs_p50_at_half.dpdk",
                key(NetSystem.DPDK, NetTask.P999, small, NetTask.HALF),
                key(NetSystem.DPDK, NetTask.P50, small, NetTask.HALF));
        outcome.summarize("late_percent_at_half.dpdk", key(NetSystem.DPDK, NetTask.LATE, small, NetTask.HALF));
        outcome.summarize("gap_late_percent_at_half.dpdk", key(NetSystem.DPDK, NetTask.GAP_LATE, small, NetTask.HALF));
        outcome.summarize("gap_p999_us.dpdk", key(NetSystem.DPDK, NetTask.GAP_P999, small));
        return outcome;
    }

    private static void compareWithSmall(Outcome outcome, String name, Data data) {
        SampleKey of = key(NetSystem.DPDK, NetTask.LIGHT_P50, data);
        SampleKey to = key(NetSystem.DPDK, NetTask.LIGHT_P50, Data.of(SMALL));
        SameDistance.summarizeRatio(outcome, name, '_', of, to);
    }

    // ---- report ---------------------------------------------------------------------------------------------------

    @Override
    public Page page(Measurement measurement) {
        List<Figure> figures = new ArrayList<>();
        for (Data data : DATA) {
            for (String metric : List.of(NetTask.P50, NetTask.P99)) {
                latency(measurement, metric, data).ifPresent(figures::add);
            }
        }
        figures.add(capacities(measurement));
        return new Page(
                "The networked store",
                "How long does a GET take at which load, over which network? This is the figure that the thesis closed"
                        + " without.",
                List.of(
                        "GETs of 10,000 keys with values of 64 B, as many of each, and of as many larger values as have as many"
                                + " bytes: all come from the caches of a processor, so that a figure for a size says what a larger"
                                + " answer costs. First a closed loop of 64 finds how many a second the server"
                                + " answers; then an open loop sends 10, 25, 50, 75 and 90 % of that, and each latency counts from"
                                + " the moment at which its request was due.",
                        "Server and load are a process and a processor each, on one machine. Situ over DPDK: a memif, R2P2's"
                                + " reliable mode, both sides polling, datagrams without checksums, as the kernel sends them over"
                                + " its loopback. Situ over R2P2: kernel UDP on loopback, reliable mode. TCP:"
                                + " 16 connections on loopback, with RESP, or memcached's text protocol.",
                        "The load generator is the same for all. What the machine takes from any thread, by itself, is measured in"
                                + " each round by a loop that does nothing but look at the clock: for 99.9 % of all moments it is"
                                + " at most " + measurement.summaryText("gap_p999_us.dpdk") + " us."),
                figures,
                List.of(
                        "At a tenth of its load a GET of 1400 B over DPDK takes "
                                + measurement.summaryText("p50_1400_vs_64.dpdk")
                                + " times as long as one of 64 B (median of what was measured at the same distance of the processors, see"
                                + " `dpdk`; near " + measurement.summaryText("p50_1400_vs_64.dpdk_near") + ", far "
                                + measurement.summaryText("p50_1400_vs_64.dpdk_far")
                                + "); with 10,000 values of 1400 B, for which a processor's own"
                                + " caches have no room, "
                                + measurement.summaryText("p50_1400_vs_64.dpdk_many") + " times.",
                        "At half of its load over DPDK the slowest of a thousand GETs takes "
                                + measurement.summaryText("p999_vs_p50_at_half.dpdk") + " times the median. "
                                + measurement.summaryText("late_percent_at_half.dpdk") + " % take more than "
                                + NetTask.LATE_AFTER + " medians; for "
                                + measurement.summaryText("gap_late_percent_at_half.dpdk")
                                + " % of all moments the machine holds up a thread that does nothing as long. A gap of either"
                                + " processor delays what comes in it and, at half of the load, as much again until the backlog is"
                                + " gone: four times the machine's share is what it accounts for.",
                        "With 64 under way Situ answers " + measurement.summaryText("dpdk_vs_redis")
                                + " times as many GETs as redis-server over DPDK, "
                                + measurement.summaryText("r2p2_vs_redis") + " times over kernel UDP, "
                                + measurement.summaryText("tcp_vs_redis") + " times over TCP; and over UDP "
                                + measurement.summaryText("r2p2_vs_memcached")
                                + " times as many as memcached over TCP."));
    }

    private static Optional<Figure> latency(Measurement measurement, String metric, Data data) {
        List<LineChart.Point> points = new ArrayList<>();
        for (NetSystem system : NetSystem.values()) {
            for (int load : NetTask.LOADS) {
                Map<String, Object> params = data.params(load);
                Optional<Result> rate = measurement.find(system.label, NetTask.RATE, params);
                measurement
                        .find(system.label, metric, params)
                        .ifPresent(found -> rate.ifPresent(at -> points.add(new LineChart.Point(
                                system.label, at.value() / 1e3, found.value(), found.low(), found.high()))));
            }
        }
        if (points.isEmpty()) {
            return Optional.empty();
        }
        String which = metric.equals(NetTask.P50) ? "Median" : "99 % of all";
        String title = which + ", values of " + data.value + " B";
        return Optional.of(new Figure(
                "net-" + metric + "-" + data.value,
                "Latency against load. " + title
                        + ". Points: medians of the rounds at 10, 25, 50, 75 and 90 % of what each"
                        + " answers; lines through them: lowest and highest round.",
                new LineChart(
                        title,
                        "thousand GETs a second",
                        "latency, microseconds",
                        true,
                        true,
                        points,
                        Optional.empty())));
    }

    private static Figure capacities(Measurement measurement) {
        List<BarChart.Bar> bars = new ArrayList<>();
        for (Result result : measurement.of(NetTask.CAPACITY)) {
            bars.add(new BarChart.Bar(
                    result.system(),
                    result.param(KEYS) + " of " + result.param(VALUE) + " B",
                    result.value() / 1e6,
                    result.low() / 1e6,
                    result.high() / 1e6));
        }
        String title = "GETs a second, 64 under way";
        return new Figure(
                "net-capacity",
                title + ". Bars: medians; lines: lowest and highest round.",
                new BarChart(title, "million a second", bars));
    }
}
