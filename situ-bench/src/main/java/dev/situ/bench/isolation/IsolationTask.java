package dev.situ.bench.isolation;

import dev.situ.bench.frame.ChildTask;
import dev.situ.bench.frame.Contender;
import dev.situ.bench.frame.Parameters;
import dev.situ.bench.frame.Schedule;
import dev.situ.bench.frame.WarmUp;
import dev.situ.bench.load.Answer;
import dev.situ.bench.load.Link;
import dev.situ.bench.load.LoadLoop;
import dev.situ.bench.load.ReliableLink;
import dev.situ.bench.load.Sizes;
import dev.situ.bench.load.TcpLink;
import dev.situ.bench.load.Workload;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// Measures small GETs at a fixed rate, in turn alone and beside large GETs.
///
/// One thread drives both, each over a link of its own, and gives either a step in turn: a thread for each would
/// wait for the other's time slices, and that would be what is measured.
///
/// ```
///   time     | alone | beside | alone | beside | ...
///   small    ||||||||||||||||||||||||||||||||||
///   large            |   |    |       |    |
/// ```
public final class IsolationTask implements ChildTask {
    /// The task's name.
    public static final String NAME = "isolation";

    static final String ALONE = "_alone";
    static final String BESIDE = "_beside";

    static final int SMALL_BYTES = 1 << 10;

    private static final int SLOTS = 4096;
    private static final int LARGE_SLOTS = 16;
    private static final int KEYS = 10_000;
    private static final int LARGE_KEYS = 4;
    private static final int DIGITS = 3;
    private static final Workload SMALL = Workload.USUAL.withKeys(KEYS).withValueSizes(Sizes.fixed(SMALL_BYTES));

    private final boolean overR2p2;
    private final InetSocketAddress r2p2;
    private final InetSocketAddress tcp;
    private final double perSecond;
    private final double largePerSecond;
    private final long segmentNanos;
    private final int segments;
    private final WarmUp warmUp;
    private final Workload largeValues;

    /// Stores the values, over TCP.
    public IsolationTask(Parameters parameters) throws IOException {
        InetAddress host = InetAddress.getLoopbackAddress();
        overR2p2 = parameters.text("transport").equals("r2p2");
        r2p2 = new InetSocketAddress(host, parameters.number("port"));
        tcp = new InetSocketAddress(host, parameters.number("tcpPort"));
        perSecond = parameters.number("perSecond");
        largePerSecond = parameters.number("largePerSecond");
        segmentNanos = TimeUnit.MILLISECONDS.toNanos(parameters.number("segmentMillis"));
        segments = parameters.number("segments");
        warmUp = WarmUp.of(parameters);
        // Longer keys, so that they are others.
        largeValues = Workload.USUAL
                .withKeys(LARGE_KEYS)
                .withKeySizes(Sizes.fixed(20))
                .withValueSizes(Sizes.fixed(parameters.number("largeBytes")));
        for (Workload workload : List.of(SMALL, largeValues)) {
            try (LoadLoop loop = new LoadLoop(TcpLink.open(tcp, 1, LARGE_SLOTS), workload, LARGE_SLOTS, 0, 1)) {
                loop.fill(0, 1);
            }
        }
    }

    @Override
    public void measure(Sink sink) throws Exception {
        Histogram alone = new Histogram(DIGITS);
        Histogram beside = new Histogram(DIGITS);
        try (LoadLoop small = new LoadLoop(link(SLOTS), SMALL, SLOTS, 0, 1);
                LoadLoop large = new LoadLoop(link(LARGE_SLOTS), largeValues, LARGE_SLOTS, 0, 1)) {
            boolean steady = warmUp.run(() -> {
                long before = small.tally().ended();
                Histogram window = segment(small, large, true);
                return new WarmUp.Pace(small.tally().ended() - before, window.getValueAtPercentile(50));
            });
            large.tally().takeLatencies();
            long largeBefore = large.tally().ended();
            for (int i = 0; i < segments; i++) {
                alone.add(segment(small, large, false));
                beside.add(segment(small, large, true));
            }
            report(sink, alone, ALONE);
            report(sink, beside, BESIDE);
            sink.add("large", "", (double) (large.tally().ended() - largeBefore));
            sink.add("large_failed", "", (double) large.tally().answered(Answer.FAILED));
            sink.add("large_p50", "ms", large.tally().takeLatencies().getValueAtPercentile(50) / 1e6);
            sink.add(Contender.STEADY, "", steady ? 1 : 0);
        }
    }

    private Link link(int slots) throws IOException {
        return overR2p2 ? ReliableLink.open(r2p2, slots) : TcpLink.open(tcp, 1, slots);
    }

    /// The latencies of the small GETs of one segment, which ends when all of it was answered.
    private Histogram segment(LoadLoop small, LoadLoop large, boolean withLarge) {
        small.tally().takeLatencies();
        small.begin(Schedule.startingNow(perSecond), Math.max(1, (long) (perSecond * segmentNanos / 1e9)));
        large.begin(
                Schedule.startingNow(largePerSecond),
                withLarge ? Math.max(1, (long) (largePerSecond * segmentNanos / 1e9)) : 0);
        while (!small.isDone() || !large.isDone()) {
            if (!large.step()) {
                small.stepOrYield();
            } else {
                small.step();
            }
        }
        small.requireNoErrors();
        return small.tally().takeLatencies();
    }

    private static void report(Sink sink, Histogram latencies, String of) {
        sink.add("p50" + of, "us", latencies.getValueAtPercentile(50) / 1e3);
        sink.add("p99" + of, "us", latencies.getValueAtPercentile(99) / 1e3);
        sink.add("p999" + of, "us", latencies.getValueAtPercentile(99.9) / 1e3);
        sink.add("max" + of, "us", latencies.getMaxValue() / 1e3);
    }

    @Override
    public void close() {}
}
