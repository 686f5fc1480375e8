package dev.situ.bench.frame;

import java.util.Map;

/// One figure: the median of the rounds, and the lowest and the highest round.
///
/// @param system what was measured
/// @param metric what of it
/// @param unit of the three values
/// @param params what else the figure depends on: numbers and words
public record Result(
        String system, String metric, String unit, double value, double low, double high, Map<String, Object> params) {

    /// Whether all of these parameters are this result's. Numbers are compared by their text, since a file does not
    /// keep their types.
    public boolean has(Map<String, ?> wanted) {
        return wanted.entrySet().stream().allMatch(e -> param(e.getKey()).equals(String.valueOf(e.getValue())));
    }

    /// A parameter as text; empty if there is none of this name.
    public String param(String name) {
        Object value = params.get(name);
        return value == null ? "" : value.toString();
    }

    /// The value with its spread: `1.08 (1.02 to 1.11)`.
    public String text() {
        return Numbers.text(value) + " (" + Numbers.text(low) + " to " + Numbers.text(high) + ")";
    }

    /// A parameter as a number.
    ///
    /// @throws NumberFormatException if it is none
    public double number(String name) {
        return Double.parseDouble(param(name));
    }
}
