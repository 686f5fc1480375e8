package dev.situ.server;

import dev.situ.client.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jline.reader.Completer;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.completer.ArgumentCompleter;
import org.jline.reader.impl.completer.NullCompleter;
import org.jline.reader.impl.completer.StringsCompleter;
import org.jline.reader.impl.history.DefaultHistory;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/// The prompt of `situ cli`: history in `~/.situ_history`, without lines that carry passwords, completion of
/// command names, Ctrl-C leaves the line, Ctrl-D or `quit` leaves the prompt.
final class Prompt {
    private final CommandChannel channel;
    private final String server;
    private final TypedCommands commands;

    Prompt(CommandChannel channel, String server, ReplyText text) {
        this.channel = channel;
        this.server = server;
        commands = new TypedCommands(channel, text, System.out);
    }

    /// Reads and runs commands until the user has enough.
    void run() throws IOException {
        try (Terminal terminal = TerminalBuilder.builder().system(true).build()) {
            LineReader reader = LineReaderBuilder.builder()
                    .terminal(terminal)
                    .appName("situ")
                    .completer(commandNames())
                    .history(new WithoutSecrets())
                    .variable(
                            LineReader.HISTORY_FILE,
                            Path.of(Objects.requireNonNullElse(System.getProperty("user.home"), "."), ".situ_history"))
                    .option(LineReader.Option.CASE_INSENSITIVE, true)
                    .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                    .build();
            boolean again = true;
            while (again) {
                again = readOne(reader);
            }
        }
    }

    private boolean readOne(LineReader reader) {
        String line;
        try {
            line = reader.readLine(server + "> ");
        } catch (UserInterruptException _) {
            return true;
        } catch (EndOfFileException _) {
            return false;
        }
        List<byte[]> command = CommandWords.split(line).orElse(null);
        if (command == null) {
            System.out.println("Invalid argument(s)");
            return true;
        }
        if (command.isEmpty()) {
            return true;
        }
        if (TypedCommands.leave(command)) {
            return false;
        }
        try {
            commands.run(command);
        } catch (IOException e) {
            System.out.println("Error: " + e.getMessage());
        }
        return true;
    }

    /// A history that takes no line with a password.
    private static final class WithoutSecrets extends DefaultHistory {
        @Override
        public void add(Instant time, String line) {
            if (!SecretLines.contain(line)) {
                super.add(time, line);
            }
        }
    }

    /// Completes the names that the server says it knows; none if it does not answer.
    private Completer commandNames() {
        List<String> names = new ArrayList<>();
        try {
            if (channel.call(List.of("COMMAND".getBytes(StandardCharsets.US_ASCII)))
                    instanceof Reply.Array(List<Reply> commands)) {
                for (Reply command : commands) {
                    if (command instanceof Reply.Array(List<Reply> parts)
                            && parts.getFirst() instanceof Reply.Bulk name) {
                        names.add(name.text().toUpperCase(Locale.ROOT));
                    }
                }
            }
        } catch (IOException e) {
            System.out.println("Error: " + e.getMessage());
        }
        // The first word only: what follows are keys and values, which nobody can guess.
        return new ArgumentCompleter(new StringsCompleter(names), NullCompleter.INSTANCE);
    }
}
