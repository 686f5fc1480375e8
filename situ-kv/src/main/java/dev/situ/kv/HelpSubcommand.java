package dev.situ.kv;

import static dev.situ.kv.CommandFlag.LOADING;
import static dev.situ.kv.CommandFlag.STALE;

import java.util.List;
import java.util.Locale;

/// `HELP`, the subcommand that tells people about its siblings, in Redis's words and only of those that exist.
final class HelpSubcommand {
    private HelpSubcommand() {}

    /// Begins its declaration.
    ///
    /// @param lines how each sibling is used, and what it does, indented by four blanks
    static CommandSpec.Builder declaration(String group, String... lines) {
        String text = String.join("\n", lines); // a string never changes: every worker reads it
        return CommandSpec.command("help", 2)
                .flags(LOADING, STALE)
                .docs(group, "5.0.0", "Show helpful text about the different subcommands")
                .body(call -> help(call, text));
    }

    private static void help(Call call, String text) {
        List<String> lines = text.lines().toList();
        String name = call.spec().fullName;
        String parent = name.substring(0, name.indexOf('|')).toUpperCase(Locale.ROOT);
        Reply reply = call.reply();
        reply.array(lines.size() + 3);
        reply.simple(parent + " <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
        for (String line : lines) {
            reply.simple(line);
        }
        reply.simple("HELP");
        reply.simple("    Prints this help.");
    }
}
