package dev.situ.kv;

/// Glob patterns with the rules of Redis's `stringmatchlen`: `*`, `?`, `[abc]`, `[^a]`, `[a-z]`, and `\` before
/// a char that is meant as it is.
///
/// On a mismatch only the last `*` has to try again, one char further: what the ones before it took may stay as
/// it is. So the time is at most the product of both lengths, whatever the pattern.
final class Glob {
    private final String pattern;
    private int next; // in the pattern, behind what matched last

    private Glob(String pattern) {
        this.pattern = pattern;
    }

    /// Says whether the text matches.
    static boolean matches(String pattern, String text) {
        return new Glob(pattern).matches(text);
    }

    /// Says whether a text is a pattern, rather than a plain word.
    static boolean isPattern(String text) {
        return text.chars().anyMatch(c -> c == '*' || c == '?' || c == '[');
    }

    private boolean matches(String text) {
        int star = -1;
        int starText = 0;
        int at = 0;
        int p = 0;
        while (at < text.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = ++p;
                starText = at;
            } else if (p < pattern.length() && matchesOne(p, text.charAt(at))) {
                p = next;
                at++;
            } else if (star >= 0) {
                p = star;
                at = ++starText;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }

    private boolean matchesOne(int p, char wanted) {
        char c = pattern.charAt(p);
        next = p + 1;
        if (c == '?') {
            return true;
        }
        if (c == '[') {
            return matchesClass(p + 1, wanted);
        }
        if (c == '\\' && next < pattern.length()) {
            c = pattern.charAt(next++);
        }
        return c == wanted;
    }

    private boolean matchesClass(int first, char wanted) {
        int at = first;
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
        next = Math.min(at + 1, pattern.length());
        return has != not;
    }
}
