package dev.situ.kv;

import java.util.List;

/// Which arguments of a command are keys, and what the command does with them.
///
/// @param first the argument of the first key
/// @param last the argument of the last key; negative: counted from the end, -1 being the last argument
/// @param step how far apart two keys are
/// @param flags what is done with the keys, in Redis's words: `RO`, `RW`, `OW` or `RM`, then `access` and the
///     like
/// @param notes a remark for `COMMAND INFO`, or empty
record KeyRange(int first, int last, int step, List<String> flags, String notes) {
    KeyRange {
        flags = List.copyOf(flags);
        if (first < 1 || step < 1 || (last >= 0 && last < first)) {
            throw new IllegalArgumentException("keys " + first + " to " + last + " by " + step);
        }
    }

    /// The argument of the last key in a command of `count` arguments.
    int lastIn(int count) {
        return last < 0 ? count + last : Math.min(last, count - 1);
    }
}
