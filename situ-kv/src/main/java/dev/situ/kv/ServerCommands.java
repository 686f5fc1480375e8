package dev.situ.kv;

import static dev.situ.kv.CommandFlag.ADMIN;
import static dev.situ.kv.CommandFlag.ALLOW_BUSY;
import static dev.situ.kv.CommandFlag.FAST;
import static dev.situ.kv.CommandFlag.LOADING;
import static dev.situ.kv.CommandFlag.NOSCRIPT;
import static dev.situ.kv.CommandFlag.NO_MULTI;
import static dev.situ.kv.CommandFlag.READONLY;
import static dev.situ.kv.CommandFlag.STALE;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Commands on the server: `INFO`, `CONFIG`, `TIME`, `LOLWUT`, `MONITOR`, `SHUTDOWN`.
final class ServerCommands {
    private ServerCommands() {}

    static List<CommandSpec.Builder> declarations() {
        return List.of(
                CommandSpec.command("info", -1)
                        .flags(LOADING, STALE)
                        .categories(AclCategory.DANGEROUS)
                        .tips("nondeterministic_output", "request_policy:all_shards", "response_policy:special")
                        .docs("server", "1.0.0", "Get information and statistics about the server")
                        .arguments("[section...]")
                        .body(ServerCommands::info),
                CommandSpec.command("config", -2)
                        .docs("server", "2.0.0", "A container for server configuration commands")
                        .complexity("Depends on subcommand.")
                        .subcommands(
                                config("get", -3, "Get the values of configuration parameters")
                                        .complexity("O(N) when N is the number of configuration parameters provided")
                                        .arguments("parameter:{parameter}...")
                                        .body(ServerCommands::configGet),
                                config("set", -4, "Change configuration parameters, all or none")
                                        .complexity("O(N) when N is the number of configuration parameters provided")
                                        .tips("request_policy:all_nodes", "response_policy:all_succeeded")
                                        .arguments("parameter_value:{parameter value}...")
                                        .secretBehind("requirepass")
                                        .body(ServerCommands::configSet),
                                config("resetstat", 2, "Begin the statistics of INFO anew")
                                        .body(ServerCommands::resetStatistics),
                                CommandSpec.command("rewrite", 2)
                                        .flags(ADMIN, NOSCRIPT, LOADING, STALE)
                                        .docs("server", "2.8.0", "Write the parameters to the configuration file")
                                        .body(ServerCommands::rewrite),
                                HelpSubcommand.declaration(
                                        "server",
                                        "GET <pattern>",
                                        "    Return parameters matching the glob-like <pattern> and their values.",
                                        "SET <directive> <value>",
                                        "    Set the configuration <directive> to <value>.",
                                        "RESETSTAT",
                                        "    Reset statistics reported by the INFO command.",
                                        "REWRITE",
                                        "    Rewrite the configuration file.")),
                CommandSpec.command("time", 1)
                        .flags(LOADING, STALE, FAST)
                        .tips("nondeterministic_output")
                        .docs("server", "2.6.0", "Tell the time of day of the server")
                        .body(ServerCommands::time),
                CommandSpec.command("lolwut", -1)
                        .flags(READONLY, FAST)
                        .docs("server", "5.0.0", "Tell the version of Redis whose behaviour this is")
                        .complexity("O(1)")
                        .arguments("[version:int=VERSION]")
                        .body(ServerCommands::lolwut),
                CommandSpec.command("monitor", 1)
                        .flags(ADMIN, NOSCRIPT, LOADING, STALE)
                        .docs("server", "1.0.0", "Get a line for each command that any client runs")
                        .complexity("O(1)")
                        .body(ServerCommands::monitor),
                CommandSpec.command("shutdown", -1)
                        .flags(ADMIN, NOSCRIPT, LOADING, STALE, NO_MULTI, ALLOW_BUSY)
                        .docs("server", "1.0.0", "Stop the server")
                        .arguments("[nosave_save:(nosave=NOSAVE | save=SAVE)] [now=NOW@7.0.0] [force=FORCE@7.0.0]"
                                + " [abort=ABORT@7.0.0]")
                        .body(ServerCommands::shutdown));
    }

    private static CommandSpec.Builder config(String name, int arity, String summary) {
        return CommandSpec.command(name, arity)
                .flags(ADMIN, NOSCRIPT, LOADING, STALE)
                .docs("server", "2.0.0", summary);
    }

    private static void info(Call call) {
        Set<String> names = new HashSet<>();
        for (int i = 1; i < call.count(); i++) {
            names.add(Text.lowerCase(call.text(i)));
        }
        call.reply().verbatim(InfoReport.of(call.keyspace, names));
    }

    // ---- parameters -----------------------------------------------------------------------------------------------

    private static void configGet(Call call) {
        Map<String, String> found = new LinkedHashMap<>();
        for (int i = 2; i < call.count(); i++) {
            collect(call.keyspace.settings(), call.text(i), found);
        }
        Reply reply = call.reply();
        reply.map(found.size());
        found.forEach((name, value) -> {
            reply.bulk(name);
            reply.bulk(value);
        });
    }

    /// A plain name is answered in the spelling of the question, as Redis does.
    private static void collect(Settings settings, String wanted, Map<String, String> found) {
        String pattern = Text.lowerCase(wanted);
        if (!Glob.isPattern(pattern)) {
            Setting setting = settings.find(pattern);
            if (setting != null && found.keySet().stream().noneMatch(name -> name.equalsIgnoreCase(wanted))) {
                found.put(wanted, setting.value());
            }
            return;
        }
        for (Setting setting : settings.all()) {
            if (Glob.matches(pattern, setting.name())) {
                found.put(setting.name(), setting.value());
            }
        }
    }

    private static void configSet(Call call) {
        if (call.count() % 2 != 0) {
            call.error(Errors.SYNTAX);
            return;
        }
        List<Map.Entry<String, String>> changes = new ArrayList<>();
        for (int i = 2; i < call.count(); i += 2) {
            changes.add(Map.entry(call.text(i), call.text(i + 1)));
        }
        answer(call, call.keyspace.settings().change(changes));
    }

    private static void rewrite(Call call) {
        answer(call, call.keyspace.settings().rewrite());
    }

    private static void answer(Call call, @Nullable String error) {
        if (error == null) {
            call.reply().ok();
        } else {
            call.error(error);
        }
    }

    private static void resetStatistics(Call call) {
        call.keyspace.serverTotals().reset();
        call.reply().ok();
    }

    // ---- others ---------------------------------------------------------------------------------------------------

    private static void time(Call call) {
        long micros = Timekeeping.micros();
        call.reply().array(2);
        call.reply().bulk(Long.toString(micros / 1_000_000));
        call.reply().bulk(Long.toString(micros % 1_000_000));
    }

    private static void lolwut(Call call) {
        if (call.has(2) && call.text(1).equalsIgnoreCase("version") && !call.isNumber(2)) {
            call.error(Errors.NOT_AN_INTEGER);
        } else {
            call.reply().verbatim("Redis ver. " + Keyspace.REDIS_VERSION + "\n");
        }
    }

    private static void monitor(Call call) {
        Session session = call.session();
        if (session.mailbox() == null) {
            call.error(Errors.NO_CONNECTION);
        } else {
            call.keyspace.monitors().add(session);
            call.reply().ok();
        }
    }

    /// There is nothing to save, and so nothing to be forced, and nothing that could be aborted.
    private static void shutdown(Call call) {
        Set<String> words = new HashSet<>();
        for (int i = 1; i < call.count(); i++) {
            words.add(Text.lowerCase(call.text(i)));
        }
        boolean known = Set.of("nosave", "save", "now", "force", "abort").containsAll(words);
        boolean both = words.contains("save") && words.contains("nosave");
        if (!known || both || (words.contains("abort") && words.size() > 1)) {
            call.error(Errors.SYNTAX);
            return;
        }
        Runnable stop = call.keyspace.stop();
        if (words.contains("abort")) {
            call.error("ERR No shutdown in progress.");
        } else if (stop == null) {
            call.error("ERR this server cannot be stopped by a command");
        } else {
            call.noReply();
            call.session().closeAfterReply();
            stop.run();
        }
    }
}
