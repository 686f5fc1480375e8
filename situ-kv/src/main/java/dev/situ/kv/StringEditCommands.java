package dev.situ.kv;

import static dev.situ.kv.CommandFlag.DENYOOM;
import static dev.situ.kv.CommandFlag.FAST;
import static dev.situ.kv.CommandFlag.WRITE;

import dev.situ.kv.notify.KeyEvent;
import dev.situ.store.StoreStatus;
import java.util.List;

/// Commands that change a part of a value: `APPEND`, `SETRANGE`.
final class StringEditCommands {
    private static final int KEY = 1;
    private static final String COPIED = "O(N) where N is the length of the new value, of which the rest is copied.";

    private StringEditCommands() {}

    static List<CommandSpec.Builder> declarations() {
        return List.of(
                CommandSpec.command("append", 3)
                        .flags(WRITE, DENYOOM, FAST)
                        .categories(AclCategory.STRING)
                        .keys(1, 1, 1, "RW", "insert")
                        .arguments("key:key value")
                        .docs("string", "2.0.0", "Append a value to a key")
                        .complexity(COPIED)
                        .body(StringEditCommands::append),
                CommandSpec.command("setrange", 4)
                        .flags(WRITE, DENYOOM)
                        .categories(AclCategory.STRING)
                        .keys(1, 1, 1, "RW", "update")
                        .arguments("key:key offset:int value")
                        .docs("string", "2.2.0", "Overwrite part of the value of a key from an offset on")
                        .complexity(COPIED)
                        .body(StringEditCommands::setRange));
    }

    private static void append(Call call) {
        call.patchUpdate.append(call.command(), KEY, 2);
        patch(call, KeyEvent.APPEND);
    }

    private static void setRange(Call call) {
        if (!call.isNumber(2)) {
            call.error(Errors.NOT_AN_INTEGER);
        } else if (call.number(2) < 0) {
            call.error("ERR offset is out of range");
        } else {
            call.patchUpdate.overwrite(call.command(), KEY, call.number(2), 3);
            patch(call, KeyEvent.SETRANGE);
        }
    }

    private static void patch(Call call, KeyEvent event) {
        PatchUpdate update = call.patchUpdate;
        StoreStatus status = call.update(KEY, update);
        if (status == StoreStatus.FULL) {
            call.error(Errors.OUT_OF_MEMORY);
        } else if (update.isTooLong()) {
            call.error(Errors.TOO_LONG);
        } else {
            if (status == StoreStatus.STORED) {
                call.stored(KEY, event);
            }
            call.reply().integer(update.newLength());
        }
    }
}
