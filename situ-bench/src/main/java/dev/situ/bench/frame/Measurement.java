package dev.situ.bench.frame;

import com.fasterxml.jackson.annotation.JsonIgnore;
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
    @JsonIgnore
    public List<String> leftOut() {
        List<String> all = new ArrayList<>();
        if (machine.get("left_out") instanceof List<?> list) {
            list.forEach(item -> all.add(String.valueOf(item)));
        }
        return all;
    }

    /// One entry of the summary as text with two digits, or a dash.
    public String summaryText(String name) {
        Double value = summary.get(name);
        return value == null ? "–" : Numbers.text(value);
    }
}
