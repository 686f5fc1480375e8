package dev.situ.kv;

import dev.situ.memory.Words;
import dev.situ.store.Record;
import dev.situ.store.RecordUpdate;
import dev.situ.store.StoreWorker;
import java.lang.foreign.MemorySegment;

/// A `SET` that must know the record that it replaces: with `GET` or `KEEPTTL`. The old record and the new one
/// change places in one step.
///
/// Each attempt claims its own record and copies the value into it, because an attempt that another writer
/// overtakes loses its record, and the value would be gone. So a large value is copied once more here than by a
/// plain `SET`.
///
/// Reused; confined to one thread.
final class SetUpdate implements RecordUpdate {
    private final MemorySegment region;

    private MemorySegment key = MemorySegment.NULL;
    private long keyOffset;
    private int keyLength;
    private MemorySegment value = MemorySegment.NULL;
    private long valueOffset;
    private int valueLength;
    private SetOptions options = new SetOptions();
    private long old;

    SetUpdate(MemorySegment region) {
        this.region = region;
    }

    void key(MemorySegment memory, long offset, int length) {
        key = memory;
        keyOffset = offset;
        keyLength = length;
    }

    void value(MemorySegment memory, long offset, int length) {
        value = memory;
        valueOffset = offset;
        valueLength = length;
    }

    void options(SetOptions setOptions) {
        options = setOptions;
    }

    /// The record that was there when the update was decided, valid inside the epoch, or [Record#NONE].
    long old() {
        return old;
    }

    @Override
    public long apply(StoreWorker worker, long record) {
        old = record;
        if (record == Record.NONE ? options.ifPresent : options.ifAbsent) {
            return KEEP;
        }
        long next = worker.claim(key, keyOffset, keyLength, valueLength);
        if (next == Record.NONE) {
            return Record.NONE;
        }
        Words.copy(value, valueOffset, region, Record.valueOffset(region, next), valueLength);
        if (options.keepTtl && record != Record.NONE) {
            Record.setExpireAtMillis(region, next, Record.expireAtMillis(region, record));
        } else if (options.expireAtMillis != 0) {
            Record.setExpireAtMillis(region, next, options.expireAtMillis);
        }
        return next;
    }
}
