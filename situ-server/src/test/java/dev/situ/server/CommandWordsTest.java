package dev.situ.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandWordsTest {
    private static List<String> split(String line) {
        return CommandWords.split(line).orElseThrow().stream()
                .map(word -> new String(word, StandardCharsets.ISO_8859_1))
                .toList();
    }

    @Test
    void blanksPartWords() {
        assertThat(split("  set\tkey   value \r\n")).containsExactly("set", "key", "value");
        assertThat(split("   ")).isEmpty();
    }

    @Test
    void doubleQuotesKeepBlanksAndKnowEscapes() {
        assertThat(split("set \"a key\" \"\\n\\r\\t\\b\\a\\x00\\xfF\\\"\\\\\\q\" \"\""))
                .containsExactly("set", "a key", "\n\r\t\b\u0007\u0000\u00ff\"\\q", "");
    }

    @Test
    void singleQuotesKnowOnlyThemselves() {
        assertThat(split("'it\\'s' 'a\\n'")).containsExactly("it's", "a\\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"open", "'open", "\"a\"b", "'a'b", "set \"a\\"})
    void quotesThatDoNotMatchAreRefused(String line) {
        assertThat(CommandWords.split(line)).isEmpty();
    }
}
