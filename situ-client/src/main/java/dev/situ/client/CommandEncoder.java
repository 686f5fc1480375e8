package dev.situ.client;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;

/// Writes commands as RESP arrays of bulk strings, to a Java array or to memory.
///
/// ```
///   *3\r\n $3\r\n SET\r\n $1\r\n k\r\n $5\r\n value\r\n
/// ```
///
/// Pure functions; any thread may call them.
final class CommandEncoder {
    private static final int LINE_END = 2;

    private CommandEncoder() {}

    /// The bytes of the command with these arguments, its name first.
    static long length(byte[][] arguments) {
        long length = head(arguments.length);
        for (byte[] argument : arguments) {
            length += bulk(argument.length);
        }
        return length;
    }

    /// The bytes of an argument of that many.
    static long bulk(long length) {
        return head(length) + length + LINE_END;
    }

    private static int head(long number) {
        return 1 + digits(number) + LINE_END;
    }

    private static int digits(long number) {
        int digits = 1;
        for (long rest = number; rest >= 10; rest /= 10) {
            digits++;
        }
        return digits;
    }

    /// The command as an array.
    static byte[] encode(byte[][] arguments) {
        byte[] to = new byte[Math.toIntExact(length(arguments))];
        int at = head(to, 0, '*', arguments.length);
        for (byte[] argument : arguments) {
            at = head(to, at, '$', argument.length);
            System.arraycopy(argument, 0, to, at, argument.length);
            at = lineEnd(to, at + argument.length);
        }
        return to;
    }

    /// Writes the command at the start of `to`.
    static void encode(byte[][] arguments, MemorySegment to) {
        long at = head(to, 0, '*', arguments.length);
        for (byte[] argument : arguments) {
            at = argument(argument, to, at);
        }
    }

    /// Writes the command whose last argument is the first `length` bytes of `last`.
    static void encode(byte[][] arguments, MemorySegment last, MemorySegment to) {
        long at = head(to, 0, '*', arguments.length + 1);
        for (byte[] argument : arguments) {
            at = argument(argument, to, at);
        }
        at = head(to, at, '$', last.byteSize());
        Words.copy(last, 0, to, at, last.byteSize());
        lineEnd(to, at + last.byteSize());
    }

    private static long argument(byte[] argument, MemorySegment to, long offset) {
        long at = head(to, offset, '$', argument.length);
        Words.copyFrom(argument, 0, to, at, argument.length);
        return lineEnd(to, at + argument.length);
    }

    private static int head(byte[] to, int offset, char type, int number) {
        to[offset] = (byte) type;
        int end = offset + 1 + digits(number);
        int rest = number;
        for (int i = end - 1; i > offset; i--) {
            to[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return lineEnd(to, end);
    }

    private static int lineEnd(byte[] to, int offset) {
        to[offset] = '\r';
        to[offset + 1] = '\n';
        return offset + LINE_END;
    }

    /// Writes a type and a number, the head of an array or a bulk string, and gives where it ends.
    static long head(MemorySegment to, long offset, char type, long number) {
        Words.setByte(to, offset, (byte) type);
        long end = offset + 1 + digits(number);
        long rest = number;
        for (long i = end - 1; i > offset; i--) {
            Words.setByte(to, i, (byte) ('0' + rest % 10));
            rest /= 10;
        }
        return lineEnd(to, end);
    }

    /// Writes a line end, and gives where it ends.
    static long lineEnd(MemorySegment to, long offset) {
        Words.setByte(to, offset, (byte) '\r');
        Words.setByte(to, offset + 1, (byte) '\n');
        return offset + LINE_END;
    }
}
