package dev.situ.bench.frame;

import java.util.Arrays;
import java.util.Collection;

/// Median, lowest and highest of some rounds.
public record Spread(double median, double low, double high) {
    /// That of some values.
    ///
    /// @throws IllegalArgumentException if there is no value
    public static Spread of(Collection<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        if (sorted.length == 0) {
            throw new IllegalArgumentException("nothing was measured");
        }
        Arrays.sort(sorted);
        int half = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }
}
