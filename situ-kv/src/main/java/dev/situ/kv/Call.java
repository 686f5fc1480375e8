package dev.situ.kv;

import dev.situ.kv.notify.KeyEvent;
import dev.situ.memory.Consumes;
import dev.situ.resp.Command;
import dev.situ.resp.Decimal;
import dev.situ.resp.RespParser;
import dev.situ.store.LookupBurst;
import dev.situ.store.Record;
import dev.situ.store.RecordUpdate;
import dev.situ.store.Store;
import dev.situ.store.StoreStatus;
import dev.situ.store.StoreWorker;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// The command that an executor is running: its arguments, who sent it, where its reply goes, and the store.
/// Reused for every command; confined to the executor's thread.
///
/// If a large value was received straight into a record, [#claimed] is that record, and the argument is not in
/// memory.
final class Call {
    /// In place of a claimed record: there was no memory for one, and the value's bytes were skipped.
    static final long FULL = -1;

    /// In place of a claimed record: its sender might not store it when it came, and the value's bytes were
    /// skipped.
    static final long REFUSED = -2;

    /// How many keys are looked up together: more of them gain nothing, and would take memory that stays.
    static final int MOST_LOOKUPS = 32;

    final Keyspace keyspace;
    final StoreWorker worker;
    final Store store;
    final MemorySegment region;
    final Counters counters;
    final KeyChanges changes;
    final ValueBytes bytes;
    final RecordList records = new RecordList();
    final BitRange bitRange = new BitRange();
    final RdbString rdbString = new RdbString();
    final SetOptions setOptions;
    final GetexOptions getexOptions = new GetexOptions();
    final SetUpdate setUpdate;
    final TakeUpdate takeUpdate;
    final AddUpdate addUpdate;
    final FloatUpdate floatUpdate;
    final PatchUpdate patchUpdate;
    final BitUpdate bitUpdate;
    final BitfieldUpdate bitfieldUpdate;
    final ExpireUpdate expireUpdate;

    private final ComingKeys coming;
    private final LookupBurst lookups = new LookupBurst();
    private @Nullable Session session;
    private @Nullable Command command;
    private @Nullable Reply reply;
    private @Nullable CommandSpec spec;
    private long claimed = Record.NONE;
    private boolean silent;
    private final QueueRun queueRun;

    /// @param coming may know keys
    /// @param queueRun runs what is queued, with this call
    Call(Keyspace keyspace, StoreWorker worker, Counters counters, ComingKeys coming, QueueRun queueRun) {
        this.coming = coming;
        this.queueRun = queueRun;
        this.keyspace = keyspace;
        this.worker = worker;
        this.store = keyspace.store();
        this.region = store.memory();
        this.counters = counters;
        this.changes = keyspace.changes();
        this.bytes = new ValueBytes(store);
        this.setOptions = new SetOptions(bytes);
        this.setUpdate = new SetUpdate(store, setOptions);
        this.takeUpdate = new TakeUpdate(bytes);
        this.addUpdate = new AddUpdate(store);
        this.floatUpdate = new FloatUpdate(store, bytes);
        this.patchUpdate = new PatchUpdate(store);
        this.bitUpdate = new BitUpdate(store, bytes);
        this.bitfieldUpdate = new BitfieldUpdate(store, bytes);
        this.expireUpdate = new ExpireUpdate(store);
    }

    void begin(Session session, @Nullable Command command, Reply reply, @Nullable CommandSpec spec, long claimed) {
        this.session = session;
        this.command = command;
        this.reply = reply;
        this.spec = spec;
        this.claimed = claimed;
        this.silent = false;
    }

    /// Whether what stands for a large value is a claimed record, and not [Record#NONE], [#FULL] or [#REFUSED].
    static boolean isRecord(long claimed) {
        return claimed != Record.NONE && claimed != FULL && claimed != REFUSED;
    }

    /// Says that this command has no reply, and that this is right.
    void noReply() {
        silent = true;
    }

    /// Whether the commands of a transaction are being run.
    boolean isQueueRunning() {
        return queueRun.isRunning();
    }

    boolean isSilent() {
        return silent;
    }

    Session session() {
        return require(session);
    }

    Command command() {
        return require(command);
    }

    Reply reply() {
        return require(reply);
    }

    CommandSpec spec() {
        return require(spec);
    }

    private static <T> T require(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("no command is running");
        }
        return part;
    }

    // ---- arguments ------------------------------------------------------------------------------------------------

    int count() {
        return command().count();
    }

    /// Says whether an argument is a word, in any case.
    boolean is(int argument, byte[] lowerCase) {
        Command c = command();
        return Text.equalsIgnoreCase(c.memory(), c.offset(argument), c.length(argument), lowerCase);
    }

    /// An argument as a string of one char for each byte.
    String text(int argument) {
        Command c = command();
        return Text.of(c.memory(), c.offset(argument), c.length(argument));
    }

    /// An argument as far as an error message shows it.
    String shown(int argument, int limit) {
        Command c = command();
        return Text.shown(c.memory(), c.offset(argument), c.length(argument), limit);
    }

    /// Whether some arguments that a parameter of the command says are there.
    boolean has(int argument) {
        return argument < count();
    }

    boolean isNumber(int argument) {
        Command c = command();
        return Decimal.isValid(c.memory(), c.offset(argument), c.length(argument));
    }

    /// An argument that [#isNumber] approved of.
    long number(int argument) {
        Command c = command();
        return Decimal.value(c.memory(), c.offset(argument), c.length(argument));
    }

    /// Runs a body while no other worker runs anything. May be nested: what is inside is part of the same step.
    /// What was found before it does not count: another worker may have run alone first.
    void runAlone(CommandBody body) {
        if (worker.isExclusive()) {
            body.run(this);
            return;
        }
        worker.beginExclusive();
        try {
            // Who was alone before may have exchanged databases.
            select(session().database());
            body.run(this);
        } finally {
            worker.endExclusive();
        }
    }

    /// Turns the worker to a database.
    ///
    /// @param database as clients number it
    void select(int database) {
        worker.select(keyspace.databases().place(database));
    }

    /// Runs the commands of a queue, and replies with all of theirs. This call becomes theirs: afterwards it has no
    /// arguments, only its session and its reply.
    void runQueued(CommandQueue queue) {
        queueRun.run(queue, session(), reply());
    }

    // ---- the store, by arguments ----------------------------------------------------------------------------------

    /// The record of the key that an argument names, or [Record#NONE].
    long find(int key) {
        Command c = command();
        return worker.find(c.memory(), c.offset(key), c.length(key));
    }

    /// The same, which does not count as a use of the key.
    long peek(int key) {
        Command c = command();
        return worker.peek(c.memory(), c.offset(key), c.length(key));
    }

    /// Says which keys will be written: those that every second argument names, from `first` on to before `end`.
    /// The first [#MOST_LOOKUPS] of them come to the cache together; [#claimPrefetched] takes them by number.
    ///
    /// @return how many that are
    int prefetchPairs(int first, int end) {
        Command c = command();
        lookups.clear();
        for (int i = first; i < end && lookups.size() < MOST_LOOKUPS; i += 2) {
            lookups.add(c.memory(), c.offset(i), c.length(i));
        }
        worker.prefetch(lookups, true);
        return lookups.size();
    }

    /// The records of the keys that an argument and those behind it name, at most [#MOST_LOOKUPS], looked up
    /// together.
    LookupBurst lookUpFrom(int first) {
        Command c = command();
        lookups.clear();
        for (int i = first; i < Math.min(c.count(), first + MOST_LOOKUPS); i++) {
            lookups.add(c.memory(), c.offset(i), c.length(i));
        }
        worker.findAll(lookups);
        for (int i = 0; i < lookups.size(); i++) {
            count(lookups.record(i) != Record.NONE);
            if (lookups.record(i) == Record.NONE) {
                missed(first + i);
            }
        }
        return lookups;
    }

    /// The same, counted as a hit or a miss of a reader.
    long lookUp(int key) {
        long record = find(key);
        count(record != Record.NONE);
        if (record == Record.NONE) {
            missed(key);
        }
        return record;
    }

    /// Counts a hit or a miss of a reader.
    void count(boolean hit) {
        if (hit) {
            counters.hits++;
        } else {
            counters.misses++;
        }
    }

    // ---- who wants to know ----------------------------------------------------------------------------------------

    /// Something has happened to the key that an argument names: behind the change.
    void changed(int key, KeyEvent event) {
        if (changes.areWanted()) {
            changed(session().database(), key, event);
        }
    }

    /// The same in another database.
    ///
    /// @param database as clients number it
    void changed(int database, int key, KeyEvent event) {
        if (changes.areWanted()) {
            changes.changed(session(), database, text(key), event);
        }
    }

    /// A record was stored under the key that an argument names, by the call to the worker that was last.
    void stored(int key, KeyEvent event) {
        if (changes.areWanted()) {
            changes.stored(session(), text(key), worker.hasCreated(), event);
        }
    }

    /// The same without an event, as Redis has it for a `BITFIELD` whose operations all failed: it may have made
    /// the key, or its value longer.
    void storedSilently(int key) {
        if (changes.areWanted()) {
            if (worker.hasCreated()) {
                created(session().database(), key);
            }
            keyspace.tracking().changed(session(), text(key));
        }
    }

    /// A key has come where none was: or, as Redis has it for what is copied or restored, in the place of one that
    /// it has deleted. What has brought it is told behind this, by [#changed].
    ///
    /// @param database as clients number it
    void created(int database, int key) {
        if (changes.areWanted()) {
            changes.told(database, text(key), KeyEvent.NEW);
        }
    }

    /// All keys have gone, or lead elsewhere.
    void flushed() {
        if (changes.areWanted()) {
            keyspace.tracking().flushed();
        }
    }

    /// What was stored last has an expiry, which is told besides.
    void toldExpiry(int key) {
        if (changes.areWanted()) {
            changes.told(session().database(), text(key), KeyEvent.EXPIRE);
        }
    }

    /// A reader has not found the key that an argument names.
    void missed(int key) {
        if (changes.areWanted()) {
            changes.told(session().database(), text(key), KeyEvent.KEYMISS);
        }
    }

    // ---- memory ---------------------------------------------------------------------------------------------------

    /// Whether there is memory for what the command may store: tried, by a record as long as all its arguments.
    boolean hasRoom() {
        Command c = command();
        long bytes = 0;
        for (int i = 2; i < c.count(); i++) {
            bytes += c.length(i);
        }
        int length = (int) Math.min(bytes, RespParser.MAX_BULK_LENGTH);
        long record = worker.claim(c.memory(), c.offset(1), c.length(1), length);
        if (record == Record.NONE) {
            return false;
        }
        worker.abort(record);
        return true;
    }

    boolean delete(int key) {
        Command c = command();
        return worker.delete(c.memory(), c.offset(key), c.length(key)) == StoreStatus.DELETED;
    }

    /// Changes the record of the key that an argument names in one step.
    StoreStatus update(int key, RecordUpdate update) {
        Command c = command();
        return worker.update(c.memory(), c.offset(key), c.length(key), update);
    }

    /// Stores an argument, or the claimed record that it was received into, under the key that another names.
    StoreStatus put(int key, int value) {
        Command c = command();
        if (claimed == Record.NONE && !Framing.isFramed(c.length(value))) {
            return coming.put(c.memory(), c.offset(key), c.length(key), c.offset(value), c.length(value));
        }
        long record = claim(key, value);
        return record == Record.NONE ? StoreStatus.FULL : worker.put(record);
    }

    /// A claimed record with that key and that value, the caller's; or [Record#NONE]: memory is full.
    long claim(int key, int value) {
        if (claimed != Record.NONE) {
            return takeClaimed();
        }
        Command c = command();
        return Framing.claim(
                worker, region, c.memory(), c.offset(key), c.length(key), c.memory(), c.offset(value), c.length(value));
    }

    /// The same for a key of [#prefetchPairs].
    ///
    /// @param number of the key, from 0
    long claimPrefetched(int number, int value) {
        Command c = command();
        return Framing.claim(worker, region, lookups, number, c.memory(), c.offset(value), c.length(value));
    }

    /// A large value lies in a record of the database that was selected when it began to come, and a `SELECT` of
    /// its transaction or a `SWAPDB` may have come between. Then it is copied to one of the database of now.
    ///
    /// @param received consumed: a claimed record, [Record#NONE], [#FULL] or [#REFUSED]
    /// @return the same or its copy, the caller's; or [#FULL] if the copy finds no memory
    long inThisDatabase(@Consumes long received) {
        if (!isRecord(received) || Record.database(region, received) == worker.database()) {
            return received;
        }
        long key = Record.keyOffset(region, received);
        int length = Record.valueLength(region, received);
        long copy = Framing.claim(worker, region, region, key, Record.keyLength(region, received), length);
        if (copy != Record.NONE) {
            store.values().copy(received, 0, length, region, Record.valueOffset(region, copy));
        }
        worker.abort(received);
        return copy == Record.NONE ? FULL : copy;
    }

    /// Tells those who watch absent keys if the key that an argument names is there: in the worker's database.
    ///
    /// @param database as clients number it
    void countCreated(int database, int key) {
        Command c = command();
        countCreated(database, c.memory(), c.offset(key), c.length(key));
    }

    /// The same for a key of no command.
    void countCreated(int database, MemorySegment memory, long key, int length) {
        if (keyspace.absences().areWatched() && worker.peek(memory, key, length) != Record.NONE) {
            keyspace.absences().count(database, memory, key, length);
        }
    }

    /// The record that a large value was received into, still the call's, or [Record#NONE].
    long claimed() {
        return claimed;
    }

    /// Gives the record away that a large value was received into, if there is one: the caller's from here on.
    long takeClaimed() {
        long record = claimed;
        claimed = Record.NONE;
        return record;
    }

    /// Gives up the claimed record if no one has taken it.
    void end() {
        if (isRecord(claimed)) {
            worker.abort(claimed);
        }
        claimed = Record.NONE;
    }

    // ---- replies --------------------------------------------------------------------------------------------------

    void valueOrNothing(long record) {
        reply().valueOrNothing(store, record);
    }

    void error(String text) {
        reply().error(text);
    }
}
