package dev.situ.r2p2;

import org.jspecify.annotations.Nullable;

/// A list of calls, linked by themselves: a call is in one list at most. Confined to one thread.
final class ReliableCalls {
    private @Nullable ReliableCall first;
    private @Nullable ReliableCall last;

    @Nullable
    ReliableCall first() {
        return first;
    }

    boolean isEmpty() {
        return first == null;
    }

    /// Adds a call at the end, unless it is in the list.
    void add(ReliableCall call) {
        if (call.list == this) {
            return;
        }
        if (call.list != null) {
            throw new IllegalStateException("call " + call.slot + " is in another list");
        }
        call.list = this;
        call.before = last;
        call.after = null;
        if (last == null) {
            first = call;
        } else {
            last.after = call;
        }
        last = call;
    }

    /// Takes a call out of the list that it is in, if it is in one.
    static void remove(ReliableCall call) {
        ReliableCalls list = call.list;
        if (list != null) {
            list.unlink(call);
        }
    }

    private void unlink(ReliableCall call) {
        ReliableCall before = call.before;
        ReliableCall after = call.after;
        if (before == null) {
            first = after;
        } else {
            before.after = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.before = before;
        }
        call.list = null;
        call.before = null;
        call.after = null;
    }
}
