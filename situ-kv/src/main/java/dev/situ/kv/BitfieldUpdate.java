package dev.situ.kv;

import dev.situ.kv.BitfieldOperation.Kind;
import dev.situ.kv.BitfieldOperation.Overflow;
import dev.situ.memory.Words;
import dev.situ.resp.Command;
import dev.situ.store.Record;
import dev.situ.store.Store;
import dev.situ.store.StoreWorker;
import java.util.List;

/// Runs the operations of a `BITFIELD` on a copy of the value, one after the other, in one step for all others.
final class BitfieldUpdate extends ValueUpdate {
    /// A field of 64 bits touches nine bytes.
    private static final int FIELD_BYTES = 9;

    private final ValueBytes bytes;
    private List<BitfieldOperation> operations = List.of();
    private long[] results = {};
    private boolean[] failed = {};
    private boolean grown;
    private boolean changed;

    BitfieldUpdate(Store store, ValueBytes bytes) {
        super(store);
        this.bytes = bytes;
    }

    /// Says what is to be done.
    void begin(Command command, int keyArgument, List<BitfieldOperation> all) {
        key(command, keyArgument);
        operations = all;
        results = new long[all.size()];
        failed = new boolean[all.size()];
    }

    /// Whether operation `index` was left out because its result did not fit.
    boolean isFailed(int index) {
        return failed[index];
    }

    /// Whether an operation that was not left out has changed the value, or made it longer.
    boolean isChanged() {
        return changed;
    }

    /// What operation `index` gave.
    long result(int index) {
        return results[index];
    }

    /// Runs operations of which none writes.
    ///
    /// @param record or [Record#NONE]
    void read(long record) {
        for (int i = 0; i < operations.size(); i++) {
            BitfieldOperation operation = operations.get(i);
            failed[i] = false;
            results[i] = operation.valueOf(Bits.get(
                    bytes.window(record, operation.at() >>> 3, FIELD_BYTES), 0, operation.at() & 7, operation.bits()));
        }
    }

    @Override
    public long apply(StoreWorker worker, long record) {
        int length = length(record);
        for (BitfieldOperation operation : operations) {
            length = operation.isWrite() ? Math.max(length, operation.leastBytes()) : length;
        }
        grown = record == Record.NONE || length > length(record);
        changed = false;
        long next = claimCopy(worker, record, length);
        if (next != Record.NONE) {
            for (int i = 0; i < operations.size(); i++) {
                run(i, operations.get(i), Record.valueOffset(region, next), length);
            }
        }
        return next;
    }

    private void run(int index, BitfieldOperation operation, long value, int length) {
        long old = operation.valueOf(get(operation, value, length));
        failed[index] = false;
        if (operation.kind() == Kind.GET) {
            results[index] = old;
            return;
        }
        if (operation.overflow() == Overflow.FAIL && operation.overflow(old) != 0) {
            failed[index] = true;
            return;
        }
        long result = operation.result(old);
        changed |= grown || result != old;
        Bits.set(region, value, operation.at(), operation.bits(), result);
        results[index] = operation.kind() == Kind.SET ? old : result;
    }

    /// A field that is read may lie behind the value, where there are zeros.
    private long get(BitfieldOperation operation, long value, int length) {
        if (operation.leastBytes() <= length) {
            return Bits.get(region, value, operation.at(), operation.bits());
        }
        long bits = 0;
        for (long i = operation.at(); i < operation.at() + operation.bits(); i++) {
            int b = i >>> 3 < length ? Words.getByte(region, value + (i >>> 3)) : 0;
            bits = bits << 1 | (b >>> (7 - (i & 7)) & 1);
        }
        return bits;
    }
}
