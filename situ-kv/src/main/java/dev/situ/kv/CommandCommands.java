package dev.situ.kv;

import static dev.situ.kv.CommandFlag.LOADING;
import static dev.situ.kv.CommandFlag.STALE;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// `COMMAND`: what the server tells about its commands, out of their declarations.
final class CommandCommands {
    private static final String NONDETERMINISTIC = "nondeterministic_output_order";

    private static final String[] HELP = {
        "(no subcommand)",
        "    Return details about all Redis commands.",
        "COUNT",
        "    Return the total number of commands in this Redis server.",
        "GETKEYS <full-command>",
        "    Return the keys from a full Redis command.",
        "GETKEYSANDFLAGS <full-command>",
        "    Return the keys and the access flags from a full Redis command.",
        "LIST",
        "    Return a list of all commands in this Redis server.",
        "INFO [<command-name> ...]",
        "    Return details about multiple Redis commands.",
        "    If no command names are given, documentation details for all",
        "    commands are returned.",
        "DOCS [<command-name> ...]",
        "    Return documentation details about multiple Redis commands.",
        "    If no command names are given, documentation details for all",
        "    commands are returned."
    };

    private CommandCommands() {}

    static List<CommandSpec.Builder> declarations() {
        return List.of(CommandSpec.command("command", -1)
                .flags(LOADING, STALE)
                .categories(AclCategory.CONNECTION)
                .tips(NONDETERMINISTIC)
                .docs("server", "2.8.13", "Get array of Redis command details")
                .complexity("O(N) where N is the total number of Redis commands")
                .body(call -> info(call, 1))
                .subcommands(
                        subcommand("count", 2, "2.8.13", "Get total number of Redis commands")
                                .complexity("O(1)")
                                .body(call -> call.reply()
                                        .integer(call.keyspace.commands().all().size())),
                        subcommand("info", -2, "2.8.13", "Get array of specific Redis command details, or all")
                                .tips(NONDETERMINISTIC)
                                .arguments("[command-name...]")
                                .body(call -> info(call, 2)),
                        subcommand("docs", -2, "7.0.0", "Get array of specific Redis command documentation")
                                .tips(NONDETERMINISTIC)
                                .arguments("[command-name...]")
                                .body(CommandCommands::docs),
                        subcommand("list", -2, "7.0.0", "Get an array of Redis command names")
                                .tips(NONDETERMINISTIC)
                                .complexity("O(N) where N is the total number of Redis commands")
                                .arguments("[filterby:(module-name:string=MODULE | category:string=ACLCAT"
                                        + " | pattern:pattern=PATTERN)=FILTERBY]")
                                .body(CommandCommands::list),
                        subcommand("getkeys", -4, "2.8.13", "Tell which arguments of a command are keys")
                                .complexity("O(N) where N is the number of arguments to the command")
                                .body(call -> keys(call, false)),
                        subcommand("getkeysandflags", -4, "7.0.0", "Tell which are keys, and what is done with them")
                                .complexity("O(N) where N is the number of arguments to the command")
                                .body(call -> keys(call, true)),
                        HelpSubcommand.declaration("server", HELP).categories(AclCategory.CONNECTION)));
    }

    private static CommandSpec.Builder subcommand(String name, int arity, String since, String summary) {
        return CommandSpec.command(name, arity)
                .flags(LOADING, STALE)
                .categories(AclCategory.CONNECTION)
                .docs("server", since, summary)
                .complexity("O(N) where N is the number of commands to look up");
    }

    private static void list(Call call) {
        List<String> names = new ArrayList<>();
        if (!call.has(2)) {
            call.keyspace.commands().all().forEach(spec -> names.add(spec.name));
        } else if (call.count() == 5 && call.text(2).equalsIgnoreCase("filterby")) {
            String value = call.text(4);
            switch (Text.lowerCase(call.text(3))) {
                case "module" -> {} // there are none
                case "aclcat" -> collect(call, names, spec -> isIn(spec, value));
                case "pattern" -> {
                    String pattern = Text.lowerCase(value);
                    collect(call, names, spec -> Glob.matches(pattern, spec.fullName));
                }
                default -> {
                    call.error(Errors.SYNTAX);
                    return;
                }
            }
        } else {
            call.error(Errors.SYNTAX);
            return;
        }
        call.reply().array(names.size());
        names.forEach(call.reply()::bulk);
    }

    private static void collect(Call call, List<String> names, Predicate<CommandSpec> filter) {
        call.keyspace.commands().forEach(spec -> {
            if (filter.test(spec)) {
                names.add(spec.fullName);
            }
        });
    }

    private static boolean isIn(CommandSpec spec, String category) {
        return spec.categories.stream().anyMatch(its -> its.text().substring(1).equalsIgnoreCase(category));
    }

    // ---- keys -----------------------------------------------------------------------------------------------------

    private static void keys(Call call, boolean andFlags) {
        int first = 2;
        CommandSpec spec = call.keyspace.commands().find(call.text(first));
        if (spec != null && spec.subcommands != null) {
            CommandSpec subcommand =
                    spec.body == null ? call.keyspace.commands().find(spec.name + "|" + call.text(first + 1)) : spec;
            spec = subcommand;
        }
        if (spec == null) {
            call.error("ERR Invalid command specified");
        } else if (spec.keys == null) {
            call.error("ERR The command has no key arguments");
        } else if (!spec.takes(call.count() - first)) {
            call.error("ERR Invalid number of arguments specified for command");
        } else {
            List<KeyUse> uses = KeyUse.of(spec, call, first);
            if (uses.isEmpty()) {
                call.error("ERR Invalid arguments specified for command");
            } else {
                write(call, uses, andFlags);
            }
        }
    }

    private static void write(Call call, List<KeyUse> uses, boolean andFlags) {
        Reply reply = call.reply();
        reply.array(uses.size());
        for (KeyUse use : uses) {
            if (andFlags) {
                reply.array(2);
            }
            reply.bulk(call.text(use.argument()));
            if (andFlags) {
                reply.set(use.flags().size());
                use.flags().forEach(reply::simple);
            }
        }
    }

    // ---- descriptions ---------------------------------------------------------------------------------------------

    /// The commands that the arguments name, null for a name that is none; all commands without arguments.
    private static List<@Nullable CommandSpec> named(Call call, int first) {
        List<@Nullable CommandSpec> named = new ArrayList<>();
        if (first >= call.count()) {
            named.addAll(call.keyspace.commands().all());
        }
        for (int i = first; i < call.count(); i++) {
            named.add(call.keyspace.commands().find(call.text(i)));
        }
        return named;
    }

    private static void info(Call call, int first) {
        List<@Nullable CommandSpec> named = named(call, first);
        call.reply().array(named.size());
        for (CommandSpec spec : named) {
            if (spec == null) {
                call.reply().nothing();
            } else {
                describe(call.reply(), spec);
            }
        }
    }

    private static void describe(Reply reply, CommandSpec spec) {
        KeyRange keys = spec.keys != null && !spec.keys.isCounted() ? spec.keys : null;
        reply.array(10);
        reply.bulk(spec.fullName);
        reply.integer(spec.arity);
        reply.set(spec.flags.size());
        spec.flags.forEach(flag -> reply.simple(flag.text()));
        reply.integer(keys == null ? 0 : keys.first());
        reply.integer(keys == null ? 0 : keys.last());
        reply.integer(keys == null ? 0 : keys.step());
        reply.set(spec.categories.size());
        spec.categories.forEach(category -> reply.simple(category.text()));
        reply.set(spec.tips.size());
        spec.tips.forEach(reply::bulk);
        reply.set(spec.keyParts.size());
        spec.keyParts.forEach(part -> describe(reply, part));
        CommandTable subcommands = spec.subcommands;
        reply.set(subcommands == null ? 0 : subcommands.all().size());
        if (subcommands != null) {
            subcommands.all().forEach(subcommand -> describe(reply, subcommand));
        }
    }

    private static void describe(Reply reply, KeyRange keys) {
        reply.map(keys.notes().isEmpty() ? 3 : 4);
        if (!keys.notes().isEmpty()) {
            reply.bulk("notes");
            reply.bulk(keys.notes());
        }
        reply.bulk("flags");
        reply.set(keys.flags().size());
        keys.flags().forEach(reply::simple);
        reply.bulk("begin_search");
        reply.map(2);
        reply.bulk("type");
        reply.bulk("index");
        reply.bulk("spec");
        reply.map(1);
        reply.bulk("index");
        reply.integer(keys.isCounted() ? keys.countAt() : keys.first());
        reply.bulk("find_keys");
        reply.map(2);
        reply.bulk("type");
        if (keys.isCounted()) {
            describeCounted(reply, keys);
        } else {
            describeRange(reply, keys);
        }
    }

    private static void describeCounted(Reply reply, KeyRange keys) {
        reply.bulk("keynum");
        reply.bulk("spec");
        reply.map(3);
        reply.bulk("keynumidx");
        reply.integer(0);
        reply.bulk("firstkey");
        reply.integer(1);
        reply.bulk("keystep");
        reply.integer(keys.step());
    }

    private static void describeRange(Reply reply, KeyRange keys) {
        reply.bulk("range");
        reply.bulk("spec");
        reply.map(3);
        reply.bulk("lastkey");
        reply.integer(keys.last() < 0 ? keys.last() : keys.last() - keys.first());
        reply.bulk("keystep");
        reply.integer(keys.step());
        reply.bulk("limit");
        reply.integer(0);
    }

    private static void docs(Call call) {
        List<@Nullable CommandSpec> named = named(call, 2);
        named.removeIf(spec -> spec == null);
        call.reply().map(named.size());
        for (CommandSpec spec : named) {
            if (spec != null) {
                document(call.reply(), spec);
            }
        }
    }

    private static void document(Reply reply, CommandSpec spec) {
        CommandTable subcommands = spec.subcommands;
        reply.bulk(spec.fullName);
        reply.map(4
                + (spec.isSystem ? 1 : 0)
                + (spec.deprecatedSince.isEmpty() ? 0 : 3)
                + (spec.arguments.isEmpty() ? 0 : 1)
                + (subcommands == null ? 0 : 1));
        reply.bulk("summary");
        reply.bulk(spec.summary);
        reply.bulk("since");
        reply.bulk(spec.since);
        reply.bulk("group");
        reply.bulk(spec.group);
        reply.bulk("complexity");
        reply.bulk(spec.complexity);
        if (!spec.deprecatedSince.isEmpty() || spec.isSystem) {
            reply.bulk("doc_flags");
            reply.set(1);
            reply.simple(spec.isSystem ? "syscmd" : "deprecated");
        }
        if (!spec.deprecatedSince.isEmpty()) {
            reply.bulk("deprecated_since");
            reply.bulk(spec.deprecatedSince);
            reply.bulk("replaced_by");
            reply.bulk(spec.replacedBy);
        }
        if (!spec.arguments.isEmpty()) {
            reply.bulk("arguments");
            reply.array(spec.arguments.size());
            spec.arguments.forEach(argument -> argument.write(reply));
        }
        if (subcommands != null) {
            reply.bulk("subcommands");
            reply.map(subcommands.all().size());
            subcommands.all().forEach(subcommand -> document(reply, subcommand));
        }
    }
}
