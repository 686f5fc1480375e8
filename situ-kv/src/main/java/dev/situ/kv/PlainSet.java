package dev.situ.kv;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;

/// The most usual write: `SET` of a key of up to 99 bytes and a short value, without options, where it lies. See
/// [PlainHeader]; the value is behind it.
///
/// ```
///   *3 \r\n $3 \r\n SET \r\n $5 \r\n key:1 \r\n | $5 \r\n | value \r\n
///                                              | 4 to 7  | the value
/// ```
///
/// Reused; confined to one thread.
final class PlainSet {
    /// `*3\r\n$3\r\n`, the first byte the lowest.
    private static final long COUNTS = 0x0A0D_3324_0A0D_332AL;

    /// `set\r\n$` likewise.
    private static final long NAME = 0x240A_0D74_6573L;

    private static final int MOST_DIGITS = 4;

    /// With an empty key and an empty value: `*3\r\n$3\r\nSET\r\n$0\r\n\r\n$0\r\n\r\n`.
    private static final int LEAST_BYTES = 25;

    /// `$0\r\n\r\n`.
    private static final int LEAST_VALUE_BYTES = 6;

    private long key;
    private int keyLength;
    private long value;
    private int valueLength;

    PlainSet() {}

    /// Reads the command with which some input begins.
    ///
    /// @param end where the input ends
    /// @return whether it is one of these and wholly there; if not, what the rest says is undefined
    boolean read(MemorySegment in, long at, long end) {
        if (end - at < LEAST_BYTES) {
            return false;
        }
        keyLength = PlainHeader.keyLength(in, at, COUNTS, NAME);
        if (keyLength == PlainHeader.NONE) {
            return false;
        }
        key = at + PlainHeader.keyOffset(keyLength);
        return readValue(in, key + keyLength + PlainHeader.LINE_END_BYTES, end);
    }

    /// Reads the header of the value, whose length says where the command ends.
    private boolean readValue(MemorySegment in, long at, long end) {
        if (end - at < LEAST_VALUE_BYTES || Words.getByte(in, at) != '$') {
            return false;
        }
        int length = 0;
        long digit = at + 1;
        long last = Math.min(digit + MOST_DIGITS, end - PlainHeader.LINE_END_BYTES);
        while (digit < last) {
            int number = Words.getByte(in, digit) - '0';
            if (number < 0 || number > 9) {
                break;
            }
            length = length * 10 + number;
            digit++;
        }
        int digits = (int) (digit - at - 1);
        if (digits == 0
                || (digits > 1 && Words.getByte(in, at + 1) == '0')
                || Words.getUnsignedShortBe(in, digit) != PlainHeader.LINE_END) {
            return false;
        }
        value = digit + PlainHeader.LINE_END_BYTES;
        valueLength = length;
        return end() <= end && !Framing.isFramed(length);
    }

    /// Where the key is.
    long key() {
        return key;
    }

    int keyLength() {
        return keyLength;
    }

    /// Where the value is.
    long value() {
        return value;
    }

    /// So short that it is kept without a frame.
    int valueLength() {
        return valueLength;
    }

    /// Where the command ends.
    long end() {
        return value + valueLength + PlainHeader.LINE_END_BYTES; // Redis does not look which two bytes these are either
    }
}
