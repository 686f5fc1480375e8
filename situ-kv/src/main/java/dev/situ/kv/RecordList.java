package dev.situ.kv;

import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// A list of records that a walk has found, off the heap, for there may be as many as there are keys.
///
/// The references are valid inside the epoch of the walk. Reused; confined to one thread.
final class RecordList implements LongConsumer {
    private static final int KEPT = 1024;

    private final MemorySegment kept = Arena.ofAuto().allocate((long) KEPT * Long.BYTES);
    private MemorySegment memory = kept;
    private @Nullable Arena grown;
    private int size;

    RecordList() {}

    int size() {
        return size;
    }

    long get(int index) {
        return Words.getLong(memory, (long) Objects.checkIndex(index, size) * Long.BYTES);
    }

    /// Appends a record.
    @Override
    public void accept(long record) {
        if ((long) size * Long.BYTES == memory.byteSize()) {
            grow();
        }
        Words.setLong(memory, (long) size * Long.BYTES, record);
        size++;
    }

    /// Keeps record `index` as number `to`, which is not behind it.
    void move(int index, int to) {
        Words.setLong(memory, (long) to * Long.BYTES, get(index));
    }

    /// Forgets all but the first `records`.
    void cut(int records) {
        size = Objects.checkIndex(records, size + 1);
    }

    /// Forgets all, and gives back what memory is beyond the usual.
    void clear() {
        size = 0;
        memory = kept;
        if (grown != null) {
            grown.close();
            grown = null;
        }
    }

    @SuppressWarnings("MustBeClosedChecker") // closed by the next growth or by clear()
    private void grow() {
        Arena arena = Arena.ofConfined();
        MemorySegment larger = arena.allocate(memory.byteSize() * 2);
        Words.copy(memory, 0, larger, 0, memory.byteSize());
        memory = larger;
        if (grown != null) {
            grown.close();
        }
        grown = arena;
    }
}
