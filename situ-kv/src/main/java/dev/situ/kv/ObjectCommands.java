package dev.situ.kv;

import static dev.situ.kv.CommandFlag.READONLY;

import dev.situ.store.EvictionPolicy;
import dev.situ.store.Record;
import java.util.List;

/// `OBJECT`: what tools ask about the inside of a value, answered as far as there is such a thing here.
final class ObjectCommands {
    private static final int KEY = 2;
    /// Values of up to so many bytes have one block with their header in Redis.
    private static final int EMBEDDED_BYTES = 44;

    private static final String SWITCHING = " Please note that when switching between policies at runtime LRU and LFU"
            + " data will take some time to adjust.";

    private ObjectCommands() {}

    static List<CommandSpec.Builder> declarations() {
        return List.of(CommandSpec.command("object", -2)
                .docs("generic", "2.2.3", "A container for object introspection commands")
                .complexity("Depends on subcommand.")
                .subcommands(
                        subcommand(
                                "encoding",
                                "2.2.3",
                                "Inspect the internal encoding of a value",
                                ObjectCommands::encoding),
                        subcommand("freq", "4.0.0", "Get the access frequency of a key", ObjectCommands::frequency),
                        subcommand(
                                "idletime",
                                "2.2.3",
                                "Get the time since a key was last used",
                                ObjectCommands::idleTime),
                        subcommand(
                                "refcount",
                                "2.2.3",
                                "Get the number of references to the value of a key",
                                call -> call.reply().integer(1)),
                        HelpSubcommand.declaration(
                                        "generic",
                                        "ENCODING <key>",
                                        "    Return the kind of internal representation used in order to store the value",
                                        "    associated with a <key>.",
                                        "FREQ <key>",
                                        "    Return the access frequency index of the <key>. The returned integer is",
                                        "    proportional to the logarithm of the recent access frequency of the key.",
                                        "IDLETIME <key>",
                                        "    Return the idle time of the <key>, that is the approximated number of",
                                        "    seconds elapsed since the last access to the key.",
                                        "REFCOUNT <key>",
                                        "    Return the number of references of the value associated with the specified",
                                        "    <key>.")
                                .categories(AclCategory.KEYSPACE)));
    }

    private static CommandSpec.Builder subcommand(String name, String since, String summary, CommandBody answer) {
        return CommandSpec.command(name, 3)
                .flags(READONLY)
                .categories(AclCategory.KEYSPACE)
                .tips("nondeterministic_output")
                .keys(KEY, KEY, 1, "RO")
                .arguments("key:key")
                .docs("generic", since, summary)
                .body(call -> {
                    if (call.peek(KEY) == Record.NONE) {
                        call.reply().nothing();
                    } else {
                        answer.run(call);
                    }
                });
    }

    /// There is one way of keeping a value here; this is what Redis would have made of it.
    private static void encoding(Call call) {
        call.reply().bulk(encodingOf(call, call.peek(KEY)));
    }

    /// The same for a record.
    static String encodingOf(Call call, long record) {
        if (call.bytes.isInteger(record)) {
            return "int";
        }
        return call.bytes.length(record) <= EMBEDDED_BYTES ? "embstr" : "raw";
    }

    private static void frequency(Call call) {
        if (isLfu(call)) {
            call.reply().integer(call.worker.useFrequency(call.peek(KEY)));
        } else {
            call.error("ERR An LFU maxmemory policy is not selected, access frequency not tracked." + SWITCHING);
        }
    }

    /// Use is noted where it decides what is evicted; elsewhere every key was used just now.
    private static void idleTime(Call call) {
        if (isLfu(call)) {
            call.error("ERR An LFU maxmemory policy is selected, idle time not tracked." + SWITCHING);
        } else {
            call.reply().integer(isLru(call) ? call.worker.idleMillis(call.peek(KEY)) / 1000 : 0);
        }
    }

    private static boolean isLru(Call call) {
        EvictionPolicy policy = call.store.policy();
        return policy == EvictionPolicy.ALLKEYS_LRU || policy == EvictionPolicy.VOLATILE_LRU;
    }

    private static boolean isLfu(Call call) {
        EvictionPolicy policy = call.store.policy();
        return policy == EvictionPolicy.ALLKEYS_LFU || policy == EvictionPolicy.VOLATILE_LFU;
    }
}
