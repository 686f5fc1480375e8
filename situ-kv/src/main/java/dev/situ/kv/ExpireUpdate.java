package dev.situ.kv;

import dev.situ.resp.Command;
import dev.situ.store.Record;
import dev.situ.store.Store;
import dev.situ.store.StoreWorker;

/// Changes when a key expires. If that time is over, the key is removed.
final class ExpireUpdate extends ValueUpdate {
    static final int ALWAYS = 0;
    /// If the key has no expiry.
    static final int IF_NONE = 1;
    /// If the key has an expiry.
    static final int IF_SOME = 2;
    /// If the new time is later than the old one; no expiry is later than all.
    static final int IF_LATER = 4;
    /// If the new time is earlier than the old one.
    static final int IF_EARLIER = 8;

    private static final long NEVER = 0; // as in a record
    private static final long LONG_AGO = 1;

    private long atMillis;
    private int conditions;
    private long old;
    private boolean changed;

    ExpireUpdate(Store store) {
        super(store);
    }

    /// Says when a key is to expire.
    ///
    /// @param millis since 1970; what is before that is over as well
    /// @param allOf conditions, added
    void begin(Command command, int keyArgument, long millis, int allOf) {
        key(command, keyArgument);
        atMillis = Math.max(LONG_AGO, millis);
        conditions = allOf;
    }

    /// Says that a key is to expire never.
    void beginPersist(Command command, int keyArgument) {
        key(command, keyArgument);
        atMillis = NEVER;
        conditions = IF_SOME;
    }

    /// The record that was there when the update was decided, valid inside the epoch, or [Record#NONE].
    long old() {
        return old;
    }

    /// Whether the key was there and the conditions held.
    boolean isChanged() {
        return changed;
    }

    @Override
    public long apply(StoreWorker worker, long record) {
        old = record;
        changed = record != Record.NONE && holds(Record.expireAtMillis(region, record));
        if (!changed) {
            return KEEP;
        }
        if (atMillis != NEVER && atMillis <= worker.nowMillis()) {
            return REMOVE;
        }
        long next = claimCopy(worker, record, length(record));
        if (next != Record.NONE) {
            Record.setExpireAtMillis(region, next, atMillis);
        }
        return next;
    }

    private boolean holds(long current) {
        boolean never = current == NEVER;
        return !((is(IF_NONE) && !never)
                || (is(IF_SOME) && never)
                || (is(IF_LATER) && (never || atMillis <= current))
                || (is(IF_EARLIER) && !never && atMillis >= current));
    }

    private boolean is(int condition) {
        return (conditions & condition) != 0;
    }
}
