package dev.situ.bench.allocation;

import dev.situ.bench.frame.Experiment;
import dev.situ.bench.frame.Measurement;
import dev.situ.bench.frame.Outcome;
import dev.situ.bench.frame.Result;
import dev.situ.bench.frame.Run;
import dev.situ.bench.frame.SampleKey;
import dev.situ.bench.frame.Samples;
import dev.situ.bench.frame.ServerProcess;
import dev.situ.bench.report.BarChart;
import dev.situ.bench.report.Figure;
import dev.situ.bench.report.Page;
import dev.situ.dpdk.Eal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Heap bytes that Situ's threads allocate for a request in steady state.
public final class AllocationExperiment implements Experiment {
    private static final String METRIC = "bytes_per_request";

    @Override
    public String name() {
        return "allocation";
    }

    @Override
    public Measurement measure(Run run) throws Exception {
        Samples samples = new Samples();
        int rounds = run.scale().rounds();
        int windows = run.scale().pick(40, 20, 2);
        int window = run.scale().pick(20_000, 10_000, 500);
        run.fact("requests_a_window", window);
        @Nullable String missing = Eal.missing();
        if (missing != null) {
            run.leaveOut("DPDK: " + missing);
        }
        run.expect(rounds * (Requests.values().length + (missing == null ? 1 : 0)));
        for (int round = 1; round <= rounds; round++) {
            if (run.endsBefore(round, "", Requests.values().length)) {
                break;
            }
            for (Requests requests : Requests.values()) {
                run.step(requests.label() + ", round " + round + " of " + rounds);
                double least = least(requests, windows, window);
                samples.add(round, key(requests.label()), "B", least);
            }
            if (missing == null) {
                run.step(DpdkRequests.LABEL + ", round " + round + " of " + rounds);
                samples.add(round, key(DpdkRequests.LABEL), "B", DpdkRequests.least(windows, window));
            }
        }
        Outcome outcome = new Outcome(samples);
        outcome.summarize("bytes_per_request.r2p2", key(Requests.R2P2.label()));
        outcome.summarize("bytes_per_request.tcp", key(Requests.TCP.label()));
        outcome.summarize("bytes_per_request.dpdk", key(DpdkRequests.LABEL));
        return outcome.measurement(name(), run);
    }

    private static SampleKey key(String label) {
        return new SampleKey("Situ", METRIC, Map.of("requests", label));
    }

    /// The fewest bytes of all windows: until the compiler has done its work a request allocates some, however
    /// long that takes on a busy machine.
    private static double least(Requests requests, int windows, int window) throws Exception {
        try (ServerProcess server = ServerProcess.startSitu(64 << 20, Allocations.JVM_OPTIONS);
                Allocations allocations = Allocations.of(server.pid(), requests.threads());
                Requests.Connection connection = requests.connect(server)) {
            double least = Double.MAX_VALUE;
            for (int i = 0; i < windows && least > 0; i++) {
                long before = allocations.bytes();
                connection.call(window);
                least = Math.min(least, (double) (allocations.bytes() - before) / window);
            }
            return least;
        }
    }

    // ---- report ---------------------------------------------------------------------------------------------------

    @Override
    public Page page(Measurement measurement) {
        List<BarChart.Bar> bars = new ArrayList<>();
        for (Result result : measurement.of(METRIC)) {
            bars.add(new BarChart.Bar(
                    result.param("requests"), result.system(), result.value(), result.low(), result.high()));
        }
        Figure figure = new Figure(
                "allocation-bytes",
                "Heap bytes a request, GETs and SETs of 64 B in turn. Bars: medians; lines: lowest and highest round.",
                new BarChart("Allocation", "bytes a request", bars));
        return new Page(
                "Allocation",
                "How many bytes of the Java heap does a request take in steady state? What takes none needs no collector.",
                List.of(
                        "Situ's server as it is, in a process of its own. Requests go to it in windows of "
                                + measurement.machine().get("requests_a_window")
                                + ", SETs and GETs of 64 B in turn; before and after each window, the JVM of the server is asked by"
                                + " JMX how many bytes the threads of the transport have allocated.",
                        "A round's figure is the lowest of its windows: while code is still interpreted and compiled, it allocates.",
                        "The bound is 0."),
                List.of(figure),
                List.of("A request takes " + measurement.summaryText("bytes_per_request.r2p2")
                        + " bytes of heap over R2P2, " + measurement.summaryText("bytes_per_request.dpdk")
                        + " over R2P2 on DPDK, and " + measurement.summaryText("bytes_per_request.tcp")
                        + " over TCP, one at a time."));
    }
}
