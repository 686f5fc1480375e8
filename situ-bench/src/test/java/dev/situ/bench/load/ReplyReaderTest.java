package dev.situ.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplyReaderTest {
    private static void take(ReplyReader reader, String text, List<Answer> answers) {
        reader.take(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), answers::add);
    }

    private static void assertAnswers(Dialect dialect, String replies, Answer... expected) {
        for (int at = 0; at <= replies.length(); at++) {
            List<Answer> answers = new ArrayList<>();
            ReplyReader reader = dialect.reader();
            take(reader, replies.substring(0, at), answers);
            take(reader, replies.substring(at), answers);

            assertThat(answers).as("split at %d", at).containsExactly(expected);
        }
    }

    @Test
    void repliesAreFoundWhereverTheyAreSplit() {
        assertAnswers(
                Dialect.RESP,
                "+OK\r\n$3\r\na\r\n\r\n$-1\r\n-ERR $5\r\n:-12\r\n_\r\n$0\r\n\r\n",
                Answer.DONE,
                Answer.VALUE,
                Answer.NOTHING,
                Answer.ERROR,
                Answer.DONE,
                Answer.NOTHING,
                Answer.VALUE);
        assertAnswers(
                Dialect.MEMCACHED,
                "STORED\r\nVALUE key:000000000042 0 8\r\na\r\nEND\r\n\r\nEND\r\nEND\r\nSERVER_ERROR out of memory\r\n",
                Answer.DONE,
                Answer.VALUE,
                Answer.NOTHING,
                Answer.ERROR);
        assertAnswers(
                Dialect.MEMCACHED,
                "DELETED\r\nNOT_FOUND\r\nVALUE k 0 0\r\n\r\nEND\r\nERROR\r\n",
                Answer.DONE,
                Answer.NOTHING,
                Answer.VALUE,
                Answer.ERROR);
    }

    @Test
    void whatIsNoReplyIsRefused() {
        for (Dialect dialect : Dialect.values()) {
            assertThatThrownBy(() -> take(dialect.reader(), "HTTP/1.1 400\r\n", new ArrayList<>()))
                    .isInstanceOf(IllegalStateException.class);
        }
    }
}
