package dev.situ.kv;

import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import dev.situ.resp.Decimal;
import dev.situ.resp.RespParser;
import dev.situ.resp.RespWriter;
import dev.situ.store.Record;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A string value in Redis's serialised form, as `DUMP` gives it and `RESTORE` takes it: that of its RDB files.
///
/// ```
///   +---+--------------------------------------+---------+-----------------+
///   | 0 |  the string                          | version |  CRC-64 of all  |
///   +---+--------------------------------------+---------+-----------------+
///     1                                            2              8            little endian
///
///   00nnnnnn                          n bytes follow
///   01nnnnnn nnnnnnnn                 the same, big endian
///   10000000 nnnn  / 10000001 nnnnnnnn    the same, of 32 and of 64 bits
///   11000000 i / 11000001 ii / 11000010 iiii  a whole number of 8, 16, 32 bits, little endian: its decimal text
///   11000011 clen len bytes           clen bytes of LZF, which are len bytes
/// ```
///
/// Written is version 10, that of Redis 7.0, and nothing is compressed; read is everything. Reused; confined to one
/// thread.
final class RdbString {
    static final int FOOTER_BYTES = 10;

    private static final int VERSION = 10;
    private static final int CRC_BYTES = 8;
    private static final int STRING_TYPE = 0;
    /// The type and the longest length.
    private static final int MOST_HEAD_BYTES = 6;
    /// Longer texts of numbers are written as they are.
    private static final int LONGEST_INTEGER = 11;

    private static final int BITS_6 = 0;
    private static final int BITS_14 = 1;
    private static final int ENCODED = 3;
    private static final int BITS_32 = 0x80;
    private static final int BITS_64 = 0x81;
    private static final int INT_8 = 0;
    private static final int INT_16 = 1;
    private static final int INT_32 = 2;
    private static final int COMPRESSED = 3;
    private static final long BAD = -1;

    private final MemorySegment head = Arena.ofAuto().allocate(Math.max(MOST_HEAD_BYTES, Decimal.MAX_LENGTH));
    private final MemorySegment footer = Arena.ofAuto().allocate(FOOTER_BYTES);

    // What is read: where it goes on, and what was found.
    private MemorySegment payload = MemorySegment.NULL;
    private long at;
    private long end;
    private boolean compressed;
    private int storedLength;
    private int length;
    private MemorySegment text = MemorySegment.NULL;
    private long textOffset;

    RdbString() {}

    // ---- write ----------------------------------------------------------------------------------------------------

    /// Appends a reply that is the serialised value of a record.
    void write(Call call, long record) {
        int bytes = call.bytes.length(record);
        boolean integer = bytes <= LONGEST_INTEGER && call.bytes.isInteger(record) && isInt(call.bytes.integer(record));
        int headBytes = integer ? writeInteger((int) call.bytes.integer(record)) : writeLength(bytes);
        long crc = Crc64.update(0, head, 0, headBytes);
        SliceList value = call.bytes.slices(record, 0, integer ? 0 : bytes);
        crc = Crc64.update(crc, value);
        Words.setShort(footer, 0, (short) VERSION);
        Words.setLong(footer, Short.BYTES, Crc64.update(crc, footer, 0, Short.BYTES));
        call.reply().valueWithin(call.store, record, integer ? 0 : bytes, head, headBytes, footer, FOOTER_BYTES);
    }

    private static boolean isInt(long value) {
        return value == (int) value;
    }

    private int writeInteger(int value) {
        Words.setByte(head, 0, (byte) STRING_TYPE);
        boolean fits8 = value == (byte) value;
        boolean fits16 = value == (short) value;
        int encoding = fits8 ? INT_8 : fits16 ? INT_16 : INT_32;
        Words.setByte(head, 1, (byte) (ENCODED << 6 | encoding));
        Words.setInt(head, 2, value); // what is too much is not sent
        return 2 + (fits8 ? 1 : fits16 ? 2 : 4);
    }

    private int writeLength(int bytes) {
        Words.setByte(head, 0, (byte) STRING_TYPE);
        if (bytes < 1 << 6) {
            Words.setByte(head, 1, (byte) bytes);
            return 2;
        }
        if (bytes < 1 << 14) {
            Words.setShortBe(head, 1, BITS_14 << 14 | bytes);
            return 3;
        }
        Words.setByte(head, 1, (byte) BITS_32);
        Words.setIntBe(head, 2, bytes);
        return 6;
    }

    // ---- read -----------------------------------------------------------------------------------------------------

    /// Whether some bytes end in a footer of a known version whose checksum is that of the bytes.
    static boolean isIntact(MemorySegment memory, long offset, int bytes) {
        if (bytes < FOOTER_BYTES) {
            return false;
        }
        long version = offset + bytes - FOOTER_BYTES;
        return (Words.getShort(memory, version) & 0xFFFF) <= VERSION
                && Words.getLong(memory, version + Short.BYTES)
                        == Crc64.update(0, memory, offset, (long) bytes - CRC_BYTES);
    }

    /// Reads what a payload holds, but for the bytes of the value.
    ///
    /// @param memory borrowed until [#copyTo]
    /// @return the bytes that the value has; negative: the payload is damaged, or no string
    int read(MemorySegment memory, long offset, int bytes) {
        payload = memory;
        at = offset;
        end = offset + bytes;
        compressed = false;
        if (next() != STRING_TYPE) {
            return (int) BAD;
        }
        int first = next();
        return first < 0
                ? (int) BAD
                : first >>> 6 == ENCODED ? readEncoded(first & 0x3F) : readPlain(readLength(first));
    }

    private int next() {
        return at < end ? Words.getByte(payload, at++) & 0xFF : (int) BAD;
    }

    private long readLength(int first) {
        if (first >>> 6 == BITS_6) {
            return first;
        }
        int more = first >>> 6 == BITS_14 ? 1 : first == BITS_32 ? Integer.BYTES : first == BITS_64 ? Long.BYTES : 0;
        if (more == 0 || end - at < more) {
            return BAD;
        }
        at += more;
        return switch (more) {
            case 1 -> (first & 0x3F) << 8 | (Words.getByte(payload, at - 1) & 0xFF);
            case Integer.BYTES -> Words.getIntBe(payload, at - more) & 0xFFFF_FFFFL;
            default -> Words.getLongBe(payload, at - more);
        };
    }

    private int readPlain(long bytes) {
        if (bytes < 0 || bytes > end - at) {
            return (int) BAD;
        }
        text = payload;
        textOffset = at;
        length = (int) bytes;
        return length;
    }

    private int readEncoded(int encoding) {
        if (encoding == COMPRESSED) {
            return readCompressed();
        }
        int bytes = encoding == INT_8 ? 1 : encoding == INT_16 ? 2 : encoding == INT_32 ? 4 : 0;
        if (bytes == 0 || end - at < bytes) {
            return (int) BAD;
        }
        long value = 0;
        for (int i = bytes - 1; i >= 0; i--) {
            value = value << 8 | (Words.getByte(payload, at + i) & 0xFF);
        }
        int unused = Long.SIZE - bytes * 8;
        text = head;
        textOffset = 0;
        length = (int) RespWriter.number(head, 0, value << unused >> unused);
        return length;
    }

    private int readCompressed() {
        int first = next();
        long from = first < 0 ? BAD : readLength(first);
        first = next();
        long to = first < 0 ? BAD : readLength(first);
        if (from < 0
                || from > end - at
                || to < 0
                || to > RespParser.MAX_BULK_LENGTH
                || to > (from / 3 + 1) * Lzf.MOST_BYTES_FROM_THREE) {
            return (int) BAD;
        }
        compressed = true;
        storedLength = (int) from;
        text = payload;
        textOffset = at;
        length = (int) to;
        return length;
    }

    /// Copies the value that [#read] found into a claimed record of its length. Gives false if it cannot be
    /// decompressed.
    boolean copyTo(MemorySegment region, long record) {
        long value = Record.valueOffset(region, record);
        if (compressed) {
            return Lzf.decompress(text, textOffset, storedLength, region, value, length);
        }
        Words.copy(text, textOffset, region, value, length);
        return true;
    }
}
