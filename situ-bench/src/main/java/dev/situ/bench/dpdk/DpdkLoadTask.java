package dev.situ.bench.dpdk;

import dev.situ.bench.frame.ChildTask;
import dev.situ.bench.frame.Contender;
import dev.situ.bench.frame.Parameters;
import dev.situ.bench.frame.Spread;
import dev.situ.bench.frame.WarmUp;
import dev.situ.bench.frame.WarmUp.Pace;
import dev.situ.packet.Ethernet;
import dev.situ.packet.Ipv4;
import dev.situ.packet.Udp;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// Loads a server through the client's end of a memif: many under way, then one under way. Does not poll any more
/// when it has measured.
public final class DpdkLoadTask implements ChildTask {
    /// The task's name.
    public static final String NAME = "dpdk-load";

    static final String THROUGHPUT = "throughput";
    static final String ROUND_TRIP = "round_trip_p50";
    static final String ROUND_TRIP_P99 = "round_trip_p99";

    private static final int HEADERS = Ethernet.BYTES + Ipv4.MIN_BYTES + Udp.BYTES;

    private final ClientEnd client;
    private final Load load;
    private final int outstanding;
    private final long windowNanos;
    private final WarmUp warmUp;
    private final int windows;

    /// Connects to the server's end, which is there.
    public DpdkLoadTask(Parameters parameters) throws Exception {
        client = new ClientEnd(parameters.text("socket"));
        load = new Load(line(parameters));
        outstanding = parameters.number("outstanding");
        windowNanos = TimeUnit.MILLISECONDS.toNanos(parameters.number("windowMillis"));
        warmUp = WarmUp.of(parameters);
        windows = parameters.number("windows");
    }

    private Line line(Parameters parameters) throws Exception {
        int value = parameters.number("value");
        int port = parameters.number("port");
        return switch (DpdkSystem.valueOf(parameters.text("system"))) {
            case BARE -> client.frames(frameBytes(value));
            case ECHO -> client.datagrams(port, Question.echo(value));
            case GET -> client.datagrams(port, Question.get(value, 0, parameters.number("keys")));
        };
    }

    /// The bytes of a frame that carries the reply to a GET of such a value.
    static int frameBytes(int valueLength) {
        return HEADERS + Question.replyBytes(valueLength);
    }

    @Override
    public void measure(Sink sink) throws Exception {
        load.oneByOne(1); // link addresses are known from then on
        boolean steady = warmUp.run(() -> Pace.over(load.perSecond(outstanding, windowNanos), windowNanos));
        List<Double> perSecond = new ArrayList<>();
        for (int i = 0; i < windows; i++) {
            perSecond.add(load.perSecond(outstanding, windowNanos));
        }
        sink.add(THROUGHPUT, "1/s", Spread.of(perSecond).median());
        load.roundTrips(windowNanos);
        Histogram trips = load.roundTrips(windows * windowNanos);
        sink.add(ROUND_TRIP, "us", trips.getValueAtPercentile(50) / 1e3);
        sink.add(ROUND_TRIP_P99, "us", trips.getValueAtPercentile(99) / 1e3);
        sink.add("lost", "", (double) load.lost());
        sink.add(Contender.STEADY, "", steady ? 1 : 0);
    }

    @Override
    public void close() {
        client.close();
    }
}
