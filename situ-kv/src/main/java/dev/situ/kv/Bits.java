package dev.situ.kv;

import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;

/// Counts and finds bits. They are numbered as Redis numbers them: bit 0 is the highest of the first byte.
///
/// ```
///   byte        0                 1
///   bit         0 1 2 3 4 5 6 7   8 9 ...
///   head mask   0 0 0 1 1 1 1 1              first = 3
/// ```
///
/// Pure functions; they allocate nothing.
final class Bits {
    static final int NONE = -1;

    private Bits() {}

    /// The bits of the first byte from bit `first` on.
    private static int headMask(long first) {
        return 0xFF >>> (first & 7);
    }

    /// The bits of the last byte up to bit `last`.
    private static int tailMask(long last) {
        return 0xFF << (7 - (last & 7)) & 0xFF;
    }

    /// Counts the ones among the bits `first` to `last`.
    ///
    /// @param bytes exactly the bytes that these bits lie in, at least one
    static long count(SliceList bytes, long first, long last) {
        long ones = 0;
        for (int i = 0; i < bytes.size(); i++) {
            ones += count(bytes.memory(i), bytes.offset(i), bytes.length(i));
        }
        int end = bytes.size() - 1;
        int head = Words.getByte(bytes.memory(0), bytes.offset(0));
        int tail = Words.getByte(bytes.memory(end), bytes.offset(end) + bytes.length(end) - 1);
        return ones
                - Integer.bitCount(head & ~headMask(first) & 0xFF)
                - Integer.bitCount(tail & ~tailMask(last) & 0xFF);
    }

    private static long count(MemorySegment memory, long offset, int length) {
        long ones = 0;
        int i = 0;
        for (; i + Long.BYTES <= length; i += Long.BYTES) {
            ones += Long.bitCount(Words.getLong(memory, offset + i));
        }
        for (; i < length; i++) {
            ones += Integer.bitCount(Words.getByte(memory, offset + i) & 0xFF);
        }
        return ones;
    }

    /// The first of the bits `first` to `last` that is `one` or not, counted from bit 0 of the first byte that is
    /// given; or [#NONE].
    ///
    /// @param bytes exactly the bytes that these bits lie in, at least one
    static long find(SliceList bytes, boolean one, long first, long last) {
        long end = bytes.length() - 1;
        long passed = 0;
        for (int s = 0; s < bytes.size(); s++) {
            MemorySegment memory = bytes.memory(s);
            long offset = bytes.offset(s);
            int length = bytes.length(s);
            for (int i = 0; i < length; i++) {
                i = skip(memory, offset, i, length, one);
                long at = passed + i;
                if (at > end || i == length) {
                    break;
                }
                int b = Words.getByte(memory, offset + i);
                int wanted = (one ? b : ~b) & 0xFF;
                wanted &= at == 0 ? headMask(first) : 0xFF;
                wanted &= at == end ? tailMask(last) : 0xFF;
                if (wanted != 0) {
                    return at * 8 + Integer.numberOfLeadingZeros(wanted) - 24;
                }
            }
            passed += length;
        }
        return NONE;
    }

    /// Goes over words that have no bit of the wanted kind.
    private static int skip(MemorySegment memory, long offset, int from, int length, boolean one) {
        long none = one ? 0 : -1;
        int i = from;
        while (i + Long.BYTES <= length && Words.getLong(memory, offset + i) == none) {
            i += Long.BYTES;
        }
        return i;
    }

    /// Reads an unsigned number of `bits` bits, its highest bit first.
    ///
    /// @param at the number of its first bit, counted from the byte at `offset`
    /// @param bits 1 to 64
    static long get(MemorySegment memory, long offset, long at, int bits) {
        long value = 0;
        for (long i = at; i < at + bits; i++) {
            int b = Words.getByte(memory, offset + (i >>> 3));
            value = value << 1 | (b >>> (7 - (i & 7)) & 1);
        }
        return value;
    }

    /// Writes the low `bits` bits of a number where [#get] reads them.
    static void set(MemorySegment memory, long offset, long at, int bits, long value) {
        for (int n = 0; n < bits; n++) {
            long i = at + n;
            long place = offset + (i >>> 3);
            int mask = 0x80 >>> (i & 7);
            int b = Words.getByte(memory, place);
            boolean on = (value >>> (bits - 1 - n) & 1) != 0;
            Words.setByte(memory, place, (byte) (on ? b | mask : b & ~mask));
        }
    }
}
