package dev.situ.kv;

import dev.situ.resp.Command;
import dev.situ.store.LookupBurst;
import dev.situ.store.Record;

/// A run of `GET`s that follow each other in a pipeline: looked up together, so that the cache misses of one
/// overlap with those of the others, and answered in order.
///
/// Nothing else is run between them, so the replies are those of running them one by one. Reused; confined to
/// one thread.
final class LookupRun {
    private static final int KEY = 1;

    private final LookupBurst burst = new LookupBurst();
    private final long[] ends = new long[Call.MOST_LOOKUPS];
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
    void add(Command command, long end) {
        ends[burst.size()] = end;
        burst.add(command.memory(), command.offset(KEY), command.length(KEY));
    }

    /// Looks all keys up and appends a reply for each, until the reply has `mostBytes`; at least one. The call
    /// says to whom. Forgets those that were not answered: the caller runs them again, from [#answeredTo()] on.
    void finish(Call call, long mostBytes) {
        try {
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
        } finally {
            burst.clear();
        }
    }

    /// Where the last command ends that was answered.
    long answeredTo() {
        return answeredTo;
    }
}
