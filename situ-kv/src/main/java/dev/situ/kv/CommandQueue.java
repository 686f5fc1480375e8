package dev.situ.kv;

import dev.situ.memory.ConsumesIfTrue;
import dev.situ.memory.Words;
import dev.situ.resp.Command;
import dev.situ.resp.RespParser;
import dev.situ.resp.RespStatus;
import dev.situ.resp.RespWriter;
import dev.situ.store.Record;
import dev.situ.store.StoreWorker;
import java.lang.foreign.MemorySegment;

/// Copies of commands that wait for their `EXEC`, one behind the other, off the heap.
///
/// ```
///      +0                +8          +12               +16
///    +-----------------+-----------+-----------------+--------------------------------
///    | claimed record  | bytes     | external at     | *3 $3 SET $1 k $300000 | CR LF   the next one ...
///    +-----------------+-----------+-----------------+------------------------+-------
///                                    counted from +16 -------------------------^
/// ```
///
/// A command is kept as it would be sent, and parsed again. A value that was received into a claimed record, or is
/// adopted, stays there: the queue owns the record until [#takeRecord] or [#clear].
///
/// Holds a limited number of bytes, the values in such records counted. Confined to the thread of its connection.
final class CommandQueue {
    private static final int RECORD = 0;
    private static final int BYTES = 8;
    private static final int EXTERNAL_AT = 12;
    private static final int HEADER_BYTES = 16;
    private static final int LINE_END_BYTES = 2;

    private final HeldInput held = new HeldInput();
    private final int mostBytes;
    private long recordBytes;
    private int size;

    /// @param mostBytes how much it may hold, at most [HeldInput#MAX_BYTES]
    CommandQueue(int mostBytes) {
        this.mostBytes = mostBytes;
    }

    /// The bytes of all commands, with the values that are in records already.
    long bytes() {
        return recordBytes + held.length();
    }

    /// How many commands wait.
    int size() {
        return size;
    }

    /// Appends a copy of a command.
    ///
    /// @param command borrowed for the call
    /// @param claimed the unpublished record that holds the value of argument `value`, or [Record#NONE]
    /// @return false if that would be more than the queue may hold
    boolean add(Command command, int value, @ConsumesIfTrue long claimed) {
        int external = claimed == Record.NONE ? CommandSpec.NO_VALUE : value;
        long bytes = Framing.headBytes(command.count());
        for (int i = 0; i < command.count(); i++) {
            int length = command.length(i);
            bytes += Framing.headBytes(length) + (i == external ? 0 : length) + LINE_END_BYTES;
        }
        long recordLength = external == CommandSpec.NO_VALUE ? 0 : command.length(external);
        if (HEADER_BYTES + bytes + recordLength + recordBytes + held.length() > mostBytes) {
            return false;
        }
        long entry = held.extend((int) (HEADER_BYTES + bytes));
        Words.setLong(held.memory(), entry + RECORD, claimed);
        Words.setInt(held.memory(), entry + BYTES, (int) bytes);
        Words.setInt(held.memory(), entry + EXTERNAL_AT, write(command, external, entry + HEADER_BYTES));
        recordBytes += recordLength;
        size++;
        return true;
    }

    /// Gives where the external argument would start, or 0.
    private int write(Command command, int external, long start) {
        MemorySegment to = held.memory();
        int externalAt = 0;
        long at = RespWriter.arrayHeader(to, start, command.count());
        for (int i = 0; i < command.count(); i++) {
            int length = command.length(i);
            at = RespWriter.bulkHeader(to, at, length);
            if (i == external) {
                externalAt = (int) (at - start);
            } else {
                Words.copy(command.memory(), command.offset(i), to, at, length);
                at += length;
            }
            at = RespWriter.lineEnd(to, at);
        }
        return externalAt;
    }

    // ---- a walk through the queue ---------------------------------------------------------------------------------

    /// Where the first command stands, for the methods below.
    int first() {
        return held.start();
    }

    /// Where the command stands that follows the one at `entry`.
    int next(int entry) {
        return entry + HEADER_BYTES + Words.getInt(held.memory(), entry + (long) BYTES);
    }

    /// Parses a command. Its arguments lie here, and stay until [#clear].
    ///
    /// @return [RespStatus#COMMAND]; [RespStatus#ERROR] if the parser has no memory for its arguments
    RespStatus parse(int entry, RespParser parser) {
        long at = (long) entry + HEADER_BYTES;
        int externalAt = Words.getInt(held.memory(), entry + (long) EXTERNAL_AT);
        if (externalAt != 0) {
            // As when it came: up to the value, which is elsewhere, then what follows it.
            RespStatus before = parser.parse(held.memory(), at, externalAt);
            if (before != RespStatus.INCOMPLETE) {
                return before;
            }
            parser.takePending();
        }
        return parser.parse(held.memory(), at, Words.getInt(held.memory(), entry + (long) BYTES));
    }

    /// The claimed record of a command, from here on the caller's, or [Record#NONE].
    long takeRecord(int entry) {
        long record = Words.getLong(held.memory(), entry + (long) RECORD);
        Words.setLong(held.memory(), entry + (long) RECORD, Record.NONE);
        return record;
    }

    /// Forgets all commands, aborts the records that nobody took, and gives memory back beyond the usual.
    ///
    /// @param worker borrowed; its thread is this one, if there is a record
    void clear(StoreWorker worker) {
        for (int entry = first(); size > 0; size--) {
            long record = takeRecord(entry);
            if (record != Record.NONE) {
                worker.abort(record);
            }
            entry = next(entry);
        }
        held.consume(held.length());
        recordBytes = 0;
    }

    /// Gives all memory back. Only when it is clear.
    void close() {
        held.close();
    }
}
