package dev.situ.bench.load;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// `situ load`: the load generator.
@Command(
        name = "situ load",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Load a server, over R2P2 or TCP, and say how long requests take.",
            "",
            "With --rate requests are sent at a fixed rate, and each latency counts from the moment at which its request"
                    + " was due: a server that stalls is charged with every request that it delays. With --outstanding the"
                    + " next request is sent when one was answered: that finds the peak throughput."
        },
        footer = {
            "",
            "A line a second goes to stderr, the result to stdout. Exit code 1: requests failed.",
            "--target echo measures the generator itself: what it shows is the most it can do."
        })
public final class LoadCommand implements Callable<Integer> {
    private static final int USER_ERROR = 2;
    private static final int OPEN_OUTSTANDING = 16_384;
    private static final int CLOSED_OUTSTANDING = 64;
    private static final int CONNECTIONS = 16;

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init")
    private CommandLine.Model.CommandSpec spec;

    @Option(
            names = "--target",
            required = true,
            paramLabel = "<url>",
            description = "r2p2://host:port, tcp://host:port, memcached://host:port, or echo.")
    @SuppressWarnings("NullAway.Init")
    private String target;

    @ArgGroup
    private @Nullable Loop loop;

    /// Open or closed.
    static final class Loop {
        @Option(names = "--rate", paramLabel = "<n>", description = "Requests a second: an open loop.")
        private double rate;

        @Option(
                names = "--outstanding",
                paramLabel = "<n>",
                description = "Requests under way: a closed loop. By default 64.")
        private int outstanding;
    }

    @Option(
            names = "--preset",
            paramLabel = "<name>",
            completionCandidates = Presets.class,
            converter = PresetConverter.class,
            description = "A published workload: ${COMPLETION-CANDIDATES}. The options below change parts of it.")
    private @Nullable Preset preset;

    @Option(names = "--keys", paramLabel = "<n>", description = "Different keys: by default 1000000.")
    private @Nullable Long keys;

    @Option(
            names = "--dist",
            paramLabel = "<dist>",
            description = "Which keys are popular: uniform (by default) or zipf:0.99.")
    private @Nullable String dist;

    @Option(
            names = "--value-size",
            paramLabel = "<sizes>",
            description = "Bytes of values: fixed:64 (by default), lognormal:<mu>,<sigma>, trace:<file> (one a line).")
    private @Nullable String valueSize;

    @Option(
            names = "--mix",
            paramLabel = "<mix>",
            description = "Shares of operations, of get, set, delete, insert, rmw: get:95,set:5; by default get:100.")
    private @Nullable String mix;

    @Option(
            names = "--duration",
            paramLabel = "<time>",
            defaultValue = "30s",
            description = "How long is measured: 500ms, 30s, 2m. By default ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init")
    private String duration;

    @Option(
            names = "--warm-up",
            paramLabel = "<time>",
            defaultValue = "10s",
            description = "How long the load runs before at most; less if three windows agree within 5 %% (their"
                    + " throughput; in an open loop their median latency). By default ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init")
    private String warmUp;

    @Option(
            names = "--threads",
            paramLabel = "<n>",
            defaultValue = "1",
            description = "Threads that send; each needs a processor. By default ${DEFAULT-VALUE}.")
    private int threads;

    @Option(names = "--connections", paramLabel = "<n>", description = "TCP connections: by default 16 a thread.")
    private @Nullable Integer connections;

    @Option(names = "--no-fill", description = "Do not store the keys first: they are there.")
    private boolean noFill;

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    /// For picocli, which sets the fields.
    public LoadCommand() {}

    /// Runs the command with these words.
    ///
    /// @return the exit code: 0, 1 if requests failed, 2 for the user's mistake
    public static int execute(String... words) {
        return new CommandLine(new LoadCommand())
                .setParameterExceptionHandler((mistake, _) -> {
                    String what = String.valueOf(mistake.getMessage());
                    mistake.getCommandLine().getErr().println("situ load: " + what + " (see `situ load --help`)");
                    return USER_ERROR;
                })
                .setExecutionExceptionHandler((failure, command, _) -> {
                    if (failure instanceof IOException) {
                        command.getErr().println("situ load: " + failure.getMessage());
                        return USER_ERROR;
                    }
                    throw failure;
                })
                .execute(words);
    }

    @Override
    public Integer call() throws Exception {
        LoadPlan plan;
        try {
            plan = plan();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        PrintStream progress = System.err;
        LoadReport report = LoadRun.run(plan, progress);
        report.warnings().forEach(warning -> progress.println("load: beware: " + warning));
        if (json) {
            spec.commandLine()
                    .getOut()
                    .println(JsonMapper.builder()
                            .enable(SerializationFeature.INDENT_OUTPUT)
                            .build()
                            .writeValueAsString(report.json()));
        } else {
            spec.commandLine().getOut().print(report.text());
        }
        spec.commandLine().getOut().flush();
        return report.errors() == 0 ? 0 : 1;
    }

    private LoadPlan plan() {
        double rate = loop == null ? 0 : loop.rate;
        int outstanding = loop == null || loop.outstanding == 0 ? CLOSED_OUTSTANDING : loop.outstanding;
        return new LoadPlan(
                Target.parse(target),
                workload(),
                rate,
                rate > 0 ? Math.multiplyExact(threads, OPEN_OUTSTANDING) : outstanding,
                threads,
                connections == null ? Math.multiplyExact(threads, CONNECTIONS) : connections,
                nanos(duration),
                nanos(warmUp),
                !noFill && !target.equals("echo"));
    }

    private Workload workload() {
        Workload workload = preset == null ? Workload.USUAL : preset.workload();
        if (keys != null) {
            workload = workload.withKeys(keys);
        }
        if (dist != null) {
            workload = workload.withPopularity(dist);
        }
        if (valueSize != null) {
            workload = workload.withValueSizes(Sizes.parse(valueSize));
        }
        return mix == null ? workload : workload.withMix(Mix.parse(mix));
    }

    /// Reads a time: `500ms`, `30s`, `2m`.
    static long nanos(String text) {
        String[] units = {"ms", "s", "m"};
        long[] each = {1_000_000, 1_000_000_000, 60_000_000_000L};
        for (int i = 0; i < units.length; i++) {
            if (text.matches("\\d{1,9}" + units[i])) {
                long number = Long.parseLong(text.substring(0, text.length() - units[i].length()));
                return Math.multiplyExact(number, each[i]);
            }
        }
        throw new IllegalArgumentException("'" + text + "' is no time: 500ms, 30s and 2m are");
    }

    /// The names of the presets.
    static final class Presets implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            List<String> names = new ArrayList<>();
            for (Preset preset : Preset.values()) {
                names.add(preset.toString());
            }
            return names.iterator();
        }
    }

    /// Reads the name of a preset.
    static final class PresetConverter implements CommandLine.ITypeConverter<Preset> {
        @Override
        public Preset convert(String name) {
            for (Preset preset : Preset.values()) {
                if (preset.toString().equalsIgnoreCase(name)) {
                    return preset;
                }
            }
            throw new CommandLine.TypeConversionException(
                    "there is no preset '" + name + "'; there are: " + String.join(", ", new Presets()));
        }
    }
}
