package dev.situ.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplyScannerTest {
    private static final String REPLIES = "+OK\r\n$3\r\na\r\n\r\n$-1\r\n-ERR $5\r\n:-12\r\n_\r\n$0\r\n\r\n";

    private static void take(ReplyScanner scanner, String text, List<Answer> answers) {
        scanner.take(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), answers::add);
    }

    @Test
    void repliesAreFoundWhereverTheyAreSplit() {
        for (int at = 0; at <= REPLIES.length(); at++) {
            List<Answer> answers = new ArrayList<>();
            ReplyScanner scanner = new ReplyScanner();
            take(scanner, REPLIES.substring(0, at), answers);
            take(scanner, REPLIES.substring(at), answers);

            assertThat(answers)
                    .as("split at %d", at)
                    .containsExactly(
                            Answer.DONE,
                            Answer.VALUE,
                            Answer.NOTHING,
                            Answer.ERROR,
                            Answer.DONE,
                            Answer.NOTHING,
                            Answer.VALUE);
        }
    }

    @Test
    void whatIsNoReplyIsRefused() {
        assertThatThrownBy(() -> take(new ReplyScanner(), "HTTP/1.1 400\r\n", new ArrayList<>()))
                .isInstanceOf(IllegalStateException.class);
    }
}
