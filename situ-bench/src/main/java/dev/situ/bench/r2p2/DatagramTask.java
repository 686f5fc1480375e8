package dev.situ.bench.r2p2;

import dev.situ.bench.frame.ChildTask;
import dev.situ.bench.frame.Contender;
import dev.situ.bench.frame.Parameters;
import dev.situ.bench.frame.Spread;
import dev.situ.bench.frame.WarmUp;
import dev.situ.bench.frame.WarmUp.Pace;
import dev.situ.socket.SocketStackOptions;
import dev.situ.socket.SocketUdpStack;
import dev.situ.udp.PeerAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// Loads a server with GETs over UDP, every request a message of its own to the kernel: many under way, one under
/// way, and at a fixed rate. Or, as the bound of clients that batch, many under way in messages of many.
public final class DatagramTask implements ChildTask {
    /// The task's name.
    public static final String NAME = "datagrams";

    private static final SocketStackOptions PLAIN =
            SocketStackOptions.defaults().withOffload(true, false);

    private final GetProtocol protocol;
    private final long server;
    private final boolean together;
    private final int outstanding;
    private final int keys;
    private final int valueLength;
    private final double perSecond;
    private final long windowNanos;
    private final WarmUp warmUp;
    private final int windows;

    /// Takes the parameters; the server's keys are there already.
    public DatagramTask(Parameters parameters) {
        protocol = GetProtocol.valueOf(parameters.text("protocol"));
        server = PeerAddress.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), parameters.number("port")));
        together = parameters.text("mode").equals("together");
        outstanding = parameters.number("outstanding");
        keys = parameters.number("keys");
        valueLength = parameters.number("value");
        perSecond = parameters.number("perSecond");
        windowNanos = TimeUnit.MILLISECONDS.toNanos(parameters.number("windowMillis"));
        warmUp = WarmUp.of(parameters);
        windows = parameters.number("windows");
    }

    @Override
    public void measure(Sink sink) throws Exception {
        boolean steady = warmUp.run(() -> Pace.over(closed(), windowNanos));
        sink.add("throughput", "1/s", throughput());
        sink.add(Contender.STEADY, "", steady ? 1 : 0);
        if (!together) {
            latencies(sink);
        }
    }

    private void latencies(Sink sink) throws IOException {
        roundTrips();
        sink.add("round_trip", "us", roundTrips().getValueAtPercentile(50) / 1e3);
        open();
        OpenLoop loop = open();
        Histogram latencies = loop.latencies();
        if (latencies.getTotalCount() > 0) {
            sink.add("latency_p50", "us", latencies.getValueAtPercentile(50) / 1e3);
            sink.add("latency_p90", "us", latencies.getValueAtPercentile(90) / 1e3);
            sink.add("latency_p99", "us", latencies.getValueAtPercentile(99) / 1e3);
            sink.add("latency_p999", "us", latencies.getValueAtPercentile(99.9) / 1e3);
            sink.add("latency_max", "us", latencies.getMaxValue() / 1e3);
        }
        sink.add("lost", "", (double) loop.lost());
    }

    private double throughput() throws IOException {
        List<Double> perSecond = new ArrayList<>();
        for (int i = 0; i < windows; i++) {
            perSecond.add(closed());
        }
        return Spread.of(perSecond).median();
    }

    private double closed() throws IOException {
        return ClosedLoop.measure(protocol, server, outstanding, keys, valueLength, together, windowNanos);
    }

    private Histogram roundTrips() throws IOException {
        Histogram trips = RoundTrips.measure(new SingleGet(protocol, keys, valueLength), server, 2 * windowNanos);
        if (trips.getTotalCount() == 0) {
            throw new IllegalStateException("no reply of " + protocol + " was a value of this length");
        }
        return trips;
    }

    private OpenLoop open() throws IOException {
        OpenLoop loop = new OpenLoop(protocol, server, keys, valueLength);
        try (SocketUdpStack stack = new SocketUdpStack(PLAIN)) {
            stack.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), loop);
            loop.run(stack.queue(0), perSecond, 4 * windowNanos);
        }
        return loop;
    }

    @Override
    public void close() {}
}
