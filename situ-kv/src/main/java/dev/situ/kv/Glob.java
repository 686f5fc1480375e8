package dev.situ.kv;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Glob patterns with the rules of Redis's `stringmatchlen`: `*`, `?`, `[abc]`, `[^a]`, `[a-z]`, and `\` before
/// a char that is meant as it is.
///
/// On a mismatch only the last `*` has to try again, one char further: what the ones before it took may stay as
/// it is. So the time is at most the product of both lengths, whatever the pattern. Bytes are signed in ranges, as
/// Redis's chars are. Immutable, for all threads.
final class Glob {
    private static final int MISMATCH = -1;

    private final byte[] pattern;

    /// Makes a pattern of one char for each byte.
    Glob(String pattern) {
        this.pattern = Text.bytes(pattern);
    }

    /// Says whether a text, of one char for each byte, matches.
    static boolean matches(String pattern, String text) {
        return new Glob(pattern).matches(text);
    }

    /// Says whether a text is a pattern, rather than a plain word.
    static boolean isPattern(String text) {
        return text.chars().anyMatch(c -> c == '*' || c == '?' || c == '[');
    }

    /// Says whether only an empty text can match, because nothing is asked for.
    boolean isEmpty() {
        return pattern.length == 0;
    }

    /// Says whether a text, of one char for each byte, matches.
    boolean matches(String text) {
        return matches(MemorySegment.ofArray(Text.bytes(text)), 0, text.length());
    }

    /// Says whether some bytes, on the heap or off it, match. Allocates nothing.
    boolean matches(MemorySegment memory, long offset, int length) {
        int star = -1;
        int starText = 0;
        int at = 0;
        int p = 0;
        while (at < length) {
            if (p < pattern.length && pattern[p] == '*') {
                star = ++p;
                starText = at;
                continue;
            }
            int next = p < pattern.length ? matchOne(p, memory.get(ValueLayout.JAVA_BYTE, offset + at)) : MISMATCH;
            if (next != MISMATCH) {
                p = next;
                at++;
            } else if (star >= 0) {
                p = star;
                at = ++starText;
            } else {
                return false;
            }
        }
        while (p < pattern.length && pattern[p] == '*') {
            p++;
        }
        return p == pattern.length;
    }

    /// Where the pattern goes on behind what matches `wanted`, or [#MISMATCH].
    private int matchOne(int p, byte wanted) {
        byte c = pattern[p];
        int next = p + 1;
        if (c == '?') {
            return next;
        }
        if (c == '[') {
            return matchClass(next, wanted);
        }
        if (c == '\\' && next < pattern.length) {
            c = pattern[next++];
        }
        return c == wanted ? next : MISMATCH;
    }

    private int matchClass(int first, byte wanted) {
        int at = first;
        boolean not = at < pattern.length && pattern[at] == '^';
        if (not) {
            at++;
        }
        boolean has = false;
        while (at < pattern.length && pattern[at] != ']') {
            byte from = pattern[at];
            if (from == '\\' && at + 1 < pattern.length) {
                at++;
                has |= pattern[at] == wanted;
            } else if (at + 2 < pattern.length && pattern[at + 1] == '-') {
                byte to = pattern[at + 2];
                has |= wanted >= Math.min(from, to) && wanted <= Math.max(from, to);
                at += 2;
            } else {
                has |= from == wanted;
            }
            at++;
        }
        return has != not ? Math.min(at + 1, pattern.length) : MISMATCH;
    }
}
