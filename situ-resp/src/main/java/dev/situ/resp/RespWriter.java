package dev.situ.resp;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;

/// Writes the parts of RESP2 and RESP3 replies to memory (the RESP3 specification,
/// `github.com/redis/redis-specifications`).
///
/// Every method writes at `offset` and gives the offset behind what it wrote. The caller sees to the room:
/// [#MAX_HEADER] bytes for each header or number, plus what it passes in. Pure functions, for any thread; they
/// allocate nothing.
public final class RespWriter {
    /// The most bytes of a header or a number: type, 20 characters, line end.
    public static final int MAX_HEADER = 23;

    private static final int LINE_END = '\n' << 8 | '\r';

    private RespWriter() {}

    /// `:<value>\r\n`
    public static long integer(MemorySegment memory, long offset, long value) {
        return line(memory, offset, ':', value);
    }

    /// `$<length>\r\n`: the head of a bulk string, to be followed by the bytes and [#lineEnd].
    public static long bulkHeader(MemorySegment memory, long offset, int length) {
        return line(memory, offset, '$', length);
    }

    /// `*<elements>\r\n`: the head of an array.
    public static long arrayHeader(MemorySegment memory, long offset, int elements) {
        return line(memory, offset, '*', elements);
    }

    /// `%<pairs>\r\n`: the head of a RESP3 map.
    public static long mapHeader(MemorySegment memory, long offset, int pairs) {
        return line(memory, offset, '%', pairs);
    }

    /// `~<elements>\r\n`: the head of a RESP3 set.
    public static long setHeader(MemorySegment memory, long offset, int elements) {
        return line(memory, offset, '~', elements);
    }

    /// `><elements>\r\n`: the head of a RESP3 push message.
    public static long pushHeader(MemorySegment memory, long offset, int elements) {
        return line(memory, offset, '>', elements);
    }

    /// `=<length + 4>\r\ntxt:`: the head of a RESP3 verbatim string of plain text; at most [#MAX_HEADER] + 4
    /// bytes.
    public static long verbatimHeader(MemorySegment memory, long offset, int length) {
        long end = line(memory, offset, '=', length + 4L);
        Words.setInt(memory, end, ':' << 24 | 't' << 16 | 'x' << 8 | 't');
        return end + 4;
    }

    /// `$-1\r\n`: RESP2's null string.
    public static long nullBulk(MemorySegment memory, long offset) {
        return line(memory, offset, '$', -1);
    }

    /// `*-1\r\n`: RESP2's null array.
    public static long nullArray(MemorySegment memory, long offset) {
        return line(memory, offset, '*', -1);
    }

    /// `_\r\n`: RESP3's null.
    public static long nullValue(MemorySegment memory, long offset) {
        Words.setByte(memory, offset, (byte) '_');
        return lineEnd(memory, offset + 1);
    }

    /// `#t\r\n` or `#f\r\n`: a RESP3 boolean.
    public static long bool(MemorySegment memory, long offset, boolean value) {
        Words.setShort(memory, offset, (short) ((value ? 't' : 'f') << 8 | '#'));
        return lineEnd(memory, offset + 2);
    }

    /// `\r\n`
    public static long lineEnd(MemorySegment memory, long offset) {
        Words.setShort(memory, offset, (short) LINE_END);
        return offset + 2;
    }

    /// `$<length>\r\n<bytes>\r\n`: a bulk string; [#MAX_HEADER] + 2 + `length` bytes of room.
    public static long bulk(MemorySegment memory, long offset, MemorySegment from, long fromOffset, int length) {
        long start = bulkHeader(memory, offset, length);
        Words.copy(from, fromOffset, memory, start, length);
        return lineEnd(memory, start + length);
    }

    /// The bytes that [#bulk] writes.
    public static int bulkBytes(int length) {
        return 1 + digits(length) + 2 + length + 2;
    }

    /// The number in decimal, without frame; at most 20 bytes.
    public static long number(MemorySegment memory, long offset, long value) {
        if (value == Long.MIN_VALUE) { // has no positive twin
            long end = number(memory, offset, value / 10);
            Words.setByte(memory, end, (byte) '8');
            return end + 1;
        }
        long start = offset;
        long rest = value;
        if (rest < 0) {
            Words.setByte(memory, start++, (byte) '-');
            rest = -rest;
        }
        long end = start + digits(rest);
        long at = end;
        do {
            long tens = rest / 10;
            Words.setByte(memory, --at, (byte) ('0' + (rest - tens * 10)));
            rest = tens;
        } while (rest != 0);
        return end;
    }

    private static long line(MemorySegment memory, long offset, char type, long value) {
        if (value >= 0 && value <= 9) {
            Words.setInt(memory, offset, LINE_END << 16 | (int) ('0' + value) << 8 | type);
            return offset + 4;
        }
        if (value >= 10 && value <= 99) { // in few pieces, for who reads it soon: many are slow to read together
            int tens = ((int) value * 103) >>> 10;
            int ones = (int) value - tens * 10;
            Words.setInt(memory, offset, type | ('0' + tens) << 8 | ('0' + ones) << 16 | '\r' << 24);
            Words.setByte(memory, offset + 4, (byte) '\n');
            return offset + 5;
        }
        Words.setByte(memory, offset, (byte) type);
        return lineEnd(memory, number(memory, offset + 1, value));
    }

    private static int digits(long value) {
        int digits = 1;
        for (long bound = 10; digits < 19 && value >= bound; bound *= 10) {
            digits++;
        }
        return digits;
    }
}
