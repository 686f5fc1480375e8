package dev.situ.kv;

import dev.situ.memory.Words;
import dev.situ.resp.Command;
import dev.situ.store.Record;
import dev.situ.store.RecordUpdate;
import dev.situ.store.Store;
import dev.situ.store.StoreWorker;
import java.lang.foreign.MemorySegment;

/// What the updates that make a new value out of an old one share: the key, and claiming the record that takes the
/// old one's place.
///
/// Records never change, so that readers need no lock: to change one byte, the whole value is copied. Reused;
/// confined to one thread.
abstract class ValueUpdate implements RecordUpdate {
    final Store store;
    final MemorySegment region;

    private MemorySegment key = MemorySegment.NULL;
    private long keyOffset;
    private int keyLength;

    ValueUpdate(Store store) {
        this.store = store;
        this.region = store.memory();
    }

    /// Says which key it is about.
    final void key(Command command, int argument) {
        key = command.memory();
        keyOffset = command.offset(argument);
        keyLength = command.length(argument);
    }

    /// The bytes of a record's value, 0 for no record.
    final int length(long record) {
        return record == Record.NONE ? 0 : Record.valueLength(region, record);
    }

    /// Claims a record for a value of `length` bytes, which are whatever was there before, with the expiry of the
    /// old record, and with a frame if it is long.
    ///
    /// @return the record, the caller's; or [Record#NONE]: there is no memory
    final long claim(StoreWorker worker, long old, int length) {
        long next = Framing.claim(worker, region, key, keyOffset, keyLength, length);
        if (next != Record.NONE && old != Record.NONE) {
            Record.setExpireAtMillis(region, next, Record.expireAtMillis(region, old));
        }
        return next;
    }

    /// As [#claim], with the old record's value in it, as far as it fits, and zeros behind it.
    final long claimCopy(StoreWorker worker, long old, int length) {
        long next = claim(worker, old, length);
        if (next != Record.NONE) {
            int kept = Math.min(length(old), length);
            long at = Record.valueOffset(region, next);
            if (kept > 0) {
                store.values().copy(old, 0, kept, region, at);
            }
            zero(at + kept, length - kept);
        }
        return next;
    }

    private void zero(long offset, int length) {
        int i = 0;
        for (; i + Long.BYTES <= length; i += Long.BYTES) {
            Words.setLong(region, offset + i, 0);
        }
        for (; i < length; i++) {
            Words.setByte(region, offset + i, (byte) 0);
        }
    }
}
