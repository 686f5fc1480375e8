package dev.situ.kv;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;

/// How most commands of most loads begin: with a name of three letters and a key of up to 99 bytes. It is read in two
/// words and a length.
///
/// ```
///   *2 \r\n $3 \r\n | GET \r\n $5 \r\n | key:1 \r\n
///   8 bytes, always | 8 or 10 bytes    | the key
/// ```
final class PlainHeader {
    /// What does not begin so.
    static final int NONE = -1;

    private static final long NAME_MASK = 0xFFFF_FFFF_FFFFL;
    private static final long LOWER_CASE = 0x20_2020L;

    private static final int FIRST_DIGIT = 14;

    /// `\r\n`, in network order.
    static final int LINE_END = 0x0D0A;

    static final int LINE_END_BYTES = 2;

    private PlainHeader() {}

    /// The length of the key, or [#NONE] if it is anything else: a longer key, another command.
    ///
    /// @param in of which at least 18 bytes are there from `at` on
    /// @param counts the first eight bytes, `*2\r\n$3\r\n`, the first the lowest
    /// @param name those behind, `get\r\n$`, in small letters
    static int keyLength(MemorySegment in, long at, long counts, long name) {
        if (Words.getLong(in, at) != counts) {
            return NONE;
        }
        long behind = Words.getLong(in, at + Long.BYTES);
        if (((behind | LOWER_CASE) & NAME_MASK) != name) {
            return NONE;
        }
        int first = (int) (behind >>> 48 & 0xFF) - '0';
        int second = (int) (behind >>> 56) - '0';
        boolean isShort = second == '\r' - '0';
        boolean isNumber = first >= (isShort ? 0 : 1) && first <= 9 && (isShort || (second >= 0 && second <= 9));
        int lineEnd = FIRST_DIGIT + (isShort ? 1 : 2);
        return isNumber && Words.getUnsignedShortBe(in, at + lineEnd) == LINE_END
                ? isShort ? first : first * 10 + second
                : NONE;
    }

    /// Where a key of so many bytes begins.
    static int keyOffset(int keyLength) {
        return FIRST_DIGIT + (keyLength < 10 ? 1 : 2) + LINE_END_BYTES;
    }
}
