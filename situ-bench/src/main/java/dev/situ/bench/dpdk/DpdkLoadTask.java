package dev.situ.bench.dpdk;

import dev.situ.bench.frame.ChildTask;
import dev.situ.bench.frame.Contender;
import dev.situ.bench.frame.DistanceWindows;
import dev.situ.bench.frame.Parameters;
import dev.situ.bench.frame.Spread;
import dev.situ.bench.frame.WarmUp;
import dev.situ.bench.frame.WarmUp.Pace;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/// Loads a server through the client's end of a memif: many under way, then one under way. Does not poll any more
/// when it has measured.
public final class DpdkLoadTask implements ChildTask {
    /// The task's name.
    public static final String NAME = "dpdk-load";

    static final String THROUGHPUT = "throughput";
    static final String ROUND_TRIP = "round_trip_p50";
    static final String LOST = "lost";
    static final String ROUND_TRIP_P99 = "round_trip_p99";

    /// Many under way, and one under way.
    private record Window(double perSecond, Histogram trips) {
        double micros(double percentile) {
            return trips.getValueAtPercentile(percentile) / 1e3;
        }
    }

    private final ClientEnd client;
    private final Load load;
    private final int outstanding;
    private final long windowNanos;
    private final WarmUp warmUp;
    private final DistanceWindows windows;

    /// Connects to the server's end, which is there.
    public DpdkLoadTask(Parameters parameters) throws Exception {
        client = new ClientEnd(parameters.text("socket"));
        load = new Load(line(parameters));
        outstanding = parameters.number("outstanding");
        windowNanos = TimeUnit.MILLISECONDS.toNanos(parameters.number("windowMillis"));
        warmUp = WarmUp.of(parameters);
        windows = DistanceWindows.of(parameters, parameters.number("windows"));
    }

    private Line line(Parameters parameters) throws Exception {
        int value = parameters.number("value");
        int port = parameters.number("port");
        return switch (DpdkSystem.valueOf(parameters.text("system"))) {
            case FRAMES -> client.frames(frameBytes(value));
            case BARE -> client.bareDatagrams(port, Question.echo(value));
            case ECHO -> client.datagrams(port, Question.echo(value));
            case GET -> client.datagrams(port, Question.get(value, 0, parameters.number("keys")));
        };
    }

    /// The bytes of a frame that carries the reply to a GET of such a value.
    static int frameBytes(int valueLength) {
        return BareUdpLine.HEADERS + Question.replyBytes(valueLength);
    }

    @Override
    public void measure(Sink sink) throws Exception {
        load.oneByOne(1); // link addresses are known from then on
        boolean steady = warmUp.run(() -> Pace.over(load.perSecond(outstanding, windowNanos), windowNanos));
        load.roundTrips(windowNanos);
        windows.run(this::window).forEach((distance, all) -> {
            sink.add(distance.of(THROUGHPUT), "1/s", median(all, Window::perSecond));
            sink.add(distance.of(ROUND_TRIP), "us", median(all, window -> window.micros(50)));
            sink.add(distance.of(ROUND_TRIP_P99), "us", median(all, window -> window.micros(99)));
        });
        sink.add(LOST, "", (double) load.lost());
        sink.add(Contender.STEADY, "", steady ? 1 : 0);
    }

    private Window window() {
        return new Window(load.perSecond(outstanding, windowNanos), load.roundTrips(windowNanos));
    }

    private static double median(List<Window> windows, ToDoubleFunction<Window> figure) {
        return Spread.of(windows.stream().mapToDouble(figure).boxed().toList()).median();
    }

    @Override
    public void close() {
        windows.close();
        client.close();
    }
}
