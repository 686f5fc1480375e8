package dev.situ.kv;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GlobTest {
    private static void assertMatches(boolean expected, String pattern, String... texts) {
        for (String text : texts) {
            assertThat(Glob.matches(pattern, text))
                    .as("%s on %s", pattern, text)
                    .isEqualTo(expected);
        }
    }

    @Test
    void starsTakeAnyNumberOfChars() {
        assertMatches(true, "*", "", "a", "abc");
        assertMatches(true, "max*", "max", "maxmemory");
        assertMatches(true, "*mem*ory", "maxmemory", "mem-memory");
        assertMatches(true, "a*b*c", "abc", "aXbXbXc");
        assertMatches(false, "a*b", "ab ", "b");
        assertMatches(true, "**a**", "a", "bab");
    }

    @Test
    void otherCharsTakeOne() {
        assertMatches(true, "h?llo", "hello", "hallo");
        assertMatches(false, "h?llo", "hllo");
        assertMatches(true, "h[ae]llo", "hello", "hallo");
        assertMatches(false, "h[ae]llo", "hillo");
        assertMatches(true, "h[^e]llo", "hallo");
        assertMatches(false, "h[^e]llo", "hello");
        assertMatches(true, "[b-a]*", "a", "bx");
        assertMatches(true, "\\*[\\]]", "*]");
        assertMatches(true, "[ab", "a", "b");
        assertMatches(false, "", "a");
        assertMatches(true, "", "");
    }

    @Test
    void manyStarsTakeNoLongerThanTheLengths() {
        assertMatches(false, "*?".repeat(200) + "b", "a".repeat(2000));
        assertMatches(false, "*a".repeat(200) + "b", "a".repeat(2000));
    }
}
