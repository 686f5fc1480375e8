package dev.situ.kv;

import static dev.situ.kv.CommandFlag.ADMIN;
import static dev.situ.kv.CommandFlag.LOADING;
import static dev.situ.kv.CommandFlag.NOSCRIPT;
import static dev.situ.kv.CommandFlag.STALE;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Commands on the server: `INFO`, `CONFIG GET`.
final class ServerCommands {
    /// What is answered for settings of Redis that tools ask for and that are always so here.
    private static final Map<String, String> FIXED_SETTINGS = Map.of(
            "save", "",
            "appendonly", "no",
            "databases", "16",
            "maxmemory-policy", "noeviction",
            "proto-max-bulk-len", "536870912",
            "client-query-buffer-limit", "1073741824",
            "timeout", "0");

    private ServerCommands() {}

    static List<CommandSpec.Builder> declarations() {
        return List.of(
                CommandSpec.command("info", -1)
                        .flags(LOADING, STALE)
                        .categories(AclCategory.DANGEROUS)
                        .tips("nondeterministic_output", "request_policy:all_shards", "response_policy:special")
                        .docs("server", "1.0.0", "Get information and statistics about the server")
                        .body(ServerCommands::info),
                CommandSpec.command("config", -2)
                        .docs("server", "2.0.0", "A container for server configuration commands")
                        .complexity("Depends on subcommand.")
                        .subcommands(
                                CommandSpec.command("get", -3)
                                        .flags(ADMIN, NOSCRIPT, LOADING, STALE)
                                        .docs("server", "2.0.0", "Get the values of configuration parameters")
                                        .complexity("O(N) when N is the number of configuration parameters provided")
                                        .body(ServerCommands::configGet),
                                HelpSubcommand.declaration(
                                        "server",
                                        "GET <pattern>",
                                        "    Return parameters matching the glob-like <pattern> and their values.")));
    }

    private static void info(Call call) {
        InfoReport report = new InfoReport(call.keyspace);
        if (call.count() == 1) {
            report.addDefault();
        }
        for (int i = 1; i < call.count(); i++) {
            report.add(Text.lowerCase(call.text(i)));
        }
        call.reply().verbatim(report.text());
    }

    private static void configGet(Call call) {
        Map<String, String> settings = new TreeMap<>(FIXED_SETTINGS);
        settings.put("maxmemory", Long.toString(call.keyspace.info().maxMemoryBytes()));
        settings.put("maxclients", Long.toString(call.keyspace.info().maxClients()));
        settings.put("port", Integer.toString(call.keyspace.info().tcpPort()));
        settings.putAll(call.keyspace.info().settings());
        Map<String, String> found = new LinkedHashMap<>();
        for (int i = 2; i < call.count(); i++) {
            collect(settings, call.text(i), found);
        }
        Reply reply = call.reply();
        reply.map(found.size());
        found.forEach((name, value) -> {
            reply.bulk(name);
            reply.bulk(value);
        });
    }

    /// A plain name is answered in the spelling of the question, as Redis does.
    private static void collect(Map<String, String> settings, String wanted, Map<String, String> found) {
        String pattern = Text.lowerCase(wanted);
        if (!Glob.isPattern(pattern)) {
            String value = settings.get(pattern);
            if (value != null && found.keySet().stream().noneMatch(name -> name.equalsIgnoreCase(wanted))) {
                found.put(wanted, value);
            }
            return;
        }
        settings.forEach((name, value) -> {
            if (Glob.matches(pattern, name)) {
                found.put(name, value);
            }
        });
    }
}
