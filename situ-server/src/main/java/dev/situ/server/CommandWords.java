package dev.situ.server;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Splits a typed line into the words of a command, with redis-cli's quoting: `"..."` with `\n \r \t \b \a \xHH`
/// and `\` before any other character for itself; `'...'` with `\'` only.
final class CommandWords {
    private final byte[] line;
    private int at;

    private CommandWords(String line) {
        this.line = line.getBytes(StandardCharsets.UTF_8);
    }

    /// The words of `line`, or nothing when its quotes do not match: one is open at the end, or closes in the
    /// middle of a word.
    static Optional<List<byte[]>> split(String line) {
        return new CommandWords(line).split();
    }

    private Optional<List<byte[]>> split() {
        List<byte[]> words = new ArrayList<>();
        while (true) {
            while (at < line.length && isSpace(line[at])) {
                at++;
            }
            if (at == line.length) {
                return Optional.of(words);
            }
            ByteArrayOutputStream word = new ByteArrayOutputStream();
            if (!readWord(word)) {
                return Optional.empty();
            }
            words.add(word.toByteArray());
        }
    }

    private boolean readWord(ByteArrayOutputStream word) {
        while (at < line.length && !isSpace(line[at])) {
            byte b = line[at++];
            if (b == '"' || b == '\'') {
                return readQuoted(b, word) && (at == line.length || isSpace(line[at]));
            }
            word.write(b);
        }
        return true;
    }

    private boolean readQuoted(byte quote, ByteArrayOutputStream word) {
        while (at < line.length) {
            byte b = line[at++];
            if (b == quote) {
                return true;
            }
            if (b == '\\' && at < line.length && (quote == '"' || line[at] == quote)) {
                word.write(readEscape(quote));
            } else {
                word.write(b);
            }
        }
        return false;
    }

    private int readEscape(byte quote) {
        byte b = line[at++];
        if (quote == '\'') {
            return b;
        }
        if (b == 'x' && at + 1 < line.length && hex(line[at]) >= 0 && hex(line[at + 1]) >= 0) {
            int value = hex(line[at]) << 4 | hex(line[at + 1]);
            at += 2;
            return value;
        }
        return switch (b) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'b' -> '\b';
            case 'a' -> 7;
            default -> b;
        };
    }

    private static int hex(byte b) {
        return Character.digit(b, 16);
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || (b >= '\t' && b <= '\r');
    }
}
