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

    private final LookupBurst burst = new LookupBurst();
    private final long[] ends = new long[Call.MOST_LOOKUPS];
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
        ends[burst.size()] = end;
        memory = command.memory();
        coming.addTo(burst, command.memory(), command.offset(KEY), command.length(KEY));
    }

    /// Adds the keys of the plain `GET`s with which some input begins, as many as are and as there is room for. Its
    /// memory is borrowed until [#finish].
    ///
    /// @return where the last of them ends, or `at`
    long addPlain(MemorySegment in, long at, long end) {
        memory = in;
        long next = at;
        while (!isFull()) {
            int keyLength = PlainGet.keyLength(in, next, end - next);
            if (keyLength == PlainGet.NONE) {
                break;
            }
            int index = burst.add(in, next + PlainGet.keyOffset(keyLength), keyLength);
            next += PlainGet.bytes(keyLength);
            ends[index] = next;
        }
        return next;
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
        return Excerpt.of(memory, burst.offset(lookup), burst.length(lookup));
    }

    void clear() {
        burst.clear();
    }

    /// Where the last command ends that was answered.
    long answeredTo() {
        return answeredTo;
    }
}
