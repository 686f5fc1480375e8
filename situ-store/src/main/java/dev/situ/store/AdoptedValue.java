package dev.situ.store;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;

/// The layout of what stands in an adopted record in the place of the value: where its bytes lie. The only class
/// that knows an offset in it.
///
/// ```
///    0                    4                    8
///    +--------------------+--------------------+
///    |  slices            |  source            |
///    +--------------------+--------------------+
///  8 |  buffer 0, in the source's words        |
///    +-----------------------------+-----------+
/// 16 |  offset in its memory       |  length   |   48 and 16 bits
///    +-----------------------------+-----------+
///    |  buffer 1 ...                           |
/// ```
///
/// The slices, one behind the other, are the value with its frame. The record holds a reference to the buffer of
/// each. Written by the claimer before publication; does not change afterwards.
final class AdoptedValue {
    /// The most bytes of one slice.
    static final int MAX_SLICE_BYTES = 0xFFFF;

    private static final int SOURCE = 4;
    private static final int SLICES = 8;
    private static final int SLICE_BYTES = 16;
    private static final int PLACE = 8;
    private static final int OFFSET_SHIFT = 16;

    private AdoptedValue() {}

    /// The bytes of a record with such a header, such a key, and so many slices.
    static long recordBytes(int headerBytes, int keyLength, int slices) {
        return headerBytes + roundUp(keyLength) + SLICES + (long) slices * SLICE_BYTES;
    }

    private static long roundUp(int keyLength) {
        return (keyLength + 7L) & ~7L;
    }

    private static long start(MemorySegment region, long record) {
        return Record.keyOffset(region, record) + roundUp(Record.keyLength(region, record));
    }

    private static long slice(MemorySegment region, long record, int index) {
        return start(region, record) + SLICES + (long) index * SLICE_BYTES;
    }

    static void begin(MemorySegment region, long record, int source, int slices) {
        long at = start(region, record);
        Words.setInt(region, at, slices);
        Words.setInt(region, at + SOURCE, source);
    }

    /// Writes slice `index`.
    ///
    /// @param offset less than 2^48
    /// @param length 1 to [#MAX_SLICE_BYTES]
    static void setSlice(MemorySegment region, long record, int index, long buffer, long offset, int length) {
        long at = slice(region, record, index);
        Words.setLong(region, at, buffer);
        Words.setLong(region, at + PLACE, offset << OFFSET_SHIFT | length);
    }

    static int slices(MemorySegment region, long record) {
        return Words.getInt(region, start(region, record));
    }

    static int source(MemorySegment region, long record) {
        return Words.getInt(region, start(region, record) + SOURCE);
    }

    static long buffer(MemorySegment region, long record, int index) {
        return Words.getLong(region, slice(region, record, index));
    }

    static long offset(MemorySegment region, long record, int index) {
        return Words.getLong(region, slice(region, record, index) + PLACE) >>> OFFSET_SHIFT;
    }

    static int length(MemorySegment region, long record, int index) {
        return (int) Words.getLong(region, slice(region, record, index) + PLACE) & MAX_SLICE_BYTES;
    }
}
