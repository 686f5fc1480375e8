package dev.situ.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.client.Reply;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What redis-cli 7.0 prints for the same replies, typed from its output.
class ReplyTextTest {
    private static final Reply.Bulk BULK = new Reply.Bulk("a \"b\"\n\u00e9".getBytes(StandardCharsets.ISO_8859_1));

    private static String quoted(Reply reply) {
        return new String(ReplyText.QUOTED.of(reply), StandardCharsets.UTF_8);
    }

    private static String raw(Reply reply) {
        return new String(ReplyText.RAW.of(reply), StandardCharsets.ISO_8859_1);
    }

    @Test
    void singleRepliesQuoted() {
        assertThat(quoted(new Reply.Simple("OK"))).isEqualTo("OK\n");
        assertThat(quoted(new Reply.Failure("ERR no"))).isEqualTo("(error) ERR no\n");
        assertThat(quoted(new Reply.Int(-3))).isEqualTo("(integer) -3\n");
        assertThat(quoted(new Reply.Null())).isEqualTo("(nil)\n");
        assertThat(quoted(BULK)).isEqualTo("\"a \\\"b\\\"\\n\\xe9\"\n");
        assertThat(quoted(new Reply.Bool(true))).isEqualTo("(true)\n");
        assertThat(quoted(new Reply.Real(1.5))).isEqualTo("(double) 1.5\n");
    }

    @Test
    void listsAreNumberedAndNestedOnesIndented() {
        Reply inner = new Reply.Array(List.of(new Reply.Int(1), new Reply.Int(2)));
        assertThat(quoted(new Reply.Array(List.of(inner, new Reply.Null()))))
                .isEqualTo("1) 1) (integer) 1\n   2) (integer) 2\n2) (nil)\n");
        assertThat(quoted(new Reply.Array(List.of()))).isEqualTo("(empty array)\n");
    }

    @Test
    void mapsShowKeysAndValues() {
        Reply map = new Reply.Map(List.of(new Reply.Entry(new Reply.Simple("proto"), new Reply.Int(3))));
        assertThat(quoted(map)).isEqualTo("1# proto => (integer) 3\n");
    }

    @Test
    void rawRepliesAreTheirBytes() {
        assertThat(raw(BULK)).isEqualTo("a \"b\"\n\u00e9\n");
        assertThat(raw(new Reply.Null())).isEqualTo("\n");
        assertThat(raw(new Reply.Array(List.of(new Reply.Int(1), BULK)))).isEqualTo("1\na \"b\"\n\u00e9\n");
    }
}
