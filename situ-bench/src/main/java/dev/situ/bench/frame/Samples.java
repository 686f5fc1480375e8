package dev.situ.bench.frame;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What the rounds gave, each value with its round, until medians are taken.
public final class Samples {
    private record Series(String unit, TreeMap<Integer, Double> rounds) {}

    private final Map<SampleKey, Series> all = new LinkedHashMap<>();

    /// Adds one round's value. A second value of the same round takes the place of the first.
    ///
    /// @throws IllegalArgumentException if it is not finite: then nothing was measured
    public void add(int round, SampleKey key, String unit, double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException(key + " is " + value);
        }
        all.computeIfAbsent(key, _ -> new Series(unit, new TreeMap<>())).rounds.put(round, value);
    }

    /// Median and spread of one series; nothing if no round gave a value.
    public Optional<Spread> spread(SampleKey key) {
        Series series = all.get(key);
        return series == null ? Optional.empty() : Optional.of(Spread.of(series.rounds.values()));
    }

    /// The unit of one series; nothing if no round gave a value.
    public Optional<String> unit(SampleKey key) {
        return Optional.ofNullable(all.get(key)).map(Series::unit);
    }

    /// Median and spread of the quotients of two series, round by round: what disturbed a whole round cancels out.
    public Optional<Spread> ratio(SampleKey of, SampleKey to) {
        Series dividend = all.get(of);
        Series divisor = all.get(to);
        if (dividend == null || divisor == null) {
            return Optional.empty();
        }
        List<Double> quotients = new ArrayList<>();
        dividend.rounds.forEach((round, value) -> {
            @Nullable Double other = divisor.rounds.get(round);
            if (other != null && other != 0) {
                quotients.add(value / other);
            }
        });
        return quotients.isEmpty() ? Optional.empty() : Optional.of(Spread.of(quotients));
    }

    /// All series as results, in the order in which they were begun.
    public List<Result> results() {
        List<Result> results = new ArrayList<>();
        all.forEach((key, series) -> {
            Spread spread = Spread.of(series.rounds.values());
            results.add(result(key, series.unit, spread));
        });
        return results;
    }

    /// A result with this spread.
    public static Result result(SampleKey key, String unit, Spread spread) {
        return new Result(key.system(), key.metric(), unit, spread.median(), spread.low(), spread.high(), key.params());
    }
}
