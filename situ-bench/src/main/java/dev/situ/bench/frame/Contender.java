package dev.situ.bench.frame;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A system in one configuration that a child JVM measures.
///
/// @param system its name in results
/// @param params its parameters in results
/// @param child how it is measured
public record Contender(String system, Map<String, Object> params, ChildJvm.Spec child) {
    /// The metric by which a child says whether its warm-up came to rest: 1 or 0.
    public static final String STEADY = "steady";

    /// Systems that are measured in turn.
    ///
    /// @param fresh whether each round of each gets a new JVM; else each keeps one, for systems that take long to
    ///     fill
    /// @param needed whether it is measured once even if the time is up
    public record Group(List<Contender> contenders, boolean fresh, boolean needed) {}

    /// Measures group after group, and those of a group in turn (A B C A B C ...), as many rounds as the run's
    /// scale says.
    public static void interleave(Run run, List<Group> groups, Samples samples) throws IOException {
        int rounds = run.scale().rounds();
        groups.forEach(group -> run.expect(rounds * group.contenders.size()));
        for (Group group : groups) {
            interleave(run, group, rounds, samples);
        }
    }

    private static void interleave(Run run, Group group, int rounds, Samples samples) throws IOException {
        if (!group.needed && run.isTimeUp()) {
            run.leaveOut(names(group.contenders) + ": the time was up");
            run.expect(-rounds * group.contenders.size());
            return;
        }
        Map<Contender, ChildJvm> kept = new HashMap<>();
        try {
            for (int round = 1; round <= rounds; round++) {
                if (run.endsBefore(round, names(group.contenders), group.contenders.size())) {
                    return;
                }
                for (Contender contender : group.contenders) {
                    run.step(contender + ", round " + round + " of " + rounds);
                    if (group.fresh) {
                        contender.measure(run, round, samples);
                    } else {
                        contender.measure(contender.kept(kept), run, round, samples);
                    }
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

    /// Measures one round in a JVM that is started for it.
    public void measure(Run run, int round, Samples samples) throws IOException {
        try (ChildJvm jvm = ChildJvm.start(child)) {
            measure(jvm, run, round, samples);
        }
    }

    private void measure(ChildJvm jvm, Run run, int round, Samples samples) throws IOException {
        jvm.measure((metric, unit, value) -> {
            if (metric.equals(STEADY)) {
                run.steady(value != 0);
            } else {
                samples.add(round, new SampleKey(system, metric, params), unit, value);
            }
        });
    }

    private ChildJvm kept(Map<Contender, ChildJvm> kept) throws IOException {
        ChildJvm jvm = kept.get(this);
        if (jvm == null) {
            jvm = ChildJvm.start(child);
            kept.put(this, jvm);
        }
        return jvm;
    }

    @Override
    public String toString() {
        List<String> words = new ArrayList<>();
        new TreeMap<>(params).forEach((name, value) -> words.add(name + " " + value));
        return system + " (" + String.join(", ", words) + ")";
    }
}
