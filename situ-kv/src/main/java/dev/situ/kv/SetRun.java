package dev.situ.kv;

import dev.situ.store.LookupBurst;
import dev.situ.store.StoreStatus;
import dev.situ.store.StoreWorker;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// A run of plain `SET`s that follow each other in a pipeline: what their keys lead to is brought to the cache for all
/// of them at once, and they are executed in order, without a parser.
///
/// Nothing else is run between them, so the replies are those of running them one by one. Reused; confined to
/// one thread.
final class SetRun {
    private static final int NAME_OFFSET = 8;
    private static final int NAME_BYTES = 3;

    private final PlainSet next = new PlainSet();
    private final LookupBurst keys = new LookupBurst();
    private final long[] values = new long[Call.MOST_LOOKUPS];
    private final int[] lengths = new int[Call.MOST_LOOKUPS];
    private final long[] ends = new long[Call.MOST_LOOKUPS];
    private MemorySegment memory = MemorySegment.NULL;

    SetRun() {}

    /// Takes the commands with which some input begins, as many as are plain `SET`s, up to [Call#MOST_LOOKUPS], in the
    /// place of those before.
    ///
    /// @param in borrowed as long as anything else is called
    /// @return how many
    int read(MemorySegment in, long at, long inputEnd) {
        keys.clear();
        memory = in;
        long end = at;
        while (keys.size() < Call.MOST_LOOKUPS && next.read(in, end, inputEnd)) {
            int index = keys.add(in, next.key(), next.keyLength());
            values[index] = next.value();
            lengths[index] = next.valueLength();
            end = next.end();
            ends[index] = end;
        }
        return keys.size();
    }

    int size() {
        return keys.size();
    }

    /// Brings what all of them will touch to the cache. Before [#store], in the same epoch and database.
    void prepare(StoreWorker worker) {
        worker.prepareWrites(keys);
    }

    /// Executes one of them.
    ///
    /// @return [StoreStatus#STORED], [StoreStatus#FULL]
    StoreStatus store(StoreWorker worker, int index) {
        return worker.put(keys, index, memory, values[index], lengths[index]);
    }

    /// Where one of them ends.
    long end(int index) {
        return ends[index];
    }

    /// Where all keys are.
    MemorySegment memory() {
        return memory;
    }

    /// Where the key of one of them is.
    long key(int index) {
        return keys.offset(index);
    }

    int keyLength(int index) {
        return keys.length(index);
    }

    /// One of them as the slow log shows it.
    List<String> shown(int index) {
        long start = keys.offset(index) - PlainHeader.keyOffset(keys.length(index));
        return List.of(
                Text.of(memory, start + NAME_OFFSET, NAME_BYTES),
                Excerpt.of(memory, keys.offset(index), keys.length(index)),
                Excerpt.of(memory, values[index], lengths[index]));
    }
}
