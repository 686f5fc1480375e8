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
    private static final int MOST = 32;
    private static final int KEY = 1;

    private final LookupBurst burst = new LookupBurst();

    LookupRun() {}

    boolean isEmpty() {
        return burst.size() == 0;
    }

    boolean isFull() {
        return burst.size() == MOST;
    }

    /// Adds the key of a command. Its memory is borrowed until [#finish].
    void add(Command command) {
        burst.add(command.memory(), command.offset(KEY), command.length(KEY));
    }

    /// Looks all keys up and appends a reply for each. The call says to whom.
    void finish(Call call) {
        try {
            int keys = burst.size();
            call.counters.commands += keys;
            call.worker.findAll(burst);
            for (int i = 0; i < keys; i++) {
                long record = burst.record(i);
                call.count(record != Record.NONE);
                call.valueOrNothing(record);
            }
        } finally {
            burst.clear();
        }
    }
}
