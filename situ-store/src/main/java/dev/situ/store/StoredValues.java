package dev.situ.store;

import dev.situ.memory.BufferSource;
import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// Reads the values of records, wherever they lie: in the record, or in buffers that it adopted.
///
/// A record given here is valid: found inside the current epoch, or pinned. One a [Store]; safe for all threads.
public final class StoredValues {
    private final MemorySegment region;
    private final Sources sources;

    StoredValues(MemorySegment region, Sources sources) {
        this.region = region;
        this.sources = sources;
    }

    /// Appends a whole value with its frame to a list of slices, nothing copied: the record is the owner of each
    /// slice.
    ///
    /// @throws IllegalArgumentException if the value is kept bare ([Record#frameHead] is 0)
    public void appendFramed(long record, SliceList to) {
        int head = Record.frameHead(region, record);
        if (head == 0) {
            throw new IllegalArgumentException("kept without a frame: " + Record.hex(record));
        }
        append(record, 0, Record.framedLength(region, record), to);
    }

    /// Appends a part of a value to a list of slices, nothing copied: the record is the owner of each slice.
    ///
    /// @param from of the value, 0 or more
    /// @param length in bytes; `from + length` is at most the value's length
    public void appendTo(long record, int from, int length, SliceList to) {
        Objects.checkFromIndexSize(from, length, Record.valueLength(region, record));
        append(record, from + (long) Record.frameHead(region, record), length, to);
    }

    /// Appends bytes of the framed value.
    ///
    /// @param from counted from the frame's head
    private void append(long record, long from, long length, SliceList to) {
        if (!Record.isAdopted(region, record)) {
            // A framed value is at most a few bytes longer than an int can say: then the tail is a slice of its own.
            long offset = Record.frameOffset(region, record) + from;
            int first = (int) Math.min(length, Integer.MAX_VALUE);
            to.add(region, offset, first, record);
            to.add(region, offset + first, (int) (length - first), record);
            return;
        }
        MemorySegment memory = sources.of(record).memory();
        long skip = from;
        long left = length;
        for (int i = 0; left > 0; i++) {
            int slice = AdoptedValue.length(region, record, i);
            if (skip < slice) {
                int part = (int) Math.min(slice - skip, left);
                to.add(memory, AdoptedValue.offset(region, record, i) + skip, part, record);
                left -= part;
                skip = 0;
            } else {
                skip -= slice;
            }
        }
    }

    /// Copies a part of a value.
    ///
    /// @param from of the value, 0 or more
    /// @param length in bytes; `from + length` is at most the value's length
    public void copy(long record, int from, int length, MemorySegment to, long toOffset) {
        Objects.checkFromIndexSize(from, length, Record.valueLength(region, record));
        if (Record.isAdopted(region, record)) {
            gather(record, from + (long) Record.frameHead(region, record), length, to, toOffset);
        } else {
            Words.copy(region, Record.valueOffset(region, record) + from, to, toOffset, length);
        }
    }

    /// Copies bytes of an adopted value.
    ///
    /// @param from counted from the frame's head
    void gather(long record, long from, long length, MemorySegment to, long toOffset) {
        BufferSource source = sources.of(record);
        MemorySegment memory = source.memory();
        long skip = from;
        long at = toOffset;
        long end = toOffset + length;
        for (int i = 0; at < end; i++) {
            int slice = AdoptedValue.length(region, record, i);
            if (skip < slice) {
                int part = (int) Math.min(slice - skip, end - at);
                Words.copy(memory, AdoptedValue.offset(region, record, i) + skip, to, at, part);
                at += part;
                skip = 0;
            } else {
                skip -= slice;
            }
        }
    }
}
