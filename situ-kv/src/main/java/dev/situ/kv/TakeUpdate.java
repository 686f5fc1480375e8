package dev.situ.kv;

import dev.situ.store.Record;
import dev.situ.store.RecordUpdate;
import dev.situ.store.StoreWorker;

/// Removes a key, if a condition on its value holds, and tells what it had. Reused; confined to one thread.
final class TakeUpdate implements RecordUpdate {
    final ValueCondition condition;
    private long old;

    TakeUpdate(ValueBytes bytes) {
        condition = new ValueCondition(bytes);
    }

    /// The record that was there, valid inside the epoch, or [Record#NONE].
    long old() {
        return old;
    }

    @Override
    public long apply(StoreWorker worker, long record) {
        old = record;
        return record == Record.NONE || !condition.holds(record) ? KEEP : REMOVE;
    }
}
