package dev.situ.kv;

import static dev.situ.kv.CommandFlag.ADMIN;
import static dev.situ.kv.CommandFlag.LOADING;
import static dev.situ.kv.CommandFlag.NOSCRIPT;
import static dev.situ.kv.CommandFlag.STALE;

import dev.situ.store.Record;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// `DEBUG`: what test suites of clients use of it. Nobody may unless `enable-debug-command` says so.
final class DebugCommands {
    private static final String[] HELP = {
        "ERROR <string>",
        "    Return a Redis protocol error with <string> as message. Useful for clients",
        "    unit tests to simulate Redis errors.",
        "LOG <message>",
        "    Write <message> to the server log.",
        "OBJECT <key>",
        "    Show low level info about `key` and associated value.",
        "PROTOCOL <type>",
        "    Reply with a test value of the specified type. <type> can be: string,",
        "    integer, double, null, array, set, map, attrib, push, verbatim, true,",
        "    false.",
        "SET-ACTIVE-EXPIRE <0|1>",
        "    Setting it to 0 disables expiring keys (and hash-fields) in background ",
        "    when they are not accessed (otherwise the Redis behavior). Setting it",
        "    to 1 reenables back the default.",
        "SLEEP <seconds>",
        "    Stop the server for <seconds>. Decimals allowed.",
        "HELP",
        "    Prints this help."
    };
    private static final double LONGEST_SECONDS = 3600;
    private static final System.Logger LOG = System.getLogger("dev.situ.kv");

    private DebugCommands() {}

    static List<CommandSpec.Builder> declarations() {
        return List.of(CommandSpec.command("debug", -2)
                .flags(ADMIN, NOSCRIPT, LOADING, STALE)
                .docs("server", "1.0.0", "A container for debugging commands")
                .complexity("Depends on subcommand.")
                .isSystem()
                .body(DebugCommands::debug));
    }

    private static void debug(Call call) {
        String who = call.keyspace.debugCommand();
        Peer peer = call.session().peer();
        boolean local = peer != null && (peer.isLocalSocket() || isLoopback(peer.address()));
        if (!who.equals("yes") && !(who.equals("local") && local)) {
            call.error(
                    "ERR DEBUG command not allowed. If the enable-debug-command option is set to \"local\", you can run"
                            + " it from a local connection, otherwise you need to set this option in the configuration file, and"
                            + " then restart the server.");
            return;
        }
        String name = Text.lowerCase(call.text(1));
        if (name.equals("help") && call.count() == 2) {
            help(call);
        } else if (call.count() != 3) {
            call.error(Errors.unknownSubcommand(call));
        } else {
            debug(call, name);
        }
    }

    private static boolean isLoopback(String address) {
        return address.startsWith("127.") || address.startsWith("[::1]");
    }

    private static void debug(Call call, String name) {
        switch (name) {
            case "sleep" -> sleep(call);
            case "object" -> object(call);
            case "error" -> call.error(call.text(2));
            case "protocol" -> protocol(call);
            case "log" -> log(call);
            case "set-active-expire" -> {
                call.keyspace.setExpiresActively(call.isNumber(2) && call.number(2) != 0);
                call.reply().ok();
            }
            default -> call.error(Errors.unknownSubcommand(call));
        }
    }

    private static void help(Call call) {
        call.reply().array(HELP.length + 1);
        call.reply().simple("DEBUG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
        for (String line : HELP) {
            call.reply().simple(line);
        }
    }

    /// Stops this thread and all its connections; those of other threads go on.
    private static void sleep(Call call) {
        double seconds;
        try {
            seconds = Double.parseDouble(call.text(2));
        } catch (NumberFormatException e) {
            seconds = 0;
        }
        long end = System.nanoTime()
                + (long) (Math.clamp(Double.isNaN(seconds) ? 0 : seconds, 0, LONGEST_SECONDS)
                        * TimeUnit.SECONDS.toNanos(1));
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        call.reply().ok();
    }

    private static void log(Call call) {
        LOG.log(System.Logger.Level.WARNING, "DEBUG LOG: " + call.text(2));
        call.reply().ok();
    }

    private static void object(Call call) {
        long record = call.find(2);
        if (record == Record.NONE) {
            call.error("ERR no such key");
            return;
        }
        call.reply()
                .simple(String.format(
                        Locale.ROOT,
                        "Value at:0x%x refcount:1 encoding:%s serializedlength:%d lru:0 lru_seconds_idle:0",
                        record,
                        ObjectCommands.encodingOf(call, record),
                        call.bytes.length(record) + 1));
    }

    private static void protocol(Call call) {
        Reply reply = call.reply();
        switch (Text.lowerCase(call.text(2))) {
            case "string" -> reply.bulk("Hello World");
            case "integer" -> reply.integer(12345);
            case "double" -> reply.fraction(3.141);
            case "null" -> reply.nothing();
            case "array" -> numbers(reply, false);
            case "set" -> numbers(reply, true);
            case "map" -> {
                reply.map(3);
                for (int i = 0; i < 3; i++) {
                    reply.integer(i);
                    reply.bool(i == 1);
                }
            }
            case "attrib" -> attribute(reply);
            case "push" -> push(reply);
            case "verbatim" -> reply.verbatim("This is a verbatim\nstring");
            case "true" -> reply.bool(true);
            case "false" -> reply.bool(false);
            case "bignum" -> reply.bigNumber("1234567999999999999999999999999999999");
            default ->
                call.error("ERR Wrong protocol type name. Please use one of the following:"
                        + " string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false");
        }
    }

    private static void numbers(Reply reply, boolean asSet) {
        if (asSet) {
            reply.set(3);
        } else {
            reply.array(3);
        }
        for (int i = 0; i < 3; i++) {
            reply.integer(i);
        }
    }

    private static void attribute(Reply reply) {
        if (reply.isResp3()) {
            reply.raw(Text.bytes("|1\r\n"));
            reply.bulk("key-popularity");
            reply.array(2);
            reply.bulk("key:123");
            reply.integer(90);
        }
        reply.bulk("Some real reply following the attribute");
    }

    private static void push(Reply reply) {
        if (!reply.isResp3()) {
            reply.error("ERR RESP2 is not supported by this command");
            return;
        }
        reply.push(2);
        reply.bulk("server-cpu-usage");
        reply.integer(42);
        reply.bulk("Some real reply following the push reply");
    }
}
