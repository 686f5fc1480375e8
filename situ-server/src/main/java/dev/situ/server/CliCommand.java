package dev.situ.server;

import dev.situ.client.Reply;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `situ cli`: a prompt, or one command.
@Command(
        name = "cli",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        showDefaultValues = true,
        description = {
            "Talk to a server: with a command, run it and print its reply; without, read commands.",
            "At a terminal replies are quoted, with their types, as redis-cli prints them; elsewhere they are raw."
        })
final class CliCommand implements Callable<Integer> {
    private static final int FAILED = 1;
    private static final String PASSWORD = "SITU_PASSWORD";
    private static final int DEFAULT_TCP_PORT = 6379;
    private static final int DEFAULT_R2P2_PORT = 8000;

    @Option(names = "--host", paramLabel = "<host>", defaultValue = "127.0.0.1", description = "The server's address.")
    @SuppressWarnings("NullAway.Init")
    private String host;

    @Option(
            names = {"-p", "--port"},
            paramLabel = "<port>",
            defaultValue = "0",
            description = "The server's port; 0 is 8000, or 6379 with --tcp.")
    private int port;

    @Option(names = "--tcp", description = "Use RESP over TCP instead of R2P2 over UDP.")
    private boolean tcp;

    @Option(names = "--user", paramLabel = "<name>", description = "With --tcp: the user to log in as.")
    private @Nullable String user;

    @Option(
            names = "--pass",
            paramLabel = "<password>",
            description = "With --tcp: the password to log in with. Better given as SITU_PASSWORD in the environment:"
                    + " others can see the arguments of a process.")
    private @Nullable String password;

    @Option(names = "--raw", description = "Print replies raw, also at a terminal.")
    private boolean raw;

    @Option(names = "--no-raw", description = "Print replies quoted, also elsewhere.")
    private boolean quoted;

    @Parameters(
            arity = "0..*",
            paramLabel = "<word>",
            description = "A command and its arguments, for instance GET key.")
    @SuppressWarnings("NullAway.Init")
    private List<String> words = List.of();

    @Override
    public Integer call() throws IOException {
        int serverPort = port != 0 ? port : tcp ? DEFAULT_TCP_PORT : DEFAULT_R2P2_PORT;
        if (serverPort < 0 || serverPort > 65_535) {
            throw new UserError("--port is " + serverPort + ", must be 1 to 65535");
        }
        InetSocketAddress server = new InetSocketAddress(Addresses.resolve("--host", host), serverPort);
        if (!tcp && !(server.getAddress() instanceof Inet4Address)) {
            throw new UserError("R2P2 needs an IPv4 address, and --host is " + host + ": use --tcp");
        }
        if (!tcp && (user != null || password != null)) {
            throw new UserError("--user and --pass are for a connection: use --tcp");
        }
        try (CommandChannel channel = tcp ? new TcpChannel(server) : new R2p2Channel(server)) {
            if (tcp && !isLoggedIn(channel)) {
                return FAILED;
            }
            if (!words.isEmpty()) {
                List<byte[]> command = words.stream()
                        .map(word -> word.getBytes(StandardCharsets.UTF_8))
                        .toList();
                return new TypedCommands(channel, text(), System.err).run(command) ? 0 : FAILED;
            }
            if (isTerminal()) {
                new Prompt(channel, Addresses.format(server), text()).run();
                return 0;
            }
            return runLines(channel);
        } catch (IOException e) {
            System.err.println("situ: " + e.getMessage());
            return FAILED;
        }
    }

    /// Logs in, if there is a password to do it with.
    private boolean isLoggedIn(CommandChannel channel) throws IOException {
        String given = password != null ? password : System.getenv(PASSWORD);
        if (given == null) {
            if (user != null) {
                throw new UserError("--user needs a password: --pass, or " + PASSWORD + " in the environment");
            }
            return true;
        }
        List<byte[]> auth = Stream.of("AUTH", user == null ? "default" : user, given)
                .map(word -> word.getBytes(StandardCharsets.UTF_8))
                .toList();
        if (channel.call(auth) instanceof Reply.Failure(String line)) {
            System.err.println("situ: " + line);
            return false;
        }
        return true;
    }

    private ReplyText text() {
        return quoted || (isTerminal() && !raw) ? ReplyText.QUOTED : ReplyText.RAW;
    }

    // JDK 22 to 24 always had a console; JDK 25 has none again where there is no terminal.
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        return System.console() != null && System.console().isTerminal();
    }

    /// Runs the commands on standard input, a line each, to its end or to `quit`.
    private int runLines(CommandChannel channel) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        TypedCommands commands = new TypedCommands(channel, text(), System.err);
        boolean allWell = true;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            List<byte[]> command = CommandWords.split(line).orElse(null);
            if (command == null) {
                System.err.println("situ: the quotes do not match: " + line);
                allWell = false;
            } else if (!command.isEmpty()) {
                if (TypedCommands.leave(command)) {
                    break;
                }
                allWell &= commands.run(command);
            }
        }
        return allWell ? 0 : FAILED;
    }
}
