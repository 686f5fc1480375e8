package dev.situ.bench.r2p2;

import dev.situ.bench.frame.ChildTask;
import dev.situ.bench.frame.Contender;
import dev.situ.bench.frame.Parameters;
import dev.situ.bench.frame.Spread;
import dev.situ.bench.frame.WarmUp;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Loads Situ with GETs by a [dev.situ.client.SituClient], which sends together what it can.
public final class ClientTask implements ChildTask {
    /// The task's name.
    public static final String NAME = "client";

    private final InetSocketAddress server;
    private final int outstanding;
    private final int keys;
    private final int valueLength;
    private final long windowNanos;
    private final long warmUpNanos;
    private final int windows;

    /// Takes the parameters; the server's keys are there already.
    public ClientTask(Parameters parameters) {
        server = new InetSocketAddress(InetAddress.getLoopbackAddress(), parameters.number("port"));
        outstanding = parameters.number("outstanding");
        keys = parameters.number("keys");
        valueLength = parameters.number("value");
        windowNanos = TimeUnit.MILLISECONDS.toNanos(parameters.number("windowMillis"));
        warmUpNanos = TimeUnit.MILLISECONDS.toNanos(parameters.number("warmUpMillis"));
        windows = parameters.number("windows");
    }

    @Override
    public void measure(Sink sink) throws Exception {
        boolean steady = WarmUp.run(this::window, warmUpNanos);
        List<Double> perSecond = new ArrayList<>();
        for (int i = 0; i < windows; i++) {
            perSecond.add(window());
        }
        sink.add("throughput", "1/s", Spread.of(perSecond).median());
        sink.add(Contender.STEADY, "", steady ? 1 : 0);
    }

    private double window() throws IOException {
        return ClientLoop.run(server, outstanding, keys, valueLength, windowNanos);
    }

    @Override
    public void close() {}
}
