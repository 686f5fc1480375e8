package dev.situ.store;

import dev.situ.memory.SliceList;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/// A stored value in the hands of a caller: its bytes stay as they are until [#close()], whatever happens to the
/// key.
///
/// Any thread may read it and close it. Memory is held back until it is closed, so use it in a try-with-resources
/// statement.
public final class ValueHolder implements AutoCloseable {
    private final MemorySegment region;
    private final StoredValues values;
    private final long record;
    private final AtomicBoolean open = new AtomicBoolean(true);

    /// Consumes a pin of `record`.
    ValueHolder(Store store, long record) {
        this.region = store.memory();
        this.values = store.values();
        this.record = record;
    }

    /// The value's bytes, read-only. Not to be used after [#close()]. Of a value that lies in packets this is a copy,
    /// on the heap: [#appendTo] copies nothing.
    public MemorySegment value() {
        requireOpen();
        int length = Record.valueLength(region, record);
        if (!Record.isAdopted(region, record)) {
            return region.asSlice(Record.valueOffset(region, record), length).asReadOnly();
        }
        MemorySegment copy = MemorySegment.ofArray(new byte[length]);
        values.copy(record, 0, length, copy, 0);
        return copy.asReadOnly();
    }

    /// Appends the value's bytes to a list of slices, nothing copied. Not to be read after [#close()].
    public void appendTo(SliceList to) {
        requireOpen();
        values.appendTo(record, 0, Record.valueLength(region, record), to);
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
