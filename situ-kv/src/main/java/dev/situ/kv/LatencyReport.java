package dev.situ.kv;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The texts of `LATENCY GRAPH` and `LATENCY DOCTOR`, for people.
final class LatencyReport {
    private static final int ROWS = 4;
    private static final int COLUMNS = 80;
    private static final String MARKS = "_o#"; // from low to high within a row
    private static final int STEPS = ROWS * MARKS.length();

    private LatencyReport() {}

    /// Draws samples as Redis does: a column each, the newest at the right, how long ago it was written below it.
    ///
    /// ```
    ///   command - high 50 ms, low 5 ms (all time high 50 ms)
    ///   --------------------------------------------------------------------------------
    ///     #
    ///    _|_
    ///   _|||
    ///   432
    ///   sss
    /// ```
    ///
    /// @param history with a sample at least
    /// @param nowSeconds since 1970
    static String graph(String event, LatencyEvents.History history, long nowSeconds) {
        List<LatencyEvents.Sample> all = history.samples();
        List<LatencyEvents.Sample> samples = all.subList(Math.max(0, all.size() - COLUMNS), all.size());
        long high =
                samples.stream().mapToLong(LatencyEvents.Sample::millis).max().orElseThrow();
        long low =
                samples.stream().mapToLong(LatencyEvents.Sample::millis).min().orElseThrow();
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%s - high %d ms, low %d ms (all time high %d ms)\n",
                event,
                high,
                low,
                history.maxMillis()));
        text.append("-".repeat(COLUMNS)).append('\n');
        for (int row = 0; row < ROWS; row++) {
            for (LatencyEvents.Sample sample : samples) {
                text.append(mark(sample.millis() - low, Math.max(1, high - low), ROWS - row - 1));
            }
            text.append('\n');
        }
        List<String> ages = samples.stream()
                .map(sample -> age(nowSeconds - sample.seconds()))
                .toList();
        int longest = ages.stream().mapToInt(String::length).max().orElseThrow();
        for (int i = 0; i < longest; i++) {
            for (String age : ages) {
                text.append(i < age.length() ? age.charAt(i) : ' ');
            }
            text.append('\n');
        }
        return text.toString();
    }

    /// @param row from below
    private static char mark(long value, long range, int row) {
        int step = (int) Math.min(STEPS - 1, value * STEPS / range) - row * MARKS.length();
        if (step < 0) {
            return ' ';
        }
        return step < MARKS.length() ? MARKS.charAt(step) : '|';
    }

    private static String age(long seconds) {
        if (seconds < 60) {
            return seconds + "s";
        }
        if (seconds < 3600) {
            return seconds / 60 + "m";
        }
        return seconds < 86_400 ? seconds / 3600 + "h" : seconds / 86_400 + "d";
    }

    /// Says what was late, and what helps.
    static String of(LatencyEvents events) {
        if (events.thresholdMillis() == 0) {
            return "Nothing is watched: set latency-monitor-threshold to the milliseconds from which on a command is"
                    + " late.\n";
        }
        Map<String, LatencyEvents.History> all = events.all();
        if (all.isEmpty()) {
            return "No command took " + events.thresholdMillis() + " ms or longer.\n";
        }
        StringBuilder text = new StringBuilder();
        all.forEach((event, history) -> text.append(String.format(
                Locale.ROOT,
                "%s: late in %d of the last seconds, on average by %d ms, %d ms at most.\n",
                event,
                history.samples().size(),
                (long) history.samples().stream()
                        .mapToLong(LatencyEvents.Sample::millis)
                        .average()
                        .orElse(0),
                history.maxMillis())));
        if (all.containsKey("command")) {
            text.append("Commands whose work grows with what they touch were late: SLOWLOG GET tells which.\n");
        }
        if (all.containsKey("fast-command")) {
            text.append("Commands that take no time were late: the machine is short of processors, or the store of"
                    + " memory.\n");
        }
        return text.toString();
    }
}
