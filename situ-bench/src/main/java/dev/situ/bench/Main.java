package dev.situ.bench;

import dev.situ.bench.compare.CompareCommand;
import dev.situ.bench.frame.Child;
import dev.situ.bench.frame.Experiment;
import dev.situ.bench.frame.Measurement;
import dev.situ.bench.frame.Run;
import dev.situ.bench.frame.Scale;
import dev.situ.bench.load.LoadCommand;
import dev.situ.bench.r2p2.UdpComparison;
import dev.situ.bench.report.Report;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/// `situ bench`: the experiments.
@Command(
        name = "situ bench",
        mixinStandardHelpOptions = true,
        description = "Measure Situ beside its peers. Every figure is a ratio within one run.",
        footer = {
            "",
            "`situ bench micro`, known to the launcher only, runs the microbenchmarks; it takes JMH's options."
        },
        subcommands = {CompareCommand.class, UdpComparison.class, CommandLine.HelpCommand.class})
final class Main implements Callable<Integer> {
    private static final int USER_ERROR = 2;

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init")
    private CommandLine.Model.CommandSpec spec;

    @Parameters(
            arity = "0..*",
            paramLabel = "<experiment>",
            completionCandidates = Experiments.Names.class,
            description = "What to measure: ${COMPLETION-CANDIDATES}, or all. `report` only writes the report again.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--quick", description = "A look: at most a minute for each experiment, fewer rounds.")
    private boolean quick;

    @Option(names = "--tiny", hidden = true, description = "Whether everything runs; the figures mean nothing.")
    private boolean tiny;

    @Option(
            names = "--out",
            paramLabel = "<folder>",
            defaultValue = "target/bench",
            description = "Where JSON, SVG and index.html go: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init")
    private Path out;

    public static void main(String[] arguments) throws Exception {
        if (arguments.length > 1 && arguments[0].equals(Child.MARK)) {
            Child.run(Experiments.task(arguments[1]), Arrays.asList(arguments).subList(2, arguments.length));
            return;
        }
        if (arguments.length > 0 && arguments[0].equals("load")) {
            System.exit(LoadCommand.execute(
                    Arrays.asList(arguments).subList(1, arguments.length).toArray(String[]::new)));
        }
        // Plots are drawn into files, whatever screen there is.
        System.setProperty("java.awt.headless", "true");
        System.exit(execute(arguments));
    }

    static int execute(String... arguments) {
        return new CommandLine(new Main()).execute(arguments);
    }

    @Override
    public Integer call() throws IOException {
        if (names.isEmpty()) {
            spec.commandLine().usage(spec.commandLine().getOut());
            return USER_ERROR;
        }
        List<Experiment> wanted = wanted();
        Report report = new Report(out);
        PrintStream progress = System.err;
        int failed = 0;
        for (Experiment experiment : wanted) {
            try {
                Measurement measurement = experiment.measure(new Run(experiment.name(), scale(), progress));
                report.keep(measurement);
                measurement
                        .summary()
                        .forEach((name, _) -> progress.println(
                                experiment.name() + ": " + name + " " + measurement.summaryText(name)));
            } catch (Exception e) {
                // The others may still have something to say.
                failed++;
                progress.println(experiment.name() + " failed: " + e);
                e.printStackTrace(progress);
            }
            report.write(Experiments.ALL);
        }
        if (wanted.isEmpty()) {
            report.write(Experiments.ALL);
        }
        spec.commandLine().getOut().println(report.index());
        return failed == 0 ? 0 : 1;
    }

    private Scale scale() {
        return tiny ? Scale.TINY : quick ? Scale.QUICK : Scale.FULL;
    }

    private List<Experiment> wanted() {
        if (names.equals(List.of("report"))) {
            return List.of();
        }
        if (names.equals(List.of("all"))) {
            return Experiments.ALL;
        }
        List<Experiment> wanted = new ArrayList<>();
        for (String name : names) {
            wanted.add(Experiments.ALL.stream()
                    .filter(experiment -> experiment.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new ParameterException(
                            spec.commandLine(),
                            "there is no experiment '" + name + "'; there are: "
                                    + String.join(", ", new Experiments.Names()) + ", all, report")));
        }
        return wanted;
    }
}
