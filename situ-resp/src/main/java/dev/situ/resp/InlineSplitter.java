package dev.situ.resp;

import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Splits an inline command (a line that a person typed) into arguments by the rules of Redis's `sdssplitargs`:
/// arguments are separated by blanks; `"..."` knows `\n \r \t \b \a \xHH` and takes any other escaped byte as it
/// is; `'...'` knows `\'` only; a closing quote must be followed by a blank or the end.
///
/// The arguments are written to own scratch memory, because unescaping changes the bytes and the input is
/// borrowed.
final class InlineSplitter {
    private static final int USUAL_LINE = 256;

    private MemorySegment scratch = MemorySegment.NULL;
    private MemorySegment line = MemorySegment.NULL;
    private long at;
    private long end;
    private int written;

    InlineSplitter() {}

    /// Fills `command` with the arguments of the line. Gives NONE, or what is wrong.
    ProtocolError split(MemorySegment memory, long offset, int length, Command command) {
        if (scratch.byteSize() < length) {
            // Unescaping never makes longer. Collected with the parser: at most 64 KiB for a connection.
            scratch = Arena.ofAuto().allocate(Math.max(USUAL_LINE, Integer.highestOneBit(length) * 2));
        }
        line = memory;
        at = offset;
        end = offset + length;
        written = 0;
        command.place(scratch, 0);
        while (true) {
            skipBlanks();
            if (at == end) {
                return ProtocolError.NONE;
            }
            int start = written;
            if (!splitOne()) {
                return ProtocolError.UNBALANCED_QUOTES;
            }
            if (!command.reserve()) {
                return ProtocolError.TOO_MANY_ARGUMENTS;
            }
            command.add(start, written - start);
        }
    }

    private boolean splitOne() {
        while (at < end) {
            byte b = Words.getByte(line, at);
            switch (b) {
                case ' ', '\n', '\r', '\t' -> {
                    return true;
                }
                case '"' -> {
                    at++;
                    return doubleQuoted();
                }
                case '\'' -> {
                    at++;
                    return singleQuoted();
                }
                default -> write(b);
            }
            at++;
        }
        return true;
    }

    private boolean doubleQuoted() {
        while (at < end) {
            byte b = Words.getByte(line, at);
            if (b == '"') {
                return closeQuote();
            }
            if (b == '\\' && isHexEscape()) {
                write((byte) (hex(at + 2) << 4 | hex(at + 3)));
                at += 4;
            } else if (b == '\\' && at + 1 < end) {
                write(unescaped(Words.getByte(line, at + 1)));
                at += 2;
            } else {
                write(b);
                at++;
            }
        }
        return false;
    }

    private boolean singleQuoted() {
        while (at < end) {
            byte b = Words.getByte(line, at);
            if (b == '\'') {
                return closeQuote();
            }
            if (b == '\\' && at + 1 < end && Words.getByte(line, at + 1) == '\'') {
                b = '\'';
                at++;
            }
            write(b);
            at++;
        }
        return false;
    }

    private boolean closeQuote() {
        at++;
        return at == end || isBlank(Words.getByte(line, at));
    }

    private void skipBlanks() {
        while (at < end && isBlank(Words.getByte(line, at))) {
            at++;
        }
    }

    private void write(byte b) {
        Words.setByte(scratch, written++, b);
    }

    private boolean isHexEscape() {
        return at + 3 < end && Words.getByte(line, at + 1) == 'x' && hex(at + 2) >= 0 && hex(at + 3) >= 0;
    }

    private int hex(long offset) {
        return Character.digit(Words.getByte(line, offset) & 0xFF, 16);
    }

    private static byte unescaped(byte escaped) {
        return switch (escaped) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'b' -> '\b';
            case 'a' -> 0x07;
            default -> escaped;
        };
    }

    /// C's `isspace` in the C locale.
    private static boolean isBlank(byte b) {
        return b == ' ' || (b >= '\t' && b <= '\r');
    }
}
