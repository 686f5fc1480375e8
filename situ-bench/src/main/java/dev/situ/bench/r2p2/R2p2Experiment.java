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

/// R2P2 over kernel UDP, beside memcached over UDP, an echo of datagrams and a bare transfer of many.
public final class R2p2Experiment implements Experiment {
    private static final int KEYS = 10_000;
    private static final int OUTSTANDING = 64;
    private static final int VALUE = 64;
    private static final int LARGER_VALUE = 1024;
    private static final int LARGE_VALUE = 1 << 20;
    private static final long SERVER_BYTES = 256 << 20;
    private static final List<String> JVM = List.of("-XX:+UseSerialGC", "-Xms128m", "-Xmx128m");

    private static final String THROUGHPUT = "throughput";
    private static final String ROUND_TRIP = "round_trip";
    private static final String TRANSFER = "transfer";

    /// Who answers, who asks, and how.
    private enum Pair {
        MEMCACHED("memcached", DatagramTask.NAME, GetProtocol.MEMCACHED, "single"),
        SITU("Situ", DatagramTask.NAME, GetProtocol.R2P2, "single"),
        ECHO("echo", DatagramTask.NAME, GetProtocol.ECHO, "single"),
        SITU_CLIENT("Situ, batching client", ClientTask.NAME, GetProtocol.R2P2, "reliable"),
        SITU_COMPATIBLE("Situ, batching client, compatible mode", ClientTask.NAME, GetProtocol.R2P2, "compatible"),
        ECHO_TOGETHER("echo, batching", DatagramTask.NAME, GetProtocol.ECHO, "together"),
        LARGE("Situ, batching client", LargeTask.NAME, GetProtocol.R2P2, "reliable"),
        LARGE_BARE("bare transfer", LargeTask.NAME, GetProtocol.ECHO, "bare");

        final String system;
        final String task;
        final GetProtocol protocol;
        final String mode;

        Pair(String system, String task, GetProtocol protocol, String mode) {
            this.system = system;
            this.task = task;
            this.protocol = protocol;
            this.mode = mode;
        }

        /// Whether it is measured with values of so many bytes. The echo sends back what it got, and a request is no
        /// longer than the reply with the small value.
        boolean isAskedFor(int value) {
            return switch (this) {
                case MEMCACHED, SITU, SITU_CLIENT, SITU_COMPATIBLE -> value != LARGE_VALUE;
                case ECHO, ECHO_TOGETHER -> value == VALUE;
                case LARGE, LARGE_BARE -> value == LARGE_VALUE;
            };
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
        List<Integer> values = run.scale()
                .pick(
                        List.of(VALUE, LARGER_VALUE, LARGE_VALUE),
                        List.of(VALUE, LARGE_VALUE),
                        List.of(VALUE, LARGE_VALUE));
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
        int largeReply = value == LARGE_VALUE ? value : 0;
        ChildJvm.Spec echo =
                new ChildJvm.Spec(EchoTask.NAME, Parameters.of("largeReply", largeReply), JVM, Cpus.server());
        try (ChildJvm echoServer = ChildJvm.start(echo)) {
            int[] echoPort = new int[1];
            echoServer.measure((_, _, port) -> echoPort[0] = (int) port);
            ServerProcess situ = ServerProcess.startSitu(SERVER_BYTES, List.of());
            servers.add(situ);
            int keys = value == LARGE_VALUE ? 1 : KEYS;
            Fill.resp(situ.tcp(), keys, value);
            int memcachedPort = 0;
            if (answering(pairs, value).contains(Pair.MEMCACHED)) {
                ServerProcess memcached = ServerProcess.start(Kind.MEMCACHED, SERVER_BYTES, List.of());
                servers.add(memcached);
                Fill.memcached(memcached.tcp(), keys, value);
                memcachedPort = memcached.udp().getPort();
            }
            for (Pair pair : answering(pairs, value)) {
                run.step(pair.system + ", " + value + " B, round " + round + " of "
                        + run.scale().rounds());
                int port = switch (pair) {
                    case MEMCACHED -> memcachedPort;
                    case SITU, SITU_CLIENT, SITU_COMPATIBLE, LARGE -> situ.udp().getPort();
                    case ECHO, ECHO_TOGETHER, LARGE_BARE -> echoPort[0];
                };
                contender(run, pair, port, value).measure(run, round, samples);
            }
        } finally {
            servers.forEach(ServerProcess::close);
        }
    }

    private static List<Pair> answering(List<Pair> pairs, int value) {
        return pairs.stream().filter(pair -> pair.isAskedFor(value)).toList();
    }

    private static Contender contender(Run run, Pair pair, int port, int value) {
        Parameters parameters = Parameters.of(
                "protocol",
                pair.protocol,
                "mode",
                pair.mode,
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
        // Pollers never give way, so that compilers get little of the two processors: a few seconds of theirs.
        int leastPerSecond = switch (pair) {
            case MEMCACHED, SITU, ECHO -> 100_000;
            case SITU_CLIENT, SITU_COMPATIBLE, ECHO_TOGETHER -> 1_000_000;
            case LARGE, LARGE_BARE -> 1_000;
        };
        WarmUp warmUp = run.scale().warmUpFor(leastPerSecond, 10_000, 4_000);
        return new Contender(
                pair.system, params(value), new ChildJvm.Spec(pair.task, warmUp.into(parameters), JVM, Cpus.client()));
    }

    private static Map<String, Object> params(int value) {
        return Map.of("value", value);
    }

    private static SampleKey key(Pair pair, String metric) {
        return key(pair, metric, VALUE);
    }

    private static SampleKey key(Pair pair, String metric, int value) {
        return new SampleKey(pair.system, metric, params(value));
    }

    private static Outcome outcome(Samples samples) {
        Outcome outcome = new Outcome(samples);
        outcome.summarizeRatio(
                "get_vs_memcached_udp", key(Pair.SITU_CLIENT, THROUGHPUT), key(Pair.MEMCACHED, THROUGHPUT));
        outcome.summarizeRatio(
                "get_vs_memcached_udp.single", key(Pair.SITU, THROUGHPUT), key(Pair.MEMCACHED, THROUGHPUT));
        outcome.summarizeRatio("get_vs_echo.single", key(Pair.SITU, THROUGHPUT), key(Pair.ECHO, THROUGHPUT));
        outcome.summarizeRatio("get_vs_echo", key(Pair.SITU_CLIENT, THROUGHPUT), key(Pair.ECHO_TOGETHER, THROUGHPUT));
        outcome.summarizeRatio(
                "large_vs_bare", key(Pair.LARGE, TRANSFER, LARGE_VALUE), key(Pair.LARGE_BARE, TRANSFER, LARGE_VALUE));
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
                        "The bound is the echo: the same UDP stack, and each datagram is sent back as it came; one datagram at a"
                                + " time, and, beside the batching client, together.",
                        "A value of 1 MiB is got one at a time by that client. Its bound is a bare transfer: 1 MiB in datagrams"
                                + " of 1472 bytes through the same sockets, with no protocol."),
                List.of(throughput(measurement), latency(measurement)),
                List.of(
                        "One datagram at a time, Situ serves " + measurement.summaryText("get_vs_memcached_udp.single")
                                + " times the GETs of memcached, and " + measurement.summaryText("get_vs_echo.single")
                                + " times those of the echo. With the batching client it is "
                                + measurement.summaryText("get_vs_memcached_udp") + " times memcached and "
                                + measurement.summaryText("get_vs_echo") + " times the echo that batches, too.",
                        "A GET of 1 MiB takes " + measurement.summaryText("large_vs_bare")
                                + " times as long as the bare transfer.",
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
