package dev.situ.kv;

import dev.situ.memory.Words;
import dev.situ.resp.Command;
import dev.situ.resp.RespParser;
import dev.situ.store.Record;
import dev.situ.store.Store;
import dev.situ.store.StoreWorker;
import java.lang.foreign.MemorySegment;

/// Writes bytes into a value, at a place or behind it: `SETRANGE` and `APPEND`. What is missing in between is zeros.
///
/// ```
///   before   |  old value  |
///   patch             at --+--->|  bytes  |
///   after    |  old value  |0000|  bytes  |
/// ```
final class PatchUpdate extends ValueUpdate {
    private static final long AT_END = -1;

    private MemorySegment patch = MemorySegment.NULL;
    private long patchOffset;
    private int patchLength;
    private long place;
    private long length;
    private boolean tooLong;

    PatchUpdate(Store store) {
        super(store);
    }

    /// Says that an argument is to be appended to the value of a key.
    void append(Command command, int keyArgument, int argument) {
        overwrite(command, keyArgument, AT_END, argument);
    }

    /// Says that an argument is to be written into the value of a key.
    ///
    /// @param at where, 0 or more
    void overwrite(Command command, int keyArgument, long at, int argument) {
        key(command, keyArgument);
        patch = command.memory();
        patchOffset = command.offset(argument);
        patchLength = command.length(argument);
        place = at;
    }

    /// The bytes of the value afterwards.
    long newLength() {
        return length;
    }

    /// Whether nothing was done because the value would be longer than a value can be.
    boolean isTooLong() {
        return tooLong;
    }

    /// To write nothing changes nothing; to append nothing is a change, as in Redis: who watches the key is told.
    @Override
    public long apply(StoreWorker worker, long record) {
        tooLong = false;
        length = length(record);
        if (patchLength == 0 && place != AT_END) {
            return KEEP;
        }
        long at = place == AT_END ? length : place;
        if (at > RespParser.MAX_BULK_LENGTH - patchLength) {
            tooLong = true;
            return KEEP;
        }
        length = Math.max(length, at + patchLength);
        long next = claimCopy(worker, record, (int) length);
        if (next != Record.NONE) {
            Words.copy(patch, patchOffset, region, Record.valueOffset(region, next) + at, patchLength);
        }
        return next;
    }
}
