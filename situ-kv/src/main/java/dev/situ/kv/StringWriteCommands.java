package dev.situ.kv;

import static dev.situ.kv.CommandFlag.DENYOOM;
import static dev.situ.kv.CommandFlag.FAST;
import static dev.situ.kv.CommandFlag.WRITE;

import dev.situ.resp.Command;
import dev.situ.store.Record;
import dev.situ.store.StoreStatus;
import java.util.List;

/// Commands that replace values: `SET`, `SETNX`, `SETEX`, `PSETEX`, `GETSET`, `GETDEL`.
final class StringWriteCommands {
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
                        .storedValue(VALUE)
                        .docs("string", "1.0.0", "Set the string value of a key")
                        .body(StringWriteCommands::set),
                CommandSpec.command("setnx", 3)
                        .flags(WRITE, DENYOOM, FAST)
                        .categories(AclCategory.STRING)
                        .keys(1, 1, 1, "OW", "insert")
                        .storedValue(VALUE)
                        .docs("string", "1.0.0", "Set the value of a key, only if the key does not exist")
                        .body(StringWriteCommands::setIfAbsent),
                setExpiring("setex", "2.0.0", "Set the value and expiration of a key", ExpiryUnit.EX),
                setExpiring("psetex", "2.6.0", "Set the value and expiration in milliseconds of a key", ExpiryUnit.PX),
                CommandSpec.command("getset", 3)
                        .flags(WRITE, DENYOOM, FAST)
                        .categories(AclCategory.STRING)
                        .keys(1, 1, 1, "RW", "access", "update")
                        .storedValue(VALUE)
                        .docs("string", "1.0.0", "Set the string value of a key and return its old value")
                        .body(StringWriteCommands::getAndSet),
                CommandSpec.command("getdel", 2)
                        .flags(WRITE, FAST)
                        .categories(AclCategory.STRING)
                        .keys(1, 1, 1, "RW", "access", "delete")
                        .docs("string", "6.2.0", "Get the value of a key and delete the key")
                        .body(StringWriteCommands::getAndDelete));
    }

    private static CommandSpec.Builder setExpiring(String name, String since, String summary, ExpiryUnit unit) {
        return CommandSpec.command(name, 4)
                .flags(WRITE, DENYOOM)
                .categories(AclCategory.STRING)
                .keys(1, 1, 1, "OW", "update")
                .storedValue(VALUE_BEHIND_TIME)
                .docs("string", since, summary)
                .body(call -> setExpiring(call, unit));
    }

    private static void set(Call call) {
        if (call.count() == 3) {
            replyStored(call, call.put(KEY, VALUE));
            return;
        }
        SetOptions options = call.setOptions;
        String error = options.read(call, 3);
        if (error != null) {
            call.error(error);
        } else if (options.get || options.keepTtl) {
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
        if (options.ifAbsent) {
            return call.worker.putIfAbsent(record);
        }
        return options.ifPresent ? call.worker.putIfPresent(record) : call.worker.put(record);
    }

    private static void getAndSet(Call call) {
        call.setOptions.clear();
        call.setOptions.get = true;
        exchange(call, call.setOptions);
    }

    private static void exchange(Call call, SetOptions options) {
        Command command = call.command();
        SetUpdate update = call.setUpdate;
        update.options(options);
        update.key(command.memory(), command.offset(KEY), command.length(KEY));
        long received = call.claimed();
        if (received == Record.NONE) {
            update.value(command.memory(), command.offset(VALUE), command.length(VALUE));
        } else {
            update.value(received);
        }
        StoreStatus status = call.update(KEY, update);
        if (status == StoreStatus.FULL || !options.get) {
            replyStored(call, status);
        } else {
            call.valueOrNothing(update.old());
        }
    }

    private static void getAndDelete(Call call) {
        TakeUpdate update = call.takeUpdate;
        call.update(KEY, update);
        call.valueOrNothing(update.old());
    }

    private static void replyStored(Call call, StoreStatus status) {
        switch (status) {
            case STORED -> call.reply().ok();
            case FULL -> call.error(Errors.OUT_OF_MEMORY);
            default -> call.reply().nothing();
        }
    }
}
