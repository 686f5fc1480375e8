package dev.situ.kv;

import static dev.situ.kv.CommandFlag.FAST;
import static dev.situ.kv.CommandFlag.LOADING;
import static dev.situ.kv.CommandFlag.READONLY;
import static dev.situ.kv.CommandFlag.STALE;
import static dev.situ.kv.CommandFlag.WRITE;

import dev.situ.kv.notify.KeyEvent;
import dev.situ.store.Record;
import dev.situ.store.StoreStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Commands on whole databases, and between them: `SELECT`, `MOVE`, `SWAPDB`, `DBSIZE`, `FLUSHDB`, `FLUSHALL`.
final class DatabaseCommands {
    private static final byte[] SYNC = Text.bytes("sync");
    private static final byte[] ASYNC = Text.bytes("async");
    private static final int KEY = 1;
    private static final int TO = 2;

    private DatabaseCommands() {}

    static List<CommandSpec.Builder> declarations() {
        return List.of(
                CommandSpec.command("select", 2)
                        .flags(LOADING, STALE, FAST)
                        .categories(AclCategory.CONNECTION)
                        .arguments("index:int")
                        .docs("connection", "1.0.0", "Change the selected database for the current connection")
                        .body(DatabaseCommands::select),
                CommandSpec.command("move", 3)
                        .flags(WRITE, FAST)
                        .categories(AclCategory.KEYSPACE)
                        .keys(1, 1, 1, "RW", "access", "update")
                        .arguments("key:key db:int")
                        .docs("generic", "1.0.0", "Move a key to another database")
                        .complexity("O(N) where N is the length of the value, which is copied.")
                        .exclusiveBody(DatabaseCommands::move),
                CommandSpec.command("swapdb", 3)
                        .flags(WRITE, FAST)
                        .categories(AclCategory.KEYSPACE, AclCategory.DANGEROUS)
                        .arguments("index1:int index2:int")
                        .docs("server", "4.0.0", "Swap two databases, for all clients at once")
                        .exclusiveBody(DatabaseCommands::swap),
                CommandSpec.command("dbsize", 1)
                        .flags(READONLY, FAST)
                        .categories(AclCategory.KEYSPACE)
                        .tips("request_policy:all_shards", "response_policy:agg_sum")
                        .docs("server", "1.0.0", "Return the number of keys in the selected database")
                        .body(call -> call.reply().integer(call.store.size(call.worker.database()))),
                flush("flushall", "Remove all keys from all databases")
                        .complexity("O(N) where N is the total number of keys in all databases")
                        .body(call -> {
                            if (isFlush(call)) {
                                reply(call, call.worker.clear());
                            }
                        }),
                flush("flushdb", "Remove all keys from the current database")
                        .complexity("O(N) where N is the number of keys in the selected database")
                        .body(call -> {
                            if (isFlush(call)) {
                                call.runAlone(alone -> reply(alone, alone.worker.clearDatabase()));
                            }
                        }));
    }

    private static CommandSpec.Builder flush(String name, String summary) {
        return CommandSpec.command(name, -1)
                .flags(WRITE)
                .categories(AclCategory.KEYSPACE, AclCategory.DANGEROUS)
                .tips("request_policy:all_shards", "response_policy:all_succeeded")
                .arguments("[async:(async=ASYNC@4.0.0 | sync=SYNC@6.2.0)]")
                .docs("server", "1.0.0", summary);
    }

    private static void select(Call call) {
        String error = numberError(call, 1);
        if (error != null) {
            call.error(error);
            return;
        }
        int number = (int) call.number(1);
        call.session().select(number);
        call.select(number);
        call.reply().ok();
    }

    /// Gives the text of an error if an argument is the number of no database, or null.
    static @Nullable String numberError(Call call, int argument) {
        if (!call.isNumber(argument)) {
            return Errors.NOT_AN_INTEGER;
        }
        long index = call.number(argument);
        if (index != (int) index) {
            return Errors.INT_RANGE;
        }
        return Databases.isNumber(index) ? null : Errors.DB_INDEX;
    }

    /// `MOVE key db`
    private static void move(Call call) {
        String error = numberError(call, TO);
        int to = error == null ? (int) call.number(TO) : 0;
        if (error == null && to == call.session().database()) {
            error = Errors.SAME_OBJECT;
        }
        if (error != null) {
            call.error(error);
            return;
        }
        long record = call.find(KEY);
        StoreStatus status =
                record == Record.NONE ? StoreStatus.NOT_STORED : CopyCommands.copy(call, record, to, KEY, false);
        if (status == StoreStatus.FULL) {
            call.error(Errors.OUT_OF_MEMORY);
            return;
        }
        if (status == StoreStatus.STORED) {
            call.delete(KEY);
            call.created(to, KEY);
            call.changed(KEY, KeyEvent.MOVE_FROM);
            call.changed(to, KEY, KeyEvent.MOVE_TO);
        }
        call.reply().integer(status == StoreStatus.STORED ? 1 : 0);
    }

    /// `SWAPDB index1 index2`
    private static void swap(Call call) {
        if (!isInt(call, 1)) {
            call.error("ERR invalid first DB index");
        } else if (!isInt(call, 2)) {
            call.error("ERR invalid second DB index");
        } else if (!Databases.isNumber(call.number(1)) || !Databases.isNumber(call.number(2))) {
            call.error(Errors.DB_INDEX);
        } else {
            int one = (int) call.number(1);
            int other = (int) call.number(2);
            if (one != other) {
                call.keyspace.databases().swap(one, other);
                call.flushed(); // clients know keys by their names alone, and these lead elsewhere now
                countCreated(call, one);
                countCreated(call, other);
            }
            call.select(call.session().database());
            call.reply().ok();
        }
    }

    /// Tells those who watch absent keys, if there are any, of all keys that have come with a database.
    private static void countCreated(Call call, int database) {
        Absences absences = call.keyspace.absences();
        if (!absences.areWatched()) {
            return;
        }
        call.select(database);
        long cursor = 0;
        do {
            cursor = call.worker.scan(
                    cursor,
                    Integer.MAX_VALUE,
                    record -> absences.count(
                            database,
                            call.region,
                            Record.keyOffset(call.region, record),
                            Record.keyLength(call.region, record)));
        } while (cursor != 0);
    }

    private static boolean isInt(Call call, int argument) {
        return call.isNumber(argument) && call.number(argument) == (int) call.number(argument);
    }

    private static boolean isFlush(Call call) {
        if (call.count() > 2 || (call.count() == 2 && !call.is(1, SYNC) && !call.is(1, ASYNC))) {
            call.error(Errors.SYNTAX);
            return false;
        }
        return true;
    }

    private static void reply(Call call, StoreStatus cleared) {
        if (cleared == StoreStatus.FULL) {
            call.error(Errors.OUT_OF_MEMORY);
        } else {
            call.flushed();
            call.reply().ok();
        }
    }
}
