package dev.situ.kv;

import dev.situ.memory.Words;
import dev.situ.store.Record;
import dev.situ.store.RecordUpdate;
import dev.situ.store.Store;
import dev.situ.store.StoreWorker;
import java.lang.foreign.MemorySegment;

/// A `SET` that must know the record that it replaces: with `GET`, `KEEPTTL` or a condition on the old value. The old
/// record and the new one change places in one step.
///
/// Each attempt claims its own record and copies the value into it, because an attempt that another writer
/// overtakes loses its record, and the value would be gone. So a large value is copied once more here than by a
/// plain `SET`.
///
/// Reused; confined to one thread.
final class SetUpdate implements RecordUpdate {
    private final Store store;
    private final MemorySegment region;
    private final SetOptions options;

    private MemorySegment key = MemorySegment.NULL;
    private long keyOffset;
    private int keyLength;
    private MemorySegment value = MemorySegment.NULL;
    private long valueOffset;
    private int valueLength;
    // The record that the value was received into, or NONE: it is in memory.
    private long received;
    private long old;

    /// @param options what the command said; borrowed for good
    SetUpdate(Store store, SetOptions options) {
        this.options = options;
        this.store = store;
        this.region = store.memory();
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
        received = Record.NONE;
    }

    /// A value that was received into an unpublished record, which stays the caller's.
    void value(long record) {
        received = record;
        valueLength = Record.valueLength(region, record);
    }

    /// The record that was there when the update was decided, valid inside the epoch, or [Record#NONE].
    long old() {
        return old;
    }

    @Override
    public long apply(StoreWorker worker, long record) {
        old = record;
        if ((record == Record.NONE ? options.ifPresent : options.ifAbsent) || !options.condition.holds(record)) {
            return KEEP;
        }
        long next = Framing.claim(worker, region, key, keyOffset, keyLength, valueLength);
        if (next == Record.NONE) {
            return Record.NONE;
        }
        long at = Record.valueOffset(region, next);
        if (received == Record.NONE) {
            Words.copy(value, valueOffset, region, at, valueLength);
        } else {
            store.values().copy(received, 0, valueLength, region, at);
        }
        if (options.keepTtl && record != Record.NONE) {
            Record.setExpireAtMillis(region, next, Record.expireAtMillis(region, record));
        } else if (options.expireAtMillis != 0) {
            Record.setExpireAtMillis(region, next, options.expireAtMillis);
        }
        return next;
    }
}
