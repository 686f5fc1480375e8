package dev.situ.kv;

import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import dev.situ.resp.RespWriter;
import dev.situ.store.Record;
import dev.situ.store.Store;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// The replies of a burst of commands, in order, as slices that are ready to be sent.
///
/// Small things are written to scratch memory of the reply, one behind the other, so that many small replies are
/// one slice. A stored value of more than [#copyUpTo()] bytes is not copied: its slice is the record itself,
/// with the record as owner.
///
/// ```
///   +OK\r\n$5\r\nhello\r\n     $300000\r\n<the stored value>\r\n     :1\r\n
///   scratch, NO_OWNER         region, the record                 scratch, NO_OWNER
/// ```
///
/// Reused: allocates nothing in steady state. Confined to one thread.
public final class Reply {
    /// The default of [#copyUpTo()].
    public static final int DEFAULT_COPY_UP_TO = 4096;

    private static final int MAX_COPY_UP_TO = 32 * 1024;

    private final SliceList slices = new SliceList();
    private final Scratch scratch = new Scratch();
    private final int copyUpTo;

    private MemorySegment memory = scratch.memory(); // where is written now
    private long at;
    private long limit = memory.byteSize();
    private long sealed; // up to here the memory is in slices
    private boolean resp3;
    private @Nullable String error; // the last one, until someone asks

    /// Makes an empty reply that copies values of up to [#DEFAULT_COPY_UP_TO] bytes.
    public Reply() {
        this(DEFAULT_COPY_UP_TO);
    }

    /// Makes an empty reply.
    ///
    /// @param copyUpTo 0 to 32 KiB
    /// @throws IllegalArgumentException if it is out of range
    public Reply(int copyUpTo) {
        if (copyUpTo < 0 || copyUpTo > MAX_COPY_UP_TO) {
            throw new IllegalArgumentException("copyUpTo must be 0 to 32 KiB, is " + copyUpTo);
        }
        this.copyUpTo = copyUpTo;
    }

    /// The longest stored value, in bytes, that is copied rather than sent from its record.
    public int copyUpTo() {
        return copyUpTo;
    }

    /// The replies so far. Owner [SliceList#NO_OWNER]: scratch of this reply, valid until [#clear()]. Any other
    /// owner is a record of the store, valid until the worker's epoch ends; whoever needs the bytes longer pins
    /// it before.
    public SliceList slices() {
        seal();
        return slices;
    }

    /// The bytes of all replies so far.
    public long length() {
        return slices.length() + (at - sealed);
    }

    /// Forgets all replies and gives back scratch memory beyond the usual.
    public void clear() {
        slices.clear();
        scratch.rewind();
        memory = scratch.memory();
        limit = memory.byteSize();
        at = 0;
        sealed = 0;
    }

    /// Says which version of RESP the next replies are written in.
    void protocol(int version) {
        resp3 = version == 3;
    }

    boolean isResp3() {
        return resp3;
    }

    // ---- one whole reply ------------------------------------------------------------------------------------------

    void ok() {
        ensure(5);
        Words.setInt(memory, at, '\r' << 24 | 'K' << 16 | 'O' << 8 | '+');
        Words.setByte(memory, at + 4, (byte) '\n');
        at += 5;
    }

    void integer(long value) {
        ensure(RespWriter.MAX_HEADER);
        at = RespWriter.integer(memory, at, value);
    }

    /// The null of the protocol in use.
    void nothing() {
        ensure(RespWriter.MAX_HEADER);
        at = resp3 ? RespWriter.nullValue(memory, at) : RespWriter.nullBulk(memory, at);
    }

    /// In place of an array: the null of the protocol in use.
    void noArray() {
        ensure(RespWriter.MAX_HEADER);
        at = resp3 ? RespWriter.nullValue(memory, at) : RespWriter.nullArray(memory, at);
    }

    /// The value of a record, or the null if it is [Record#NONE].
    void valueOrNothing(Store store, long record) {
        if (record == Record.NONE) {
            nothing();
        } else {
            value(store, record);
        }
    }

    /// The value of a record as a bulk string: copied; or by reference, with the frame that it is kept with.
    void value(Store store, long record) {
        MemorySegment region = store.memory();
        int length = Record.valueLength(region, record);
        if (length <= copyUpTo && !Record.isAdopted(region, record)) {
            ensure(RespWriter.MAX_HEADER + length + 2);
            at = RespWriter.bulk(memory, at, region, Record.valueOffset(region, record), length);
        } else if (Record.frameHead(region, record) != 0) {
            seal();
            store.values().appendFramed(record, slices);
        } else {
            value(store, record, 0, length);
        }
    }

    /// A part of the value of a record as a bulk string.
    void value(Store store, long record, int from, int length) {
        ensure(RespWriter.MAX_HEADER);
        at = RespWriter.bulkHeader(memory, at, length);
        append(store, record, from, length);
        lineEnd();
    }

    /// A bulk string of the first `length` bytes of a value between two runs of bytes, which are copied.
    void valueWithin(
            Store store,
            long record,
            int length,
            MemorySegment before,
            int beforeLength,
            MemorySegment behind,
            int behindLength) {
        ensure(RespWriter.MAX_HEADER);
        at = RespWriter.bulkHeader(memory, at, beforeLength + length + behindLength);
        append(before, 0, beforeLength);
        append(store, record, 0, length);
        append(behind, 0, behindLength);
        lineEnd();
    }

    private void append(Store store, long record, int from, int length) {
        if (length <= copyUpTo) {
            ensure(length + 2);
            store.values().copy(record, from, length, memory, at);
            at += length;
        } else {
            seal();
            store.values().appendTo(record, from, length, slices);
        }
    }

    /// A copy of some bytes, of any number, as a bulk string.
    void bulk(MemorySegment from, long offset, int length) {
        ensure(RespWriter.MAX_HEADER);
        at = RespWriter.bulkHeader(memory, at, length);
        append(from, offset, length);
        lineEnd();
    }

    /// A bulk string of one byte for each char.
    void bulk(String text) {
        ensure(RespWriter.MAX_HEADER);
        at = RespWriter.bulkHeader(memory, at, text.length());
        append(text);
        lineEnd();
    }

    /// Text for people: a verbatim string in RESP3, a bulk string in RESP2.
    void verbatim(String text) {
        if (!resp3) {
            bulk(text);
            return;
        }
        ensure(RespWriter.MAX_HEADER + 4);
        at = RespWriter.verbatimHeader(memory, at, text.length());
        append(text);
        lineEnd();
    }

    /// `+<text>`, of one byte for each char and without line breaks.
    void simple(String text) {
        append("+");
        append(text);
        lineEnd();
    }

    /// `-<text>`, with blanks for line breaks, which a reply of one line cannot carry.
    void error(String text) {
        error = text;
        append("-");
        append(text.replace('\r', ' ').replace('\n', ' '));
        lineEnd();
    }

    /// The last error that was written since the last time that somebody asked, or null.
    @Nullable
    String takeError() {
        String last = error;
        error = null;
        return last;
    }

    /// A copy of all replies of another.
    void copyOf(Reply other) {
        SliceList from = other.slices();
        for (int i = 0; i < from.size(); i++) {
            append(from.memory(i), from.offset(i), from.length(i));
        }
    }

    /// A number with a fraction, `,1.5` in RESP3, a bulk string in RESP2.
    void fraction(double value) {
        String text = Fractions.text(value);
        if (resp3) {
            append("," + text);
            lineEnd();
        } else {
            bulk(text);
        }
    }

    /// Bytes that are a whole reply already.
    void raw(byte[] bytes) {
        append(bytes);
    }

    /// A whole number of any length, in RESP2 a bulk string.
    void bigNumber(String digits) {
        if (resp3) {
            append("(" + digits);
            lineEnd();
        } else {
            bulk(digits);
        }
    }

    /// A boolean, in RESP2 a number.
    void bool(boolean value) {
        ensure(RespWriter.MAX_HEADER);
        at = resp3 ? RespWriter.bool(memory, at, value) : RespWriter.integer(memory, at, value ? 1 : 0);
    }

    // ---- heads, to be followed by as many replies -----------------------------------------------------------------

    void array(int elements) {
        ensure(RespWriter.MAX_HEADER);
        at = RespWriter.arrayHeader(memory, at, elements);
    }

    /// A map; in RESP2 an array of keys and values.
    void map(int pairs) {
        ensure(RespWriter.MAX_HEADER);
        at = resp3 ? RespWriter.mapHeader(memory, at, pairs) : RespWriter.arrayHeader(memory, at, pairs * 2);
    }

    /// A message that was not asked for; in RESP2 an array.
    void push(int elements) {
        ensure(RespWriter.MAX_HEADER);
        at = resp3 ? RespWriter.pushHeader(memory, at, elements) : RespWriter.arrayHeader(memory, at, elements);
    }

    /// A set; in RESP2 an array.
    void set(int elements) {
        ensure(RespWriter.MAX_HEADER);
        at = resp3 ? RespWriter.setHeader(memory, at, elements) : RespWriter.arrayHeader(memory, at, elements);
    }

    // ---- scratch --------------------------------------------------------------------------------------------------

    private void lineEnd() {
        ensure(2);
        at = RespWriter.lineEnd(memory, at);
    }

    private void append(String text) {
        append(Text.bytes(text));
    }

    private void append(byte[] bytes) {
        int done = 0;
        while (done < bytes.length) {
            ensure(1);
            int part = (int) Math.min(bytes.length - done, limit - at);
            Words.copyFrom(bytes, done, memory, at, part);
            at += part;
            done += part;
        }
    }

    private void append(MemorySegment from, long offset, int length) {
        int done = 0;
        while (done < length) {
            ensure(1);
            int part = (int) Math.min(length - done, limit - at);
            Words.copy(from, offset + done, memory, at, part);
            at += part;
            done += part;
        }
    }

    /// Sees to room for `bytes` in one piece: at most 32 KiB and a little.
    private void ensure(int bytes) {
        if (limit - at < bytes) {
            seal();
            memory = scratch.next();
            limit = memory.byteSize();
            at = 0;
            sealed = 0;
        }
    }

    private void seal() {
        if (at > sealed) {
            slices.add(memory, sealed, (int) (at - sealed), SliceList.NO_OWNER);
            sealed = at;
        }
    }
}
