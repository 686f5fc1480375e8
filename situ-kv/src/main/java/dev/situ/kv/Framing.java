package dev.situ.kv;

import dev.situ.memory.Words;
import dev.situ.resp.RespWriter;
import dev.situ.store.LookupBurst;
import dev.situ.store.Record;
import dev.situ.store.StoreWorker;
import java.lang.foreign.MemorySegment;

/// Keeps large values *reply-ready*: with the bytes of RESP's bulk string around them, which in a request and in a
/// reply are the same. So such a value is sent as it lies, in one piece, and nothing is formatted for it.
///
/// ```
///   $300000\r\n <the value> \r\n
/// ```
///
/// Short values are kept bare: they are copied into the reply anyway.
final class Framing {
    private static final int DIGITS_FROM = 3; // "$", CR and LF are beside them

    private Framing() {}

    /// The bytes of a frame before a value of `length` bytes.
    static int headBytes(int length) {
        int digits = 1;
        for (int rest = length; rest >= 10; rest /= 10) {
            digits++;
        }
        return DIGITS_FROM + digits;
    }

    /// Claims a record, with its frame already in it if it is to have one.
    ///
    /// @return the record, whose value is to be written, the caller's; or [Record#NONE]
    static long claim(StoreWorker worker, MemorySegment region, MemorySegment key, long offset, int length, int value) {
        long record = isFramed(value)
                ? worker.claimFramed(key, offset, length, value, headBytes(value))
                : worker.claim(key, offset, length, value);
        return framed(region, record, value);
    }

    /// Claims a record for a key that was looked up with others, and copies a value into it.
    ///
    /// @return the record, the caller's; or [Record#NONE]
    static long claim(
            StoreWorker worker,
            MemorySegment region,
            LookupBurst keys,
            int index,
            MemorySegment from,
            long fromOffset,
            int value) {
        long record = worker.claim(keys, index, value, isFramed(value) ? headBytes(value) : 0);
        return filled(region, framed(region, record, value), from, fromOffset, value);
    }

    /// Claims a record and copies a value into it.
    ///
    /// @return the record, the caller's; or [Record#NONE]
    static long claim(
            StoreWorker worker,
            MemorySegment region,
            MemorySegment key,
            long offset,
            int length,
            MemorySegment from,
            long fromOffset,
            int value) {
        return filled(region, claim(worker, region, key, offset, length, value), from, fromOffset, value);
    }

    /// Whether a value of so many bytes is kept with a frame.
    static boolean isFramed(int value) {
        return value > Reply.DEFAULT_COPY_UP_TO;
    }

    private static long framed(MemorySegment region, long record, int value) {
        if (record != Record.NONE && isFramed(value)) {
            RespWriter.bulkHeader(region, Record.frameOffset(region, record), value);
            RespWriter.lineEnd(region, Record.valueOffset(region, record) + value);
        }
        return record;
    }

    private static long filled(MemorySegment region, long record, MemorySegment from, long fromOffset, int value) {
        if (record != Record.NONE) {
            Words.copy(from, fromOffset, region, Record.valueOffset(region, record), value);
        }
        return record;
    }
}
