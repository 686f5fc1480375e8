package dev.situ.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// `situ bench`: the experiments.
@Command(
        name = "situ bench",
        mixinStandardHelpOptions = true,
        description = "Measure Situ beside its peers. Every figure is a ratio within one run.",
        subcommands = {UdpComparison.class, CommandLine.HelpCommand.class})
final class Main implements Runnable {
    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init")
    private CommandLine.Model.CommandSpec spec;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
