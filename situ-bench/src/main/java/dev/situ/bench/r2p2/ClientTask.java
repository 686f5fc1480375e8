package dev.situ.bench.r2p2;

import dev.situ.bench.frame.ChildTask;
import dev.situ.bench.frame.Contender;
import dev.situ.bench.frame.Parameters;
import dev.situ.bench.frame.Spread;
import dev.situ.bench.frame.WarmUp;
import dev.situ.bench.frame.WarmUp.Pace;
import dev.situ.client.SituClientOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Loads Situ with GETs by a [dev.situ.client.SituClient], which sends together what it can. In reliable mode
/// it counts packets, too.
public final class ClientTask implements ChildTask {
    /// The task's name.
    public static final String NAME = "client";

    private static final int COUNTED_CALLS = 20_000;

    private final InetSocketAddress server;
    private final boolean compatible;
    private final int outstanding;
    private final int keys;
    private final int valueLength;
    private final long windowNanos;
    private final WarmUp warmUp;
    private final int windows;

    /// Takes the parameters; the server's keys are there already.
    public ClientTask(Parameters parameters) {
        server = new InetSocketAddress(InetAddress.getLoopbackAddress(), parameters.number("port"));
        compatible = parameters.text("mode").equals("compatible");
        outstanding = parameters.number("outstanding");
        keys = parameters.number("keys");
        valueLength = parameters.number("value");
        windowNanos = TimeUnit.MILLISECONDS.toNanos(parameters.number("windowMillis"));
        warmUp = WarmUp.of(parameters);
        windows = parameters.number("windows");
    }

    @Override
    public void measure(Sink sink) throws Exception {
        boolean steady = warmUp.run(() -> Pace.over(window(), windowNanos));
        List<Double> perSecond = new ArrayList<>();
        for (int i = 0; i < windows; i++) {
            perSecond.add(window());
        }
        sink.add("throughput", "1/s", Spread.of(perSecond).median());
        if (!compatible) {
            PacketCount.Counts counts = PacketCount.measure(server, outstanding, COUNTED_CALLS);
            sink.add("packets_per_call", "", counts.packetsPerCall());
            sink.add("retransmissions_per_call", "", counts.retransmissionsPerCall());
        }
        sink.add(Contender.STEADY, "", steady ? 1 : 0);
    }

    private double window() throws IOException {
        SituClientOptions options = SituClientOptions.of(server);
        return ClientLoop.run(compatible ? options.compatible() : options, outstanding, keys, valueLength, windowNanos);
    }

    @Override
    public void close() {}
}
