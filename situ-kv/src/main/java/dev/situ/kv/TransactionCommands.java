package dev.situ.kv;

import static dev.situ.kv.CommandFlag.ALLOW_BUSY;
import static dev.situ.kv.CommandFlag.FAST;
import static dev.situ.kv.CommandFlag.LOADING;
import static dev.situ.kv.CommandFlag.NOSCRIPT;
import static dev.situ.kv.CommandFlag.SKIP_SLOWLOG;
import static dev.situ.kv.CommandFlag.STALE;

import java.util.List;

/// Transactions: `MULTI`, `EXEC`, `DISCARD`, `WATCH`, `UNWATCH`. What is queued is the [Executor]'s to decide.
final class TransactionCommands {
    private TransactionCommands() {}

    static List<CommandSpec.Builder> declarations() {
        return List.of(
                transaction("multi", 1, "1.2.0", "Begin a transaction")
                        .flags(ALLOW_BUSY, FAST)
                        .isNeverQueued()
                        .body(TransactionCommands::multi),
                transaction("exec", 1, "1.2.0", "Run all commands that were queued since MULTI, as one step")
                        .flags(SKIP_SLOWLOG)
                        .mayWriteQueued()
                        .complexity("Depends on commands in the transaction")
                        .isNeverQueued()
                        .refusalEndsTransaction()
                        .body(TransactionCommands::exec),
                transaction("discard", 1, "2.0.0", "Forget all commands that were queued since MULTI")
                        .flags(ALLOW_BUSY, FAST)
                        .complexity("O(N), when N is the number of queued commands")
                        .isNeverQueued()
                        .body(TransactionCommands::discard),
                transaction("watch", -2, "2.2.0", "Let EXEC run nothing if one of the keys is changed before it")
                        .flags(ALLOW_BUSY, FAST)
                        .keys(1, -1, 1, "RO")
                        .arguments("key:key...")
                        .complexity("O(1) for every key.")
                        .isNeverQueued()
                        .body(TransactionCommands::watch),
                transaction("unwatch", 1, "2.2.0", "Forget all watched keys")
                        .flags(ALLOW_BUSY, FAST)
                        .body(TransactionCommands::unwatch));
    }

    private static CommandSpec.Builder transaction(String name, int arity, String since, String summary) {
        return CommandSpec.command(name, arity)
                .flags(NOSCRIPT, LOADING, STALE)
                .categories(AclCategory.TRANSACTION)
                .docs("transactions", since, summary);
    }

    private static void multi(Call call) {
        Transaction transaction = call.session().transaction();
        if (transaction.isOpen()) {
            call.error("ERR MULTI calls can not be nested");
        } else {
            transaction.open();
            call.reply().ok();
        }
    }

    private static void exec(Call call) {
        Transaction transaction = call.session().transaction();
        if (!transaction.isOpen()) {
            call.error("ERR EXEC without MULTI");
        } else if (transaction.isAborted()) {
            transaction.end(call.worker);
            call.error("EXECABORT Transaction discarded because of previous errors.");
        } else {
            call.runAlone(TransactionCommands::runIfUnchanged);
        }
    }

    private static void runIfUnchanged(Call call) {
        Transaction transaction = call.session().transaction();
        try {
            if (transaction.watched.isChanged(call)) {
                call.reply().noArray();
            } else {
                transaction.beginRun(call.worker);
                call.runQueued(transaction.queue);
            }
        } finally {
            transaction.end(call.worker);
        }
    }

    private static void discard(Call call) {
        Transaction transaction = call.session().transaction();
        if (transaction.isOpen()) {
            transaction.end(call.worker);
            call.reply().ok();
        } else {
            call.error("ERR DISCARD without MULTI");
        }
    }

    private static void watch(Call call) {
        Transaction transaction = call.session().transaction();
        if (transaction.isOpen()) {
            call.error("ERR WATCH inside MULTI is not allowed");
            return;
        }
        for (int i = 1; i < call.count(); i++) {
            if (!transaction.watched.add(call, i)) {
                call.error("ERR a connection may watch " + WatchedKeys.MOST_KEYS + " keys at most");
                return;
            }
        }
        call.reply().ok();
    }

    private static void unwatch(Call call) {
        call.session().transaction().watched.clear(call.worker);
        call.reply().ok();
    }
}
