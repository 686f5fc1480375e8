package dev.situ.checks;

import com.sun.source.tree.Tree;
import com.sun.tools.javac.code.Symbol.VarSymbol;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is known at one point of a method: which variables were given away on some way there, and where. Immutable.
///
/// @param isReachable false behind a `return` and its like: no way leads there
/// @param moves what has happened on at least one way
record State(boolean isReachable, Set<State.Move> moves) {
    /// `variable` was given away by the call `where`.
    record Move(VarSymbol variable, Tree where) {}

    static final State START = new State(true, Set.of());
    static final State UNREACHABLE = new State(false, Set.of());

    /// What is known where two ways meet.
    State join(State other) {
        if (!other.isReachable || (isReachable && moves.containsAll(other.moves))) {
            return this;
        }
        if (!isReachable) {
            return other;
        }
        Set<Move> both = new LinkedHashSet<>(moves);
        both.addAll(other.moves);
        return new State(true, both);
    }

    State with(Move move) {
        return isReachable ? join(new State(true, Set.of(move))) : this;
    }

    /// The variable has a new value, which nobody has given away.
    State without(VarSymbol variable) {
        if (of(variable) == null) {
            return this;
        }
        Set<Move> others = new LinkedHashSet<>(moves);
        others.removeIf(move -> move.variable.equals(variable));
        return new State(isReachable, others);
    }

    State without(Set<Move> undone) {
        Set<Move> others = new LinkedHashSet<>(moves);
        return others.removeAll(undone) ? new State(isReachable, others) : this;
    }

    /// The first known call that gave the variable away, or null.
    @Nullable
    Move of(VarSymbol variable) {
        for (Move move : moves) {
            if (move.variable.equals(variable)) {
                return move;
            }
        }
        return null;
    }
}
