package dev.situ.kv;

import static dev.situ.kv.CommandFlag.DENYOOM;
import static dev.situ.kv.CommandFlag.WRITE;

import dev.situ.kv.notify.KeyEvent;
import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import dev.situ.resp.Command;
import dev.situ.store.Record;
import dev.situ.store.StoreStatus;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `BITOP operation destination source [source ...]`: stores what an operation makes of the bits of values, the
/// shorter ones with zeros behind them.
final class BitopCommand {
    private static final int DESTINATION = 2;
    private static final int SOURCE = 3;

    private enum Operation {
        AND,
        OR,
        XOR,
        NOT;

        @SuppressWarnings("ImmutableEnumChecker") // nobody writes to it
        private final byte[] word = Text.bytes(Text.lowerCase(name()));

        long apply(long a, long b) {
            return switch (this) {
                case AND -> a & b;
                case OR -> a | b;
                case XOR -> a ^ b;
                case NOT -> ~a;
            };
        }
    }

    private static final Operation[] ALL = Operation.values();

    private BitopCommand() {}

    static List<CommandSpec.Builder> declarations() {
        return List.of(CommandSpec.command("bitop", -4)
                .flags(WRITE, DENYOOM)
                .categories(AclCategory.BITMAP)
                .keys(2, -1, 1)
                .keyParts(
                        new KeyRange(2, 2, 1, List.of("OW", "update"), ""),
                        new KeyRange(3, -1, 1, List.of("RO", "access"), ""))
                .arguments("operation destkey:key key:key#1...")
                .docs("bitmap", "2.6.0", "Perform bitwise operations between values")
                .complexity("O(N)")
                .exclusiveBody(BitopCommand::run));
    }

    private static @Nullable Operation operation(Call call) {
        for (Operation operation : ALL) {
            if (call.is(1, operation.word)) {
                return operation;
            }
        }
        return null;
    }

    private static void run(Call call) {
        Operation operation = operation(call);
        if (operation == null) {
            call.error(Errors.SYNTAX);
            return;
        }
        if (operation == Operation.NOT && call.count() != SOURCE + 1) {
            call.error("ERR BITOP NOT must be called with a single source key.");
            return;
        }
        RecordList sources = call.records;
        try {
            int length = 0;
            for (int i = SOURCE; i < call.count(); i++) {
                long record = call.lookUp(i);
                sources.accept(record);
                length = Math.max(length, call.bytes.length(record));
            }
            if (length == 0) {
                if (call.delete(DESTINATION)) {
                    call.changed(DESTINATION, KeyEvent.DEL);
                }
                call.reply().integer(0);
            } else {
                store(call, operation, length);
            }
        } finally {
            sources.clear();
        }
    }

    private static void store(Call call, Operation operation, int length) {
        Command c = call.command();
        long record = Framing.claim(
                call.worker, call.region, c.memory(), c.offset(DESTINATION), c.length(DESTINATION), length);
        if (record == Record.NONE) {
            call.error(Errors.OUT_OF_MEMORY);
            return;
        }
        long value = Record.valueOffset(call.region, record);
        for (int i = 0; i < call.records.size(); i++) {
            // The first is taken as it is: the same as with zeros by "or".
            Operation step = i == 0 ? Operation.OR : operation;
            if (i == 0) {
                zero(call.region, value, length);
            }
            combine(call, step, call.records.get(i), value, length);
        }
        if (operation == Operation.NOT) {
            apply(operation, call.region, value, call.region, value, length);
        }
        if (call.worker.put(record) == StoreStatus.FULL) {
            call.error(Errors.OUT_OF_MEMORY);
        } else {
            call.stored(DESTINATION, KeyEvent.SET);
            call.reply().integer(length);
        }
    }

    /// Changes bytes by an operation with those of a source, and with zeros behind it.
    private static void combine(Call call, Operation operation, long source, long value, int length) {
        int there = call.bytes.length(source);
        long at = value;
        if (there > 0) {
            SliceList bytes = call.bytes.slices(source, 0, there);
            for (int i = 0; i < bytes.size(); i++) {
                apply(operation, call.region, at, bytes.memory(i), bytes.offset(i), bytes.length(i));
                at += bytes.length(i);
            }
        }
        if (operation == Operation.AND) {
            zero(call.region, at, length - there);
        }
    }

    private static void apply(
            Operation operation, MemorySegment to, long toOffset, MemorySegment from, long offset, int length) {
        int i = 0;
        for (; i + Long.BYTES <= length; i += Long.BYTES) {
            long result = operation.apply(Words.getLong(to, toOffset + i), Words.getLong(from, offset + i));
            Words.setLong(to, toOffset + i, result);
        }
        for (; i < length; i++) {
            long result = operation.apply(Words.getByte(to, toOffset + i), Words.getByte(from, offset + i));
            Words.setByte(to, toOffset + i, (byte) result);
        }
    }

    private static void zero(MemorySegment memory, long offset, int length) {
        apply(Operation.XOR, memory, offset, memory, offset, length);
    }
}
