package dev.situ.bench.dpdk;

import dev.situ.bench.frame.ChildTask;
import dev.situ.bench.frame.Contender;
import dev.situ.bench.frame.DistanceWindows;
import dev.situ.bench.frame.Parameters;
import dev.situ.bench.frame.Spread;
import dev.situ.bench.frame.WarmUp;
import dev.situ.bench.frame.WarmUp.Pace;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// GETs of values of several sizes over a memif, one under way, the sizes in turn within each window: of one server, by
/// one client. From one start to the next the compilers make a quarter of difference, which is more than a size does.
public final class DpdkSizesTask implements ChildTask {
    /// The task's name.
    public static final String NAME = "dpdk-sizes";

    private static final int OUTSTANDING = 64;
    private static final int REFRESH_SHARE = 5;

    private final ClientEnd client;
    private final List<ValueSizes.Values> values;
    private final List<Question> questions = new ArrayList<>();
    private final DatagramLine line;
    private final Load load;
    private final long windowNanos;
    private final WarmUp warmUp;
    private final DistanceWindows windows;
    private int turn;

    /// Connects to the server's end, which is there and has the keys.
    public DpdkSizesTask(Parameters parameters) throws Exception {
        client = new ClientEnd(parameters.text("socket"));
        values = ValueSizes.Values.parse(parameters.text("values"));
        int firstKey = 0;
        for (ValueSizes.Values some : values) {
            questions.add(Question.get(some.bytes(), firstKey, some.keys()));
            firstKey += some.keys();
        }
        line = client.datagrams(parameters.number("port"), questions.getFirst());
        load = new Load(line);
        windowNanos = TimeUnit.MILLISECONDS.toNanos(parameters.number("windowMillis"));
        warmUp = WarmUp.of(parameters);
        windows = DistanceWindows.of(parameters, parameters.number("windows"));
    }

    @Override
    public void measure(Sink sink) throws Exception {
        load.oneByOne(1); // link addresses are known from then on
        boolean steady = warmUp.run(this::pace);
        window();
        windows.run(this::window).forEach((distance, all) -> {
            for (int i = 0; i < values.size(); i++) {
                int which = i;
                List<Double> medians =
                        all.stream().map(window -> window.get(which)).toList();
                sink.add(
                        distance.of(values.get(i).toString()),
                        "us",
                        Spread.of(medians).median());
            }
        });
        sink.add(DpdkLoadTask.LOST, "", (double) load.lost());
        sink.add(Contender.STEADY, "", steady ? 1 : 0);
    }

    private Pace pace() {
        double perSecond = 0;
        for (Question question : questions) {
            line.ask(question);
            perSecond += load.perSecond(OUTSTANDING, windowNanos) / values.size();
        }
        return Pace.over(perSecond, windowNanos * values.size());
    }

    /// The median of each, in microseconds: first of one, then of another.
    private List<Double> window() {
        Double[] medians = new Double[questions.size()];
        for (int i = 0; i < medians.length; i++) {
            int which = (i + turn) % medians.length;
            line.ask(questions.get(which));
            // What the one before has driven out of the caches comes back.
            load.perSecond(OUTSTANDING, windowNanos / REFRESH_SHARE);
            medians[which] = load.roundTrips(windowNanos).getValueAtPercentile(50) / 1e3;
        }
        turn++;
        return List.of(medians);
    }

    @Override
    public void close() {
        windows.close();
        client.close();
    }
}
