package dev.situ.store;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/// A recorded history of operations on a few keys, and the search for an order that explains it (Wing and Gong
/// 1993, with the memory of states seen of Lowe 2017): each operation takes effect at one moment between its
/// call and its return, and does then what it does to a plain map.
final class History {
    enum Kind {
        GET,
        PUT,
        DELETE,
        PUT_IF_ABSENT,
        PUT_IF_PRESENT,
        GET_AND_SET,
        GET_AND_DELETE,
        CLEAR
    }

    /// What [Kind#GET] and its like give for an absent key.
    static final long ABSENT = 0;

    /// One operation: `result` is the value seen, or 1 or 0 for whether it did something.
    record Operation(int thread, Kind kind, int key, long argument, long result, long called, long returned) {}

    /// Where a search has been: what is done, and the values of the (at most two) keys.
    private record State(long done, int hash, long first, long last) {}

    private final Operation[] operations;
    private final Set<State> seen = new HashSet<>();

    History(Operation[] operations) {
        if (operations.length > 62) {
            throw new IllegalArgumentException("too long to search: " + operations.length);
        }
        this.operations = operations;
    }

    /// Whether some order explains the history, beginning with all `keys` keys absent.
    boolean isLinearizable(int keys) {
        return search(0, new long[keys]);
    }

    private boolean search(long done, long[] state) {
        if (done == (1L << operations.length) - 1) {
            return true;
        }
        if (!seen.add(new State(done, Arrays.hashCode(state), state[0], state[state.length - 1]))) {
            return false;
        }
        long firstReturn = Long.MAX_VALUE;
        for (int i = 0; i < operations.length; i++) {
            if ((done & 1L << i) == 0) {
                firstReturn = Math.min(firstReturn, operations[i].returned());
            }
        }
        for (int i = 0; i < operations.length; i++) {
            Operation operation = operations[i];
            if ((done & 1L << i) == 0 && operation.called() <= firstReturn) {
                long[] next = state.clone();
                if (apply(operation, next) && search(done | 1L << i, next)) {
                    return true;
                }
            }
        }
        return false;
    }

    /// Whether the operation can have had its result in `state`; changes the state to the one after it.
    private static boolean apply(Operation operation, long[] state) {
        int key = operation.key();
        long old = state[key];
        boolean there = old != ABSENT;
        return switch (operation.kind()) {
            case GET -> operation.result() == old;
            case PUT -> set(state, key, operation.argument());
            case DELETE -> operation.result() == (there ? 1 : 0) && set(state, key, ABSENT);
            case PUT_IF_ABSENT ->
                operation.result() == (there ? 0 : 1) && (there || set(state, key, operation.argument()));
            case PUT_IF_PRESENT ->
                operation.result() == (there ? 1 : 0) && (!there || set(state, key, operation.argument()));
            case GET_AND_SET -> operation.result() == old && set(state, key, operation.argument());
            case GET_AND_DELETE -> operation.result() == old && set(state, key, ABSENT);
            case CLEAR -> {
                Arrays.fill(state, ABSENT);
                yield true;
            }
        };
    }

    private static boolean set(long[] state, int key, long value) {
        state[key] = value;
        return true;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Operation operation : operations) {
            text.append(operation).append('\n');
        }
        return text.toString();
    }
}
