package dev.situ.kv;

import static dev.situ.kv.CommandFlag.DENYOOM;
import static dev.situ.kv.CommandFlag.FAST;
import static dev.situ.kv.CommandFlag.WRITE;

import dev.situ.kv.notify.KeyEvent;
import dev.situ.resp.Command;
import dev.situ.store.StoreStatus;
import java.util.List;

/// Commands that count: `INCR`, `DECR`, `INCRBY`, `DECRBY`, `INCRBYFLOAT`.
final class CounterCommands {
    private static final int KEY = 1;
    private static final int AMOUNT = 2;

    private CounterCommands() {}

    static List<CommandSpec.Builder> declarations() {
        return List.of(
                counter("incr", 2, "Increment the integer value of a key by one")
                        .body(call -> add(call, 1)),
                counter("decr", 2, "Decrement the integer value of a key by one")
                        .body(call -> add(call, -1)),
                counter("incrby", 3, "Increment the integer value of a key by the given amount")
                        .arguments("key:key increment:int")
                        .body(call -> addAmount(call, false)),
                counter("decrby", 3, "Decrement the integer value of a key by the given number")
                        .arguments("key:key decrement:int")
                        .body(call -> addAmount(call, true)),
                CommandSpec.command("incrbyfloat", 3)
                        .flags(WRITE, DENYOOM, FAST)
                        .categories(AclCategory.STRING)
                        .keys(1, 1, 1, "RW", "access", "update")
                        .arguments("key:key increment:double")
                        .docs("string", "2.6.0", "Increment the float value of a key by the given amount")
                        .body(CounterCommands::addFloat));
    }

    private static CommandSpec.Builder counter(String name, int arity, String summary) {
        return CommandSpec.command(name, arity)
                .flags(WRITE, DENYOOM, FAST)
                .categories(AclCategory.STRING)
                .keys(1, 1, 1, "RW", "access", "update")
                .arguments("key:key")
                .docs("string", "1.0.0", summary);
    }

    private static void addAmount(Call call, boolean negated) {
        if (!call.isNumber(AMOUNT)) {
            call.error(Errors.NOT_AN_INTEGER);
            return;
        }
        long amount = call.number(AMOUNT);
        if (negated && amount == Long.MIN_VALUE) {
            call.error("ERR decrement would overflow");
        } else {
            add(call, negated ? -amount : amount);
        }
    }

    private static void add(Call call, long amount) {
        Command command = call.command();
        AddUpdate update = call.addUpdate;
        update.begin(command.memory(), command.offset(KEY), command.length(KEY), amount);
        StoreStatus status = call.update(KEY, update);
        if (status == StoreStatus.FULL) {
            call.error(Errors.OUT_OF_MEMORY);
            return;
        }
        if (status == StoreStatus.STORED) {
            call.stored(KEY, KeyEvent.INCRBY);
        }
        switch (update.outcome()) {
            case ADDED -> call.reply().integer(update.sum());
            case NOT_A_NUMBER -> call.error(Errors.NOT_AN_INTEGER);
            case OVERFLOW -> call.error("ERR increment or decrement would overflow");
        }
    }

    private static void addFloat(Call call) {
        ExtendedFloat amount =
                call.command().length(AMOUNT) > ExtendedFloat.MAX_TEXT ? null : ExtendedFloat.parse(call.text(AMOUNT));
        if (amount == null) {
            call.error(Errors.NOT_A_FLOAT);
            return;
        }
        FloatUpdate update = call.floatUpdate;
        update.begin(call.command(), KEY, amount);
        StoreStatus status = call.update(KEY, update);
        String sum = update.sum();
        if (status == StoreStatus.STORED) {
            call.stored(KEY, KeyEvent.INCRBYFLOAT);
        }
        if (status == StoreStatus.FULL) {
            call.error(Errors.OUT_OF_MEMORY);
        } else if (!update.isNumber()) {
            call.error(Errors.NOT_A_FLOAT);
        } else if (sum == null) {
            call.error("ERR increment would produce NaN or Infinity");
        } else {
            call.reply().bulk(sum);
        }
    }
}
