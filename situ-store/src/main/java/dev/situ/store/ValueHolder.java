package dev.situ.store;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/// A stored value in the hands of a caller: its bytes stay as they are until [#close()], whatever happens to the
/// key.
///
/// Any thread may read it and close it. Memory is held back until it is closed, so use it in a try-with-resources
/// statement.
public final class ValueHolder implements AutoCloseable {
    private final MemorySegment region;
    private final long record;
    private final AtomicBoolean open = new AtomicBoolean(true);

    /// Consumes a pin of `record`.
    ValueHolder(Store store, long record) {
        this.region = store.memory();
        this.record = record;
    }

    /// The value's bytes, read-only. Not to be used after [#close()].
    public MemorySegment value() {
        requireOpen();
        return region.asSlice(Record.valueOffset(region, record), Record.valueLength(region, record))
                .asReadOnly();
    }

    /// When the value expires, in milliseconds since 1970, or 0 for never.
    public long expireAtMillis() {
        requireOpen();
        return Record.expireAtMillis(region, record);
    }

    private void requireOpen() {
        if (!open.get()) {
            throw new IllegalStateException("the holder is closed");
        }
    }

    /// Lets the value go. Idempotent.
    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            Record.addPins(region, record, -1);
        }
    }
}
