package dev.situ.bench.compare;

import dev.situ.bench.compare.Change.Value;
import dev.situ.bench.frame.Measurement;
import dev.situ.bench.frame.Result;
import dev.situ.bench.frame.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Two runs, entry by entry of their summaries. Pure functions.
final class Comparison {
    /// What two runs should have in common for their ratios to mean the same.
    private static final List<String> FACTS =
            List.of("cpu", "cores", "memory_bytes", "kernel", "jvm", "scale", "rounds");

    private Comparison() {}

    /// The changes of all entries that either run has, in the order of experiments and of names.
    static List<Change> of(Map<String, Measurement> before, Map<String, Measurement> after) {
        SortedSet<String> experiments = new TreeSet<>(before.keySet());
        experiments.addAll(after.keySet());
        List<Change> changes = new ArrayList<>();
        for (String experiment : experiments) {
            @Nullable Measurement a = before.get(experiment);
            @Nullable Measurement b = after.get(experiment);
            SortedSet<String> names = new TreeSet<>();
            for (@Nullable Measurement each : new @Nullable Measurement[] {a, b}) {
                if (each != null) {
                    names.addAll(each.summary().keySet());
                }
            }
            for (String name : names) {
                changes.add(new Change(experiment, name, unit(a, b, name), value(a, name), value(b, name)));
            }
        }
        return changes;
    }

    private static String unit(@Nullable Measurement a, @Nullable Measurement b, String name) {
        return named(a, name).or(() -> named(b, name)).map(Result::unit).orElse("");
    }

    private static Optional<Result> named(@Nullable Measurement in, String name) {
        return in == null ? Optional.empty() : in.named(name);
    }

    private static Optional<Value> value(@Nullable Measurement in, String name) {
        Double median = in == null ? null : in.summary().get(name);
        return median == null
                ? Optional.empty()
                : Optional.of(new Value(
                        median, named(in, name).map(each -> new Spread(each.value(), each.low(), each.high()))));
    }

    /// In what the machines, or how they were used, differ: a sentence each.
    static List<String> differences(Map<String, Measurement> before, Map<String, Measurement> after) {
        TreeSet<String> differences = new TreeSet<>();
        before.forEach((experiment, a) -> {
            @Nullable Measurement b = after.get(experiment);
            if (b == null) {
                return;
            }
            for (String fact : FACTS) {
                String of = String.valueOf(a.machine().get(fact));
                String to = String.valueOf(b.machine().get(fact));
                if (!of.equals(to)) {
                    differences.add(fact + ": " + of + ", then " + to);
                }
            }
        });
        return List.copyOf(differences);
    }
}
