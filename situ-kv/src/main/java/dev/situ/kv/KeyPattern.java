package dev.situ.kv;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// Keys that may be read, written or both: `~pattern`, `%R~pattern`, `%W~pattern`. Immutable, for all threads.
///
/// @param pattern of one char for each byte
/// @param access what may be done with the keys: bits of [#READ] and [#WRITE]
record KeyPattern(String pattern, int access, Glob glob) {
    static final int READ = 1;
    static final int WRITE = 1 << 1;
    static final int ALL = READ | WRITE;

    KeyPattern(String pattern, int access) {
        this(pattern, access, new Glob(pattern));
    }

    /// What a command needs that does with a key what these words of its declaration say.
    static int needs(List<String> flags) {
        int needs = 0;
        for (int i = 0; i < flags.size(); i++) {
            needs |= switch (flags.get(i)) {
                case "access" -> READ;
                case "insert", "update", "delete" -> WRITE;
                default -> 0;
            };
        }
        return needs;
    }

    /// Says whether all of `needs` may be done with a key.
    boolean allows(MemorySegment memory, long offset, int length, int needs) {
        return (access & needs) == needs && glob.matches(memory, offset, length);
    }

    /// The rule that makes it.
    String rule() {
        return switch (access) {
            case READ -> "%R~" + pattern;
            case WRITE -> "%W~" + pattern;
            default -> "~" + pattern;
        };
    }
}
