package dev.situ.kv;

import dev.situ.store.LookupBurst;
import dev.situ.store.StoreStatus;
import dev.situ.store.StoreWorker;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// A run of plain `SET`s that follow each other in a pipeline: what their keys lead to is brought to the cache for all
/// of them at once, and they are executed in order, without a parser and without what other commands may need.
///
/// Nothing else is run between them, so the replies are those of running them one by one. Reused; confined to
/// one thread.
final class SetRun {
    private final PlainSet next = new PlainSet();
    private final LookupBurst keys = new LookupBurst();
    private final long[] values = new long[Call.MOST_LOOKUPS];
    private final int[] lengths = new int[Call.MOST_LOOKUPS];
    private MemorySegment memory = MemorySegment.NULL;
    private long end;

    SetRun() {}

    /// Takes the commands with which some input begins, as many as are plain `SET`s, up to [Call#MOST_LOOKUPS].
    ///
    /// @param in borrowed until [#clear]
    /// @return how many
    int read(MemorySegment in, long at, long inputEnd) {
        memory = in;
        end = at;
        while (keys.size() < Call.MOST_LOOKUPS && next.read(in, end, inputEnd)) {
            int index = keys.add(in, next.key(), next.keyLength());
            values[index] = next.value();
            lengths[index] = next.valueLength();
            end = next.end();
        }
        return keys.size();
    }

    int size() {
        return keys.size();
    }

    /// Stores all of them, and appends a reply for each.
    ///
    /// @return how many were refused, because memory is full
    int store(StoreWorker worker, Reply reply) {
        worker.prefetch(keys, true);
        int refused = 0;
        for (int i = 0; i < keys.size(); i++) {
            if (worker.put(keys, i, memory, values[i], lengths[i]) == StoreStatus.STORED) {
                reply.ok();
            } else {
                reply.error(Errors.OUT_OF_MEMORY);
                refused++;
            }
        }
        return refused;
    }

    /// Where the last of them ends.
    long end() {
        return end;
    }

    /// One of them as the slow log shows it.
    List<String> shown(int index) {
        return List.of(
                "SET",
                Excerpt.of(memory, keys.offset(index), keys.length(index)),
                Excerpt.of(memory, values[index], lengths[index]));
    }

    void clear() {
        keys.clear();
    }
}
