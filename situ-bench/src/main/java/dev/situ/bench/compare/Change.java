package dev.situ.bench.compare;

import dev.situ.bench.frame.Spread;
import java.util.Optional;
import java.util.Set;

/// One entry of a summary in two runs.
///
/// @param experiment whose summary it is in
/// @param name in the summary
/// @param unit of both values; empty for ratios and counts
/// @param before,after the values, with their spread as far as it is known; nothing if a run has no such entry
record Change(String experiment, String name, String unit, Optional<Value> before, Optional<Value> after) {
    /// A value of one run.
    ///
    /// @param median of the rounds
    /// @param spread of the rounds, if it is known
    record Value(double median, Optional<Spread> spread) {}

    /// What can be said of a change.
    enum Verdict {
        /// Every round of the later run is above every round of the earlier.
        HIGHER,
        /// Every round of the later run is below every round of the earlier.
        LOWER,
        /// The rounds of both overlap.
        WITHIN_NOISE,
        /// A time or a rate, which is the machine's as much as ours, or a value whose spread is not known.
        NOT_JUDGED,
        /// Only one of the runs has it.
        MISSING
    }

    private static final Set<String> ABSOLUTE = Set.of("ns", "us", "ms", "s", "1/s", "Mops/s", "MB/s");

    /// What can be said of it.
    ///
    /// The noise is what the rounds themselves show: as long as some round of one run lies between rounds of the
    /// other, the difference may be chance. With five rounds each, chance alone sets all of one run above all of
    /// the other, or below, in 1 of 126 cases; with three in 1 of 10.
    Verdict verdict() {
        if (before.isEmpty() || after.isEmpty()) {
            return Verdict.MISSING;
        }
        Optional<Spread> a = before.get().spread;
        Optional<Spread> b = after.get().spread;
        if (ABSOLUTE.contains(unit) || a.isEmpty() || b.isEmpty()) {
            return Verdict.NOT_JUDGED;
        }
        if (b.get().low() > a.get().high()) {
            return Verdict.HIGHER;
        }
        return b.get().high() < a.get().low() ? Verdict.LOWER : Verdict.WITHIN_NOISE;
    }

    /// The change of the medians in percent of the earlier one; nothing if that is 0, or a run has no value.
    Optional<Double> percent() {
        if (before.isEmpty() || after.isEmpty() || before.get().median == 0) {
            return Optional.empty();
        }
        return Optional.of((after.get().median / before.get().median - 1) * 100);
    }
}
