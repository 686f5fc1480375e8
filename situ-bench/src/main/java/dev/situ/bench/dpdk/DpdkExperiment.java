package dev.situ.bench.dpdk;

import dev.situ.bench.frame.ChildJvm;
import dev.situ.bench.frame.ChildTask;
import dev.situ.bench.frame.Cpus;
import dev.situ.bench.frame.Distance;
import dev.situ.bench.frame.Experiment;
import dev.situ.bench.frame.Filler;
import dev.situ.bench.frame.Java;
import dev.situ.bench.frame.Measurement;
import dev.situ.bench.frame.Numbers;
import dev.situ.bench.frame.Outcome;
import dev.situ.bench.frame.Parameters;
import dev.situ.bench.frame.Programs;
import dev.situ.bench.frame.Result;
import dev.situ.bench.frame.Run;
import dev.situ.bench.frame.SameDistance;
import dev.situ.bench.frame.SampleKey;
import dev.situ.bench.frame.Samples;
import dev.situ.bench.frame.ServerProcess;
import dev.situ.bench.frame.ServerProcess.Kind;
import dev.situ.bench.frame.WarmUp;
import dev.situ.bench.r2p2.Fill;
import dev.situ.bench.report.BarChart;
import dev.situ.bench.report.Figure;
import dev.situ.bench.report.Page;
import dev.situ.bench.tcp.RedisBenchmark;
import dev.situ.dpdk.Eal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// GETs over DPDK between two processes, beside what lies below them: the UDP stack, the same datagrams without it, and
/// the bare driver.
public final class DpdkExperiment implements Experiment {
    private static final int OUTSTANDING = 64;
    static final int KEYS = 10_000;
    /// A poller never gives way, so the compilers have half of its processor at most: half of these a second have to be
    /// answered before anything is measured.
    private static final int WARM_UP_A_SECOND = 4_000_000;
    static final int SMALL = 64;
    static final int LARGE = 1400;
    private static final long SERVER_BYTES = 256 << 20;
    private static final String REDIS = Kind.REDIS.system();

    @Override
    public String name() {
        return "dpdk";
    }

    @Override
    public Measurement measure(Run run) throws Exception {
        Samples samples = new Samples();
        @Nullable String missing = Eal.missing();
        if (missing != null) {
            run.leaveOut("everything: " + missing);
            return outcome(samples).measurement(name(), run);
        }
        boolean redis = Kind.REDIS.isThere() && Programs.isThere(RedisBenchmark.PROGRAM);
        if (redis) {
            run.fact(REDIS, Kind.REDIS.version());
        } else {
            run.leaveOut("redis-server: it or redis-benchmark is not installed");
        }
        run.fact("eal", String.join(" ", DpdkSetUp.eal().arguments()));
        run.fact("pages", DpdkSetUp.pages());
        run.fact("child_jvm", String.join(" ", Java.LAUNCHER));
        run.factsOfCpus();
        run.fact(
                "distance",
                DpdkSetUp.distance(Cpus.server().getFirst(), Cpus.client().getFirst()));
        List<Integer> values = run.scale().pick(List.of(SMALL, LARGE), List.of(SMALL), List.of(SMALL, LARGE));
        if (!values.contains(LARGE)) {
            run.leaveOut("values of " + LARGE + " B, but by size: a quick run has no time for them");
        }
        int rounds = run.scale().rounds();
        int stepsARound = values.size() * DpdkSystem.values().length + (redis ? 3 : 2);
        run.expect(rounds * stepsARound);
        for (int round = 1; round <= rounds; round++) {
            if (run.endsBefore(round, "", stepsARound)) {
                break;
            }
            SameDistance distance = new SameDistance(run, round, samples);
            for (int value : values) {
                for (DpdkSystem system : DpdkSystem.values()) {
                    run.step(system.label() + ", " + value + " B, round " + round + " of " + rounds);
                    pair(run, system, value, distance);
                    distance.next();
                }
            }
            run.step("GETs by the size of their values, round " + round + " of " + rounds);
            sizes(run, distance);
            run.step("gaps of a poller, round " + round + " of " + rounds);
            gaps(run, round, samples);
            if (redis) {
                run.step(REDIS + ", round " + round + " of " + rounds);
                redis(run, round, samples);
            }
        }
        return outcome(samples).measurement(name(), run);
    }

    /// A server and its load, each a process. Both stop polling before either closes its end.
    private static void pair(Run run, DpdkSystem system, int value, SameDistance distance) throws IOException {
        try (MemifFolder folder = MemifFolder.make()) {
            Path socket = folder.socket();
            if (system == DpdkSystem.GET) {
                try (ServerProcess situ = startSitu(socket, SERVER_BYTES, List.of())) {
                    Fill.resp(situ.tcp(), KEYS, value);
                    ChildJvm.Spec load = load(
                            run, system, value, distance, socket, situ.udp().getPort(), situ.pid());
                    try (ChildJvm client = ChildJvm.start(load)) {
                        client.measure(sink(system, value, distance));
                        situ.stop();
                    }
                }
            } else {
                Parameters parameters = Parameters.of("system", system.name(), "socket", socket);
                ChildJvm.Spec echo = new ChildJvm.Spec(DpdkEchoTask.NAME, parameters, Java.LAUNCHER, Cpus.server());
                try (ChildJvm server = ChildJvm.start(echo);
                        ChildJvm client = ChildJvm.start(
                                load(run, system, value, distance, socket, DpdkEchoTask.PORT, server.pid()))) {
                    client.measure(sink(system, value, distance));
                    server.measure((_, _, _) -> {});
                }
            }
        }
    }

    private static void sizes(Run run, SameDistance distance) throws IOException {
        try (MemifFolder folder = MemifFolder.make();
                ServerProcess situ = startSitu(folder.socket(), SERVER_BYTES, List.of())) {
            ValueSizes.fill(situ);
            WarmUp warmUp = warmUp(run).with(situ.pid());
            ValueSizes.measure(
                    run, distance, warmUp, folder.socket(), situ.udp().getPort());
        }
    }

    private static WarmUp warmUp(Run run) {
        return run.scale().warmUpFor(WARM_UP_A_SECOND, 10_000, 2_000);
    }

    /// Starts Situ at the server's end of a memif.
    public static ServerProcess startSitu(Path socket, long memoryBytes, List<String> jvmOptions) throws IOException {
        List<String> eal = new ArrayList<>(DpdkSetUp.eal().arguments());
        eal.add("--vdev=" + MemifEnd.device("server", socket.toString()));
        return ServerProcess.startSitu(
                memoryBytes,
                jvmOptions,
                "--set",
                "protected-mode=no",
                "--transport",
                "dpdk",
                "--eal",
                String.join(" ", eal),
                "--ip",
                DpdkEchoTask.ADDRESS + DpdkSetUp.NETWORK,
                "--no-udp-checksums",
                // The network is a wire between two processes.
                "--r2p2-compatible");
    }

    private static ChildJvm.Spec load(
            Run run, DpdkSystem system, int value, SameDistance distance, Path socket, int port, long server) {
        Parameters parameters = Parameters.of(
                "system",
                system.name(),
                "socket",
                socket,
                "port",
                port,
                "value",
                value,
                "keys",
                KEYS,
                "outstanding",
                OUTSTANDING,
                "windowMillis",
                run.scale().pick(250, 150, 50),
                "windows",
                run.scale().pick(5, 3, 1));
        return new ChildJvm.Spec(
                DpdkLoadTask.NAME,
                warmUp(run).with(server).into(distance.into(parameters)),
                Java.LAUNCHER,
                Cpus.client());
    }

    private static ChildTask.Sink sink(DpdkSystem system, int value, SameDistance distance) {
        return distance.sink(metric -> key(system.label(), metric, value));
    }

    private static void gaps(Run run, int round, Samples samples) throws IOException {
        Parameters parameters = Parameters.of(
                "windowMillis", run.scale().pick(500, 100, 20),
                "windows", run.scale().pick(20, 10, 1));
        // The collector runs on all processors, as it does in a server.
        ChildJvm.Spec gaps = new ChildJvm.Spec(DpdkGapTask.NAME, parameters, Java.LAUNCHER, Cpus.allowed());
        try (ChildJvm child = ChildJvm.start(gaps)) {
            child.measure((metric, unit, figure) -> samples.add(round, gapKey(metric), unit, figure));
        }
    }

    private static SampleKey gapKey(String metric) {
        return new SampleKey("poller", metric, Map.of());
    }

    private static void redis(Run run, int round, Samples samples) throws Exception {
        try (ServerProcess server = ServerProcess.start(Kind.REDIS, SERVER_BYTES, List.of())) {
            try (Filler filler = new Filler(Kind.REDIS, server.tcp(), SMALL, false)) {
                filler.fill(0, KEYS);
            }
            RedisBenchmark load = new RedisBenchmark(server.tcp().getPort(), KEYS, SMALL, OUTSTANDING, 1);
            long requests = run.scale().pick(200_000L, 40_000L, 500L);
            load.run(List.of("get"), requests / 4);
            load.run(List.of("get"), requests)
                    .values()
                    .forEach(line -> SameDistance.addForAll(
                            samples, round, key(REDIS, DpdkLoadTask.THROUGHPUT, SMALL), "1/s", line.perSecond()));
        }
    }

    private static SampleKey key(String system, String metric, int value) {
        return new SampleKey(system, metric, Map.of("value", value));
    }

    private static SampleKey key(DpdkSystem system, String metric) {
        return key(system.label(), metric, SMALL);
    }

    private static Outcome outcome(Samples samples) {
        Outcome outcome = new Outcome(samples);
        String rate = DpdkLoadTask.THROUGHPUT;
        String trip = DpdkLoadTask.ROUND_TRIP;
        compare(outcome, "echo_rtt_vs_bare", DpdkSystem.ECHO, DpdkSystem.BARE, trip);
        compare(outcome, "echo_mpps_vs_bare", DpdkSystem.ECHO, DpdkSystem.BARE, rate);
        compare(outcome, "echo_mpps_vs_frames", DpdkSystem.ECHO, DpdkSystem.FRAMES, rate);
        compare(outcome, "bare_rtt_vs_frames", DpdkSystem.BARE, DpdkSystem.FRAMES, trip);
        compare(outcome, "bare_mpps_vs_frames", DpdkSystem.BARE, DpdkSystem.FRAMES, rate);
        compare(outcome, "get_rtt_vs_echo", DpdkSystem.GET, DpdkSystem.ECHO, trip);
        compare(outcome, "get_vs_echo", DpdkSystem.GET, DpdkSystem.ECHO, rate);
        ValueSizes.summarize(outcome);
        summarizeRate(outcome, samples, "get_mrps", key(DpdkSystem.GET, rate));
        for (Distance distance : List.of(Distance.NEAR, Distance.FAR)) {
            SampleKey at = SameDistance.at(distance, key(DpdkSystem.GET, rate));
            summarizeRate(outcome, samples, "get_mrps." + distance.label(), at);
        }
        outcome.summarizeRatio("get_vs_redis", key(DpdkSystem.GET, rate), key(REDIS, rate, SMALL));
        samples.spread(gapKey(DpdkGapTask.POLLER_GAP))
                .ifPresent(spread -> outcome.summarize("poller_gap_ms", spread.median() / 1e3));
        samples.spread(gapKey(DpdkGapTask.SPINNER_GAP))
                .ifPresent(spread -> outcome.summarize("spinner_gap_ms", spread.median() / 1e3));
        outcome.summarize("poller_bytes_per_packet", gapKey(DpdkGapTask.BYTES_A_PACKET));
        for (String metric : List.of(rate, trip)) {
            SampleKey echo = key(DpdkSystem.ECHO.label(), metric, LARGE);
            outcome.ratio(echo, key(DpdkSystem.BARE.label(), metric, LARGE));
            outcome.ratio(key(DpdkSystem.GET.label(), metric, LARGE), echo);
        }
        return outcome;
    }

    private static void summarizeRate(Outcome outcome, Samples samples, String name, SampleKey key) {
        samples.spread(key).ifPresent(spread -> outcome.summarize(name, spread.median() / 1e6));
    }

    private static void compare(Outcome outcome, String name, DpdkSystem of, DpdkSystem to, String metric) {
        SameDistance.summarizeRatio(outcome, name, '.', key(of, metric), key(to, metric));
    }

    // ---- report ---------------------------------------------------------------------------------------------------

    @Override
    public Page page(Measurement measurement) {
        return new Page(
                "R2P2 over DPDK",
                "How many requests does one processor serve without the kernel, how long does one take, and how much of that is the"
                        + " driver's, the UDP stack's and the server's?",
                List.of(
                        "Two processes, joined by a memif (a driver of DPDK: rings in memory that both see, one copy each way), the"
                                + " server on one processor, the load on another, both polling without rest; DPDK on "
                                + measurement.machine().get("pages")
                                + ". Each round starts both anew, warmed up until three windows agree within 5 %.",
                        "All four carry frames of one length, that of the reply to a GET of 64 B or 1400 B: "
                                + DpdkLoadTask.frameBytes(SMALL) + " and " + DpdkLoadTask.frameBytes(LARGE)
                                + " bytes; only the request of a GET is shorter.",
                        "\"bare echo\" moves frames back and forth, link addresses swapped, and looks at nothing else: the driver"
                                + " and the binding. \"bare UDP echo\" is an echo of datagrams by a loop on the binding, without a UDP"
                                + " stack: questions in fresh packets with all headers, the addresses of each swapped in place by the"
                                + " server, answers looked at. \"UDP echo\" is the same echo by way of the user-space UDP stack at both"
                                + " ends. \"Situ\" is the server (`serve --transport dpdk`), asked in R2P2's compatible mode by way of"
                                + " the same stack, for 10,000 keys. Each is the bound of the next.",
                        "Packets go between " + measurement.machine().get("distance")
                                + ", says the machine; but its host moves virtual processors about, to near ones, which share a cache,"
                                + " and to far ones, every half a minute. So the distance is measured before and behind each window (a"
                                + " word there and back: 40 to 140 ns near, 380 to 520 far), what began at one and ended at another is"
                                + " thrown away, and ratios are of the same distance in the same round.",
                        "Gaps: a thread that polls, in a JVM that allocates 200 MB a second on another processor (ZGC), and the same"
                                + " thread when it only looks at the clock and nothing is allocated, in turn: the largest gap of each"
                                + " window between two looks at the clock, the median of the windows. Where others use the machine,"
                                + " it takes both away.",
                        "Throughput with 64 under way, round trips with one: closed loops. Datagrams carry no checksum (`serve"
                                + " --no-udp-checksums`): they never leave the memory of this machine, and the kernel computes"
                                + " none on its loopback. Those of IPv4 headers are computed and verified.",
                        "redis-server, where it is installed: 64 connections over loopback TCP by redis-benchmark, on the same"
                                + " processors."),
                List.of(
                        figure(
                                measurement,
                                "dpdk-throughput",
                                DpdkLoadTask.THROUGHPUT,
                                1e6,
                                "Answers a second, 64 under way.",
                                "million a second"),
                        figure(
                                measurement,
                                "dpdk-round-trip",
                                DpdkLoadTask.ROUND_TRIP,
                                1,
                                "Round trip, one under way: the median of each round.",
                                "microseconds"),
                        ValueSizes.figure(measurement)),
                List.of(
                        "The UDP stack at both ends makes a round trip " + measurement.summaryText("echo_rtt_vs_bare")
                                + " times as long as that of the bare UDP echo (near "
                                + measurement.summaryText("echo_rtt_vs_bare.near") + ", far "
                                + measurement.summaryText("echo_rtt_vs_bare.far") + "), and gets "
                                + measurement.summaryText("echo_mpps_vs_bare") + " times its packets (near "
                                + measurement.summaryText("echo_mpps_vs_bare.near") + ", far "
                                + measurement.summaryText("echo_mpps_vs_bare.far") + "). The bare UDP echo itself gets "
                                + measurement.summaryText("bare_mpps_vs_frames")
                                + " times the packets of frames that only go to"
                                + " and fro.",
                        "A GET takes " + measurement.summaryText("get_rtt_vs_echo")
                                + " times the round trip of the echo"
                                + roundTrip(measurement) + ", and Situ serves " + measurement.summaryText("get_vs_echo")
                                + " times the echo's requests (near " + measurement.summaryText("get_vs_echo.near")
                                + ", far "
                                + measurement.summaryText("get_vs_echo.far") + "): "
                                + measurement.summaryText("get_mrps")
                                + " million a second on one processor, "
                                + measurement.summaryText("get_vs_redis") + " times those of redis-server.",
                        ValueSizes.text(measurement),
                        "Beside a thread that allocates, a poller stood still for "
                                + measurement.summaryText("poller_gap_ms")
                                + " ms at most in a window, where nothing was allocated for "
                                + measurement.summaryText("spinner_gap_ms") + " ms; it allocated "
                                + measurement.summaryText("poller_bytes_per_packet") + " bytes a packet itself."));
    }

    private static String roundTrip(Measurement measurement) {
        return measurement
                .find(DpdkSystem.GET.label(), DpdkLoadTask.ROUND_TRIP, Map.of("value", SMALL))
                .map(result -> " (" + Numbers.text(result.value()) + " microseconds)")
                .orElse("");
    }

    private static Figure figure(
            Measurement measurement, String file, String metric, double divisor, String caption, String unit) {
        List<Result> results = measurement.of(metric);
        Set<String> apart = new HashSet<>();
        results.forEach(result -> {
            if (result.params().containsKey(SameDistance.PARAM)) {
                apart.add(result.system());
            }
        });
        List<BarChart.Bar> bars = new ArrayList<>();
        for (Result result : results) {
            boolean hasDistance = result.params().containsKey(SameDistance.PARAM);
            if (hasDistance == apart.contains(result.system())) { // not both distances in one bar
                String distance = hasDistance ? ", " + result.param(SameDistance.PARAM) : "";
                bars.add(new BarChart.Bar(
                        result.system(),
                        result.param("value") + " B values" + distance,
                        result.value() / divisor,
                        result.low() / divisor,
                        result.high() / divisor));
            }
        }
        return new Figure(
                file, caption + " Bars: medians; lines: lowest and highest round.", new BarChart(caption, unit, bars));
    }
}
