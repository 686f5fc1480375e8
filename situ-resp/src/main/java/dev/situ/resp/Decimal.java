package dev.situ.resp;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;

/// Whole numbers in decimal text, as strict as Redis's `string2ll`: no sign but `-`, no leading zero, no blank,
/// no `-0`, nothing that does not fit in 64 bits. Pure functions, for any thread; they allocate nothing.
public final class Decimal {
    /// The most characters of a number: those of the smallest one.
    public static final int MAX_LENGTH = 20;

    private Decimal() {}

    /// Says whether the text is a number that [#value] can read.
    public static boolean isValid(MemorySegment memory, long offset, int length) {
        if (length == 0 || length > MAX_LENGTH) {
            return false;
        }
        boolean negative = Words.getByte(memory, offset) == '-';
        int first = negative ? 1 : 0;
        int digits = length - first;
        if (digits == 0) {
            return false;
        }
        if (Words.getByte(memory, offset + first) == '0') {
            return length == 1;
        }
        return digits <= 19 && isDigits(memory, offset + first, digits) && fits(memory, offset, length, negative);
    }

    /// The number that the text says; the text must be valid.
    public static long value(MemorySegment memory, long offset, int length) {
        boolean negative = Words.getByte(memory, offset) == '-';
        long value = 0;
        for (int i = negative ? 1 : 0; i < length; i++) {
            value = value * 10 - (Words.getByte(memory, offset + i) - '0');
        }
        return negative ? value : -value;
    }

    private static boolean isDigits(MemorySegment memory, long offset, int length) {
        for (int i = 0; i < length; i++) {
            int digit = Words.getByte(memory, offset + i) - '0';
            if (digit < 0 || digit > 9) {
                return false;
            }
        }
        return true;
    }

    /// 19 digits hold at most 9999999999999999999, which overflows 64 bits at most once: the sign then shows it.
    private static boolean fits(MemorySegment memory, long offset, int length, boolean negative) {
        long value = value(memory, offset, length);
        return negative ? value < 0 : value > 0;
    }
}
