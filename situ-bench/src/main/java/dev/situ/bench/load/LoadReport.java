package dev.situ.bench.load;

import dev.situ.bench.frame.Numbers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/// What a load has found.
///
/// @param plan what was asked
/// @param seconds that were measured
/// @param answers how many requests have ended how
/// @param latencies of them, in nanoseconds: in an open loop from the moment at which each was due
/// @param lags by how much requests were sent later than they were due, in nanoseconds
/// @param unanswered requests that had no answer when the load had ended and was waited for
/// @param unsent requests that were due but could not be sent before the load ended
/// @param steady whether the warm-up came to rest
record LoadReport(
        LoadPlan plan,
        double seconds,
        Map<Answer, Long> answers,
        Histogram latencies,
        Histogram lags,
        long unanswered,
        long unsent,
        boolean steady) {
    private static final double[] PERCENTILES = {50, 90, 99, 99.9};
    private static final double ENOUGH = 0.99;

    /// Requests that have ended, a second.
    double perSecond() {
        return answers.values().stream().mapToLong(Long::longValue).sum() / seconds;
    }

    /// Requests without the reply that they were sent for.
    long errors() {
        return answers.getOrDefault(Answer.ERROR, 0L) + answers.getOrDefault(Answer.FAILED, 0L) + unanswered;
    }

    /// Why the figures should be looked at with care.
    List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        if (!steady) {
            warnings.add("the warm-up did not come to rest");
        }
        if (plan.isOpen() && perSecond() < ENOUGH * plan.perSecond()) {
            warnings.add("only " + Numbers.text(perSecond()) + " of " + Numbers.text(plan.perSecond())
                    + " requests a second were answered: the server, or the generator, cannot do more");
        }
        if (plan.isOpen() && lags.getValueAtPercentile(99) > latencies.getValueAtPercentile(99) / 2) {
            warnings.add("half of the latency at 99 % or more passed before the request was sent: the generator had no"
                    + " processor, or no slot, when it was due");
        }
        return warnings;
    }

    /// As a table of few lines.
    String text() {
        StringBuilder text = new StringBuilder();
        line(
                text,
                "target",
                plan.target() + ", "
                        + (plan.isOpen()
                                ? "open loop, " + Numbers.text(plan.perSecond()) + " requests a second"
                                : "closed loop, " + plan.outstanding() + " under way")
                        + ", " + plan.threads() + (plan.threads() == 1 ? " thread" : " threads"));
        line(
                text,
                "answered",
                Numbers.text(perSecond()) + " requests a second for " + Numbers.text(seconds) + " s: "
                        + answers.getOrDefault(Answer.VALUE, 0L) + " values, "
                        + answers.getOrDefault(Answer.NOTHING, 0L) + " nothing, "
                        + answers.getOrDefault(Answer.DONE, 0L) + " done");
        line(
                text,
                "errors",
                answers.getOrDefault(Answer.ERROR, 0L) + " error replies, "
                        + answers.getOrDefault(Answer.FAILED, 0L) + " failed, " + unanswered + " unanswered, " + unsent
                        + " due but not sent");
        line(
                text,
                "latency",
                percentiles(latencies)
                        + (plan.isOpen() ? "; from the moment at which a request was due" : "; from sending"));
        if (plan.isOpen()) {
            line(text, "sent late by", percentiles(lags));
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append(String.format(Locale.ROOT, "%-13s %s%n", name, value));
    }

    /// The percentiles of some durations in nanoseconds: `p50 31.2 us, ...`.
    static String percentiles(Histogram nanos) {
        StringBuilder text = new StringBuilder();
        for (double percent : PERCENTILES) {
            text.append(name(percent))
                    .append(' ')
                    .append(micros(nanos.getValueAtPercentile(percent)))
                    .append(" us, ");
        }
        return text.append("max ")
                .append(micros(nanos.getMaxValue()))
                .append(" us")
                .toString();
    }

    private static String micros(long nanos) {
        return Numbers.text(nanos / 1e3);
    }

    private static String name(double percent) {
        return "p" + Double.toString(percent).replace(".0", "");
    }

    /// As data, for JSON.
    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("target", plan.target().toString());
        json.put("loop", plan.isOpen() ? "open" : "closed");
        json.put("rate", plan.perSecond());
        json.put("outstanding", plan.outstanding());
        json.put("threads", plan.threads());
        json.put("connections", plan.connections());
        json.put("keys", plan.workload().keys());
        json.put("popularity", plan.workload().popularity());
        json.put("mix", plan.workload().mix().toString());
        json.put("seconds", seconds);
        json.put("per_second", perSecond());
        Map<String, Object> counts = new LinkedHashMap<>();
        for (Answer answer : Answer.values()) {
            counts.put(answer.name().toLowerCase(Locale.ROOT), answers.getOrDefault(answer, 0L));
        }
        counts.put("unanswered", unanswered);
        counts.put("unsent", unsent);
        json.put("answers", counts);
        json.put("latency_us", json(latencies));
        json.put("lag_us", json(lags));
        json.put("steady", steady);
        json.put("warnings", warnings());
        return json;
    }

    private static Map<String, Object> json(Histogram nanos) {
        Map<String, Object> json = new LinkedHashMap<>();
        for (double percent : PERCENTILES) {
            json.put(name(percent), nanos.getValueAtPercentile(percent) / 1e3);
        }
        json.put("max", nanos.getMaxValue() / 1e3);
        return json;
    }
}
