package dev.situ.kv;

import com.dynatrace.hash4j.hashing.ByteAccess;
import com.dynatrace.hash4j.hashing.HashStream64;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import dev.situ.resp.Decimal;
import dev.situ.store.Record;
import dev.situ.store.Store;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Looks into stored values where they lie, in the record or in packets: nothing is copied but a few bytes.
///
/// Records given here are valid, as for [dev.situ.store.StoredValues]. Reused; confined to one thread.
final class ValueBytes {
    /// How many bytes [#window] can show.
    static final int WINDOW_BYTES = 32;

    private static final ByteAccess<MemorySegment> ACCESS = ByteAccess.forMemorySegment(MemorySegment.class);

    private final Store store;
    private final MemorySegment region;
    private final SliceList slices = new SliceList();
    private final MemorySegment window = Arena.ofAuto().allocate(WINDOW_BYTES);
    private final HashStream64 xxh3 = Hashing.xxh3_64().hashStream();

    ValueBytes(Store store) {
        this.store = store;
        this.region = store.memory();
    }

    /// The bytes of a value, 0 for no record.
    int length(long record) {
        return record == Record.NONE ? 0 : Record.valueLength(region, record);
    }

    /// A part of a value, as slices, valid until the next call of any method here.
    ///
    /// @param from of the value, 0 or more
    /// @param length in bytes; `from + length` is at most the value's length
    SliceList slices(long record, int from, int length) {
        slices.clear();
        store.values().appendTo(record, from, length, slices);
        return slices;
    }

    /// Some bytes of a value, as if there were zeros behind it, valid until the next call.
    ///
    /// @param record or [Record#NONE], which has no bytes
    /// @param from any place, also behind the value
    /// @param length 0 to [#WINDOW_BYTES]
    MemorySegment window(long record, long from, int length) {
        int there = Math.clamp(length(record) - from, 0, length);
        for (int i = there; i < length; i++) {
            Words.setByte(window, i, (byte) 0);
        }
        if (there > 0) {
            store.values().copy(record, (int) from, there, window, 0);
        }
        return window;
    }

    /// Whether a value is a whole number as [Decimal] reads it.
    boolean isInteger(long record) {
        int length = length(record);
        return length <= Decimal.MAX_LENGTH && Decimal.isValid(window(record, 0, length), 0, length);
    }

    /// The number that a value is, if [#isInteger] says so.
    long integer(long record) {
        int length = length(record);
        return Decimal.value(window(record, 0, length), 0, length);
    }

    /// Whether a value is these bytes.
    boolean isEqual(long record, MemorySegment memory, long offset, int length) {
        if (length(record) != length) {
            return false;
        }
        slices(record, 0, length);
        long at = offset;
        for (int i = 0; i < slices.size(); i++) {
            if (!Words.equal(slices.memory(i), slices.offset(i), memory, at, slices.length(i))) {
                return false;
            }
            at += slices.length(i);
        }
        return true;
    }

    /// The XXH3 hash of a value, of 64 bits and with seed 0, as Redis's `DIGEST` has it.
    long digest(long record) {
        slices(record, 0, length(record));
        xxh3.reset();
        for (int i = 0; i < slices.size(); i++) {
            xxh3.putBytes(slices.memory(i), slices.offset(i), slices.length(i), ACCESS);
        }
        return xxh3.getAsLong();
    }

    /// A value as a string of one char for each byte: for short values, of commands that are rare.
    String text(long record) {
        byte[] bytes = new byte[length(record)];
        slices(record, 0, bytes.length);
        int at = 0;
        for (int i = 0; i < slices.size(); i++) {
            Words.copyTo(slices.memory(i), slices.offset(i), bytes, at, slices.length(i));
            at += slices.length(i);
        }
        return Text.of(bytes);
    }
}
