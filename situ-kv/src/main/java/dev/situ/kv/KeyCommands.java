package dev.situ.kv;

import static dev.situ.kv.CommandFlag.FAST;
import static dev.situ.kv.CommandFlag.READONLY;
import static dev.situ.kv.CommandFlag.WRITE;

import dev.situ.kv.notify.KeyEvent;
import dev.situ.store.Record;
import java.util.List;

/// Commands on keys, whatever their values: `DEL`, `UNLINK`, `EXISTS`, `TOUCH`, `TYPE`.
final class KeyCommands {
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
                        .body(KeyCommands::type));
    }

    private static void delete(Call call) {
        int deleted = 0;
        for (int i = 1; i < call.count(); i++) {
            if (call.delete(i)) {
                call.changed(i, KeyEvent.DEL);
                deleted++;
            }
        }
        call.reply().integer(deleted);
    }

    private static void type(Call call) {
        boolean there = call.find(1) != Record.NONE;
        if (!there) {
            call.missed(1);
        }
        call.reply().raw(there ? STRING : NONE);
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
}
