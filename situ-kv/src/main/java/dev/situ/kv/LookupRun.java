package dev.situ.kv;

import dev.situ.resp.Command;
import dev.situ.store.LookupBurst;
import dev.situ.store.Record;
import java.lang.foreign.MemorySegment;

/// A run of `GET`s that follow each other in a pipeline: looked up together, so that the cache misses of one
/// overlap with those of the others, and answered in order.
///
/// Nothing else is run between them, so the replies are those of running them one by one. Reused; confined to
/// one thread.
final class LookupRun {
    private static final int KEY = 1;
    private static final int SHOWN_BYTES = 128;

    private final LookupBurst burst = new LookupBurst();
    private final long[] ends = new long[Call.MOST_LOOKUPS];
    private final long[] starts = new long[Call.MOST_LOOKUPS];
    private final int[] lengths = new int[Call.MOST_LOOKUPS];
    private MemorySegment memory = MemorySegment.NULL; // of all keys: joined in one input
    private long answeredTo;

    LookupRun() {}

    boolean isEmpty() {
        return burst.size() == 0;
    }

    boolean isFull() {
        return burst.size() == Call.MOST_LOOKUPS;
    }

    /// Adds the key of a command. Its memory is borrowed until [#finish].
    ///
    /// @param end where the command ends in the input
    /// @param coming may know the key
    void add(Command command, long end, ComingKeys coming) {
        int at = burst.size();
        ends[at] = end;
        memory = command.memory();
        starts[at] = command.offset(KEY);
        lengths[at] = command.length(KEY);
        coming.addTo(burst, command.memory(), command.offset(KEY), command.length(KEY));
    }

    /// Looks all keys up and appends a reply for each, until the reply has `mostBytes`; at least one. The call
    /// says to whom. Those that were not answered the caller runs again, from [#answeredTo()] on.
    ///
    /// @return how many were answered; [#clear] then forgets all
    int finish(Call call, long mostBytes) {
        int keys = burst.size();
        int answered = 0;
        call.worker.findAll(burst);
        do {
            long record = burst.record(answered);
            call.count(record != Record.NONE);
            call.valueOrNothing(record);
            answered++;
        } while (answered < keys && call.reply().length() < mostBytes);
        call.counters.commands += answered;
        answeredTo = ends[answered - 1];
        return answered;
    }

    /// A key as the slow log shows it.
    String shown(int lookup) {
        return shown(memory, starts[lookup], lengths[lookup]);
    }

    static String shown(MemorySegment memory, long key, int length) {
        return Text.of(memory, key, Math.min(length, SHOWN_BYTES));
    }

    void clear() {
        burst.clear();
    }

    /// Where the last command ends that was answered.
    long answeredTo() {
        return answeredTo;
    }
}
