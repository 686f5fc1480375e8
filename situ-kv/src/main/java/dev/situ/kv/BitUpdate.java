package dev.situ.kv;

import dev.situ.memory.Words;
import dev.situ.resp.Command;
import dev.situ.store.Record;
import dev.situ.store.Store;
import dev.situ.store.StoreWorker;

/// Sets one bit of a value, which grows to hold it: `SETBIT`. Bits are counted from the highest of the first byte.
final class BitUpdate extends ValueUpdate {
    private final ValueBytes bytes;
    private long bit;
    private boolean on;
    private boolean before;

    BitUpdate(Store store, ValueBytes bytes) {
        super(store);
        this.bytes = bytes;
    }

    /// Says which bit of a key's value is to be what.
    void begin(Command command, int keyArgument, long bitOffset, boolean value) {
        key(command, keyArgument);
        bit = bitOffset;
        on = value;
    }

    /// What the bit was.
    boolean before() {
        return before;
    }

    @Override
    public long apply(StoreWorker worker, long record) {
        int at = (int) (bit >>> 3);
        int mask = 0x80 >>> (bit & 7);
        int old = Words.getByte(bytes.window(record, at, 1), 0);
        before = (old & mask) != 0;
        if (record != Record.NONE && at < length(record) && before == on) {
            return KEEP;
        }
        long next = claimCopy(worker, record, Math.max(length(record), at + 1));
        if (next != Record.NONE) {
            Words.setByte(region, Record.valueOffset(region, next) + at, (byte) (on ? old | mask : old & ~mask));
        }
        return next;
    }
}
