package dev.situ.bench.tcp;

import dev.situ.bench.frame.ChildTask;
import dev.situ.bench.frame.Contender;
import dev.situ.bench.frame.DistanceWindows;
import dev.situ.bench.frame.Parameters;
import dev.situ.bench.frame.Spread;
import dev.situ.bench.frame.WarmUp;
import dev.situ.bench.tcp.BatchLoop.Exchange;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/// Loads a server over TCP with batches of GETs, then with batches of SETs, and tells how near its processor was.
public final class BatchTask implements ChildTask {
    /// The task's name.
    public static final String NAME = "tcp-batch";

    static final String GET = "get_batch";
    static final String SET = "set_batch";

    private final InetSocketAddress server;
    private final int keys;
    private final int value;
    private final int connections;
    private final int depth;
    private final long windowNanos;
    private final WarmUp warmUp;
    private final DistanceWindows windows;

    /// The keys are there, with values of the given length.
    public BatchTask(Parameters parameters) {
        server = new InetSocketAddress(InetAddress.getLoopbackAddress(), parameters.number("port"));
        keys = parameters.number("keys");
        value = parameters.number("value");
        connections = parameters.number("connections");
        depth = parameters.number("depth");
        windowNanos = TimeUnit.MILLISECONDS.toNanos(parameters.number("windowMillis"));
        warmUp = WarmUp.of(parameters);
        windows = DistanceWindows.of(parameters, parameters.number("windows"));
    }

    @Override
    public void measure(Sink sink) throws Exception {
        boolean steady = measure(sink, GET, Exchange.get(value));
        steady &= measure(sink, SET, Exchange.set(value));
        sink.add(Contender.STEADY, "", steady ? 1 : 0);
    }

    private boolean measure(Sink sink, String metric, Exchange exchange) throws Exception {
        try (BatchLoop loop = new BatchLoop(server, exchange, keys, connections, depth)) {
            boolean steady = warmUp.run(() -> WarmUp.Pace.over(loop.perSecond(windowNanos), windowNanos));
            windows.run(() -> loop.perSecond(windowNanos))
                    .forEach((distance, all) ->
                            sink.add(distance.of(metric), "1/s", Spread.of(all).median()));
            return steady;
        }
    }

    @Override
    public void close() {
        windows.close();
    }
}
