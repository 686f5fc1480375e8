package dev.situ.kv;

import static dev.situ.kv.CommandFlag.FAST;
import static dev.situ.kv.CommandFlag.READONLY;
import static dev.situ.kv.CommandFlag.WRITE;

import dev.situ.kv.notify.KeyEvent;
import dev.situ.store.Record;
import dev.situ.store.StoreStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Commands that tell when a key expires, and that say it: `TTL`, `PTTL`, `EXPIRETIME`, `PEXPIRETIME`; `EXPIRE`,
/// `PEXPIRE`, `EXPIREAT`, `PEXPIREAT`, `PERSIST`.
final class ExpiryCommands {
    private static final int KEY = 1;
    private static final int NO_KEY = -2;
    private static final int NO_EXPIRY = -1;

    private static final byte[] NX = Text.bytes("nx");
    private static final byte[] XX = Text.bytes("xx");
    private static final byte[] GT = Text.bytes("gt");
    private static final byte[] LT = Text.bytes("lt");

    private ExpiryCommands() {}

    static List<CommandSpec.Builder> declarations() {
        return List.of(
                command("ttl", "1.0.0", "Get the time to live for a key in seconds")
                        .tips("nondeterministic_output")
                        .body(call -> reply(call, true, true)),
                command("pttl", "2.6.0", "Get the time to live for a key in milliseconds")
                        .tips("nondeterministic_output")
                        .body(call -> reply(call, false, true)),
                command("expiretime", "7.0.0", "Get the expiration Unix timestamp for a key")
                        .body(call -> reply(call, true, false)),
                command("pexpiretime", "7.0.0", "Get the expiration Unix timestamp for a key in milliseconds")
                        .body(call -> reply(call, false, false)),
                change("expire", "1.0.0", "Set a key's time to live in seconds", ExpiryUnit.EX),
                change("pexpire", "2.6.0", "Set a key's time to live in milliseconds", ExpiryUnit.PX),
                change("expireat", "1.2.0", "Set the expiration for a key as a Unix timestamp", ExpiryUnit.EXAT),
                change(
                        "pexpireat",
                        "2.6.0",
                        "Set the expiration for a key as a Unix timestamp in milliseconds",
                        ExpiryUnit.PXAT),
                change("persist", 2, "2.2.0", "Remove the expiration from a key")
                        .body(ExpiryCommands::persist));
    }

    private static CommandSpec.Builder change(String name, String since, String summary, ExpiryUnit unit) {
        return change(name, -3, since, summary)
                .arguments("key:key " + unit.argument() + " [condition:(nx=NX | xx=XX | gt=GT | lt=LT)@7.0.0]")
                .body(call -> expire(call, unit));
    }

    private static CommandSpec.Builder change(String name, int arity, String since, String summary) {
        return CommandSpec.command(name, arity)
                .flags(WRITE, FAST)
                .categories(AclCategory.KEYSPACE)
                .keys(1, 1, 1, "RW", "update")
                .arguments("key:key")
                .docs("generic", since, summary)
                .complexity("O(N) where N is the length of the value, which is copied.");
    }

    private static CommandSpec.Builder command(String name, String since, String summary) {
        return CommandSpec.command(name, 2)
                .flags(READONLY, FAST)
                .categories(AclCategory.KEYSPACE)
                .keys(1, 1, 1, "RO", "access")
                .arguments("key:key")
                .docs("generic", since, summary);
    }

    private static void reply(Call call, boolean seconds, boolean relative) {
        long record = call.find(KEY);
        if (record == Record.NONE) {
            call.missed(KEY);
            call.reply().integer(NO_KEY);
            return;
        }
        long at = Record.expireAtMillis(call.region, record);
        if (at == 0) {
            call.reply().integer(NO_EXPIRY);
            return;
        }
        long millis = relative ? Math.max(0, at - call.worker.nowMillis()) : at;
        call.reply().integer(seconds ? (millis + 500) / 1000 : millis);
    }

    private static void expire(Call call, ExpiryUnit unit) {
        int conditions = 0;
        for (int i = 3; i < call.count(); i++) {
            int condition = condition(call, i);
            if (condition == ExpireUpdate.ALWAYS) {
                call.error(Errors.unsupportedOption(call, i));
                return;
            }
            conditions |= condition;
        }
        String error = contradiction(conditions);
        long now = call.worker.nowMillis();
        if (error == null && !call.isNumber(2)) {
            error = Errors.NOT_AN_INTEGER;
        }
        if (error == null && !unit.isPoint(call.number(2), now)) {
            error = Errors.expireTime(call.spec());
        }
        if (error != null) {
            call.error(error);
            return;
        }
        call.expireUpdate.begin(call.command(), KEY, unit.toMillis(call.number(2), now), conditions);
        change(call, false);
    }

    private static int condition(Call call, int argument) {
        if (call.is(argument, NX)) {
            return ExpireUpdate.IF_NONE;
        }
        if (call.is(argument, XX)) {
            return ExpireUpdate.IF_SOME;
        }
        if (call.is(argument, GT)) {
            return ExpireUpdate.IF_LATER;
        }
        return call.is(argument, LT) ? ExpireUpdate.IF_EARLIER : ExpireUpdate.ALWAYS;
    }

    private static @Nullable String contradiction(int conditions) {
        if ((conditions & ExpireUpdate.IF_NONE) != 0 && conditions != ExpireUpdate.IF_NONE) {
            return "ERR NX and XX, GT or LT options at the same time are not compatible";
        }
        boolean both = (conditions & ExpireUpdate.IF_LATER) != 0 && (conditions & ExpireUpdate.IF_EARLIER) != 0;
        return both ? "ERR GT and LT options at the same time are not compatible" : null;
    }

    private static void persist(Call call) {
        call.expireUpdate.beginPersist(call.command(), KEY);
        change(call, true);
    }

    private static void change(Call call, boolean persists) {
        StoreStatus status = call.update(KEY, call.expireUpdate);
        tellChanged(call, KEY, status, persists);
        if (status == StoreStatus.FULL) {
            call.error(Errors.OUT_OF_MEMORY);
        } else {
            call.reply().integer(call.expireUpdate.isChanged() ? 1 : 0);
        }
    }

    /// Tells what an [ExpireUpdate] has done, if it has done anything.
    static void tellChanged(Call call, int key, StoreStatus status, boolean persists) {
        if (status == StoreStatus.STORED) {
            call.changed(key, persists ? KeyEvent.PERSIST : KeyEvent.EXPIRE);
        } else if (status == StoreStatus.DELETED) {
            call.changed(key, KeyEvent.DEL);
        }
    }
}
