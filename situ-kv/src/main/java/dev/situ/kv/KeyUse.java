package dev.situ.kv;

import com.google.errorprone.annotations.Immutable;
import java.util.ArrayList;
import java.util.List;

/// A key among the arguments of a command, and what the command would do with it: for `COMMAND GETKEYSANDFLAGS`.
///
/// @param argument where it is
/// @param flags in Redis's words
record KeyUse(int argument, List<String> flags) {
    /// What depends on the other arguments, which only the declaration of the command can know.
    @Immutable
    @FunctionalInterface
    interface Flags {
        /// What is done with the keys of the command that begins at argument `first` of a call.
        List<String> of(Call call, int first);
    }

    KeyUse {
        flags = List.copyOf(flags);
    }

    /// The keys of the command that begins at argument `first` of a call, in order.
    static List<KeyUse> of(CommandSpec spec, Call call, int first) {
        List<KeyUse> uses = new ArrayList<>();
        for (KeyRange part : spec.keyParts) {
            List<String> flags = spec.keyFlags == null ? part.flags() : spec.keyFlags.of(call, first);
            int last = part.lastIn(call.command(), first);
            for (int i = first + part.first(); i <= last; i += part.step()) {
                uses.add(new KeyUse(i, flags));
            }
        }
        return uses;
    }
}
