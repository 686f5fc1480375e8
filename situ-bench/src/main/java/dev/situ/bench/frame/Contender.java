package dev.situ.bench.frame;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A system in one configuration that a child JVM measures.
///
/// @param system its name in results
/// @param params its parameters in results
/// @param child how it is measured
public record Contender(String system, Map<String, Object> params, ChildJvm.Spec child) {
    /// The metric by which a child says whether its warm-up came to rest: 1 or 0.
    public static final String STEADY = "steady";

    /// Measures all of these in turn (A B C A B C ...), as many rounds as the run's scale says.
    ///
    /// @param fresh whether each round of each gets a new JVM; else each keeps one, for systems that take long to
    ///     fill
    public static void interleave(Run run, List<Contender> contenders, boolean fresh, Samples samples)
            throws IOException {
        int rounds = run.scale().rounds();
        run.expect(rounds * contenders.size());
        Map<Contender, ChildJvm> kept = new HashMap<>();
        try {
            for (int round = 1; round <= rounds; round++) {
                if (round > 1 && run.isTimeUp()) {
                    run.leaveOut(
                            "rounds " + round + " to " + rounds + " of " + names(contenders) + ": the time was up");
                    run.expect(-(rounds - round + 1) * contenders.size());
                    return;
                }
                for (Contender contender : contenders) {
                    run.step(contender + ", round " + round + " of " + rounds);
                    contender.measure(run, round, fresh ? null : kept, samples);
                }
            }
        } finally {
            kept.values().forEach(ChildJvm::close);
        }
    }

    private static String names(List<Contender> contenders) {
        return String.join(
                ", ", contenders.stream().map(Contender::system).distinct().toList());
    }

    private void measure(Run run, int round, @Nullable Map<Contender, ChildJvm> kept, Samples samples)
            throws IOException {
        ChildTask.Sink sink = (metric, unit, value) -> {
            if (metric.equals(STEADY)) {
                run.steady(value != 0);
            } else {
                samples.add(round, new SampleKey(system, metric, params), unit, value);
            }
        };
        if (kept == null) {
            try (ChildJvm jvm = ChildJvm.start(child)) {
                jvm.measure(sink);
            }
        } else {
            ChildJvm jvm = kept.get(this);
            if (jvm == null) {
                jvm = ChildJvm.start(child);
                kept.put(this, jvm);
            }
            jvm.measure(sink);
        }
    }

    @Override
    public String toString() {
        List<String> words = new ArrayList<>();
        params.forEach((name, value) -> words.add(name + " " + value));
        return system + " (" + String.join(", ", words) + ")";
    }
}
