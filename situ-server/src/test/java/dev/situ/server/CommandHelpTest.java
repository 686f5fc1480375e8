package dev.situ.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.client.Reply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandHelpTest {
    private static Reply bulk(String text) {
        return new Reply.Bulk(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Reply array(Object... elements) {
        List<Reply> replies = new ArrayList<>();
        for (Object element : elements) {
            replies.add(element instanceof Reply reply ? reply : bulk(element.toString()));
        }
        return new Reply.Array(replies);
    }

    private static Reply docs(Reply... arguments) {
        return array("do|it", array("summary", "Does it", "since", "1.0.0", "arguments", array((Object[]) arguments)));
    }

    private static String syntax(Reply... arguments) {
        return CommandHelp.text(docs(arguments)).lines().findFirst().orElse("");
    }

    @Test
    void allThatTheServerSaysIsPrinted() {
        assertThat(CommandHelp.text(docs(array("name", "key", "type", "key"))))
                .isEqualTo("  DO IT key\n  summary: Does it\n  since: 1.0.0\n");
        assertThat(CommandHelp.text(array())).isEmpty();
    }

    @Test
    void aMapOfResp3IsReadToo() {
        Reply fields = new Reply.Map(List.of(new Reply.Entry(bulk("summary"), bulk("Does it"))));
        assertThat(CommandHelp.text(new Reply.Map(List.of(new Reply.Entry(bulk("do"), fields)))))
                .isEqualTo("  DO\n  summary: Does it\n");
    }

    @Test
    void argumentsAreWrittenAsRedisCliWritesThem() {
        Reply seconds = array("name", "seconds", "type", "integer", "token", "EX");
        Reply persist = array("name", "persist", "type", "pure-token", "token", "PERSIST");
        Reply key = array("name", "key", "type", "key", "display_text", "a-key");
        Reply value = array("name", "value", "type", "string");
        assertThat(syntax(array(
                        "name",
                        "when",
                        "type",
                        "oneof",
                        "flags",
                        array("optional"),
                        "arguments",
                        array(seconds, persist))))
                .isEqualTo("  DO IT [EX seconds|PERSIST]");
        assertThat(syntax(array(
                        "name", "pair", "type", "block", "flags", array("multiple"), "arguments", array(key, value))))
                .isEqualTo("  DO IT a-key value [a-key value ...]");
        assertThat(syntax(array(
                        "name", "get", "type", "string", "token", "GET", "flags", array("multiple", "multiple_token"))))
                .isEqualTo("  DO IT GET get [GET get ...]");
    }
}
