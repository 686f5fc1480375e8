package dev.situ.kv;

import static dev.situ.kv.CommandFlag.FAST;
import static dev.situ.kv.CommandFlag.READONLY;

import dev.situ.store.LookupBurst;
import dev.situ.store.Record;
import java.util.HexFormat;
import java.util.List;

/// Commands that read values: `GET`, `MGET`, `STRLEN`, `GETRANGE`, `SUBSTR`, `DIGEST`.
final class StringReadCommands {
    private static final int KEY = 1;
    private static final String OF_RETURNED = "O(N) where N is the length of the returned string.";

    private StringReadCommands() {}

    static List<CommandSpec.Builder> declarations() {
        return List.of(
                CommandSpec.command("get", 2)
                        .flags(READONLY, FAST)
                        .categories(AclCategory.STRING)
                        .keys(1, 1, 1, "RO", "access")
                        .arguments("key:key")
                        .docs("string", "1.0.0", "Get the value of a key")
                        .isLookup()
                        .body(StringReadCommands::get),
                CommandSpec.command("mget", -2)
                        .flags(READONLY, FAST)
                        .categories(AclCategory.STRING)
                        .tips("request_policy:multi_shard")
                        .keys(1, -1, 1, "RO", "access")
                        .arguments("key:key...")
                        .docs("string", "1.0.0", "Get the values of all the given keys")
                        .complexity("O(N) where N is the number of keys to retrieve.")
                        .body(StringReadCommands::getAll),
                CommandSpec.command("strlen", 2)
                        .flags(READONLY, FAST)
                        .categories(AclCategory.STRING)
                        .keys(1, 1, 1, "RO")
                        .arguments("key:key")
                        .docs("string", "2.2.0", "Get the length of the value stored in a key")
                        .body(StringReadCommands::length),
                CommandSpec.command("digest", 2)
                        .flags(READONLY, FAST)
                        .categories(AclCategory.STRING)
                        .keys(1, 1, 1, "RO", "access")
                        .arguments("key:key")
                        .docs("string", "8.4.0", "Get the XXH3 hash of the value of a key, in hexadecimal")
                        .complexity("O(N) where N is the length of the value.")
                        .body(StringReadCommands::digest),
                range("getrange", "2.4.0"),
                range("substr", "1.0.0").deprecated("2.0.0", "`GETRANGE`"));
    }

    private static CommandSpec.Builder range(String name, String since) {
        return CommandSpec.command(name, 4)
                .flags(READONLY)
                .categories(AclCategory.STRING)
                .keys(1, 1, 1, "RO", "access")
                .arguments("key:key start:int end:int")
                .docs("string", since, "Get a substring of the string stored at a key")
                .complexity(OF_RETURNED)
                .body(StringReadCommands::getRange);
    }

    private static void get(Call call) {
        call.valueOrNothing(call.lookUp(KEY));
    }

    private static void getAll(Call call) {
        call.reply().array(call.count() - KEY);
        for (int key = KEY; key < call.count(); key += Call.MOST_LOOKUPS) {
            LookupBurst found = call.lookUpFrom(key);
            for (int i = 0; i < found.size(); i++) {
                call.valueOrNothing(found.record(i));
            }
        }
    }

    private static void length(Call call) {
        long record = call.lookUp(KEY);
        call.reply().integer(record == Record.NONE ? 0 : Record.valueLength(call.region, record));
    }

    private static void digest(Call call) {
        long record = call.lookUp(KEY);
        if (record == Record.NONE) {
            call.reply().nothing();
        } else {
            call.reply().bulk(HexFormat.of().toHexDigits(call.bytes.digest(record)));
        }
    }

    /// Both ends belong to the range; negative ones count from the end of the value.
    private static void getRange(Call call) {
        if (!call.isNumber(2) || !call.isNumber(3)) {
            call.error(Errors.NOT_AN_INTEGER);
            return;
        }
        long record = call.lookUp(KEY);
        long length = record == Record.NONE ? 0 : Record.valueLength(call.region, record);
        long first = fromEnd(call.number(2), length);
        long last = Math.min(fromEnd(call.number(3), length), length - 1);
        if (length == 0
                || first > last
                || (call.number(2) < 0 && call.number(3) < 0 && call.number(2) > call.number(3))) {
            call.reply().bulk("");
        } else {
            call.reply().value(call.store, record, (int) first, (int) (last - first + 1));
        }
    }

    private static long fromEnd(long index, long length) {
        return Math.max(0, index < 0 ? index + length : index);
    }
}
