package dev.situ.store;

import dev.situ.memory.SlabAllocator;
import java.lang.foreign.MemorySegment;

/// Finds the slot that leads to a record, for who comes upon the record in its cell: eviction and compaction, which
/// walk slabs, and the queue of adopted values. One a worker.
///
/// What is known of the cell is only a hint: it may be freed and used again while we look. That it is in the map, as
/// this record, is what the search finds out.
final class Locator {
    private final MemorySegment memory;
    private final Index index;
    private final SlabAllocator allocator;
    private final Growth growth;
    private final Probe probe;
    private long hash;

    Locator(Store store, Growth growth) {
        this.memory = store.memory();
        this.index = store.index();
        this.allocator = store.allocator();
        this.growth = growth;
        this.probe = new Probe(memory);
    }

    /// Inside the epoch.
    ///
    /// @return whether the record is a member of the map; the probe stands at its slot then
    boolean locate(long record) {
        if (Record.state(memory, record) != Record.LIVE) {
            return false;
        }
        // Nothing is read beyond the cell.
        int header = Record.headerBytes(memory, record);
        int keyLength = Record.plausibleKeyLength(memory, record, header, allocator.usableBytes(record));
        if (keyLength < 0) {
            return false;
        }
        long key = record + header;
        int database = Record.plausibleDatabase(memory, record, header);
        hash = index.hash(database, memory, key, keyLength);
        int found = probe.search(growth.writable(hash), hash, database, memory, key, keyLength);
        return found == Probe.FOUND && SlotWord.reference(probe.word) == record;
    }

    /// Where [#locate] found the record.
    Probe probe() {
        return probe;
    }

    /// The hash of the key of what [#locate] found.
    long hash() {
        return hash;
    }
}
