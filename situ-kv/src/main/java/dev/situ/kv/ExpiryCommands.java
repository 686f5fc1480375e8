package dev.situ.kv;

import static dev.situ.kv.CommandFlag.FAST;
import static dev.situ.kv.CommandFlag.READONLY;

import dev.situ.store.Record;
import java.util.List;

/// Commands that tell when a key expires: `TTL`, `PTTL`, `EXPIRETIME`, `PEXPIRETIME`.
final class ExpiryCommands {
    private static final int NO_KEY = -2;
    private static final int NO_EXPIRY = -1;

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
                        .body(call -> reply(call, false, false)));
    }

    private static CommandSpec.Builder command(String name, String since, String summary) {
        return CommandSpec.command(name, 2)
                .flags(READONLY, FAST)
                .categories(AclCategory.KEYSPACE)
                .keys(1, 1, 1, "RO", "access")
                .docs("generic", since, summary);
    }

    private static void reply(Call call, boolean seconds, boolean relative) {
        long record = call.find(1);
        if (record == Record.NONE) {
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
}
