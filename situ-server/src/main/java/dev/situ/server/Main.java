package dev.situ.server;

import java.io.PrintWriter;
import java.util.Objects;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ParameterException;

/// Situ's command line: `situ serve`, `situ cli`, `situ help`, `situ version`.
@Command(
        name = "situ",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "A zero-copy, in-memory key-value store with the Redis string API.",
        footer = {
            "",
            "Known to the launcher only: `situ bench` runs experiments, `situ load` puts a server under load,",
            "`situ test` runs all tests."
        },
        subcommands = {
            ServeCommand.class,
            CliCommand.class,
            Version.class,
            HelpCommand.class,
            AutoComplete.GenerateCompletion.class,
            TrainCommand.class
        })
final class Main implements Runnable {
    /// The exit code of what the user can mend: a bad option, a port in use, too little memory.
    static final int USER_ERROR = 2;

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init")
    private CommandLine.Model.CommandSpec spec;

    public static void main(String[] arguments) {
        Logging.configure();
        System.exit(commandLine().execute(arguments));
    }

    /// The whole command line, ready to execute. A user's mistake is one line on stderr and [#USER_ERROR].
    static CommandLine commandLine() {
        CommandLine situ = new CommandLine(new Main());
        // What follows the first word of a command belongs to the command: `situ cli SET key --raw`.
        Objects.requireNonNull(situ.getSubcommands().get("cli")).setStopAtPositional(true);
        return situ.setCaseInsensitiveEnumValuesAllowed(true)
                .setOverwrittenOptionsAllowed(true)
                .setParameterExceptionHandler((mistake, _) -> explain(mistake))
                .setExecutionExceptionHandler((failure, command, _) -> {
                    if (failure instanceof UserError) {
                        command.getErr().println("situ: " + failure.getMessage());
                        return USER_ERROR;
                    }
                    throw failure;
                });
    }

    /// The command line of `situ serve` alone, to parse what a configuration file says as if it was typed.
    static CommandLine serveCommand(ServeCommand command) {
        return new CommandLine(command)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOverwrittenOptionsAllowed(true);
    }

    private static int explain(ParameterException mistake) {
        CommandLine command = mistake.getCommandLine();
        PrintWriter err = command.getErr();
        String message =
                String.valueOf(mistake.getMessage()).lines().findFirst().orElse("");
        err.println("situ: " + message + " (see `" + command.getCommandSpec().qualifiedName() + " --help`)");
        return USER_ERROR;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
