package dev.situ.bench.compare;

import dev.situ.bench.compare.Change.Value;
import dev.situ.bench.compare.Change.Verdict;
import dev.situ.bench.frame.Measurement;
import dev.situ.bench.frame.Numbers;
import dev.situ.bench.report.Report;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/// `situ bench compare`: what has changed between two runs, beyond what their rounds differ by.
@Command(
        name = "compare",
        description = {
            "Print what has changed from one folder of results to another.",
            "",
            "A change is beyond noise when every round of one run lies above every round of the other. Ratios and counts"
                    + " are judged; times and rates are the machine's, and are only shown, with --all."
        })
public final class CompareCommand implements Callable<Integer> {
    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init")
    private CommandLine.Model.CommandSpec spec;

    @Parameters(index = "0", paramLabel = "<before>", description = "A folder that a run has left.")
    @SuppressWarnings("NullAway.Init")
    private Path before;

    @Parameters(index = "1", paramLabel = "<after>", description = "Another one.")
    @SuppressWarnings("NullAway.Init")
    private Path after;

    @Option(names = "--all", description = "Show what has not changed, or cannot be judged, too.")
    private boolean all;

    /// For picocli, which sets the fields.
    public CompareCommand() {}

    @Override
    public Integer call() {
        Map<String, Measurement> a = read(before);
        Map<String, Measurement> b = read(after);
        PrintWriter out = spec.commandLine().getOut();
        Comparison.differences(a, b).forEach(difference -> out.println("beware, the runs differ in " + difference));
        List<Change> changes = Comparison.of(a, b);
        List<Change> shown = all
                ? changes
                : changes.stream().filter(CompareCommand::isBeyondNoise).toList();
        print(out, shown);
        out.println(changes.stream().filter(CompareCommand::isBeyondNoise).count() + " of " + changes.size()
                + " entries changed beyond noise");
        out.flush();
        return 0;
    }

    private static boolean isBeyondNoise(Change change) {
        return change.verdict() == Verdict.HIGHER || change.verdict() == Verdict.LOWER;
    }

    private Map<String, Measurement> read(Path folder) {
        Map<String, Measurement> measurements;
        try {
            measurements = Report.measurements(folder);
        } catch (IOException e) {
            throw new ParameterException(spec.commandLine(), folder + " cannot be read: " + e, e);
        }
        if (measurements.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "there are no results in " + folder);
        }
        return measurements;
    }

    private static void print(PrintWriter out, List<Change> changes) {
        if (changes.isEmpty()) {
            return;
        }
        row(out, "experiment", "name", "before", "after", "change", "");
        for (Change change : changes) {
            row(
                    out,
                    change.experiment(),
                    change.name(),
                    text(change.before()),
                    text(change.after()),
                    change.percent()
                            .map(percent -> String.format(Locale.ROOT, "%+.1f %%", percent))
                            .orElse(""),
                    change.verdict().name().toLowerCase(Locale.ROOT).replace('_', ' '));
        }
    }

    private static void row(PrintWriter out, Object... cells) {
        out.println(String.format(Locale.ROOT, "%-11s %-32s %-24s %-24s %9s  %s", cells)
                .stripTrailing());
    }

    private static String text(Optional<Value> value) {
        return value.map(of -> Numbers.text(of.median())
                        + of.spread()
                                .map(spread ->
                                        " (" + Numbers.text(spread.low()) + " to " + Numbers.text(spread.high()) + ")")
                                .orElse(""))
                .orElse("–");
    }
}
