package dev.situ.bench.frame;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What an experiment has measured, in the form of its JSON file.
///
/// @param experiment the experiment's name
/// @param machine where and how: see [Machine]
/// @param results every figure
/// @param summary the figures that are compared over time, by names that stay
public record Measurement(
        String experiment, Map<String, Object> machine, List<Result> results, Map<String, Double> summary) {
    /// The metric of ratios.
    public static final String RATIO = "ratio";

    /// The metric of medians that are in the summary as they are.
    static final String MEDIAN = "median";

    /// The parameter of a ratio or median that says what it is called in the summary.
    static final String NAME = "summary";

    /// The results of one metric, in the order in which they were first measured.
    public List<Result> of(String metric) {
        return results.stream().filter(result -> result.metric().equals(metric)).toList();
    }

    /// The first result of this system and metric that has these parameters.
    public Optional<Result> find(String system, String metric, Map<String, ?> params) {
        return results.stream()
                .filter(result ->
                        result.system().equals(system) && result.metric().equals(metric) && result.has(params))
                .findFirst();
    }

    /// The systems that have results of this metric, each once.
    public List<String> systems(String metric) {
        return of(metric).stream().map(Result::system).distinct().toList();
    }

    /// What could not be measured, and why; read back from the machine's part.
    public List<String> leftOut() {
        List<String> all = new ArrayList<>();
        if (machine.get("left_out") instanceof List<?> list) {
            list.forEach(item -> all.add(String.valueOf(item)));
        }
        return all;
    }

    /// The ratio behind an entry of the summary, with its spread; nothing if the entry is no ratio.
    public Optional<Result> ratio(String name) {
        return of(RATIO).stream()
                .filter(result -> result.param(NAME).equals(name))
                .findFirst();
    }

    /// The result behind an entry of the summary, a ratio or a median, with its spread; nothing if that is not
    /// known.
    public Optional<Result> named(String name) {
        return results.stream()
                .filter(result -> result.param(NAME).equals(name))
                .findFirst();
    }

    /// One entry of the summary as text, a ratio with its spread: `1.08 (1.02 to 1.11)`; a dash if there is none.
    public String summaryText(String name) {
        Double value = summary.get(name);
        if (value == null) {
            return "–";
        }
        return ratio(name).map(Result::text).orElse(Numbers.text(value));
    }
}
