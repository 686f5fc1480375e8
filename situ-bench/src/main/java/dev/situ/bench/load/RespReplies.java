package dev.situ.bench.load;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/// Replies in RESP: simple strings, errors, numbers, nulls and bulk strings, which are what the generator's
/// requests are answered with.
final class RespReplies implements ReplyReader {
    private static final int NONE = 0;

    private int type = NONE;
    private boolean negative;
    private long number;
    /// Bytes of a value, and of the line end after it, that have not come yet.
    private long left;

    @Override
    public void take(ByteBuffer in, Consumer<Answer> replies) {
        while (in.hasRemaining()) {
            if (left > 0) {
                int step = (int) Math.min(left, in.remaining());
                in.position(in.position() + step);
                left -= step;
                if (left == 0) {
                    replies.accept(Answer.VALUE);
                }
                continue;
            }
            byte next = in.get();
            if (type == NONE) {
                type = next;
                number = 0;
                negative = false;
            } else if (next == '\n') {
                endLine(replies);
            } else if (type == '$') {
                digit(next);
            }
        }
    }

    private void digit(byte next) {
        if (next == '-') {
            negative = true;
        } else if (next != '\r') {
            number = number * 10 + next - '0';
        }
    }

    private void endLine(Consumer<Answer> replies) {
        int ended = type;
        type = NONE;
        switch (ended) {
            case '+', ':' -> replies.accept(Answer.DONE);
            case '-' -> replies.accept(Answer.ERROR);
            case '_' -> replies.accept(Answer.NOTHING);
            case '$' -> {
                if (negative) {
                    replies.accept(Answer.NOTHING);
                } else {
                    left = number + 2;
                }
            }
            default -> throw new IllegalStateException("a reply starts with the byte " + ended);
        }
    }
}
