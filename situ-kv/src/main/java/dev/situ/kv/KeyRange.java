package dev.situ.kv;

import dev.situ.resp.Command;
import dev.situ.resp.Decimal;
import java.util.List;

/// Which arguments of a command are keys, and what the command does with them.
///
/// @param first the argument of the first key
/// @param last the argument of the last key; negative: counted from the end, -1 being the last argument
/// @param step how far apart two keys are
/// @param flags what is done with the keys, in Redis's words: `RO`, `RW`, `OW` or `RM`, then `access` and the
///     like
/// @param notes a remark for `COMMAND INFO`, or empty
/// @param countAt the argument that says how many keys there are, right before the first; 0: the last key is known
record KeyRange(int first, int last, int step, List<String> flags, String notes, int countAt) {
    KeyRange {
        flags = List.copyOf(flags);
        if (first < 1 || step < 1 || (last >= 0 && last < first)) {
            throw new IllegalArgumentException("keys " + first + " to " + last + " by " + step);
        }
    }

    /// Keys whose last one is known.
    KeyRange(int first, int last, int step, List<String> flags, String notes) {
        this(first, last, step, flags, notes, 0);
    }

    boolean isCounted() {
        return countAt > 0;
    }

    /// The argument of the last key in a command; before the first if it does not say how many there are.
    int lastIn(Command command) {
        return lastIn(command, 0);
    }

    /// The same of a command within another one, such as that of `ACL DRYRUN`.
    ///
    /// @param start the argument at which it begins; it ends with the other one
    int lastIn(Command command, int start) {
        int count = command.count();
        if (!isCounted()) {
            return last < 0 ? count + last : Math.min(start + last, count - 1);
        }
        int firstKey = start + first;
        long offset = command.offset(start + countAt);
        int length = command.length(start + countAt);
        boolean valid = Decimal.isValid(command.memory(), offset, length);
        long keys = valid ? Decimal.value(command.memory(), offset, length) : 0;
        return keys < 1 || keys > count ? firstKey - 1 : (int) Math.min(firstKey + (keys - 1) * step, count - 1L);
    }
}
