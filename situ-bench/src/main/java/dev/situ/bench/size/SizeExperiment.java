package dev.situ.bench.size;

import dev.situ.bench.dpdk.DpdkSetUp;
import dev.situ.bench.frame.ChildJvm;
import dev.situ.bench.frame.Contender;
import dev.situ.bench.frame.Cpus;
import dev.situ.bench.frame.Experiment;
import dev.situ.bench.frame.Java;
import dev.situ.bench.frame.Measurement;
import dev.situ.bench.frame.Outcome;
import dev.situ.bench.frame.Parameters;
import dev.situ.bench.frame.Result;
import dev.situ.bench.frame.Run;
import dev.situ.bench.frame.SampleKey;
import dev.situ.bench.frame.Samples;
import dev.situ.bench.report.BarChart;
import dev.situ.bench.report.Figure;
import dev.situ.bench.report.Page;
import dev.situ.dpdk.Eal;
import dev.situ.udp.PortStackOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Thesis 3.1: what a packet costs the server, against the size of the value in it, with and without copies.
public final class SizeExperiment implements Experiment {
    private static final int SMALL = 64;
    private static final int LARGE = 1400;
    private static final String DEVICE = "device";
    private static final String SOFTWARE = "software";
    private static final String GET_NANOS = "get_ns";
    private static final String SET_NANOS = "set_ns";
    private static final String GET_COPIED = "get_copied";
    private static final String SET_COPIED = "set_copied";

    /// A server in one configuration.
    ///
    /// @param adopt as in `--adopt`
    /// @param copyBreak up to how many bytes of a reply are copied though they are in a packet
    /// @param checksums who computes those of the replies
    private record Server(String adopt, int copyBreak, String checksums) {
        Server(String adopt, String checksums) {
            this(adopt, PortStackOptions.COPY_BREAK, checksums);
        }

        String system() {
            return "adopt " + adopt + (copyBreak == 0 ? ", copy nothing" : "");
        }

        String key() {
            return copyBreak > 0 && adopt.equals("always") ? "copy_break" : adopt;
        }
    }

    private static final List<Server> SERVERS = List.of(
            new Server("always", 0, DEVICE),
            new Server("always", DEVICE),
            new Server("never", DEVICE),
            new Server("default", DEVICE),
            new Server("always", 0, SOFTWARE),
            new Server("never", SOFTWARE));

    @Override
    public String name() {
        return "size";
    }

    @Override
    public Measurement measure(Run run) throws IOException {
        Samples samples = new Samples();
        @Nullable String missing = Eal.missing();
        if (missing != null) {
            run.leaveOut("everything: " + missing);
            return outcome(samples).measurement(name(), run);
        }
        run.leaveOut("values of more than one packet: the ring's client sends requests of one");
        run.fact("pages", DpdkSetUp.pages());
        run.fact("child_jvm", String.join(" ", Java.LAUNCHER));
        run.fact("server_cpu", Cpus.list(Cpus.client()));
        int rounds = run.scale().rounds();
        run.expect(rounds * SERVERS.size());
        for (int round = 1; round <= rounds; round++) {
            if (run.endsBefore(round, "", SERVERS.size())) {
                break;
            }
            for (Server server : SERVERS) {
                run.step(server.system() + ", checksums by " + server.checksums + ", round " + round + " of " + rounds);
                round(run, round, server, samples);
            }
        }
        return outcome(samples).measurement(name(), run);
    }

    private static void round(Run run, int round, Server server, Samples samples) throws IOException {
        try (ChildJvm jvm = ChildJvm.start(child(run, server))) {
            jvm.measure((metric, unit, value) -> add(run, round, server, samples, metric, unit, value));
        }
    }

    private static ChildJvm.Spec child(Run run, Server server) {
        Parameters parameters = Parameters.of(
                "adopt",
                server.adopt,
                "copy_break",
                server.copyBreak,
                "checksums",
                server.checksums,
                "sizes",
                run.scale().pick("8,64,256,512,1024,1400", "64,512,1400", "64,1400"),
                "bursts",
                run.scale().pick(2_000, 1_000, 20));
        return new ChildJvm.Spec(
                SizeTask.NAME, run.scale().warmUp(8_000, 3_000).into(parameters), Java.LAUNCHER, Cpus.client());
    }

    private static void add(
            Run run, int round, Server server, Samples samples, String metric, String unit, double value) {
        if (metric.equals(Contender.STEADY)) {
            run.steady(value != 0);
            return;
        }
        int of = metric.indexOf(SizeTask.OF_BYTES);
        samples.add(
                round, key(server, metric.substring(0, of), Integer.parseInt(metric.substring(of + 1))), unit, value);
    }

    private static SampleKey key(Server server, String metric, int value) {
        return new SampleKey(server.system(), metric, Map.of("value", value, "checksums", server.checksums));
    }

    private static Outcome outcome(Samples samples) {
        Outcome outcome = new Outcome(samples);
        for (Server server : SERVERS) {
            SampleKey large = key(server, GET_NANOS, LARGE);
            SampleKey small = key(server, GET_NANOS, SMALL);
            if (server.checksums.equals(DEVICE)) {
                outcome.summarizeRatio("get_ns_1400_vs_64." + server.key(), large, small);
                copied(outcome, samples, server);
            } else {
                outcome.ratio(large, small);
            }
        }
        outcome.ratio(key(new Server("never", DEVICE), GET_NANOS, LARGE), key(SERVERS.getFirst(), GET_NANOS, LARGE));
        return outcome;
    }

    /// On its way into the store and out of it.
    private static void copied(Outcome outcome, Samples samples, Server server) {
        samples.spread(key(server, GET_COPIED, LARGE))
                .ifPresent(get -> samples.spread(key(server, SET_COPIED, LARGE))
                        .ifPresent(set -> outcome.summarize(
                                "payload_bytes_copied." + server.key(), get.median() + set.median())));
    }

    // ---- report ---------------------------------------------------------------------------------------------------

    @Override
    public Page page(Measurement measurement) {
        return new Page(
                "Server time and the size of values",
                "Does a packet cost the server more when there is more in it? What is not copied is not touched.",
                List.of(
                        "A whole server (user-space UDP stack, R2P2, commands, store) on DPDK's net_ring, which hands back the very"
                                + " packets that it was given, and its client on the same thread. A burst of 32 requests lies in the"
                                + " ring; timed is the poll that handles it, up to its 32 replies in the ring. The figure is the"
                                + " median of the bursts, for each packet; sizes take turns burst by burst.",
                        "256 keys of each size, stored by SETs through the same ring. With `--adopt always` each value stays in the"
                                + " packet that brought it, and a reply is a fresh header chained to a clone of that packet; one of up"
                                + " to 192 B is copied all the same, being cheaper: but for the server that is to copy nothing. With"
                                + " `never` a value is copied into the store and out of it. `default` adopts from 1 KiB a packet on.",
                        "Copied bytes are counted, not assumed: of each reply, the value's bytes in segments that are no clones; of a"
                                + " SET, those of values that the store says it did not adopt.",
                        "Checksums: a card computes them while it sends, so the summary's figures are without (\"device\")."
                                + " \"software\" is with: then all of a reply is read once, adopted or not.",
                        "Giving packets back after they were sent is not in the figure: a driver does that later."),
                List.of(
                        figure(measurement, GET_NANOS, DEVICE, "size-get", "GET: server time for each packet"),
                        figure(measurement, SET_NANOS, DEVICE, "size-set", "SET: server time for each packet"),
                        figure(
                                measurement,
                                GET_NANOS,
                                SOFTWARE,
                                "size-get-checksums",
                                "GET, checksums by software: server time for each packet")),
                List.of(
                        "A reply with 1400 B takes " + measurement.summaryText("get_ns_1400_vs_64.always")
                                + " times the server time of one with 64 B where both are sent from the packets that brought them,"
                                + " and " + measurement.summaryText("get_ns_1400_vs_64.never")
                                + " times where both are copied. As served, the small one is copied and the large one is not: "
                                + measurement.summaryText("get_ns_1400_vs_64.copy_break")
                                + " times, for the small one is faster so.",
                        "Of a value of 1400 B, " + measurement.summaryText("payload_bytes_copied.always")
                                + " bytes are copied on the way in and out where it is adopted, and "
                                + measurement.summaryText("payload_bytes_copied.never") + " where it is not."));
    }

    private static Figure figure(
            Measurement measurement, String metric, String checksums, String file, String caption) {
        List<BarChart.Bar> bars = new ArrayList<>();
        for (Result result : measurement.of(metric)) {
            if (result.has(Map.of("checksums", checksums))) {
                bars.add(new BarChart.Bar(
                        result.param("value") + " B", result.system(), result.value(), result.low(), result.high()));
            }
        }
        return new Figure(
                file,
                caption + ". Bars: medians; lines: lowest and highest round.",
                new BarChart(caption, "nanoseconds", bars));
    }
}
