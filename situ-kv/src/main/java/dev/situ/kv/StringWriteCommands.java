package dev.situ.kv;

import static dev.situ.kv.CommandFlag.DENYOOM;
import static dev.situ.kv.CommandFlag.FAST;
import static dev.situ.kv.CommandFlag.WRITE;

import dev.situ.kv.notify.KeyEvent;
import dev.situ.resp.Command;
import dev.situ.store.Record;
import dev.situ.store.StoreStatus;
import java.util.List;

/// Commands that replace values, or take them away: `SET`, `SETNX`, `SETEX`, `PSETEX`, `GETSET`, `GETDEL`, `GETEX`,
/// `DELEX`.
final class StringWriteCommands {
    private static final List<String> READ_AND_WRITTEN = List.of("RW", "access", "update");
    private static final List<String> WRITTEN = List.of("OW", "update");
    private static final List<String> READ_AND_DELETED = List.of("RW", "access", "delete");
    private static final List<String> DELETED = List.of("RM", "delete");
    private static final byte[] GET = Text.bytes("get");
    private static final int KEY = 1;
    private static final int VALUE = 2;
    private static final int VALUE_BEHIND_TIME = 3;

    private StringWriteCommands() {}

    static List<CommandSpec.Builder> declarations() {
        return List.of(
                CommandSpec.command("set", -3)
                        .flags(WRITE, DENYOOM)
                        .categories(AclCategory.STRING)
                        .keys(1, 1, 1, "RW", "access", "update", "variable_flags")
                        .keyNotes("RW and ACCESS due to the optional `GET` argument")
                        .keyFlags(StringWriteCommands::keyFlagsOfSet)
                        .storedValue(VALUE)
                        .isBrief()
                        .arguments(
                                "key:key value [condition:(nx=NX | xx=XX | value:string=IFEQ@8.4.0 | value:string=IFNE@8.4.0"
                                        + " | digest:string=IFDEQ@8.4.0 | digest:string=IFDNE@8.4.0)@2.6.12] [get=GET@6.2.0]"
                                        + " [expiration:(seconds:int=EX@2.6.12 | milliseconds:int=PX@2.6.12 |"
                                        + " unix-time-seconds:time=EXAT@6.2.0 |"
                                        + " unix-time-milliseconds:time=PXAT@6.2.0 | keepttl=KEEPTTL@6.0.0)]")
                        .docs("string", "1.0.0", "Set the string value of a key")
                        .body(StringWriteCommands::set),
                CommandSpec.command("setnx", 3)
                        .flags(WRITE, DENYOOM, FAST)
                        .categories(AclCategory.STRING)
                        .keys(1, 1, 1, "OW", "insert")
                        .storedValue(VALUE)
                        .arguments("key:key value")
                        .docs("string", "1.0.0", "Set the value of a key, only if the key does not exist")
                        .body(StringWriteCommands::setIfAbsent),
                setExpiring("setex", "2.0.0", "Set the value and expiration of a key", ExpiryUnit.EX),
                setExpiring("psetex", "2.6.0", "Set the value and expiration in milliseconds of a key", ExpiryUnit.PX),
                CommandSpec.command("getset", 3)
                        .flags(WRITE, DENYOOM, FAST)
                        .categories(AclCategory.STRING)
                        .keys(1, 1, 1, "RW", "access", "update")
                        .storedValue(VALUE)
                        .arguments("key:key value")
                        .deprecated("6.2.0", "`SET` with the `!GET` argument")
                        .docs("string", "1.0.0", "Set the string value of a key and return its old value")
                        .body(StringWriteCommands::getAndSet),
                CommandSpec.command("getdel", 2)
                        .flags(WRITE, FAST)
                        .categories(AclCategory.STRING)
                        .keys(1, 1, 1, "RW", "access", "delete")
                        .arguments("key:key")
                        .docs("string", "6.2.0", "Get the value of a key and delete the key")
                        .body(StringWriteCommands::getAndDelete),
                CommandSpec.command("getex", -2)
                        .flags(WRITE, FAST)
                        .categories(AclCategory.STRING)
                        .keys(1, 1, 1, "RW", "access", "update")
                        .keyNotes("RW and UPDATE because it changes the TTL")
                        .arguments("key:key [expiration:(seconds:int=EX | milliseconds:int=PX |"
                                + " unix-time-seconds:time=EXAT | unix-time-milliseconds:time=PXAT |"
                                + " persist=PERSIST)]")
                        .docs("string", "6.2.0", "Get the value of a key and optionally set its expiration")
                        .complexity("O(1); O(N) with a change of the expiration, N being the length of the value")
                        .body(StringWriteCommands::getAndExpire),
                CommandSpec.command("delex", -2)
                        .flags(WRITE, FAST)
                        .categories(AclCategory.STRING)
                        .keys(1, 1, 1, "RW", "access", "delete", "variable_flags")
                        .keyNotes("RW and ACCESS due to the optional condition")
                        .keyFlags(StringWriteCommands::keyFlagsOfDelex)
                        .arguments("key:key [condition:(value:string=IFEQ | value:string=IFNE"
                                + " | digest:string=IFDEQ | digest:string=IFDNE)]")
                        .docs("string", "8.4.0", "Delete a key, only if its value or the digest of it is the given one")
                        .complexity("O(N) where N is the length of the value, if there is a condition")
                        .body(StringWriteCommands::deleteIf));
    }

    private static CommandSpec.Builder setExpiring(String name, String since, String summary, ExpiryUnit unit) {
        return CommandSpec.command(name, 4)
                .flags(WRITE, DENYOOM)
                .categories(AclCategory.STRING)
                .keys(1, 1, 1, "OW", "update")
                .storedValue(VALUE_BEHIND_TIME)
                .isBrief()
                .arguments("key:key " + unit.argument() + " value")
                .docs("string", since, summary)
                .body(call -> setExpiring(call, unit));
    }

    /// Whoever asks what the value is, or whether it is some value, reads it.
    private static List<String> keyFlagsOfSet(Call call, int first) {
        for (int i = first + VALUE + 1; i < call.count(); i++) {
            if (call.is(i, GET) || ValueCondition.isNamed(call, i)) {
                return READ_AND_WRITTEN;
            }
        }
        return WRITTEN;
    }

    private static List<String> keyFlagsOfDelex(Call call, int first) {
        return call.has(first + KEY + 1) ? READ_AND_DELETED : DELETED;
    }

    private static void set(Call call) {
        if (call.count() == 3) {
            StoreStatus status = call.put(KEY, VALUE);
            tellStored(call, status, false);
            replyStored(call, status);
            return;
        }
        SetOptions options = call.setOptions;
        String error = options.read(call, 3);
        if (error != null) {
            call.error(error);
        } else if (options.needsOld()) {
            exchange(call, options);
        } else {
            replyStored(call, putIf(call, VALUE, options));
        }
    }

    private static void setExpiring(Call call, ExpiryUnit unit) {
        SetOptions options = call.setOptions;
        options.clear();
        String error = options.readTime(call, 2, unit);
        if (error != null) {
            call.error(error);
        } else {
            replyStored(call, putIf(call, VALUE_BEHIND_TIME, options));
        }
    }

    private static void setIfAbsent(Call call) {
        call.setOptions.clear();
        call.setOptions.ifAbsent = true;
        StoreStatus status = putIf(call, VALUE, call.setOptions);
        if (status == StoreStatus.FULL) {
            call.error(Errors.OUT_OF_MEMORY);
        } else {
            call.reply().integer(status == StoreStatus.STORED ? 1 : 0);
        }
    }

    private static StoreStatus putIf(Call call, int value, SetOptions options) {
        long record = call.claim(KEY, value);
        if (record == Record.NONE) {
            return StoreStatus.FULL;
        }
        if (options.expireAtMillis != 0) {
            Record.setExpireAtMillis(call.region, record, options.expireAtMillis);
        }
        StoreStatus status;
        if (options.ifAbsent) {
            status = call.worker.putIfAbsent(record);
        } else {
            status = options.ifPresent ? call.worker.putIfPresent(record) : call.worker.put(record);
        }
        tellStored(call, status, options.expireAtMillis != 0);
        return status;
    }

    private static void tellStored(Call call, StoreStatus status, boolean expires) {
        if (status == StoreStatus.STORED) {
            call.stored(KEY, KeyEvent.SET);
            if (expires) {
                call.toldExpiry(KEY);
            }
        }
    }

    private static void getAndSet(Call call) {
        call.setOptions.clear();
        call.setOptions.get = true;
        exchange(call, call.setOptions);
    }

    private static void exchange(Call call, SetOptions options) {
        Command command = call.command();
        SetUpdate update = call.setUpdate;
        update.key(command.memory(), command.offset(KEY), command.length(KEY));
        long received = call.claimed();
        if (received == Record.NONE) {
            update.value(command.memory(), command.offset(VALUE), command.length(VALUE));
        } else {
            update.value(received);
        }
        StoreStatus status = call.update(KEY, update);
        if (options.get && update.old() == Record.NONE) {
            call.missed(KEY);
        }
        tellStored(call, status, options.expireAtMillis != 0);
        if (options.condition.isRefused()) {
            call.error(Errors.DIGEST);
        } else if (status == StoreStatus.FULL || !options.get) {
            replyStored(call, status);
        } else {
            call.valueOrNothing(update.old());
        }
    }

    private static void getAndDelete(Call call) {
        TakeUpdate update = call.takeUpdate;
        update.condition.clear();
        if (call.update(KEY, update) == StoreStatus.DELETED) {
            call.changed(KEY, KeyEvent.DEL);
        } else if (update.old() == Record.NONE) {
            call.missed(KEY);
        }
        call.valueOrNothing(update.old());
    }

    private static void getAndExpire(Call call) {
        GetexOptions options = call.getexOptions;
        if (!options.read(call, 2)) {
            call.error(Errors.SYNTAX);
            return;
        }
        long record = call.lookUp(KEY);
        ExpiryUnit unit = options.unit();
        if (record == Record.NONE || (unit == null && !options.isPersist())) {
            call.valueOrNothing(record);
            return;
        }
        ExpireUpdate update = call.expireUpdate;
        if (unit == null) {
            update.beginPersist(call.command(), KEY);
        } else {
            String error = call.setOptions.readTime(call, options.time(), unit);
            if (error != null) {
                call.error(error);
                return;
            }
            update.begin(call.command(), KEY, call.setOptions.expireAtMillis, ExpireUpdate.ALWAYS);
        }
        StoreStatus status = call.update(KEY, update);
        ExpiryCommands.tellChanged(call, KEY, status, unit == null);
        if (status == StoreStatus.FULL) {
            call.error(Errors.OUT_OF_MEMORY);
        } else {
            call.valueOrNothing(update.old());
        }
    }

    /// `DELEX key [IFEQ value | IFNE value | IFDEQ digest | IFDNE digest]`
    private static void deleteIf(Call call) {
        TakeUpdate update = call.takeUpdate;
        update.condition.clear();
        if (call.count() != 2 && call.count() != 4) {
            call.error(Errors.arity(call.spec()));
            return;
        }
        if (call.count() == 4) {
            if (!ValueCondition.isNamed(call, 2)) {
                call.error("ERR Invalid condition. Use IFEQ, IFNE, IFDEQ, or IFDNE");
                return;
            }
            update.condition.read(call, 2);
        }
        StoreStatus status = call.update(KEY, update);
        if (status == StoreStatus.DELETED) {
            call.changed(KEY, KeyEvent.DEL);
        }
        if (update.condition.isRefused()) {
            call.error(Errors.DIGEST);
        } else {
            call.reply().integer(status == StoreStatus.DELETED ? 1 : 0);
        }
    }

    private static void replyStored(Call call, StoreStatus status) {
        switch (status) {
            case STORED -> call.reply().ok();
            case FULL -> call.error(Errors.OUT_OF_MEMORY);
            default -> call.reply().nothing();
        }
    }
}
