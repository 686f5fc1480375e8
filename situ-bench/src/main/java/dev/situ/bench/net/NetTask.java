package dev.situ.bench.net;

import dev.situ.bench.frame.ChildTask;
import dev.situ.bench.frame.Contender;
import dev.situ.bench.frame.DistanceWindows;
import dev.situ.bench.frame.Parameters;
import dev.situ.bench.frame.Schedule;
import dev.situ.bench.frame.Spread;
import dev.situ.bench.frame.WarmUp;
import dev.situ.bench.frame.WarmUp.Pace;
import dev.situ.bench.load.LoadLoop;
import dev.situ.bench.load.Sizes;
import dev.situ.bench.load.Workload;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// Loads a server with GETs: as many as it answers, then shares of that at fixed rates, whose latencies count from
/// the moment at which each request was due.
public final class NetTask implements ChildTask {
    /// The task's name.
    public static final String NAME = "net";

    static final String CAPACITY = "capacity";
    static final String P50 = "p50";
    static final String P99 = "p99";
    static final String P999 = "p999";
    static final String LATE = "late";
    static final String RATE = "rate";
    static final String LIGHT_P50 = "light_p50";
    static final String GAP_P999 = "gap_p999";
    static final String GAP_MAX = "gap_max";
    static final String GAP_LATE = "gap_late";

    /// Stands between a metric and the load that it was measured at, in percent of the capacity.
    static final String AT = "_at_";

    /// The load whose slowest requests are looked at, one of [#LOADS].
    static final int HALF = 50;

    /// The load at which sizes are compared, one of [#LOADS].
    static final int LIGHT = 10;

    /// The loads, in percent of the capacity.
    static final List<Integer> LOADS = List.of(LIGHT, 25, HALF, 75, 90);

    /// So many medians: what took longer came late.
    static final int LATE_AFTER = 10;

    private static final int OUTSTANDING = 64;
    private static final int SLOTS = 4096;

    private final LoadLoop loop;
    private final long windowNanos;
    private final int windows;
    private final long loadNanos;
    private final WarmUp warmUp;
    private final DistanceWindows byDistance;

    /// Connects; the keys are there.
    public NetTask(Parameters parameters) throws IOException {
        NetSystem system = NetSystem.valueOf(parameters.text("system"));
        Workload workload = Workload.USUAL
                .withKeys(parameters.number("keys"))
                .withValueSizes(Sizes.fixed(parameters.number("value")));
        loop = new LoadLoop(
                system.open(
                        parameters.text("socket"), parameters.number("tcpPort"), parameters.number("udpPort"), SLOTS),
                workload,
                SLOTS,
                0,
                1);
        windowNanos = TimeUnit.MILLISECONDS.toNanos(parameters.number("windowMillis"));
        windows = parameters.number("windows");
        loadNanos = TimeUnit.MILLISECONDS.toNanos(parameters.number("loadMillis"));
        warmUp = WarmUp.of(parameters);
        byDistance = DistanceWindows.of(parameters, windows);
    }

    @Override
    public void measure(Sink sink) throws Exception {
        boolean steady = warmUp.run(() -> Pace.over(closed(), windowNanos));
        List<Double> perSecond = new ArrayList<>();
        for (int i = 0; i < windows; i++) {
            perSecond.add(closed());
        }
        double capacity = Spread.of(perSecond).median();
        sink.add(CAPACITY, "1/s", capacity);
        steady &= warmUp.again().run(() -> {
            Histogram window = open(capacity * HALF / 100, windowNanos);
            return new Pace(window.getTotalCount(), window.getValueAtPercentile(50));
        });
        long lateAfter = 0;
        for (int load : LOADS) {
            double rate = capacity * load / 100;
            open(rate, loadNanos / 4);
            Histogram latencies = open(rate, loadNanos);
            sink.add(RATE + AT + load, "1/s", rate);
            sink.add(P50 + AT + load, "us", latencies.getValueAtPercentile(50) / 1e3);
            sink.add(P99 + AT + load, "us", latencies.getValueAtPercentile(99) / 1e3);
            sink.add(P999 + AT + load, "us", latencies.getValueAtPercentile(99.9) / 1e3);
            long late = LATE_AFTER * latencies.getValueAtPercentile(50);
            sink.add(LATE + AT + load, "%", percentAbove(latencies, late));
            lateAfter = load == HALF ? late : lateAfter;
        }
        lightLoad(capacity * LIGHT / 100, sink);
        Gaps.measure(loadNanos / 4); // compiled by now
        Histogram gaps = Gaps.measure(loadNanos);
        sink.add(GAP_P999, "us", gaps.getValueAtPercentile(99.9) / 1e3);
        sink.add(GAP_MAX, "us", gaps.getMaxValue() / 1e3);
        sink.add(GAP_LATE + AT + HALF, "%", percentAbove(gaps, lateAfter));
        sink.add(Contender.STEADY, "", steady ? 1 : 0);
    }

    /// The median latency at each distance of the processors.
    private void lightLoad(double rate, Sink sink) throws Exception {
        byDistance
                .run(() -> open(rate, windowNanos).getValueAtPercentile(50) / 1e3)
                .forEach((distance, medians) -> sink.add(
                        distance.of(LIGHT_P50), "us", Spread.of(medians).median()));
    }

    private static double percentAbove(Histogram all, long nanos) {
        return 100 - all.getPercentileAtOrBelowValue(nanos);
    }

    /// The GETs a second with so many under way.
    private double closed() {
        long before = loop.tally().ended();
        long begin = System.nanoTime();
        loop.begin(Schedule.startingNow(0), Long.MAX_VALUE, OUTSTANDING);
        while (System.nanoTime() - begin < windowNanos) {
            loop.stepOrYield();
        }
        double perSecond = (loop.tally().ended() - before) * 1e9 / (System.nanoTime() - begin);
        loop.end();
        finish();
        return perSecond;
    }

    /// The latencies at a rate.
    private Histogram open(double perSecond, long nanos) {
        loop.tally().takeLatencies();
        loop.begin(Schedule.startingNow(perSecond), Math.max(1, (long) (perSecond * nanos / 1e9)), SLOTS);
        finish();
        return loop.tally().takeLatencies();
    }

    private void finish() {
        while (!loop.isDone()) {
            loop.stepOrYield();
        }
        loop.requireNoErrors();
    }

    @Override
    public void close() {
        byDistance.close();
        loop.close();
    }
}
