package dev.situ.bench.r2p2;

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
import dev.situ.bench.frame.WarmUp;
import dev.situ.bench.report.BarChart;
import dev.situ.bench.report.Figure;
import dev.situ.bench.report.Page;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// R2P2 over kernel UDP, beside memcached over UDP and an echo of datagrams.
public final class R2p2Experiment implements Experiment {
    private static final int KEYS = 10_000;
    private static final int OUTSTANDING = 64;
    private static final int VALUE = 64;
    private static final int LARGER_VALUE = 1024;
    private static final long SERVER_BYTES = 256 << 20;
    private static final List<String> JVM = List.of("-XX:+UseSerialGC", "-Xms128m", "-Xmx128m");

    private static final String THROUGHPUT = "throughput";
    private static final String ROUND_TRIP = "round_trip";

    /// Who answers, and who asks.
    private enum Pair {
        MEMCACHED("memcached", GetProtocol.MEMCACHED),
        SITU("Situ", GetProtocol.R2P2),
        ECHO("echo", GetProtocol.ECHO),
        SITU_CLIENT("Situ, batching client", GetProtocol.R2P2),
        SITU_COMPATIBLE("Situ, batching client, compatible mode", GetProtocol.R2P2);

        final String system;
        final GetProtocol protocol;

        Pair(String system, GetProtocol protocol) {
            this.system = system;
            this.protocol = protocol;
        }
    }

    @Override
    public String name() {
        return "r2p2";
    }

    @Override
    public Measurement measure(Run run) throws IOException {
        List<Pair> pairs = new ArrayList<>(List.of(Pair.values()));
        run.fact("child_jvm", String.join(" ", JVM));
        if (Kind.MEMCACHED.isThere()) {
            run.fact("memcached", Kind.MEMCACHED.version());
        } else {
            pairs.remove(Pair.MEMCACHED);
            run.leaveOut("memcached: it is not installed");
        }
        run.factsOfCpus();
        run.fact("rate", run.scale().pick(50_000, 20_000, 1_000));
        List<Integer> values = run.scale().pick(List.of(VALUE, LARGER_VALUE), List.of(VALUE), List.of(VALUE));
        Samples samples = new Samples();
        int rounds = run.scale().rounds();
        int stepsARound = values.stream()
                .mapToInt(value -> answering(pairs, value).size())
                .sum();
        run.expect(rounds * stepsARound);
        for (int round = 1; round <= rounds; round++) {
            if (run.endsBefore(round, "", stepsARound)) {
                break;
            }
            for (int value : values) {
                round(run, round, value, pairs, samples);
            }
        }
        return outcome(samples).measurement(name(), run);
    }

    /// All servers are up, one is under load.
    private static void round(Run run, int round, int value, List<Pair> pairs, Samples samples) throws IOException {
        List<ServerProcess> servers = new ArrayList<>();
        ChildJvm.Spec echo = new ChildJvm.Spec(EchoTask.NAME, Parameters.of(), JVM, Cpus.server());
        try (ChildJvm echoServer = ChildJvm.start(echo)) {
            int[] echoPort = new int[1];
            echoServer.measure((_, _, port) -> echoPort[0] = (int) port);
            ServerProcess situ = ServerProcess.startSitu(SERVER_BYTES, List.of());
            servers.add(situ);
            Fill.resp(situ.tcp(), KEYS, value);
            int memcachedPort = 0;
            if (pairs.contains(Pair.MEMCACHED)) {
                ServerProcess memcached = ServerProcess.start(Kind.MEMCACHED, SERVER_BYTES, List.of());
                servers.add(memcached);
                Fill.memcached(memcached.tcp(), KEYS, value);
                memcachedPort = memcached.udp().getPort();
            }
            for (Pair pair : answering(pairs, value)) {
                run.step(pair.system + ", " + value + " B, round " + round + " of "
                        + run.scale().rounds());
                int port = switch (pair) {
                    case MEMCACHED -> memcachedPort;
                    case SITU, SITU_CLIENT, SITU_COMPATIBLE -> situ.udp().getPort();
                    case ECHO -> echoPort[0];
                };
                contender(run, pair, port, value).measure(run, round, samples);
            }
        } finally {
            servers.forEach(ServerProcess::close);
        }
    }

    /// The echo sends back what it got, and a request is no longer than the reply with the small value.
    private static List<Pair> answering(List<Pair> pairs, int value) {
        return pairs.stream()
                .filter(pair -> pair != Pair.ECHO || value == VALUE)
                .toList();
    }

    private static Contender contender(Run run, Pair pair, int port, int value) {
        Parameters parameters = Parameters.of(
                "protocol",
                pair.protocol,
                "mode",
                pair == Pair.SITU_COMPATIBLE ? "compatible" : "reliable",
                "port",
                port,
                "outstanding",
                OUTSTANDING,
                "keys",
                KEYS,
                "value",
                value,
                "perSecond",
                run.scale().pick(50_000, 20_000, 1_000),
                "windowMillis",
                run.scale().pick(500, 150, 200),
                "windows",
                run.scale().pick(5, 3, 1));
        boolean batching = pair == Pair.SITU_CLIENT || pair == Pair.SITU_COMPATIBLE;
        String task = batching ? ClientTask.NAME : DatagramTask.NAME;
        // Pollers never give way, so that compilers get little of the two processors: a few seconds of theirs.
        WarmUp warmUp = run.scale().warmUpFor(batching ? 1_000_000 : 100_000, 10_000, 4_000);
        return new Contender(
                pair.system, params(value), new ChildJvm.Spec(task, warmUp.into(parameters), JVM, Cpus.client()));
    }

    private static Map<String, Object> params(int value) {
        return Map.of("value", value);
    }

    private static SampleKey key(Pair pair, String metric) {
        return new SampleKey(pair.system, metric, params(VALUE));
    }

    private static Outcome outcome(Samples samples) {
        Outcome outcome = new Outcome(samples);
        outcome.summarizeRatio(
                "get_vs_memcached_udp", key(Pair.SITU_CLIENT, THROUGHPUT), key(Pair.MEMCACHED, THROUGHPUT));
        outcome.summarizeRatio(
                "get_vs_memcached_udp.single", key(Pair.SITU, THROUGHPUT), key(Pair.MEMCACHED, THROUGHPUT));
        outcome.summarizeRatio("get_vs_echo.single", key(Pair.SITU, THROUGHPUT), key(Pair.ECHO, THROUGHPUT));
        outcome.summarizeRatio("rtt_vs_echo", key(Pair.SITU, ROUND_TRIP), key(Pair.ECHO, ROUND_TRIP));
        outcome.summarizeRatio(
                "reliable_vs_compatible", key(Pair.SITU_CLIENT, THROUGHPUT), key(Pair.SITU_COMPATIBLE, THROUGHPUT));
        outcome.summarize("packets_per_call", key(Pair.SITU_CLIENT, "packets_per_call"));
        outcome.summarize("retransmissions", key(Pair.SITU_CLIENT, "retransmissions_per_call"));
        return outcome;
    }

    // ---- report ---------------------------------------------------------------------------------------------------

    @Override
    public Page page(Measurement measurement) {
        return new Page(
                "R2P2 over the kernel's UDP",
                "How many requests does one processor serve over UDP, and how long do they take, beside memcached and beside what the"
                        + " kernel allows?",
                List.of(
                        "GETs of 10,000 keys with values of 64 B (and 1 KiB in a full run). Servers on one processor, the load on"
                                + " another; each round starts all of them anew, and each load in a JVM of its own, warmed up until"
                                + " three windows agree within 5 %.",
                        "\"Situ\", \"memcached\" and \"echo\" get every request as a datagram of its own from the same client code: 64 under"
                                + " way for throughput, one for the round trip (both closed loops), and "
                                + measurement.machine().get("rate")
                                + " a second in an open loop for latencies, each of which counts from"
                                + " the moment at which the request was due.",
                        "\"Situ, batching client\" is the client that comes with Situ, 64 under way: it sends together what is ready"
                                + " together (GSO, GRO), in the reliable mode unless it says compatible. Its packets are counted in"
                                + " 20,000 calls after the windows: datagrams both ways, acknowledgements included, of which there are"
                                + " 2 a call at least.",
                        "The bound is the echo: the same UDP stack, and each datagram is sent back as it came."),
                List.of(throughput(measurement), latency(measurement)),
                List.of(
                        "One datagram at a time, Situ serves " + measurement.summaryText("get_vs_memcached_udp.single")
                                + " times the GETs of memcached, and " + measurement.summaryText("get_vs_echo.single")
                                + " times those of the echo. With the batching client it is "
                                + measurement.summaryText("get_vs_memcached_udp") + " times memcached.",
                        "The reliable mode gets " + measurement.summaryText("reliable_vs_compatible")
                                + " times the throughput of the compatible one, with "
                                + measurement.summaryText("packets_per_call") + " packets and "
                                + measurement.summaryText("retransmissions") + " retransmissions a call.",
                        "A round trip takes " + measurement.summaryText("rtt_vs_echo") + " times that of the echo"
                                + roundTrip(measurement) + "."));
    }

    private static String roundTrip(Measurement measurement) {
        return measurement
                .find(Pair.SITU.system, ROUND_TRIP, params(VALUE))
                .map(result -> ": " + Numbers.text(result.value()) + " microseconds")
                .orElse("");
    }

    private static Figure throughput(Measurement measurement) {
        List<BarChart.Bar> bars = new ArrayList<>();
        for (Result result : measurement.of(THROUGHPUT)) {
            bars.add(new BarChart.Bar(
                    result.system(),
                    result.param("value") + " B values",
                    result.value() / 1e3,
                    result.low() / 1e3,
                    result.high() / 1e3));
        }
        return new Figure(
                "r2p2-throughput",
                "GETs a second, 64 under way. Bars: medians; lines: lowest and highest round.",
                new BarChart("GETs over UDP", "thousand requests a second", bars));
    }

    private static Figure latency(Measurement measurement) {
        List<BarChart.Bar> bars = new ArrayList<>();
        Map<String, String> percentiles =
                Map.of("latency_p50", "median", "latency_p99", "99 %", "latency_p999", "99.9 %");
        for (String metric : List.of("latency_p50", "latency_p99", "latency_p999")) {
            for (Result result : measurement.of(metric)) {
                if (result.has(params(VALUE))) {
                    bars.add(new BarChart.Bar(
                            percentiles.getOrDefault(metric, metric),
                            result.system(),
                            result.value(),
                            result.low(),
                            result.high()));
                }
            }
        }
        return new Figure(
                "r2p2-latency",
                "Latency of GETs (64 B) at " + measurement.machine().get("rate")
                        + " a second, open loop. Bars: medians; lines: lowest and highest round.",
                new BarChart("Latency at a fixed rate", "microseconds", bars));
    }
}
