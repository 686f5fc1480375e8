package dev.situ.kv;

import dev.situ.memory.Words;
import dev.situ.resp.Command;
import dev.situ.store.Record;
import dev.situ.store.StoreWorker;
import java.lang.foreign.MemorySegment;

/// The keys that one connection watches, and what it saw there: a record, or none. Off the heap.
///
/// ```
///      +0                 +8            +12           +16        +20
///    +------------------+-------------+-------------+----------+-----
///    | record, or none  | key length  | changes     | database | key         the next one ...
///    +------------------+-------------+-------------+----------+-----
///                                       if none: how many [Absences] has counted; else how often it was swapped
/// ```
///
/// **Why this suffices.** A record never changes, so a key is unchanged as long as it has the same one. The record
/// is pinned: its memory is not used for another while it is watched, so the same reference is the same record. A
/// [Record#version] alone would not do: it has 24 bits, and starts anywhere when a key was away.
///
/// Compaction may move a record that nobody has changed. Another reference, therefore, is still the same record if
/// its version, its expiry and its value are equal to those of the watched one, which can be read, for it is pinned. It
/// takes 2^24 changes to fool this, or one chance in 2^24 when the key was away, and even then the key is as it was
/// when it was watched. A value that has come out of its packets meanwhile counts as changed.
///
/// A record that has expired is not found, so it counts as changed; if it was expired when it was watched, it counts as
/// absent then and now. Both are as in Redis.
///
/// Confined to the thread of its connection, but for [#clear] once that has stopped.
final class WatchedKeys {
    /// The most keys of one connection. Redis has no limit; here each pins a record, and is compared with each that
    /// is added.
    static final int MOST_KEYS = 4096;

    private static final int RECORD = 0;
    private static final int KEY_LENGTH = 8;
    private static final int CHANGES = 12;
    private static final int DATABASE = 16;
    private static final int KEY = 20;

    private final Absences absences;
    private final HeldInput held = new HeldInput();
    private int size;
    private boolean watchesAbsences;

    WatchedKeys(Absences absences) {
        this.absences = absences;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /// Watches the key that an argument names, from now on. A key that is there, is watched already, and
    /// has not changed, is not watched twice; one that has changed is, and the first entry stays.
    ///
    /// @return false if these are too many keys
    boolean add(Call call, int argument) {
        Command command = call.command();
        int length = command.length(argument);
        if (size == MOST_KEYS || length > HeldInput.MAX_BYTES - KEY - held.length()) {
            return false;
        }
        long record = call.find(argument);
        int database = call.session().database();
        int changes = call.keyspace.databases().swaps(database);
        if (record == Record.NONE) {
            changes = announce(call, argument);
            record = call.find(argument);
        }
        if (record != Record.NONE) {
            if (isWatched(record, database)) {
                return true;
            }
            call.worker.pin(record);
        }
        long entry = held.extend(KEY + length);
        Words.setLong(held.memory(), entry + RECORD, record);
        Words.setInt(held.memory(), entry + KEY_LENGTH, length);
        Words.setInt(held.memory(), entry + CHANGES, changes);
        Words.setInt(held.memory(), entry + DATABASE, database);
        Words.copy(command.memory(), command.offset(argument), held.memory(), entry + KEY, length);
        size++;
        return true;
    }

    /// Sees to it that the key's creation is counted from now on. It must be looked for once more behind this.
    private int announce(Call call, int argument) {
        if (!watchesAbsences) {
            absences.beginWatch();
            watchesAbsences = true;
        }
        Command command = call.command();
        int database = call.session().database();
        return absences.created(database, command.memory(), command.offset(argument), command.length(argument));
    }

    private boolean isWatched(long record, int database) {
        long entry = held.start();
        for (int i = 0; i < size; i++) {
            if (Words.getLong(held.memory(), entry + RECORD) == record
                    && Words.getInt(held.memory(), entry + DATABASE) == database) {
                return true;
            }
            entry += KEY + Words.getInt(held.memory(), entry + KEY_LENGTH);
        }
        return false;
    }

    /// Whether one of the keys was changed since it was watched. While the worker runs alone.
    boolean isChanged(Call call) {
        StoreWorker worker = call.worker;
        int here = worker.database();
        long entry = held.start();
        boolean changed = false;
        for (int i = 0; i < size && !changed; i++) {
            int length = Words.getInt(held.memory(), entry + KEY_LENGTH);
            int database = Words.getInt(held.memory(), entry + DATABASE);
            call.select(database);
            changed = isChanged(call, database, entry, length);
            entry += KEY + length;
        }
        worker.select(here);
        return changed;
    }

    private boolean isChanged(Call call, int database, long entry, int length) {
        MemorySegment memory = held.memory();
        long was = Words.getLong(memory, entry + RECORD);
        int changes = Words.getInt(memory, entry + CHANGES);
        long is = call.worker.find(memory, entry + KEY, length);
        if (was == Record.NONE) {
            return is != Record.NONE || changes != absences.created(database, memory, entry + KEY, length);
        }
        return changes != call.keyspace.databases().swaps(database)
                || (is != was && (is == Record.NONE || !isMoved(call.region, was, is)));
    }

    private static boolean isMoved(MemorySegment region, long from, long to) {
        int length = Record.valueLength(region, from);
        return Record.version(region, from) == Record.version(region, to)
                && Record.expireAtMillis(region, from) == Record.expireAtMillis(region, to)
                && length == Record.valueLength(region, to)
                && !Record.isAdopted(region, from)
                && !Record.isAdopted(region, to)
                && Words.equal(
                        region, Record.valueOffset(region, from), region, Record.valueOffset(region, to), length);
    }

    /// Watches nothing any more.
    void clear(StoreWorker worker) {
        for (long entry = held.start(); size > 0; size--) {
            long record = Words.getLong(held.memory(), entry + RECORD);
            if (record != Record.NONE) {
                worker.unpin(record);
            }
            entry += KEY + Words.getInt(held.memory(), entry + KEY_LENGTH);
        }
        held.consume(held.length());
        if (watchesAbsences) {
            absences.endWatch();
            watchesAbsences = false;
        }
    }

    /// Gives all memory back. Only when it is clear.
    void close() {
        held.close();
    }
}
