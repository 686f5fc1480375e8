package dev.situ.kv;

import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The longest common subsequence of two values, by the usual table of lengths (Wagner and Fischer 1974), and with
/// the choices that Redis makes where several are longest.
///
/// ```
///   lengths[i][j] = a[i-1] == b[j-1] ? lengths[i-1][j-1] + 1 : max(lengths[i-1][j], lengths[i][j-1])
/// ```
///
/// The way back through the table only asks whether the one above is the larger, so that is what is kept of it: a
/// bit a cell, where Redis has 32. Of the lengths there is one row at a time, along the shorter of the two.
///
/// Made for one command, confined to its thread.
final class LongestCommon {
    private static final int RANGE_INTS = 4;

    private final MemorySegment a;
    private final int aLength;
    private final MemorySegment b;
    private final int bLength;
    private final int length;
    private final @Nullable MemorySegment above;
    private int[] ranges = new int[8 * RANGE_INTS];
    private int rangeInts;

    /// Compares two runs of bytes.
    ///
    /// @param arena for the table; null: nothing but the length is wanted
    LongestCommon(MemorySegment a, int aLength, MemorySegment b, int bLength, @Nullable Arena arena) {
        this.a = a;
        this.aLength = aLength;
        this.b = b;
        this.bLength = bLength;
        this.above = arena == null ? null : arena.allocate((((long) aLength * bLength) >>> 3) + 1);
        this.length = aLength >= bLength ? fill(a, aLength, b, bLength, true) : fill(b, bLength, a, aLength, false);
    }

    /// Fills the table row by row; gives the length.
    ///
    /// @param aIsLong whether the longer one is `a`
    private int fill(MemorySegment longer, int rows, MemorySegment shorter, int columns, boolean aIsLong) {
        int[] row = new int[columns + 1];
        for (int x = 0; x < rows; x++) {
            byte here = Words.getByte(longer, x);
            int diagonal = 0;
            for (int y = 0; y < columns; y++) {
                int before = row[y + 1]; // of the row before
                int beside = row[y];
                if (here == Words.getByte(shorter, y)) {
                    row[y + 1] = diagonal + 1;
                } else {
                    row[y + 1] = Math.max(before, beside);
                    if (above != null && (aIsLong ? before > beside : beside > before)) {
                        mark(aIsLong ? x : y, aIsLong ? y : x);
                    }
                }
                diagonal = before;
            }
        }
        return row[columns];
    }

    private void mark(int i, int j) {
        long bit = (long) i * bLength + j;
        MemorySegment table = table();
        Words.setByte(table, bit >>> 3, (byte) (Words.getByte(table, bit >>> 3) | (1 << (bit & 7))));
    }

    private boolean isMarked(int i, int j) {
        long bit = (long) i * bLength + j;
        return (Words.getByte(table(), bit >>> 3) >>> (bit & 7) & 1) != 0;
    }

    private MemorySegment table() {
        if (above == null) {
            throw new IllegalStateException("only the length was asked for");
        }
        return above;
    }

    /// How many bytes the longest common subsequence has.
    int length() {
        return length;
    }

    /// Writes the subsequence, and collects where it lies: runs of bytes that follow each other in both, the last
    /// first.
    ///
    /// @param to room for [#length()] bytes
    void trace(MemorySegment to) {
        int at = length;
        int i = aLength;
        int j = bLength;
        int run = 0;
        while (i > 0 && j > 0) {
            boolean equal = Words.getByte(a, i - 1L) == Words.getByte(b, j - 1L);
            if (equal) {
                Words.setByte(to, --at, Words.getByte(a, i - 1L));
                run++;
                i--;
                j--;
            }
            if (run > 0 && (!equal || i == 0 || j == 0)) {
                addRange(i, j, run);
                run = 0;
            }
            if (!equal) {
                if (isMarked(i - 1, j - 1)) {
                    i--;
                } else {
                    j--;
                }
            }
        }
    }

    private void addRange(int aFirst, int bFirst, int run) {
        if (rangeInts == ranges.length) {
            ranges = Arrays.copyOf(ranges, rangeInts * 2);
        }
        ranges[rangeInts] = aFirst;
        ranges[rangeInts + 1] = aFirst + run - 1;
        ranges[rangeInts + 2] = bFirst;
        ranges[rangeInts + 3] = bFirst + run - 1;
        rangeInts += RANGE_INTS;
    }

    /// How many runs [#trace] found.
    int ranges() {
        return rangeInts / RANGE_INTS;
    }

    /// How many bytes run `index` has.
    int rangeLength(int index) {
        return ranges[index * RANGE_INTS + 1] - ranges[index * RANGE_INTS] + 1;
    }

    /// A place of run `index`: its first and its last byte in `a`, then in `b`.
    int rangePlace(int index, int which) {
        return ranges[index * RANGE_INTS + which];
    }
}
