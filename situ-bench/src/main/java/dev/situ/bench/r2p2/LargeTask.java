package dev.situ.bench.r2p2;

import dev.situ.bench.frame.ChildTask;
import dev.situ.bench.frame.Contender;
import dev.situ.bench.frame.Parameters;
import dev.situ.bench.frame.WarmUp;
import dev.situ.bench.frame.WarmUp.Pace;
import dev.situ.udp.PeerAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// How long one large value takes over UDP, one after the other: by a client of Situ, or as a bare transfer.
public final class LargeTask implements ChildTask {
    /// The task's name.
    public static final String NAME = "large";

    private final boolean bare;
    private final InetSocketAddress server;
    private final int valueLength;
    private final long windowNanos;
    private final int windows;
    private final WarmUp warmUp;

    /// Takes the parameters; the value is there already.
    public LargeTask(Parameters parameters) {
        bare = parameters.text("mode").equals("bare");
        server = new InetSocketAddress(InetAddress.getLoopbackAddress(), parameters.number("port"));
        valueLength = parameters.number("value");
        windowNanos = TimeUnit.MILLISECONDS.toNanos(parameters.number("windowMillis"));
        windows = parameters.number("windows");
        warmUp = WarmUp.of(parameters);
    }

    @Override
    public void measure(Sink sink) throws Exception {
        boolean steady = warmUp.run(this::pace);
        Histogram durations = durations(windows * windowNanos);
        if (durations.getTotalCount() > 0) { // the kernel may hold less than a bare transfer needs
            sink.add("transfer", "us", durations.getValueAtPercentile(50) / 1e3);
        }
        sink.add(Contender.STEADY, "", steady ? 1 : 0);
    }

    private Pace pace() throws IOException {
        return Pace.over(durations(windowNanos).getTotalCount() * 1e9 / windowNanos, windowNanos);
    }

    private Histogram durations(long nanos) throws IOException {
        return bare
                ? RoundTrips.measure(new BareTransfer(valueLength), PeerAddress.of(server), nanos)
                : LargeGets.measure(server, valueLength, nanos);
    }

    @Override
    public void close() {}
}
