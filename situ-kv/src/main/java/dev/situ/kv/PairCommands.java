package dev.situ.kv;

import static dev.situ.kv.CommandFlag.DENYOOM;
import static dev.situ.kv.CommandFlag.MOVABLEKEYS;
import static dev.situ.kv.CommandFlag.WRITE;

import dev.situ.kv.notify.KeyEvent;
import dev.situ.store.Record;
import dev.situ.store.StoreStatus;
import java.util.List;

/// Commands that store several values: `MSET`, `MSETNX`, `MSETEX`.
///
/// First all records are claimed, then all are published: if memory is short, nothing is stored.
final class PairCommands {
    private static final int FIRST = 1;
    private static final int COUNT = 1;
    private static final int FIRST_COUNTED = 2;
    private static final String OF_KEYS = "O(N) where N is the number of keys to set.";

    private PairCommands() {}

    static List<CommandSpec.Builder> declarations() {
        return List.of(
                CommandSpec.command("mset", -3)
                        .flags(WRITE, DENYOOM)
                        .categories(AclCategory.STRING)
                        .tips("request_policy:multi_shard", "response_policy:all_succeeded")
                        .keys(1, -1, 2, "OW", "update")
                        .arguments("key_value:{key:key value}...")
                        .docs("string", "1.0.1", "Set multiple keys to multiple values")
                        .complexity(OF_KEYS)
                        .exclusiveBodyBeyond(3, PairCommands::set),
                CommandSpec.command("msetnx", -3)
                        .flags(WRITE, DENYOOM)
                        .categories(AclCategory.STRING)
                        .tips("request_policy:multi_shard", "response_policy:agg_min")
                        .keys(1, -1, 2, "OW", "insert")
                        .arguments("key_value:{key:key value}...")
                        .docs("string", "1.0.1", "Set multiple keys to multiple values, only if none of the keys exist")
                        .complexity(OF_KEYS)
                        .exclusiveBody(PairCommands::setIfAbsent),
                CommandSpec.command("msetex", -4)
                        .flags(WRITE, DENYOOM, MOVABLEKEYS)
                        .categories(AclCategory.STRING)
                        .keysCounted(COUNT, 2, "OW", "update")
                        .arguments("numkeys:int key_value:{key:key value}... [condition:(nx=NX | xx=XX)]"
                                + " [expiration:(seconds:int=EX | milliseconds:int=PX | unix-time-seconds:time=EXAT |"
                                + " unix-time-milliseconds:time=PXAT | keepttl=KEEPTTL)]")
                        .docs("string", "8.4.0", "Set multiple keys to multiple values, with one expiration for all")
                        .complexity(OF_KEYS)
                        .exclusiveBody(PairCommands::setExpiring));
    }

    private static void set(Call call) {
        if (call.count() % 2 == 0) {
            call.error(Errors.arity(call.spec()));
            return;
        }
        call.setOptions.clear();
        if (store(call, FIRST, call.count(), call.setOptions)) {
            call.reply().ok();
        }
    }

    private static void setIfAbsent(Call call) {
        if (call.count() % 2 == 0) {
            call.error(Errors.arity(call.spec()));
            return;
        }
        call.setOptions.clear();
        call.setOptions.ifAbsent = true;
        storeIf(call, FIRST, call.count());
    }

    /// `MSETEX numkeys key value ... [NX | XX] [EX | PX | EXAT | PXAT time | KEEPTTL]`
    private static void setExpiring(Call call) {
        long pairs = call.isNumber(COUNT) ? call.number(COUNT) : 0;
        if (pairs < 1 || pairs > Integer.MAX_VALUE) {
            call.error("ERR invalid numkeys value");
        } else if (pairs > (call.count() - FIRST_COUNTED) / 2) {
            call.error("ERR wrong number of key-value pairs");
        } else {
            int end = FIRST_COUNTED + 2 * (int) pairs;
            String error = call.setOptions.read(call, end);
            if (error == null && (call.setOptions.get || !call.setOptions.condition.isNone())) {
                error = Errors.SYNTAX;
            }
            if (error != null) {
                call.error(error);
            } else {
                storeIf(call, FIRST_COUNTED, end);
            }
        }
    }

    /// Stores all pairs or none, and says which.
    private static void storeIf(Call call, int first, int end) {
        SetOptions options = call.setOptions;
        if (options.ifAbsent || options.ifPresent) {
            call.prefetchPairs(first, end);
            for (int key = first; key < end; key += 2) {
                boolean there = call.find(key) != Record.NONE;
                if (there ? options.ifAbsent : options.ifPresent) {
                    call.reply().integer(0);
                    return;
                }
            }
        }
        if (store(call, first, end, options)) {
            call.reply().integer(1);
        }
    }

    /// Stores the pairs, whatever is there. Gives false if memory was short, which the reply says.
    private static boolean store(Call call, int first, int end, SetOptions options) {
        RecordList claimed = call.records;
        try {
            boolean stored = claim(call, first, end, options) && publish(call, first, options.expireAtMillis != 0);
            if (!stored) {
                call.error(Errors.OUT_OF_MEMORY);
            }
            return stored;
        } finally {
            claimed.clear();
        }
    }

    private static boolean claim(Call call, int first, int end, SetOptions options) {
        RecordList claimed = call.records;
        int key = first;
        while (key < end) {
            int together = call.prefetchPairs(key, end);
            for (int i = 0; i < together; i++) {
                long record = call.claimPrefetched(i, key + 1);
                if (record == Record.NONE) {
                    abort(call, claimed);
                    return false;
                }
                long old = options.keepTtl ? call.find(key) : Record.NONE;
                long at = old == Record.NONE ? options.expireAtMillis : Record.expireAtMillis(call.region, old);
                Record.setExpireAtMillis(call.region, record, at);
                claimed.accept(record);
                key += 2;
            }
        }
        return true;
    }

    private static void abort(Call call, RecordList claimed) {
        for (int i = 0; i < claimed.size(); i++) {
            call.worker.abort(claimed.get(i));
        }
    }

    private static boolean publish(Call call, int first, boolean expires) {
        boolean all = true;
        for (int i = 0; i < call.records.size(); i++) {
            boolean stored = call.worker.put(call.records.get(i)) == StoreStatus.STORED;
            if (stored) {
                call.stored(first + 2 * i, KeyEvent.SET);
            }
            if (stored && expires) {
                call.toldExpiry(first + 2 * i);
            }
            all &= stored;
        }
        return all;
    }
}
