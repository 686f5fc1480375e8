package dev.situ.kv;

import static dev.situ.kv.CommandFlag.NOSCRIPT;
import static dev.situ.kv.CommandFlag.WRITE;

import java.util.List;

/// `SCRIPT FLUSH` and `FUNCTION FLUSH`, which test suites send before each test: there are no scripts and no
/// functions, so it is done already.
final class ScriptCommands {
    private static final String ARGUMENTS = "[async:(async=ASYNC | sync=SYNC)]";

    private ScriptCommands() {}

    static List<CommandSpec.Builder> declarations() {
        return List.of(
                CommandSpec.command("script", -2)
                        .docs("scripting", "2.6.0", "A container for commands on scripts, of which there are none")
                        .complexity("Depends on subcommand.")
                        .subcommands(
                                flush("2.6.0", "Remove all scripts, of which there are none")
                                        .tips("request_policy:all_nodes", "response_policy:all_succeeded")
                                        .arguments("[async:(async=ASYNC | sync=SYNC)@6.2.0]")
                                        .body(ScriptCommands::flushScripts),
                                HelpSubcommand.declaration(
                                                "scripting",
                                                "FLUSH [ASYNC|SYNC]",
                                                "    Flush the Lua scripts cache. Very dangerous on replicas.",
                                                "    When called without the optional mode argument, the behavior is determined by"
                                                        + " the",
                                                "    lazyfree-lazy-user-flush configuration directive. Valid modes are:",
                                                "    * ASYNC: Asynchronously flush the scripts cache.",
                                                "    * SYNC: Synchronously flush the scripts cache.")
                                        .categories(AclCategory.SCRIPTING)),
                CommandSpec.command("function", -2)
                        .docs("scripting", "7.0.0", "A container for commands on functions, of which there are none")
                        .complexity("Depends on subcommand.")
                        .subcommands(
                                flush("7.0.0", "Remove all functions, of which there are none")
                                        .flags(WRITE)
                                        .tips("request_policy:all_shards", "response_policy:all_succeeded")
                                        .arguments(ARGUMENTS)
                                        .body(ScriptCommands::flushFunctions),
                                HelpSubcommand.declaration(
                                                "scripting",
                                                "FLUSH [ASYNC|SYNC]",
                                                "    Delete all the libraries.",
                                                "    When called without the optional mode argument, the behavior is determined by"
                                                        + " the",
                                                "    lazyfree-lazy-user-flush configuration directive. Valid modes are:",
                                                "    * ASYNC: Asynchronously flush the libraries.",
                                                "    * SYNC: Synchronously flush the libraries.")
                                        .categories(AclCategory.SCRIPTING)));
    }

    private static CommandSpec.Builder flush(String since, String summary) {
        return CommandSpec.command("flush", -2)
                .flags(NOSCRIPT)
                .categories(AclCategory.SCRIPTING)
                .docs("scripting", since, summary)
                .complexity("O(1)");
    }

    private static void flushScripts(Call call) {
        if (call.count() > 3 || !isMode(call)) {
            call.error("ERR SCRIPT FLUSH only support SYNC|ASYNC option");
        } else {
            call.reply().ok();
        }
    }

    private static void flushFunctions(Call call) {
        if (call.count() > 3) {
            call.error(Errors.unknownSubcommand(call));
        } else if (!isMode(call)) {
            call.error("ERR FUNCTION FLUSH only supports SYNC|ASYNC option");
        } else {
            call.reply().ok();
        }
    }

    private static boolean isMode(Call call) {
        return !call.has(2) || List.of("async", "sync").contains(Text.lowerCase(call.text(2)));
    }
}
