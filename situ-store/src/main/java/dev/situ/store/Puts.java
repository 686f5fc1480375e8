package dev.situ.store;

import dev.situ.memory.Consumes;
import java.lang.foreign.MemorySegment;

/// Publishes claimed records: search, then replace or insert, until one of them succeeds. One a worker.
final class Puts {
    /// When a record is published.
    enum Condition {
        ALWAYS,
        IF_ABSENT,
        IF_PRESENT,
        IF_VERSION
    }

    private final MemorySegment memory;
    private final Growth growth;
    private final Writes writes;
    private final Burst burst;
    private final Probe probe;

    Puts(MemorySegment memory, Growth growth, Writes writes, Burst burst) {
        this.memory = memory;
        this.growth = growth;
        this.writes = writes;
        this.burst = burst;
        this.probe = new Probe(memory);
    }

    /// Consumes a claimed record.
    ///
    /// @param version what the key's record must have, for [Condition#IF_VERSION]
    StoreStatus publish(@Consumes long record, Condition condition, int version) {
        return publish(
                record,
                Record.claimedHash(memory, record),
                Record.database(memory, record),
                memory,
                Record.keyOffset(memory, record),
                Record.keyLength(memory, record),
                condition,
                version);
    }

    /// The same for a caller who knows the record's key.
    ///
    /// @param key the same key as in the record; borrowed for the call
    StoreStatus publish(
            @Consumes long record,
            long hash,
            int database,
            MemorySegment key,
            long offset,
            int length,
            Condition condition,
            int version) {
        // Whether others may have seen the record, as a tentative one.
        boolean exposed = false;
        while (true) {
            Table table = growth.writable(hash);
            int found = probe.search(table, hash, database, key, offset, length);
            // Exposed: the room that was there for the record itself may serve for the one that it replaces.
            if (!exposed && !writes.mayPublish()) {
                writes.discard(record, false);
                return StoreStatus.FULL;
            }
            if (found == Probe.FOUND) {
                if (!holds(condition, version, SlotWord.reference(probe.word))) {
                    writes.discard(record, exposed);
                    writes.removeIfExpired(probe);
                    return StoreStatus.NOT_STORED;
                }
                if (writes.replace(probe, hash, record)) {
                    return StoreStatus.STORED;
                }
            } else if (found == Probe.ABSENT) {
                if (condition == Condition.IF_PRESENT || condition == Condition.IF_VERSION) {
                    writes.discard(record, exposed);
                    return StoreStatus.NOT_STORED;
                }
                if (probe.vacant == 0) {
                    if (!writes.extend(probe)) {
                        writes.discard(record, exposed);
                        return StoreStatus.FULL;
                    }
                } else {
                    exposed = true;
                    if (writes.insert(probe, hash, record)) {
                        return StoreStatus.STORED;
                    }
                }
            }
        }
    }

    private boolean holds(Condition condition, int version, long old) {
        return switch (condition) {
            case ALWAYS -> true;
            case IF_ABSENT -> burst.isExpired(old);
            case IF_PRESENT -> !burst.isExpired(old);
            case IF_VERSION -> !burst.isExpired(old) && Record.version(memory, old) == version;
        };
    }
}
