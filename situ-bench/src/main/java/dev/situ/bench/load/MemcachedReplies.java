package dev.situ.bench.load;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/// Replies in memcached's text protocol (`protocol.txt`), each of a line, but for a value:
///
/// ```
///   VALUE key:000000000042 0 64        END        STORED        DELETED        NOT_FOUND        SERVER_ERROR ...
///   xxxxxxxx...
///   END
/// ```
final class MemcachedReplies implements ReplyReader {
    private static final int KIND_BYTES = 12;
    private static final int LINE_END_BYTES = 2;

    private final StringBuilder kind = new StringBuilder(KIND_BYTES);
    private boolean kindEnded;
    /// The number that the line ends with, as far as it has come.
    private long number;
    /// Bytes of a value, and of the line end behind it, that have not come yet.
    private long left;

    private boolean hasValue;

    @Override
    public void take(ByteBuffer in, Consumer<Answer> replies) {
        while (in.hasRemaining()) {
            if (left > 0) {
                int step = (int) Math.min(left, in.remaining());
                in.position(in.position() + step);
                left -= step;
                continue;
            }
            byte next = in.get();
            if (next == '\n') {
                endLine(replies);
            } else if (next != '\r') {
                character(next);
            }
        }
    }

    private void character(byte next) {
        if (next == ' ') {
            kindEnded = true;
            number = 0;
        } else if (kindEnded) {
            number = number * 10 + next - '0';
        } else if (kind.length() < KIND_BYTES) {
            kind.append((char) next);
        }
    }

    private void endLine(Consumer<Answer> replies) {
        String line = kind.toString();
        kind.setLength(0);
        kindEnded = false;
        switch (line) {
            case "VALUE" -> {
                left = number + LINE_END_BYTES;
                hasValue = true;
            }
            case "END" -> {
                replies.accept(hasValue ? Answer.VALUE : Answer.NOTHING);
                hasValue = false;
            }
            case "STORED", "DELETED" -> replies.accept(Answer.DONE);
            case "NOT_FOUND" -> replies.accept(Answer.NOTHING);
            case "ERROR", "CLIENT_ERROR", "SERVER_ERROR" -> replies.accept(Answer.ERROR);
            default -> throw new IllegalStateException("a reply starts with '" + line + "'");
        }
    }
}
