package dev.situ.kv;

import static dev.situ.kv.CommandFlag.DENYOOM;
import static dev.situ.kv.CommandFlag.FAST;
import static dev.situ.kv.CommandFlag.READONLY;
import static dev.situ.kv.CommandFlag.WRITE;

import dev.situ.kv.notify.KeyEvent;
import dev.situ.memory.Words;
import dev.situ.resp.Command;
import dev.situ.resp.Decimal;
import dev.situ.resp.RespParser;
import dev.situ.store.Record;
import dev.situ.store.StoreStatus;
import java.util.List;

/// Commands on the bits of a value: `SETBIT`, `GETBIT`, `BITCOUNT`, `BITPOS`.
final class BitmapCommands {
    /// In place of a bit's number: the argument is none.
    static final long NO_OFFSET = -1;

    private static final int KEY = 1;
    private static final byte[] BIT = Text.bytes("bit");
    private static final byte[] BYTE = Text.bytes("byte");

    private BitmapCommands() {}

    static List<CommandSpec.Builder> declarations() {
        return List.of(
                CommandSpec.command("setbit", 4)
                        .flags(WRITE, DENYOOM)
                        .categories(AclCategory.BITMAP)
                        .keys(1, 1, 1, "RW", "access", "update")
                        .arguments("key:key offset:int value:int")
                        .docs("bitmap", "2.2.0", "Set or clear the bit at an offset in the value of a key")
                        .complexity("O(N) where N is the length of the value, which is copied.")
                        .body(BitmapCommands::setBit),
                CommandSpec.command("getbit", 3)
                        .flags(READONLY, FAST)
                        .categories(AclCategory.BITMAP)
                        .keys(1, 1, 1, "RO", "access")
                        .arguments("key:key offset:int")
                        .docs("bitmap", "2.2.0", "Get the bit at an offset in the value of a key")
                        .body(BitmapCommands::getBit),
                CommandSpec.command("bitcount", -2)
                        .flags(READONLY)
                        .categories(AclCategory.BITMAP)
                        .keys(1, 1, 1, "RO", "access")
                        .arguments("key:key [index:{start:int end:int [index_unit:(byte=BYTE |" + " bit=BIT)@7.0.0]}]")
                        .docs("bitmap", "2.6.0", "Count the set bits of a value")
                        .complexity("O(N)")
                        .body(BitmapCommands::count),
                CommandSpec.command("bitpos", -3)
                        .flags(READONLY)
                        .categories(AclCategory.BITMAP)
                        .keys(1, 1, 1, "RO", "access")
                        .arguments("key:key bit:int [index:{start:int [end_index:{end:int"
                                + " [index_unit:(byte=BYTE | bit=BIT)@7.0.0]}]}]")
                        .docs("bitmap", "2.8.7", "Find the first bit of a value that is set or clear")
                        .complexity("O(N)")
                        .body(BitmapCommands::position));
    }

    /// The number of a bit, which an argument says; [#NO_OFFSET] if it is none or beyond every value.
    ///
    /// @param width the bits of a field, `#n` being the n-th of such fields; 0: only a plain number is allowed
    static long bitOffset(Call call, int argument, int width) {
        Command c = call.command();
        long offset = c.offset(argument);
        int length = c.length(argument);
        boolean fields = width > 0 && length > 0 && Words.getByte(c.memory(), offset) == '#';
        int skip = fields ? 1 : 0;
        if (!Decimal.isValid(c.memory(), offset + skip, length - skip)) {
            return NO_OFFSET;
        }
        long bit = Decimal.value(c.memory(), offset + skip, length - skip);
        if (fields) {
            bit *= width; // wraps, as in Redis
        }
        return bit < 0 || bit >>> 3 >= RespParser.MAX_BULK_LENGTH ? NO_OFFSET : bit;
    }

    private static void setBit(Call call) {
        long bit = bitOffset(call, 2, 0);
        if (bit == NO_OFFSET) {
            call.error(Errors.BIT_OFFSET);
            return;
        }
        long value = call.isNumber(3) ? call.number(3) : -1;
        if (value != 0 && value != 1) {
            call.error("ERR bit is not an integer or out of range");
            return;
        }
        BitUpdate update = call.bitUpdate;
        update.begin(call.command(), KEY, bit, value == 1);
        StoreStatus status = call.update(KEY, update);
        if (status == StoreStatus.STORED) {
            call.stored(KEY, KeyEvent.SETBIT);
        }
        if (status == StoreStatus.FULL) {
            call.error(Errors.OUT_OF_MEMORY);
        } else {
            call.reply().integer(update.before() ? 1 : 0);
        }
    }

    private static void getBit(Call call) {
        long bit = bitOffset(call, 2, 0);
        if (bit == NO_OFFSET) {
            call.error(Errors.BIT_OFFSET);
            return;
        }
        long record = call.lookUp(KEY);
        int b = Words.getByte(call.bytes.window(record, bit >>> 3, 1), 0);
        call.reply().integer(b >>> (7 - (bit & 7)) & 1);
    }

    /// `BITCOUNT key [start end [BYTE | BIT]]`
    private static void count(Call call) {
        long record = call.lookUp(KEY);
        BitRange range = call.bitRange;
        if (record == Record.NONE) {
            call.reply().integer(0);
        } else if (call.count() == 3 || call.count() > 5) {
            call.error(Errors.SYNTAX);
        } else if (call.count() > 2 && !(call.isNumber(2) && call.isNumber(3))) {
            call.error(Errors.NOT_AN_INTEGER);
        } else if (call.count() > 3 && call.number(2) < 0 && call.number(3) < 0 && call.number(2) > call.number(3)) {
            call.reply().integer(0);
        } else if (call.count() == 5 && !isUnit(call, 4)) {
            call.error(Errors.SYNTAX);
        } else {
            boolean ranged = call.count() > 3;
            range.set(
                    call.bytes.length(record),
                    call.count() == 5 && call.is(4, BIT),
                    ranged ? call.number(2) : 0,
                    ranged ? call.number(3) : -1);
            call.reply().integer(range.isEmpty() ? 0 : range.count(call.bytes, record));
        }
    }

    /// `BITPOS key bit [start [end [BYTE | BIT]]]`
    private static void position(Call call) {
        if (!call.isNumber(2)) {
            call.error(Errors.NOT_AN_INTEGER);
            return;
        }
        if (call.number(2) != 0 && call.number(2) != 1) {
            call.error("ERR The bit argument must be 1 or 0.");
            return;
        }
        boolean one = call.number(2) == 1;
        long record = call.lookUp(KEY);
        if (record == Record.NONE) {
            call.reply().integer(one ? -1 : 0);
        } else if (call.count() > 6) {
            call.error(Errors.SYNTAX);
        } else if (call.count() > 3 && !call.isNumber(3)) {
            call.error(Errors.NOT_AN_INTEGER);
        } else if (call.count() == 6 && !isUnit(call, 5)) {
            call.error(Errors.SYNTAX);
        } else if (call.count() > 4 && !call.isNumber(4)) {
            call.error(Errors.NOT_AN_INTEGER);
        } else {
            call.reply().integer(position(call, record, one));
        }
    }

    /// Behind a value whose end was not given there are zeros without end.
    private static long position(Call call, long record, boolean one) {
        boolean ended = call.count() > 4;
        BitRange range = call.bitRange;
        int length = call.bytes.length(record);
        range.set(
                length,
                call.count() == 6 && call.is(5, BIT),
                call.count() > 3 ? call.number(3) : 0,
                ended ? call.number(4) : -1);
        if (range.isEmpty()) {
            return Bits.NONE;
        }
        long found = range.find(call.bytes, record, one);
        return found == Bits.NONE && !one && !ended ? length * 8L : found;
    }

    private static boolean isUnit(Call call, int argument) {
        return call.is(argument, BIT) || call.is(argument, BYTE);
    }
}
