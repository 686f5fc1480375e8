package dev.situ.store;

import dev.situ.memory.SlabAllocator;
import dev.situ.memory.SlabCache;
import dev.situ.memory.Words;
import dev.situ.store.RemovalListener.Cause;
import java.lang.foreign.MemorySegment;

/// Moves a record to other memory while everyone goes on: a copy takes its place by compare-and-set, like an
/// update, but the key, the value, the version, the expiry and the use stay. No answer of the store changes by it.
/// An adopted value comes into the record, and its buffers are free after the epoch. One a worker.
final class Relocation {
    private final MemorySegment memory;
    private final SlabCache cache;
    private final StoredValues values;
    private final Writes writes;
    private final Locator locator;

    Relocation(Store store, SlabCache cache, Growth growth, Writes writes) {
        this.memory = store.memory();
        this.cache = cache;
        this.values = store.values();
        this.writes = writes;
        this.locator = new Locator(store, growth);
    }

    /// What became of an attempt.
    enum Outcome {
        MOVED,
        /// It is no member of the map any more, or another worker changed it meanwhile.
        GONE,
        /// There is no memory to move it to.
        FULL
    }

    /// Whether a record is a member of the map, and so may be moved. Inside the epoch, in which it stays readable.
    ///
    /// @param record a cell that may be in use by now for something else
    boolean locate(long record) {
        return locator.locate(record);
    }

    /// Moves the record that was located last.
    Outcome move() {
        long record = SlotWord.reference(locator.probe().word);
        int keyLength = Record.keyLength(memory, record);
        int valueLength = Record.valueLength(memory, record);
        int head = Record.frameHead(memory, record);
        long bytes = Record.bytes(Record.database(memory, record), keyLength, valueLength, head);
        long to = writes.mayPublish() ? cache.allocate(bytes) : SlabAllocator.NONE;
        if (to == SlabAllocator.NONE) {
            return Outcome.FULL;
        }
        Record.moveHeader(memory, record, to);
        int header = Record.headerBytes(memory, record);
        long key = to + header;
        if (Record.isAdopted(memory, record)) {
            Words.copy(memory, record + header, memory, key, keyLength);
            values.gather(record, 0, Record.framedLength(memory, record), memory, key + keyLength);
        } else {
            Words.copy(memory, record + header, memory, key, bytes - header);
        }
        return writes.relocate(locator.probe(), locator.hash(), to) ? Outcome.MOVED : Outcome.GONE;
    }

    /// Removes the record that was located last, if it is still there, for there is no memory for it.
    void remove() {
        writes.remove(locator.probe(), Cause.EVICTED);
    }
}
