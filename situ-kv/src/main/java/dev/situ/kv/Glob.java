package dev.situ.kv;

/// Glob patterns with the rules of Redis's `stringmatchlen`: `*`, `?`, `[abc]`, `[^a]`, `[a-z]`, and `\` before
/// a char that is meant as it is.
final class Glob {
    private final String pattern;
    private final String text;
    private int classEnd;

    private Glob(String pattern, String text) {
        this.pattern = pattern;
        this.text = text;
    }

    /// Says whether the text matches.
    static boolean matches(String pattern, String text) {
        return new Glob(pattern, text).matchFrom(0, 0);
    }

    /// Says whether a text is a pattern, rather than a plain word.
    static boolean isPattern(String text) {
        return text.chars().anyMatch(c -> c == '*' || c == '?' || c == '[');
    }

    private boolean matchFrom(int p, int t) {
        int at = p;
        int next = t;
        while (at < pattern.length()) {
            char c = pattern.charAt(at);
            if (c == '*') {
                return matchStar(at, next);
            }
            if (next == text.length()) {
                return false;
            }
            if (c == '[') {
                if (!classHas(at, text.charAt(next))) {
                    return false;
                }
                at = classEnd;
            } else {
                if (c == '\\' && at + 1 < pattern.length()) {
                    c = pattern.charAt(++at);
                } else if (c == '?') {
                    c = text.charAt(next);
                }
                if (c != text.charAt(next)) {
                    return false;
                }
            }
            at++;
            next++;
        }
        return next == text.length();
    }

    private boolean matchStar(int star, int t) {
        int after = star;
        while (after < pattern.length() && pattern.charAt(after) == '*') {
            after++;
        }
        if (after == pattern.length()) {
            return true;
        }
        for (int i = t; i <= text.length(); i++) {
            if (matchFrom(after, i)) {
                return true;
            }
        }
        return false;
    }

    /// Says whether the class that opens at `open` has the char, and sets [#classEnd] to its `]`, or to the last
    /// char of the pattern if it is never closed.
    private boolean classHas(int open, char wanted) {
        int at = open + 1;
        boolean not = at < pattern.length() && pattern.charAt(at) == '^';
        if (not) {
            at++;
        }
        boolean has = false;
        while (at < pattern.length() && pattern.charAt(at) != ']') {
            char from = pattern.charAt(at);
            if (from == '\\' && at + 1 < pattern.length()) {
                at++;
                has |= pattern.charAt(at) == wanted;
            } else if (at + 2 < pattern.length() && pattern.charAt(at + 1) == '-') {
                char to = pattern.charAt(at + 2);
                has |= wanted >= Math.min(from, to) && wanted <= Math.max(from, to);
                at += 2;
            } else {
                has |= from == wanted;
            }
            at++;
        }
        classEnd = Math.min(at, pattern.length() - 1);
        return has != not;
    }
}
