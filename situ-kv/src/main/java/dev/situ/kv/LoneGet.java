package dev.situ.kv;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;

/// The most usual request of one packet: one `GET` of a key of up to 99 bytes, and nothing else. It is read in two
/// words and a length.
///
/// ```
///   *2 \r\n $3 \r\n | GET \r\n $5 \r\n | key:1 \r\n
///   8 bytes, always | 8 or 10 bytes    | the key
/// ```
final class LoneGet {
    /// What is not one.
    static final int NONE = -1;

    /// `*2\r\n$3\r\n`, the first byte the lowest.
    private static final long HEADERS = 0x0A0D_3324_0A0D_322AL;

    /// `get\r\n$` likewise.
    private static final long NAME = 0x240A_0D74_6567L;

    private static final long NAME_MASK = 0xFFFF_FFFF_FFFFL;
    private static final long LOWER_CASE = 0x20_2020L;

    private static final int FIRST_DIGIT = 14;
    private static final int LINE_END = 0x0D0A;
    private static final int LINE_END_BYTES = 2;
    private static final int LEAST_BYTES = 19; // of an empty key

    private LoneGet() {}

    /// The length of the key, or [#NONE] if `length` bytes are anything else: a longer key, more behind it,
    /// another command.
    static int keyLength(MemorySegment memory, long offset, int length) {
        if (length < LEAST_BYTES || Words.getLong(memory, offset) != HEADERS) {
            return NONE;
        }
        long name = Words.getLong(memory, offset + Long.BYTES);
        if (((name | LOWER_CASE) & NAME_MASK) != NAME) {
            return NONE;
        }
        int first = (int) (name >>> 48 & 0xFF) - '0';
        int second = (int) (name >>> 56) - '0';
        boolean isShort = second == '\r' - '0';
        int keyLength = isShort ? first : first * 10 + second;
        int lineEnd = FIRST_DIGIT + (isShort ? 1 : 2);
        boolean isNumber = first >= (isShort ? 0 : 1) && first <= 9 && (isShort || (second >= 0 && second <= 9));
        return isNumber
                        && length == lineEnd + LINE_END_BYTES + keyLength + LINE_END_BYTES
                        && Words.getUnsignedShortBe(memory, offset + lineEnd) == LINE_END
                ? keyLength
                : NONE;
    }

    /// Where a key of so many bytes begins.
    static int keyOffset(int keyLength) {
        return FIRST_DIGIT + (keyLength < 10 ? 1 : 2) + LINE_END_BYTES;
    }
}
