package dev.situ.kv;

import static dev.situ.kv.CommandFlag.DENYOOM;
import static dev.situ.kv.CommandFlag.FAST;
import static dev.situ.kv.CommandFlag.WRITE;

import dev.situ.kv.notify.KeyEvent;
import dev.situ.memory.Words;
import dev.situ.resp.Command;
import dev.situ.store.Record;
import dev.situ.store.StoreStatus;
import java.util.List;

/// Commands that give a value to another key: `RENAME`, `RENAMENX`, `COPY`. A record holds its key, so all of them
/// copy the value.
final class CopyCommands {
    private static final int FROM = 1;
    private static final int TO = 2;
    private static final byte[] DB = Text.bytes("db");
    private static final byte[] REPLACE = Text.bytes("replace");
    private static final String COPIED = "O(N) where N is the length of the value, which is copied.";

    private CopyCommands() {}

    static List<CommandSpec.Builder> declarations() {
        return List.of(
                rename("rename", "Rename a key", "update").flags(WRITE).exclusiveBody(call -> rename(call, false)),
                rename("renamenx", "Rename a key, only if the new key does not exist", "insert")
                        .flags(WRITE, FAST)
                        .exclusiveBody(call -> rename(call, true)),
                CommandSpec.command("copy", -3)
                        .flags(WRITE, DENYOOM)
                        .categories(AclCategory.KEYSPACE)
                        .keys(1, 2, 1)
                        .keyParts(
                                new KeyRange(1, 1, 1, List.of("RO", "access"), ""),
                                new KeyRange(2, 2, 1, List.of("OW", "update"), ""))
                        .arguments("source:key destination:key#1 [destination-db:int=DB] [replace=REPLACE]")
                        .docs("generic", "6.2.0", "Copy a key")
                        .complexity(COPIED)
                        .exclusiveBody(CopyCommands::copy));
    }

    private static CommandSpec.Builder rename(String name, String summary, String change) {
        return CommandSpec.command(name, 3)
                .categories(AclCategory.KEYSPACE)
                .keys(1, 2, 1)
                .keyParts(
                        new KeyRange(1, 1, 1, List.of("RW", "access", "delete"), ""),
                        new KeyRange(2, 2, 1, List.of("OW", change), ""))
                .arguments("key:key newkey:key#1")
                .docs("generic", "1.0.0", summary)
                .complexity(COPIED);
    }

    private static void rename(Call call, boolean ifAbsent) {
        long record = call.find(FROM);
        if (record == Record.NONE) {
            call.error("ERR no such key");
            return;
        }
        StoreStatus status = ifAbsent ? StoreStatus.NOT_STORED : StoreStatus.STORED;
        if (!isSameKey(call)) {
            status = copy(call, record, call.session().database(), TO, !ifAbsent);
            if (status == StoreStatus.FULL) {
                call.error(Errors.OUT_OF_MEMORY);
                return;
            }
            if (status == StoreStatus.STORED) {
                call.delete(FROM);
                int database = call.session().database();
                call.created(database, TO);
                call.changed(FROM, KeyEvent.RENAME_FROM);
                call.changed(TO, KeyEvent.RENAME_TO);
            }
        }
        if (ifAbsent) {
            call.reply().integer(status == StoreStatus.STORED ? 1 : 0);
        } else {
            call.reply().ok();
        }
    }

    /// `COPY source destination [DB destination-db] [REPLACE]`
    private static void copy(Call call) {
        int to = call.session().database();
        boolean replace = false;
        String error = null;
        for (int i = TO + 1; i < call.count() && error == null; i++) {
            if (call.is(i, REPLACE)) {
                replace = true;
            } else if (call.is(i, DB) && i + 1 < call.count()) {
                error = DatabaseCommands.numberError(call, ++i);
                to = error == null ? (int) call.number(i) : to;
            } else {
                error = Errors.SYNTAX;
            }
        }
        if (error == null && to == call.session().database() && isSameKey(call)) {
            error = Errors.SAME_OBJECT;
        }
        if (error != null) {
            call.error(error);
            return;
        }
        long record = call.lookUp(FROM);
        StoreStatus status = record == Record.NONE ? StoreStatus.NOT_STORED : copy(call, record, to, TO, replace);
        if (status == StoreStatus.STORED) {
            call.created(to, TO);
            call.changed(to, TO, KeyEvent.COPY_TO);
        }
        if (status == StoreStatus.FULL) {
            call.error(Errors.OUT_OF_MEMORY);
        } else {
            call.reply().integer(status == StoreStatus.STORED ? 1 : 0);
        }
    }

    private static boolean isSameKey(Call call) {
        Command c = call.command();
        return c.length(FROM) == c.length(TO)
                && Words.equal(c.memory(), c.offset(FROM), c.memory(), c.offset(TO), c.length(TO));
    }

    /// Stores a copy of a record, expiry and all. While the worker runs alone.
    ///
    /// @param database the number of the one that it is for
    /// @param key the argument that names its key there
    /// @return [StoreStatus#STORED], [StoreStatus#NOT_STORED], [StoreStatus#FULL]
    static StoreStatus copy(Call call, long record, int database, int key, boolean replace) {
        int here = call.worker.database();
        call.select(database);
        try {
            if (!replace && call.find(key) != Record.NONE) {
                return StoreStatus.NOT_STORED;
            }
            Command c = call.command();
            int length = call.bytes.length(record);
            long copy = Framing.claim(call.worker, call.region, c.memory(), c.offset(key), c.length(key), length);
            if (copy == Record.NONE) {
                return StoreStatus.FULL;
            }
            call.store.values().copy(record, 0, length, call.region, Record.valueOffset(call.region, copy));
            Record.setExpireAtMillis(call.region, copy, Record.expireAtMillis(call.region, record));
            StoreStatus status = replace ? call.worker.put(copy) : call.worker.putIfAbsent(copy);
            if (status == StoreStatus.STORED) {
                call.countCreated(database, key);
            }
            return status;
        } finally {
            call.worker.select(here);
        }
    }
}
