package dev.situ.bench.frame;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The systems of one round that are compared with each other, and so have to be measured at the same [Distance]: the
/// first at both if they come in time, the others at those that the first has met, if they come again in time.
///
/// Confined to the thread that measures.
public final class SameDistance {
    /// The parameter of what was measured at one distance.
    public static final String PARAM = "distance";

    private static final int FULL_FIRST_MILLIS = 20_000;
    private static final int FULL_MILLIS = 45_000;
    private static final int QUICK_MILLIS = 8_000;

    private final Run run;
    private final int round;
    private final Samples samples;
    private final Set<Distance> met = EnumSet.noneOf(Distance.class);
    private boolean isFirst = true;

    /// Systems of a round that are measured into `samples`.
    public SameDistance(Run run, int round, Samples samples) {
        this.run = run;
        this.round = round;
        this.samples = samples;
    }

    /// Tells a child what to wait for: see [DistanceWindows#of].
    public Parameters into(Parameters parameters) {
        Set<Distance> wanted = isFirst ? EnumSet.of(Distance.NEAR, Distance.FAR) : met;
        int server = Cpus.server().getFirst();
        boolean canTell = run.scale() != Scale.TINY && server != Cpus.client().getFirst() && Cpus.canBind();
        return parameters
                .with(DistanceWindows.CPU, canTell ? server : DistanceWindows.NO_CPU)
                .with(
                        DistanceWindows.WANTED,
                        wanted.stream().map(Distance::label).collect(Collectors.joining(",")))
                .with(DistanceWindows.PATIENCE, canTell ? patienceMillis() : 0);
    }

    /// Tells a child that its distance is nothing.
    public static Parameters intoAny(Parameters parameters) {
        return parameters
                .with(DistanceWindows.CPU, DistanceWindows.NO_CPU)
                .with(DistanceWindows.WANTED, "")
                .with(DistanceWindows.PATIENCE, 0);
    }

    private int patienceMillis() {
        return isFirst ? run.scale().pick(FULL_FIRST_MILLIS, 0, 0) : run.scale().pick(FULL_MILLIS, QUICK_MILLIS, 0);
    }

    /// Takes in a figure of a child: as one of this round to be compared with others of its distance, and by its
    /// distance.
    ///
    /// @param word the metric, by [Distance#of] if it has a distance
    /// @param key that of the metric
    public void add(String word, SampleKey key, String unit, double figure) {
        Distance distance = Distance.in(word);
        samples.add(distance.turn(round), key, unit, figure);
        if (distance != Distance.UNKNOWN) {
            samples.add(round, at(distance, key), unit, figure);
            if (isFirst) {
                met.add(distance);
            }
        }
    }

    /// Takes in all figures of a child.
    ///
    /// @param keyOf the key of a metric
    public ChildTask.Sink sink(Function<String, SampleKey> keyOf) {
        return (word, unit, figure) -> {
            if (word.equals(Contender.STEADY)) {
                run.steady(figure != 0);
            } else {
                add(word, keyOf.apply(Distance.metric(word)), unit, figure);
            }
        };
    }

    /// Goes on to the next system.
    public void next() {
        isFirst = false;
    }

    /// Adds a figure whose distance was not looked at: to be compared with those of each.
    public static void addForAll(Samples samples, int round, SampleKey key, String unit, double figure) {
        for (Distance distance : Distance.values()) {
            samples.add(distance.turn(round), key, unit, figure);
        }
    }

    /// Puts a ratio into the summary: at the same distance, round by round, and at each distance.
    ///
    /// @param joint between the name and that of a distance
    public static void summarizeRatio(Outcome outcome, String name, char joint, SampleKey of, SampleKey to) {
        outcome.summarizeRatio(name, of, to);
        for (Distance distance : List.of(Distance.NEAR, Distance.FAR)) {
            outcome.summarizeRatio(name + joint + distance.label(), at(distance, of), at(distance, to));
        }
    }

    /// The key of what was measured at a distance.
    public static SampleKey at(Distance distance, SampleKey key) {
        Map<String, Object> params = new LinkedHashMap<>(key.params());
        params.put(PARAM, distance.label());
        return new SampleKey(key.system(), key.metric(), params);
    }
}
