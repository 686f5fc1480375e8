package dev.situ.r2p2;

import java.util.Arrays;

/// The 65536 request ids of a client: which call each is used by, and which rest.
///
/// Ids are taken in turn, so one comes back as late as can be. That of a call without an answer **rests** for a
/// while before it is taken again: its answer may be on its way. Confined to one thread.
final class Rids {
    /// What is given for an id that no call uses, and when no id is free.
    static final int NONE = -1;

    private static final int RIDS = 1 << 16;
    private static final int MASK = RIDS - 1;
    private static final int RESTING = -2;
    private static final int INITIAL_RESTING = 64;

    private final int[] calls = new int[RIDS];
    private final long restNanos;
    private int next;

    /// A ring of the resting ids, in the order in which they wake.
    private int[] resting = new int[INITIAL_RESTING];

    private long[] until = new long[INITIAL_RESTING];
    private int oldest;
    private int restingCount;
    private int used;

    Rids(int first, long restNanos) {
        next = first;
        this.restNanos = restNanos;
        Arrays.fill(calls, NONE);
    }

    /// Takes a free id for `call`, or gives [#NONE].
    int take(int call) {
        if (used + restingCount == RIDS) {
            return NONE;
        }
        while (calls[next] != NONE) {
            next = next + 1 & MASK;
        }
        int rid = next;
        next = next + 1 & MASK;
        calls[rid] = call;
        used++;
        return rid;
    }

    /// The call that uses the id, or something negative.
    int call(int rid) {
        return calls[rid];
    }

    /// Frees an id.
    void free(int rid) {
        calls[rid] = NONE;
        used--;
    }

    /// Puts an id to rest.
    void rest(int rid, long now) {
        if (restingCount == resting.length) {
            grow();
        }
        calls[rid] = RESTING;
        used--;
        int at = oldest + restingCount & resting.length - 1;
        resting[at] = rid;
        until[at] = now + restNanos;
        restingCount++;
    }

    /// Frees the ids that have rested.
    void wake(long now) {
        while (restingCount > 0 && until[oldest] - now <= 0) {
            calls[resting[oldest]] = NONE;
            oldest = oldest + 1 & resting.length - 1;
            restingCount--;
        }
    }

    private void grow() {
        int[] ids = new int[resting.length * 2];
        long[] times = new long[resting.length * 2];
        for (int i = 0; i < restingCount; i++) {
            ids[i] = resting[oldest + i & resting.length - 1];
            times[i] = until[oldest + i & resting.length - 1];
        }
        resting = ids;
        until = times;
        oldest = 0;
    }
}
