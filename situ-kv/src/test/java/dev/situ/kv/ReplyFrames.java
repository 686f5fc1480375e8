package dev.situ.kv;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// Cuts a stream of RESP2 and RESP3 replies into single ones.
final class ReplyFrames {
    private byte[] bytes = new byte[0];
    private int at;

    void add(byte[] more, int length) {
        byte[] joined = Arrays.copyOfRange(bytes, at, bytes.length + length);
        System.arraycopy(more, 0, joined, bytes.length - at, length);
        bytes = joined;
        at = 0;
    }

    /// The next reply, whole, one char for each byte.
    Optional<String> next() {
        int end = end(at);
        if (end < 0) {
            return Optional.empty();
        }
        String reply = new String(bytes, at, end - at, StandardCharsets.ISO_8859_1);
        at = end;
        return Optional.of(reply);
    }

    private int end(int from) {
        int line = from;
        while (line < bytes.length && bytes[line] != '\n') {
            line++;
        }
        if (line >= bytes.length) {
            return -1;
        }
        int next = line + 1;
        char type = (char) bytes[from];
        if ("+-:_#,(".indexOf(type) >= 0) {
            return next;
        }
        int count = Integer.parseInt(new String(bytes, from + 1, line - from - 2, StandardCharsets.ISO_8859_1));
        if (type == '$' || type == '=') {
            int end = count < 0 ? next : next + count + 2;
            return end <= bytes.length ? end : -1;
        }
        if ("*~%>".indexOf(type) < 0) {
            throw new IllegalStateException("not a reply: " + type);
        }
        int elements = type == '%' ? count * 2 : count;
        for (int i = 0; i < elements && next >= 0; i++) {
            next = end(next);
        }
        return next;
    }
}
