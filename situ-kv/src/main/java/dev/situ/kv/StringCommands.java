package dev.situ.kv;

import static dev.situ.kv.CommandFlag.DENYOOM;
import static dev.situ.kv.CommandFlag.FAST;
import static dev.situ.kv.CommandFlag.READONLY;
import static dev.situ.kv.CommandFlag.WRITE;

import dev.situ.resp.Command;
import dev.situ.store.Record;
import dev.situ.store.StoreStatus;
import java.util.List;

/// Commands on values: `GET`, `SET`.
final class StringCommands {
    private static final int KEY = 1;
    private static final int VALUE = 2;

    private StringCommands() {}

    static List<CommandSpec.Builder> declarations() {
        return List.of(
                CommandSpec.command("get", 2)
                        .flags(READONLY, FAST)
                        .categories(AclCategory.STRING)
                        .keys(1, 1, 1, "RO", "access")
                        .docs("string", "1.0.0", "Get the value of a key")
                        .body(StringCommands::get),
                CommandSpec.command("set", -3)
                        .flags(WRITE, DENYOOM)
                        .categories(AclCategory.STRING)
                        .keys(1, 1, 1, "RW", "access", "update", "variable_flags")
                        .keyNotes("RW and ACCESS due to the optional `GET` argument")
                        .storedValue(VALUE)
                        .docs("string", "1.0.0", "Set the string value of a key")
                        .body(StringCommands::set));
    }

    private static void get(Call call) {
        call.valueOrNothing(call.lookUp(KEY));
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
            replyStored(call, putIf(call, options));
        }
    }

    private static StoreStatus putIf(Call call, SetOptions options) {
        long record = call.claim(KEY, VALUE);
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

    private static void exchange(Call call, SetOptions options) {
        Command command = call.command();
        SetUpdate update = call.setUpdate;
        update.options(options);
        update.key(command.memory(), command.offset(KEY), command.length(KEY));
        long received = call.claimed();
        if (received == Record.NONE) {
            update.value(command.memory(), command.offset(VALUE), command.length(VALUE));
        } else {
            update.value(call.region, Record.valueOffset(call.region, received), command.length(VALUE));
        }
        StoreStatus status = call.worker.update(command.memory(), command.offset(KEY), command.length(KEY), update);
        if (status == StoreStatus.FULL || !options.get) {
            replyStored(call, status);
        } else {
            call.valueOrNothing(update.old());
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
