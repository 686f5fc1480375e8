package dev.situ.kv;

import static dev.situ.kv.CommandFlag.READONLY;

import dev.situ.memory.Words;
import dev.situ.resp.Command;
import dev.situ.store.Record;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Commands that look for keys: `KEYS`, `SCAN`, `RANDOMKEY`.
final class ScanCommands {
    private static final byte[] MATCH = Text.bytes("match");
    private static final byte[] COUNT = Text.bytes("count");
    private static final byte[] TYPE = Text.bytes("type");
    private static final byte[] STRING = Text.bytes("string");
    private static final int USUAL_COUNT = 10;

    private ScanCommands() {}

    static List<CommandSpec.Builder> declarations() {
        return List.of(
                CommandSpec.command("keys", 2)
                        .flags(READONLY)
                        .categories(AclCategory.KEYSPACE, AclCategory.DANGEROUS)
                        .tips("request_policy:all_shards", "nondeterministic_output_order")
                        .arguments("pattern:pattern")
                        .docs("generic", "1.0.0", "Find all keys matching the given pattern")
                        .complexity("O(N) with N being the number of keys in the database")
                        .body(ScanCommands::keys),
                CommandSpec.command("scan", -2)
                        .flags(READONLY)
                        .categories(AclCategory.KEYSPACE)
                        .tips("nondeterministic_output", "request_policy:special")
                        .arguments("cursor:int [pattern:pattern=MATCH] [count:int=COUNT]" + " [type:string=TYPE@6.0.0]")
                        .docs("generic", "2.8.0", "Incrementally iterate the keys")
                        .complexity("O(1) for every call. O(N) for a complete iteration.")
                        .body(ScanCommands::scan),
                CommandSpec.command("randomkey", 1)
                        .flags(READONLY)
                        .categories(AclCategory.KEYSPACE)
                        .tips("request_policy:all_shards", "nondeterministic_output")
                        .docs("generic", "1.0.0", "Return a random key")
                        .body(ScanCommands::random));
    }

    private static void keys(Call call) {
        RecordList records = call.records;
        try {
            long cursor = 0;
            do {
                cursor = call.worker.scan(cursor, Integer.MAX_VALUE, records);
            } while (cursor != 0);
            keepMatches(call, pattern(call, 1));
            reply(call);
        } finally {
            records.clear();
        }
    }

    /// `SCAN cursor [MATCH pattern] [COUNT count] [TYPE type]`
    private static void scan(Call call) {
        String text = call.text(1);
        if (!isCursor(text)) {
            call.error("ERR invalid cursor");
            return;
        }
        long count = USUAL_COUNT;
        Glob pattern = null;
        boolean strings = true;
        for (int i = 2; i < call.count(); i += 2) {
            boolean last = i + 1 == call.count();
            if (!last && call.is(i, COUNT)) {
                if (!call.isNumber(i + 1)) {
                    call.error(Errors.NOT_AN_INTEGER);
                    return;
                }
                count = call.number(i + 1);
            } else if (!last && call.is(i, MATCH)) {
                pattern = pattern(call, i + 1);
            } else if (!last && call.is(i, TYPE)) {
                strings = call.is(i + 1, STRING);
            } else {
                count = 0;
            }
            if (count < 1) {
                call.error(Errors.SYNTAX);
                return;
            }
        }
        scan(call, cursor(text), (int) Math.min(count, Integer.MAX_VALUE), pattern, strings);
    }

    private static void scan(Call call, long cursor, int count, @Nullable Glob pattern, boolean strings) {
        RecordList records = call.records;
        try {
            long next = call.worker.scan(cursor, count, records);
            if (strings) {
                keepMatches(call, pattern);
            } else {
                records.cut(0); // every value is a string
            }
            call.reply().array(2);
            call.reply().bulk(Long.toUnsignedString(next));
            reply(call);
        } finally {
            records.clear();
        }
    }

    private static boolean isCursor(String text) {
        if (!text.matches("([+-]?[0-9]+)?")) {
            return false;
        }
        try {
            cursor(text);
            return true;
        } catch (NumberFormatException _) {
            return false; // beyond 64 bits
        }
    }

    /// A number as C's `strtoul` reads it: nothing is 0, and a negative one is as far from the top.
    private static long cursor(String text) {
        boolean negative = text.startsWith("-");
        String digits = negative ? text.substring(1) : text;
        long value = digits.isEmpty() ? 0 : Long.parseUnsignedLong(digits);
        return negative ? -value : value;
    }

    /// The pattern that an argument is, or null: every key matches it.
    private static @Nullable Glob pattern(Call call, int argument) {
        Command c = call.command();
        boolean all = c.length(argument) == 1 && Words.getByte(c.memory(), c.offset(argument)) == '*';
        return all ? null : new Glob(call.text(argument));
    }

    private static void keepMatches(Call call, @Nullable Glob pattern) {
        if (pattern == null) {
            return;
        }
        RecordList records = call.records;
        int kept = 0;
        for (int i = 0; i < records.size(); i++) {
            long record = records.get(i);
            int length = Record.keyLength(call.region, record);
            // In Redis an empty key matches "*" and the empty pattern, but not "**".
            boolean matches = length == 0
                    ? pattern.isEmpty()
                    : pattern.matches(call.region, Record.keyOffset(call.region, record), length);
            if (matches) {
                records.move(i, kept++);
            }
        }
        records.cut(kept);
    }

    private static void reply(Call call) {
        RecordList records = call.records;
        call.reply().array(records.size());
        for (int i = 0; i < records.size(); i++) {
            replyKey(call, records.get(i));
        }
    }

    private static void replyKey(Call call, long record) {
        call.reply().bulk(call.region, Record.keyOffset(call.region, record), Record.keyLength(call.region, record));
    }

    private static void random(Call call) {
        long record = call.worker.random();
        if (record == Record.NONE) {
            call.reply().nothing();
        } else {
            replyKey(call, record);
        }
    }
}
