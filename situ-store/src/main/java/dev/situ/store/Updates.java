package dev.situ.store;

import dev.situ.memory.Checks;
import dev.situ.memory.Consumes;
import dev.situ.store.RemovalListener.Cause;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Runs a [RecordUpdate] until what it gives could take the place of what it saw. One a worker.
///
/// Its probe is its own: the function may use the worker meanwhile, to find and to claim, but not to update.
final class Updates {
    private final MemorySegment memory;
    private final Growth growth;
    private final Writes writes;
    private final Burst burst;
    private final Probe probe;
    private boolean running;

    Updates(MemorySegment memory, Growth growth, Writes writes, Burst burst) {
        this.memory = memory;
        this.growth = growth;
        this.writes = writes;
        this.burst = burst;
        this.probe = new Probe(memory);
    }

    StoreStatus update(
            StoreWorker worker,
            long hash,
            int database,
            MemorySegment key,
            long offset,
            int length,
            RecordUpdate function) {
        while (true) {
            int found = probe.search(growth.writable(hash), hash, database, key, offset, length);
            if (found == Probe.FROZEN) {
                continue;
            }
            boolean there = found == Probe.FOUND && !burst.isExpired(SlotWord.reference(probe.word));
            long next = call(worker, function, there ? SlotWord.reference(probe.word) : Record.NONE);
            StoreStatus status;
            if (next == RecordUpdate.KEEP) {
                if (found == Probe.FOUND && !there) {
                    writes.removeIfExpired(probe);
                }
                status = StoreStatus.NOT_STORED;
            } else if (next == Record.NONE || (next == RecordUpdate.REMOVE && !writes.mayRemove())) {
                status = StoreStatus.FULL;
            } else if (next == RecordUpdate.REMOVE) {
                status = remove(found, there);
            } else {
                status = publish(found, hash, next);
            }
            if (status != null) {
                return status;
            }
        }
    }

    private long call(StoreWorker worker, RecordUpdate function, long record) {
        if (running) {
            throw new IllegalStateException("an update inside an update");
        }
        running = true;
        try {
            return function.apply(worker, record);
        } finally {
            running = false;
        }
    }

    /// Null: another was faster.
    private @Nullable StoreStatus remove(int found, boolean there) {
        if (found == Probe.FOUND && !(there ? writes.remove(probe) : writes.remove(probe, Cause.EXPIRED))) {
            return null;
        }
        return there ? StoreStatus.DELETED : StoreStatus.ABSENT;
    }

    /// Publishes a record where the probe looked. Consumes it, also if it gives null: another was faster.
    private @Nullable StoreStatus publish(int found, long hash, @Consumes long record) {
        if (Checks.ON && !Record.isClaimedFor(memory, record, hash)) {
            throw new IllegalStateException("an update gave a record with another key");
        }
        if (!writes.mayPublish()) {
            writes.discard(record, false);
            return StoreStatus.FULL;
        }
        if (found == Probe.FOUND) {
            if (writes.replace(probe, hash, record)) {
                return StoreStatus.STORED;
            }
            writes.discard(record, false);
            return null;
        }
        if (probe.vacant == 0) {
            boolean extended = writes.extend(probe);
            writes.discard(record, false);
            return extended ? null : StoreStatus.FULL;
        }
        if (writes.insert(probe, hash, record)) {
            return StoreStatus.STORED;
        }
        writes.discard(record, true);
        return null;
    }
}
