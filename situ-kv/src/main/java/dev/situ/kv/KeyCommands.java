package dev.situ.kv;

import static dev.situ.kv.CommandFlag.FAST;
import static dev.situ.kv.CommandFlag.READONLY;
import static dev.situ.kv.CommandFlag.WRITE;

import dev.situ.store.Record;
import dev.situ.store.StoreStatus;
import java.util.List;

/// Commands on keys, whatever their values: `DEL`, `UNLINK`, `EXISTS`, `TOUCH`, `TYPE`, `DBSIZE`,
/// `FLUSHDB`, `FLUSHALL`.
final class KeyCommands {
    private static final byte[] SYNC = Text.bytes("sync");
    private static final byte[] ASYNC = Text.bytes("async");

    private static final byte[] STRING = Text.bytes("+string\r\n");
    private static final byte[] NONE = Text.bytes("+none\r\n");

    private KeyCommands() {}

    static List<CommandSpec.Builder> declarations() {
        return List.of(
                CommandSpec.command("del", -2)
                        .flags(WRITE)
                        .categories(AclCategory.KEYSPACE)
                        .tips("request_policy:multi_shard", "response_policy:agg_sum")
                        .keys(1, -1, 1, "RM", "delete")
                        .arguments("key:key...")
                        .docs("generic", "1.0.0", "Delete a key")
                        .complexity("O(N) where N is the number of keys that will be removed.")
                        .exclusiveBodyBeyond(2, KeyCommands::delete),
                CommandSpec.command("exists", -2)
                        .flags(READONLY, FAST)
                        .categories(AclCategory.KEYSPACE)
                        .tips("request_policy:multi_shard", "response_policy:agg_sum")
                        .keys(1, -1, 1, "RO")
                        .arguments("key:key...")
                        .docs("generic", "1.0.0", "Determine if a key exists")
                        .complexity("O(N) where N is the number of keys to check.")
                        .body(KeyCommands::exists),
                CommandSpec.command("unlink", -2)
                        .flags(WRITE, FAST)
                        .categories(AclCategory.KEYSPACE)
                        .tips("request_policy:multi_shard", "response_policy:agg_sum")
                        .keys(1, -1, 1, "RM", "delete")
                        .arguments("key:key...")
                        .docs("generic", "4.0.0", "Delete a key; its memory is freed later, as that of every key")
                        .complexity("O(N) where N is the number of keys that will be removed.")
                        .exclusiveBodyBeyond(2, KeyCommands::delete),
                CommandSpec.command("touch", -2)
                        .flags(READONLY, FAST)
                        .categories(AclCategory.KEYSPACE)
                        .tips("request_policy:multi_shard", "response_policy:agg_sum")
                        .keys(1, -1, 1, "RO")
                        .arguments("key:key...")
                        .docs("generic", "3.2.1", "Alter the last access time of keys; gives how many there are")
                        .complexity("O(N) where N is the number of keys that will be touched.")
                        .body(KeyCommands::exists),
                CommandSpec.command("type", 2)
                        .flags(READONLY, FAST)
                        .categories(AclCategory.KEYSPACE)
                        .keys(1, 1, 1, "RO")
                        .arguments("key:key")
                        .docs("generic", "1.0.0", "Determine the type stored at key")
                        .body(call -> call.reply().raw(call.find(1) == Record.NONE ? NONE : STRING)),
                CommandSpec.command("dbsize", 1)
                        .flags(READONLY, FAST)
                        .categories(AclCategory.KEYSPACE)
                        .tips("request_policy:all_shards", "response_policy:agg_sum")
                        .docs("server", "1.0.0", "Return the number of keys in the selected database")
                        .body(KeyCommands::size),
                flush("flushall", "Remove all keys from all databases"),
                flush("flushdb", "Remove all keys from the current database"));
    }

    private static CommandSpec.Builder flush(String name, String summary) {
        return CommandSpec.command(name, -1)
                .flags(WRITE)
                .categories(AclCategory.KEYSPACE, AclCategory.DANGEROUS)
                .tips("request_policy:all_shards", "response_policy:all_succeeded")
                .arguments("[async:(async=ASYNC@4.0.0 | sync=SYNC@6.2.0)]")
                .docs("server", "1.0.0", summary)
                .complexity("O(N) where N is the total number of keys in all databases")
                .body(KeyCommands::flush);
    }

    private static void delete(Call call) {
        int deleted = 0;
        for (int i = 1; i < call.count(); i++) {
            if (call.delete(i)) {
                deleted++;
            }
        }
        call.reply().integer(deleted);
    }

    private static void exists(Call call) {
        int found = 0;
        for (int i = 1; i < call.count(); i++) {
            if (call.lookUp(i) != Record.NONE) {
                found++;
            }
        }
        call.reply().integer(found);
    }

    private static void size(Call call) {
        call.reply().integer(call.keyspace.store().size());
    }

    private static void flush(Call call) {
        if (call.count() > 2 || (call.count() == 2 && !call.is(1, SYNC) && !call.is(1, ASYNC))) {
            call.error(Errors.SYNTAX);
        } else if (call.worker.clear() == StoreStatus.FULL) {
            call.error(Errors.OUT_OF_MEMORY);
        } else {
            call.reply().ok();
        }
    }
}
