package dev.situ.kv;

import static dev.situ.kv.CommandFlag.DENYOOM;
import static dev.situ.kv.CommandFlag.READONLY;
import static dev.situ.kv.CommandFlag.WRITE;

import dev.situ.kv.notify.KeyEvent;
import dev.situ.memory.Consumes;
import dev.situ.resp.Command;
import dev.situ.store.Record;
import dev.situ.store.StoreStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Commands that move values between servers: `DUMP`, `RESTORE`. What one of Redis and Situ dumps, the other
/// restores.
final class DumpCommands {
    private static final int KEY = 1;
    private static final int TTL = 2;
    private static final int PAYLOAD = 3;
    private static final int MOST_FREQUENCY = 255;

    private static final byte[] REPLACE = Text.bytes("replace");
    private static final byte[] ABSOLUTE = Text.bytes("absttl");
    private static final byte[] IDLE = Text.bytes("idletime");
    private static final byte[] FREQUENCY = Text.bytes("freq");

    private static final String BUSY = "BUSYKEY Target key name already exists.";

    private DumpCommands() {}

    /// What may follow the payload.
    private record Options(boolean replace, boolean absolute) {}

    static List<CommandSpec.Builder> declarations() {
        return List.of(
                CommandSpec.command("dump", 2)
                        .flags(READONLY)
                        .categories(AclCategory.KEYSPACE)
                        .tips("nondeterministic_output")
                        .keys(1, 1, 1, "RO", "access")
                        .arguments("key:key")
                        .docs("generic", "2.6.0", "Return a serialised version of the value stored at a key")
                        .complexity("O(N) where N is the length of the value")
                        .body(DumpCommands::dump),
                CommandSpec.command("restore", -4)
                        .flags(WRITE, DENYOOM)
                        .categories(AclCategory.KEYSPACE, AclCategory.DANGEROUS)
                        .keys(1, 1, 1, "OW", "update")
                        .arguments("key:key ttl:int serialized-value [replace=REPLACE@3.0.0]"
                                + " [absttl=ABSTTL@5.0.0] [seconds:int=IDLETIME@5.0.0]" + " [frequency:int=FREQ@5.0.0]")
                        .docs("generic", "2.6.0", "Create a key from a serialised value that DUMP gave")
                        .complexity("O(N) where N is the length of the value")
                        .body(DumpCommands::restore));
    }

    private static void dump(Call call) {
        long record = call.lookUp(KEY);
        if (record == Record.NONE) {
            call.reply().nothing();
        } else {
            call.rdbString.write(call, record);
        }
    }

    /// `RESTORE key ttl payload [REPLACE] [ABSTTL] [IDLETIME seconds] [FREQ frequency]`
    private static void restore(Call call) {
        Options options = options(call);
        if (options == null) {
            return;
        }
        Command command = call.command();
        if (!options.replace && call.find(KEY) != Record.NONE) {
            call.error(BUSY);
        } else if (!call.isNumber(TTL)) {
            call.error(Errors.NOT_AN_INTEGER);
        } else if (call.number(TTL) < 0) {
            call.error("ERR Invalid TTL value, must be >= 0");
        } else if (!RdbString.isIntact(command.memory(), command.offset(PAYLOAD), command.length(PAYLOAD))) {
            call.error("ERR DUMP payload version or checksum are wrong");
        } else {
            store(call, options);
        }
    }

    private static void store(Call call, Options options) {
        Command command = call.command();
        int length = call.rdbString.read(command.memory(), command.offset(PAYLOAD), command.length(PAYLOAD));
        if (length < 0) {
            call.error("ERR Bad data format");
            return;
        }
        long record = Framing.claim(
                call.worker, call.region, command.memory(), command.offset(KEY), command.length(KEY), length);
        if (record == Record.NONE) {
            call.error(Errors.OUT_OF_MEMORY);
            return;
        }
        long now = call.worker.nowMillis();
        long ttl = call.number(TTL);
        long at = ttl == 0 || options.absolute ? ttl : ttl + now; // wraps, as in Redis
        if (!call.rdbString.copyTo(call.region, record)) {
            call.worker.abort(record);
            call.error("ERR Bad data format");
        } else if (at != 0 && at <= now) {
            call.worker.abort(record);
            if (call.delete(KEY)) {
                call.changed(KEY, KeyEvent.DEL);
            }
            call.reply().ok();
        } else {
            Record.setExpireAtMillis(call.region, record, at);
            publish(call, record, options.replace);
        }
    }

    private static void publish(Call call, @Consumes long record, boolean replace) {
        StoreStatus status = replace ? call.worker.put(record) : call.worker.putIfAbsent(record);
        switch (status) {
            case STORED -> {
                call.created(call.session().database(), KEY);
                call.changed(KEY, KeyEvent.RESTORE);
                call.reply().ok();
            }
            case FULL -> call.error(Errors.OUT_OF_MEMORY);
            default -> call.error(BUSY); // it came in between
        }
    }

    /// The options, or null: the reply says what is wrong. How a key was used is read, and forgotten.
    private static @Nullable Options options(Call call) {
        boolean replace = false;
        boolean absolute = false;
        boolean idle = false;
        boolean frequency = false;
        for (int i = PAYLOAD + 1; i < call.count(); i++) {
            String error = Errors.SYNTAX;
            boolean more = i + 1 < call.count();
            if (call.is(i, REPLACE)) {
                replace = true;
                continue;
            } else if (call.is(i, ABSOLUTE)) {
                absolute = true;
                continue;
            } else if (call.is(i, IDLE) && more && !frequency) {
                idle = true;
                error = number(call, ++i, Long.MAX_VALUE, "ERR Invalid IDLETIME value, must be >= 0");
            } else if (call.is(i, FREQUENCY) && more && !idle) {
                frequency = true;
                error = number(call, ++i, MOST_FREQUENCY, "ERR Invalid FREQ value, must be >= 0 and <= 255");
            }
            if (error != null) {
                call.error(error);
                return null;
            }
        }
        return new Options(replace, absolute);
    }

    private static @Nullable String number(Call call, int argument, long most, String outOfRange) {
        if (!call.isNumber(argument)) {
            return Errors.NOT_AN_INTEGER;
        }
        return call.number(argument) < 0 || call.number(argument) > most ? outOfRange : null;
    }
}
