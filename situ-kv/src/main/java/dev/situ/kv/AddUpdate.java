package dev.situ.kv;

import dev.situ.memory.Words;
import dev.situ.resp.Decimal;
import dev.situ.resp.RespWriter;
import dev.situ.store.Record;
import dev.situ.store.RecordUpdate;
import dev.situ.store.Store;
import dev.situ.store.StoreWorker;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Adds to a value that is a whole number in decimal, 0 if there is none. Keeps the time of expiry. Reused;
/// confined to one thread.
final class AddUpdate implements RecordUpdate {
    /// What became of an attempt.
    enum Outcome {
        ADDED,
        NOT_A_NUMBER,
        OVERFLOW
    }

    private final Store store;
    private final MemorySegment region;
    private final MemorySegment digits = Arena.ofAuto().allocate(Decimal.MAX_LENGTH);

    private MemorySegment key = MemorySegment.NULL;
    private long keyOffset;
    private int keyLength;
    private long delta;
    private long sum;
    private Outcome outcome = Outcome.ADDED;

    AddUpdate(Store store) {
        this.store = store;
        this.region = store.memory();
    }

    void begin(MemorySegment memory, long offset, int length, long add) {
        key = memory;
        keyOffset = offset;
        keyLength = length;
        delta = add;
    }

    Outcome outcome() {
        return outcome;
    }

    /// The new value, if it was added.
    long sum() {
        return sum;
    }

    @Override
    public long apply(StoreWorker worker, long record) {
        long before = 0;
        if (record != Record.NONE) {
            int length = Record.valueLength(region, record);
            if (length <= Decimal.MAX_LENGTH) {
                store.values().copy(record, 0, length, digits, 0);
            }
            if (length > Decimal.MAX_LENGTH || !Decimal.isValid(digits, 0, length)) {
                outcome = Outcome.NOT_A_NUMBER;
                return KEEP;
            }
            before = Decimal.value(digits, 0, length);
        }
        sum = before + delta;
        if (((before ^ sum) & (delta ^ sum)) < 0) {
            outcome = Outcome.OVERFLOW;
            return KEEP;
        }
        outcome = Outcome.ADDED;
        int length = (int) RespWriter.number(digits, 0, sum);
        long next = worker.claim(key, keyOffset, keyLength, length);
        if (next != Record.NONE) {
            Words.copy(digits, 0, region, Record.valueOffset(region, next), length);
            if (record != Record.NONE) {
                Record.setExpireAtMillis(region, next, Record.expireAtMillis(region, record));
            }
        }
        return next;
    }
}
