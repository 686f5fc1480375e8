package dev.situ.bench.frame;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Builds a [Measurement] from samples: their medians, the ratios that are claimed, and the summary.
public final class Outcome {
    private final Samples samples;
    private final List<Result> more = new ArrayList<>();
    private final Map<String, Double> summary = new LinkedHashMap<>();

    /// An outcome that has all of these samples and no summary yet.
    public Outcome(Samples samples) {
        this.samples = samples;
    }

    /// Puts a median into the summary, and with its spread among the results, if it was measured.
    public void summarize(String name, SampleKey key) {
        samples.unit(key)
                .ifPresent(unit -> samples.spread(key).ifPresent(spread -> {
                    summary.put(name, spread.median());
                    Map<String, Object> params = new LinkedHashMap<>(key.params());
                    params.put(Measurement.NAME, name);
                    params.put("of", key.metric());
                    more.add(Samples.result(new SampleKey(key.system(), Measurement.MEDIAN, params), unit, spread));
                }));
    }

    /// Puts a ratio, taken round by round, into the summary, and with its spread among the results; if both parts
    /// were measured.
    public void summarizeRatio(String name, SampleKey of, SampleKey to) {
        samples.ratio(of, to).ifPresent(spread -> {
            summary.put(name, spread.median());
            add(name, of, to, spread);
        });
    }

    /// Puts a ratio among the results only.
    public void ratio(SampleKey of, SampleKey to) {
        samples.ratio(of, to).ifPresent(spread -> add("", of, to, spread));
    }

    private void add(String name, SampleKey of, SampleKey to, Spread spread) {
        Map<String, Object> params = new LinkedHashMap<>(of.params());
        if (!name.isEmpty()) {
            params.put(Measurement.NAME, name);
        }
        params.put("of", of.metric());
        params.put("to", to.system() + " " + to.metric());
        more.add(Samples.result(new SampleKey(of.system(), Measurement.RATIO, params), "", spread));
    }

    /// Puts a value into the summary as it is.
    public void summarize(String name, double value) {
        summary.put(name, value);
    }

    /// The measurement, with the machine as it is now.
    public Measurement measurement(String experiment, Run run) {
        List<Result> results = new ArrayList<>(samples.results());
        results.addAll(more);
        return new Measurement(experiment, run.machine(), List.copyOf(results), summary);
    }
}
