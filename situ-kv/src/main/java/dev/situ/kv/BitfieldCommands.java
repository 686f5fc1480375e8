package dev.situ.kv;

import static dev.situ.kv.CommandFlag.DENYOOM;
import static dev.situ.kv.CommandFlag.FAST;
import static dev.situ.kv.CommandFlag.READONLY;
import static dev.situ.kv.CommandFlag.WRITE;

import dev.situ.kv.BitfieldOperation.Kind;
import dev.situ.kv.BitfieldOperation.Overflow;
import dev.situ.kv.notify.KeyEvent;
import dev.situ.store.StoreStatus;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Commands that take a value for an array of small numbers: `BITFIELD`, `BITFIELD_RO`.
final class BitfieldCommands {
    private static final int KEY = 1;
    private static final byte[] OVERFLOW = Text.bytes("overflow");
    private static final String EACH = "O(1) for each subcommand; and O(N) if one of them writes, where N is the length"
            + " of the value, which is copied.";

    private BitfieldCommands() {}

    static List<CommandSpec.Builder> declarations() {
        return List.of(
                CommandSpec.command("bitfield", -2)
                        .flags(WRITE, DENYOOM)
                        .categories(AclCategory.BITMAP)
                        .keys(1, 1, 1, "RW", "access", "update", "variable_flags")
                        .keyFlags(BitfieldCommands::keyFlags)
                        .keyNotes("This command allows both access and modification of the key")
                        .arguments("key:key [operation:(encoding_offset:{encoding offset:int}=GET |"
                                + " write:{[wrap_sat_fail:(wrap=WRAP | sat=SAT | fail=FAIL)=OVERFLOW]"
                                + " write_operation:(encoding_offset_value:{encoding offset:int"
                                + " value:int}=SET | encoding_offset_increment:{encoding offset:int"
                                + " increment:int}=INCRBY)})...]")
                        .docs("bitmap", "3.2.0", "Perform arbitrary bitfield integer operations on a value")
                        .complexity(EACH)
                        .body(call -> bitfield(call, false)),
                CommandSpec.command("bitfield_ro", -2)
                        .flags(READONLY, FAST)
                        .categories(AclCategory.BITMAP)
                        .keys(1, 1, 1, "RO", "access")
                        .arguments("key:key [encoding_offset:{encoding offset:int}=GET+...]")
                        .docs("bitmap", "6.0.0", "Perform arbitrary read-only bitfield integer operations on a value")
                        .complexity("O(1) for each subcommand specified")
                        .body(call -> bitfield(call, true)));
    }

    private static List<String> keyFlags(Call call, int first) {
        int i = first + 2;
        while (i < call.count()) {
            switch (Text.lowerCase(call.text(i))) {
                case "get" -> i += 3;
                case "overflow" -> i += 2;
                default -> {
                    return List.of("RW", "access", "update");
                }
            }
        }
        return List.of("RO", "access");
    }

    private static void bitfield(Call call, boolean readOnly) {
        List<BitfieldOperation> operations = new ArrayList<>();
        String error = read(call, operations);
        if (error != null) {
            call.error(error);
            return;
        }
        boolean writes = operations.stream().anyMatch(BitfieldOperation::isWrite);
        if (writes && readOnly) {
            call.error("ERR BITFIELD_RO only supports the GET subcommand");
            return;
        }
        BitfieldUpdate update = call.bitfieldUpdate;
        update.begin(call.command(), KEY, operations);
        if (!writes) {
            update.read(call.lookUp(KEY));
        } else if (call.update(KEY, update) == StoreStatus.FULL) {
            call.error(Errors.OUT_OF_MEMORY);
            return;
        } else if (update.isChanged()) {
            call.stored(KEY, KeyEvent.SETBIT);
        } else {
            call.storedSilently(KEY);
        }
        call.reply().array(operations.size());
        for (int i = 0; i < operations.size(); i++) {
            if (update.isFailed(i)) {
                call.reply().nothing();
            } else {
                call.reply().integer(update.result(i));
            }
        }
    }

    /// Reads the operations. Gives the text of an error, or null.
    private static @Nullable String read(Call call, List<BitfieldOperation> operations) {
        Overflow overflow = Overflow.WRAP;
        int i = 2;
        while (i < call.count()) {
            int behind = call.count() - i - 1;
            Kind kind = named(Kind.values(), call, i);
            if (kind != null && behind >= (kind == Kind.GET ? 2 : 3)) {
                String error = read(call, i, kind, overflow, operations);
                if (error != null) {
                    return error;
                }
                i += kind == Kind.GET ? 3 : 4;
            } else if (call.is(i, OVERFLOW) && behind >= 1) {
                Overflow named = named(Overflow.values(), call, i + 1);
                if (named == null) {
                    return "ERR Invalid OVERFLOW type specified";
                }
                overflow = named;
                i += 2;
            } else {
                return Errors.SYNTAX;
            }
        }
        return null;
    }

    private static @Nullable String read(
            Call call, int first, Kind kind, Overflow overflow, List<BitfieldOperation> operations) {
        String type = call.text(first + 1);
        int bits = bits(type);
        if (bits == 0) {
            return "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.";
        }
        long at = BitmapCommands.bitOffset(call, first + 2, bits);
        if (at == BitmapCommands.NO_OFFSET) {
            return Errors.BIT_OFFSET;
        }
        if (kind != Kind.GET && !call.isNumber(first + 3)) {
            return Errors.NOT_AN_INTEGER;
        }
        long operand = kind == Kind.GET ? 0 : call.number(first + 3);
        operations.add(new BitfieldOperation(kind, type.charAt(0) == 'i', bits, at, operand, overflow));
        return null;
    }

    /// How many bits a type such as `u8` has; 0 if it is none.
    private static int bits(String type) {
        if (!type.matches("[iu][1-9][0-9]?")) {
            return 0;
        }
        int bits = Integer.parseInt(type.substring(1));
        return bits <= (type.charAt(0) == 'i' ? 64 : 63) ? bits : 0;
    }

    private static <E extends Enum<E>> @Nullable E named(E[] words, Call call, int argument) {
        String text = call.text(argument);
        for (E word : words) {
            if (word.name().equalsIgnoreCase(text)) {
                return word;
            }
        }
        return null;
    }
}
