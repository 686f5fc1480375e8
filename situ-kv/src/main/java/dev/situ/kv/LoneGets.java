package dev.situ.kv;

import dev.situ.resp.RespWriter;
import dev.situ.store.Record;
import dev.situ.store.Store;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;

/// Answers requests that are one plain `GET` and nothing else, if nothing makes them special: the short way, for
/// most of the load of a transport without connections, with the reply that the executor gives. Between
/// [Executor#beginBursts] and [Executor#endBursts].
///
/// ```
///   find -+-> length of the reply -> written where it leaves from      promise, write
///         |
///         +-> reply as slices                                          answer
/// ```
///
/// One an executor; confined to its thread.
final class LoneGets {
    /// What is none, or goes the usual way.
    static final int NONE = -1;

    private static final int NULL_BULK_BYTES = 5;

    private final Executor executor;
    private final Keyspace keyspace;
    private final Store store;
    private final CommandTimes times;
    private final Counters counters;
    private final Call call;
    private final ComingKeys comingKeys;
    private final SlowLog slowLog;
    private final CommandSpec get;

    /// When the lookup that is timed on its own began.
    private long startedNanos;

    /// What the latest [#promise] has found and [#write] will write, or [#NONE].
    private long promised = NONE;

    /// What it has found and left to [#answer], or [#NONE]; and where that request lies.
    private long left = NONE;

    private long leftAt;

    LoneGets(Executor executor, Keyspace keyspace, CommandTimes times, Call call, ComingKeys comingKeys) {
        this.executor = executor;
        this.keyspace = keyspace;
        this.store = keyspace.store();
        this.times = times;
        this.counters = call.counters;
        this.call = call;
        this.comingKeys = comingKeys;
        this.slowLog = keyspace.slowLog();
        this.get = Objects.requireNonNull(keyspace.commands().find("get"));
    }

    /// Forgets records of an earlier epoch.
    void clear() {
        left = NONE;
        promised = NONE;
    }

    /// Answers a request.
    ///
    /// @param memory native memory, borrowed for the call
    /// @return whether it was answered; if not, nothing has happened
    boolean answer(Session session, MemorySegment memory, long offset, int length, Reply reply) {
        long record = left != NONE && leftAt == offset ? left : find(session, memory, offset, length);
        left = NONE;
        if (record == NONE) {
            return false;
        }
        count(record, session, memory, offset, length);
        reply.protocol(session.protocol());
        reply.valueOrNothing(store, record);
        return true;
    }

    /// The same in two steps, for a reply that is written where it leaves from. What is longer than `mostBytes`,
    /// or lies in other places than the store's own memory, is left to [#answer], which does not look the key up
    /// again.
    ///
    /// @return the bytes of the reply, which [#write] writes; or [#NONE]: then nothing was answered, and the
    ///     request goes the usual way next
    int promise(Session session, MemorySegment memory, long offset, int length, int mostBytes) {
        left = NONE;
        if (session.protocol() != 2) {
            return NONE;
        }
        long record = find(session, memory, offset, length);
        if (record == NONE) {
            return NONE;
        }
        int bytes = replyBytes(record, mostBytes);
        if (bytes > mostBytes) {
            left = record;
            leftAt = offset;
            return NONE;
        }
        count(record, session, memory, offset, length);
        promised = record;
        return bytes;
    }

    /// The bytes of a value's reply, or more than `mostBytes` if it is not to be written in one piece.
    private int replyBytes(long record, int mostBytes) {
        if (record == Record.NONE) {
            return NULL_BULK_BYTES;
        }
        MemorySegment region = store.memory();
        int value = Record.valueLength(region, record);
        return value > mostBytes || Record.isAdopted(region, record) ? mostBytes + 1 : RespWriter.bulkBytes(value);
    }

    /// Writes the reply that the latest [#promise] has promised: in the same epoch, once, and as many bytes.
    ///
    /// @throws IllegalStateException if none was promised
    void write(MemorySegment to, long offset) {
        long record = promised;
        promised = NONE;
        if (record == NONE) {
            throw new IllegalStateException("no reply was promised");
        }
        if (record == Record.NONE) {
            RespWriter.nullBulk(to, offset);
        } else {
            MemorySegment region = store.memory();
            RespWriter.bulk(to, offset, region, Record.valueOffset(region, record), Record.valueLength(region, record));
        }
    }

    /// The record that a request asks for, which may be [Record#NONE]; or [#NONE].
    private long find(Session session, MemorySegment memory, long offset, int length) {
        int keyLength = PlainGet.keyLength(memory, offset, length);
        if (keyLength == PlainGet.NONE
                || PlainGet.bytes(keyLength) != length
                || !executor.isTogether()
                || counters.generation != keyspace.serverTotals().generation()
                || !executor.isOrdinary(session)) {
            return NONE;
        }
        executor.select(session);
        if (times.stopwatch.timesAlone(get)) {
            startedNanos = System.nanoTime();
        }
        return comingKeys.find(memory, offset + PlainGet.keyOffset(keyLength), keyLength);
    }

    /// Counts a lookup that is answered, and times it: the first of a burst on its own, until its record was found.
    private void count(long record, Session session, MemorySegment memory, long offset, int length) {
        counters.commands++;
        call.count(record != Record.NONE);
        if (!times.stopwatch.timesAlone(get)) {
            times.share(get, 1);
            return;
        }
        long nanos = times.stopwatch.stop(times.stopwatch.startedAt(startedNanos));
        if (times.note(get, 1, nanos)) {
            int keyLength = PlainGet.keyLength(memory, offset, length);
            String key = Excerpt.of(memory, offset + PlainGet.keyOffset(keyLength), keyLength);
            slowLog.add(session, List.of(get.name, key), nanos);
        }
    }
}
