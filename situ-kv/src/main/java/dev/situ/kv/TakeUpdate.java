package dev.situ.kv;

import dev.situ.store.Record;
import dev.situ.store.RecordUpdate;
import dev.situ.store.StoreWorker;

/// Removes a key and tells what it had. Reused; confined to one thread.
final class TakeUpdate implements RecordUpdate {
    private long old;

    TakeUpdate() {}

    /// The record that was removed, valid inside the epoch, or [Record#NONE].
    long old() {
        return old;
    }

    @Override
    public long apply(StoreWorker worker, long record) {
        old = record;
        return record == Record.NONE ? KEEP : REMOVE;
    }
}
