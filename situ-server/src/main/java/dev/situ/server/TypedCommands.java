package dev.situ.server;

import dev.situ.client.Reply;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/// Runs what is typed, at the prompt, in a pipe, or behind `situ cli`: commands of the server, and `help`.
/// Replies go to stdout.
final class TypedCommands {
    private static final String HELP =
            "Type a command and its arguments, for instance SET key value. COMMAND LIST shows all commands, help name"
                    + " describes one. quit or Ctrl-D leaves. Lines are kept in ~/.situ_history, but for those with"
                    + " passwords.";

    private final CommandChannel channel;
    private final ReplyText text;
    private final PrintStream errors;

    /// @param errors for what is wrong with a command before the server sees it
    TypedCommands(CommandChannel channel, ReplyText text, PrintStream errors) {
        this.channel = channel;
        this.text = text;
        this.errors = errors;
    }

    /// Says whether a line asks to leave.
    static boolean leave(List<byte[]> words) {
        return is("quit", words) || is("exit", words);
    }

    /// Runs a command, of at least one word, and prints its reply.
    ///
    /// @return whether it is no error
    /// @throws IOException if the server cannot be reached or does not answer; its message is for people
    boolean run(List<byte[]> words) throws IOException {
        if (is("help", words)) {
            return help(words.subList(1, words.size()));
        }
        if (!channel.isConnection() && ConnectionCommands.contain(words)) {
            errors.println("situ: " + ConnectionCommands.name(words)
                    + " needs a connection, and over R2P2 every request stands alone: use --tcp");
            return false;
        }
        Reply reply = channel.call(words);
        print(text.of(reply));
        return !(reply instanceof Reply.Failure);
    }

    private boolean help(List<byte[]> name) throws IOException {
        if (name.isEmpty()) {
            System.out.println(HELP);
            return true;
        }
        Reply docs = channel.call(CommandHelp.request(name));
        if (docs instanceof Reply.Failure) {
            print(text.of(docs));
            return false;
        }
        String help = CommandHelp.text(docs);
        if (help.isEmpty()) {
            errors.println("situ: the server has no such command; COMMAND LIST shows all");
            return false;
        }
        print(help.getBytes(StandardCharsets.UTF_8));
        return true;
    }

    private static void print(byte[] bytes) {
        PrintStream out = System.out;
        out.writeBytes(bytes);
        out.flush();
    }

    private static boolean is(String word, List<byte[]> words) {
        return new String(words.getFirst(), StandardCharsets.UTF_8)
                .toLowerCase(Locale.ROOT)
                .equals(word);
    }
}
