package dev.situ.bench.loss;

import dev.situ.bench.frame.ChildTask;
import dev.situ.bench.frame.Contender;
import dev.situ.bench.frame.Parameters;
import dev.situ.bench.frame.Schedule;
import dev.situ.bench.frame.Spread;
import dev.situ.bench.frame.WarmUp;
import dev.situ.bench.load.LoadLoop;
import dev.situ.bench.load.ReliableLink;
import dev.situ.bench.load.Sizes;
import dev.situ.bench.load.TcpLink;
import dev.situ.bench.load.Workload;
import dev.situ.r2p2.ReliableClientStatistics;
import dev.situ.socket.SocketStackOptions;
import dev.situ.socket.SocketUdpStack;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// Loads Situ over real sockets through lines that lose datagrams, both ways: small calls as fast as they go,
/// small calls at a fixed rate, large values. The rate is a share of the capacity: what small calls come to
/// without loss, as this task is told, or if it is told 0, as it has just measured.
///
/// ```
///   client ──▶ line that loses ──▶ socket ══ loopback ══ server
///   client ◀── line that loses ◀── socket ══ loopback ══
/// ```
///
/// Without loss the lines are there, too: what they cost is in every figure.
public final class LossTask implements ChildTask {
    /// The task's name.
    public static final String NAME = "loss";

    static final int SMALL_BYTES = 64;
    static final int LARGE_BYTES = 1_000_000;

    private static final int OUTSTANDING = 64;
    private static final int LARGE_OUTSTANDING = 4;
    private static final int KEYS = 10_000;
    private static final int LARGE_KEYS = 4;
    private static final Workload SMALL = Workload.USUAL.withKeys(KEYS).withValueSizes(Sizes.fixed(SMALL_BYTES));

    /// Longer keys, so that they are others.
    private static final Workload LARGE =
            Workload.USUAL.withKeys(LARGE_KEYS).withKeySizes(Sizes.fixed(20)).withValueSizes(Sizes.fixed(LARGE_BYTES));

    private final InetSocketAddress r2p2;
    private final double loss;
    private final long seed;
    private final double load;
    private final double capacity;
    private final long lateNanos;
    private final long openNanos;
    private final long windowNanos;
    private final int windows;
    private final WarmUp warmUp;

    /// Stores the values, over TCP.
    public LossTask(Parameters parameters) throws IOException {
        InetAddress host = InetAddress.getLoopbackAddress();
        r2p2 = new InetSocketAddress(host, parameters.number("port"));
        loss = Double.parseDouble(parameters.text("lossPercent")) / 100;
        seed = parameters.longNumber("seed");
        load = Double.parseDouble(parameters.text("load"));
        capacity = Double.parseDouble(parameters.text("capacity"));
        lateNanos = TimeUnit.MICROSECONDS.toNanos(parameters.number("lateMicros"));
        openNanos = TimeUnit.MILLISECONDS.toNanos(parameters.number("openMillis"));
        windowNanos = TimeUnit.MILLISECONDS.toNanos(parameters.number("windowMillis"));
        windows = parameters.number("windows");
        warmUp = WarmUp.of(parameters);
        InetSocketAddress tcp = new InetSocketAddress(host, parameters.number("tcpPort"));
        for (Workload workload : List.of(SMALL, LARGE)) {
            try (LoadLoop loop = new LoadLoop(TcpLink.open(tcp, 1, OUTSTANDING), workload, OUTSTANDING, 0, 1)) {
                loop.fill(0, 1);
            }
        }
    }

    @Override
    public void measure(Sink sink) throws Exception {
        boolean steady;
        double calls;
        ReliableLink link = link(OUTSTANDING);
        try (LoadLoop loop = new LoadLoop(link, SMALL, OUTSTANDING, 0, 1)) {
            steady = warmUp.run(() -> WarmUp.Pace.over(closed(loop), windowNanos));
            ReliableClientStatistics before = link.statistics();
            calls = median(loop);
            sink.add("calls", "1/s", calls);
            ReliableClientStatistics after = link.statistics();
            sink.add(
                    "sent_again_per_call",
                    "",
                    (double) (after.retransmitted() + after.duplicates() - before.retransmitted() - before.duplicates())
                            / Math.max(1, after.succeeded() - before.succeeded()));
        }
        try (LoadLoop loop = new LoadLoop(link(OUTSTANDING), SMALL, OUTSTANDING, 0, 1)) {
            double rate = load * (capacity > 0 ? capacity : calls);
            open(loop, rate, openNanos); // the compilers have new paths to compile, on the same processor
            Histogram latencies = open(loop, rate, openNanos);
            sink.add("rate", "1/s", rate);
            sink.add("call_p50", "ms", latencies.getValueAtPercentile(50) / 1e6);
            sink.add("call_p99", "ms", latencies.getValueAtPercentile(99) / 1e6);
            sink.add("calls_late", "%", 100 - latencies.getPercentileAtOrBelowValue(lateNanos));
            sink.add("call_max", "ms", latencies.getMaxValue() / 1e6);
        }
        try (LoadLoop loop = new LoadLoop(link(LARGE_OUTSTANDING), LARGE, LARGE_OUTSTANDING, 0, 1)) {
            steady &= warmUp.again().run(() -> WarmUp.Pace.over(closed(loop), windowNanos));
            sink.add("large", "MB/s", median(loop) * LARGE_BYTES / 1e6);
        }
        sink.add(Contender.STEADY, "", steady ? 1 : 0);
    }

    private ReliableLink link(int slots) throws IOException {
        SocketUdpStack sockets = new SocketUdpStack(SocketStackOptions.defaults());
        return ReliableLink.over(new LosingStack(sockets, seed, loss), r2p2, slots);
    }

    private double median(LoadLoop loop) {
        List<Double> perSecond = new ArrayList<>();
        for (int i = 0; i < windows; i++) {
            perSecond.add(closed(loop));
        }
        return Spread.of(perSecond).median();
    }

    /// Calls a second with every slot under way, until there was one.
    private double closed(LoadLoop loop) {
        long before = loop.tally().ended();
        long begin = System.nanoTime();
        loop.begin(new Schedule(begin, 0), Long.MAX_VALUE);
        long now = begin;
        while (now - begin < windowNanos || loop.tally().ended() == before) {
            loop.stepOrYield();
            now = System.nanoTime();
        }
        loop.requireNoErrors();
        return (loop.tally().ended() - before) * 1e9 / (now - begin);
    }

    /// The latencies of calls at the fixed rate.
    private Histogram open(LoadLoop loop, double perSecond, long nanos) {
        loop.tally().takeLatencies();
        loop.begin(Schedule.startingNow(perSecond), Math.max(1, (long) (perSecond * nanos / 1e9)));
        while (!loop.isDone()) {
            loop.stepOrYield();
        }
        loop.requireNoErrors();
        return loop.tally().takeLatencies();
    }

    @Override
    public void close() {}
}
