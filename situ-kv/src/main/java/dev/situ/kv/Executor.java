package dev.situ.kv;

import dev.situ.memory.Checks;
import dev.situ.memory.Consumes;
import dev.situ.memory.SliceList;
import dev.situ.resp.ArgumentBudget;
import dev.situ.resp.Command;
import dev.situ.resp.RespWriter;
import dev.situ.store.Record;
import dev.situ.store.StoreWorker;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Runs commands: finds the declaration, checks what can be checked without looking at the store, and calls the
/// body.
///
/// One for each worker thread, confined to it; shared by all connections of that thread.
public final class Executor {
    /// What is no `GET` that goes the short way.
    public static final int NOT_LONE = -1;

    private static final int NULL_BULK_BYTES = 5;

    private static final int LONGEST_OF_HTTP = 5;
    private static final byte[] QUEUED = Text.bytes("+QUEUED\r\n");

    private final StoreWorker worker;
    private final CommandTable commands;
    private final SlotOwner slotOwner;
    private final boolean ownsEveryKey;
    private final Counters counters;
    private final Keyspace keyspace;
    private final Users users;
    private final Attention attention;
    private final SlowLog slowLog;
    private final LatencyEvents latencyEvents;
    private final Stopwatch stopwatch = new Stopwatch();
    /// When the lookup that is timed on its own began.
    private long startedNanos;

    /// What the latest [#loneGet] has found and will write, or [#NOT_LONE].
    private long promised = NOT_LONE;

    /// What it has found and left to [#answerLoneGet], or [#NOT_LONE]; and where that request lies.
    private long left = NOT_LONE;

    private long leftAt;

    private boolean together;
    private @Nullable Reply muted; // where replies go that nobody wants
    private final CommandSpec get; // the only lookup
    private final CommandSpec set;
    private final ArgumentBudget argumentBudget;
    private final Call call;
    private final LookupRun lookups = new LookupRun();
    private final SetRun sets = new SetRun();
    private final ComingKeys comingKeys;
    private final Adopter adopter;
    private final Absences absences;
    private final Databases databases;

    /// Makes an executor that works with `worker`, borrowed.
    public Executor(Keyspace keyspace, StoreWorker worker) {
        this.worker = worker;
        this.keyspace = keyspace;
        this.users = keyspace.users();
        this.attention = keyspace.attention();
        this.slowLog = keyspace.slowLog();
        this.latencyEvents = keyspace.latencyEvents();
        this.commands = keyspace.commands();
        this.get = Objects.requireNonNull(commands.find("get"));
        this.set = Objects.requireNonNull(commands.find("set"));
        this.counters = new Counters(commands.countAll());
        this.slotOwner = keyspace.slotOwner();
        this.ownsEveryKey = slotOwner.equals(SlotOwner.EVERY_KEY);
        this.argumentBudget = keyspace.argumentBudget();
        this.absences = keyspace.absences();
        this.databases = keyspace.databases();
        this.comingKeys = new ComingKeys(worker);
        this.call = new Call(keyspace, worker, counters, comingKeys, new QueueRun(this, argumentBudget));
        this.adopter = new Adopter(keyspace.store(), worker);
        keyspace.register(this);
    }

    /// Commands of a connection have come: those that are executed until [#endBurst] are timed together, and work
    /// in the database that its session has selected.
    void beginBurst(Session session) {
        select(session);
        int generation = keyspace.serverTotals().generation();
        if (counters.generation != generation) {
            counters.renew(generation);
        }
        session.usedAt(together ? stopwatch.next() : stopwatch.begin(keyspace.tracksLatency()));
    }

    void endBurst() {
        if (!together) {
            comingKeys.clear();
            stopwatch.end();
        }
    }

    /// Bursts of several connections are timed as one until [#endBursts]: for a transport whose requests come together.
    public void beginBursts() {
        together = true;
        left = NOT_LONE; // records of an earlier epoch
        promised = NOT_LONE;
        stopwatch.begin(keyspace.tracksLatency());
    }

    /// Whether there are so many keys in the store that requests gain by [#announce].
    public boolean wantsAnnouncements() {
        return worker.gainsByPrefetch();
    }

    /// Brings what requests that are run next will touch to the cache, for all of them at once. A hint as to which
    /// they are. Between [#beginBursts] and [#endBursts].
    ///
    /// @param session in whose database they begin
    /// @param requests the beginning of each; may be anything. The memory is borrowed until the next call or
    ///     [#endBursts], and must not change: keys are not hashed once more
    public void announce(Session session, SliceList requests) {
        select(session);
        comingKeys.prefetch(requests);
    }

    /// Fetches what the commands of a pipeline will write to, for some of them at once. Not in bursts of requests,
    /// which are announced.
    ///
    /// @param at where one begins
    /// @param end where the input ends, whose memory must not change until the end of the burst
    /// @return from where on there is something to announce again
    long announcePipeline(MemorySegment in, long at, long end) {
        return together || !worker.gainsByPrefetch() ? end : comingKeys.prefetch(in, at, end);
    }

    /// How many keys the last [#announce] has seen.
    int announcedKeys() {
        return comingKeys.size();
    }

    /// See [#beginBursts].
    public void endBursts() {
        together = false;
        comingKeys.clear();
        stopwatch.end();
    }

    /// Says whether a command has to wait because clients are paused.
    boolean isHeld(Command command, @Nullable CommandSpec spec, Session session) {
        if (!attention.has(Attention.PAUSED)) {
            return false;
        }
        boolean waits = keyspace.pause().holds(mayWrite(command, spec, session));
        session.setHeld(waits);
        return waits;
    }

    /// Whether a command may change something: that of a container is that of its subcommand, and a transaction may
    /// if anything in it may.
    private static boolean mayWrite(Command command, @Nullable CommandSpec spec, Session session) {
        if (spec == null || spec.subcommands == null || command.count() < 2) {
            return spec != null
                    && (spec.mayWrite
                            || (spec.mayWriteQueued && session.transaction().mayWrite()));
        }
        CommandSpec subcommand = spec.subcommands.find(command.memory(), command.offset(1), command.length(1));
        return subcommand != null && subcommand.mayWrite;
    }

    /// How much of its input a connection may hold.
    int mostHeldBytes() {
        return keyspace.mostHeldBytes();
    }

    /// How long the pause still lasts; not positive if it is over.
    long pausedNanos() {
        return keyspace.pause().remainingNanos();
    }

    /// A connection has ended.
    void ended(Session session) {
        if (session.isMonitor()) {
            keyspace.monitors().remove(session);
        }
        session.subscriptions().clear(keyspace.channels());
        keyspace.stopTracking(session);
        session.end();
    }

    /// Runs one command, or queues it if the session has said `MULTI`. Appends its reply: exactly one for each
    /// command, but for `POST` and `Host:`, which drop all replies and close the session, as in Redis.
    ///
    /// The caller has entered the worker's epoch.
    ///
    /// @param command borrowed for the call, in native memory; none of its arguments is external
    public void execute(Session session, Command command, Reply reply) {
        select(session);
        execute(session, command, reply, Record.NONE);
    }

    /// The same for a command with a large value.
    ///
    /// @param claimed consumed: the unpublished record that the value was received into; [Call#FULL] if there
    ///     was no memory for it; [Call#REFUSED] if it might not be stored; or [Record#NONE]
    void execute(Session session, Command command, Reply reply, @Consumes long claimed) {
        execute(find(command), session, command, reply, claimed);
    }

    /// Takes a command into the run of lookups if it can be one of it. Its arguments must stay where they are
    /// until [#finishLookups], which the caller calls before it executes any other command.
    ///
    /// @param end where the command ends in the input
    boolean joinLookups(CommandSpec spec, Session session, Command command, long end) {
        if (!spec.isLookup || !spec.takes(command.count()) || !isOrdinary(session)) {
            return false;
        }
        session.setLastCommand(spec);
        lookups.add(command, end, comingKeys);
        return true;
    }

    /// Takes the plain `GET`s with which some input begins into the run of lookups: the same without a parser.
    ///
    /// @return where the last of them ends; `at` if it begins with none, or if they are special
    long joinLookups(Session session, MemorySegment in, long at, long end) {
        long next = isOrdinary(session) ? lookups.addPlain(in, at, end) : at;
        if (next != at) {
            session.setLastCommand(get);
        }
        return next;
    }

    /// Whether nothing makes the commands of a session special.
    private boolean isOrdinary(Session session) {
        return ownsEveryKey
                && (session.special() | attention.reasons()) == 0
                && session.account().isOpen()
                && !session.transaction().isOpen();
    }

    /// Takes the plain `SET`s with which some input begins, if nothing makes them special.
    ///
    /// @param in native memory, borrowed until [#storeSets] or [#forgetSets], one of which is called next
    /// @return whether there are some; if not, nothing has to be called
    boolean readSets(Session session, MemorySegment in, long at, long end) {
        return isOrdinary(session)
                && !keyspace.changes().areWanted()
                && !absences.areWatched()
                && sets.read(in, at, end) > 0;
    }

    /// Executes the `SET`s that were read: the short way, with the replies that the long way would give. While no
    /// lookup is waiting.
    ///
    /// @return where the last of them ends
    long storeSets(Session session, Reply reply) {
        int count = sets.size();
        session.setLastCommand(set);
        counters.commands += count;
        try {
            if (stopwatch.timesAlone(set)) {
                long start = stopwatch.start();
                refused(sets.store(worker, reply), reply);
                timedSets(session, count, stopwatch.stop(start) / count);
            } else {
                refused(sets.store(worker, reply), reply);
                stopwatch.share(counters.of(set), count);
            }
        } finally {
            sets.clear();
        }
        return sets.end();
    }

    /// Forgets the `SET`s that were read.
    void forgetSets() {
        sets.clear();
    }

    /// Counts `SET`s for which there was no memory.
    private void refused(int count, Reply reply) {
        if (count > 0) {
            counters.of(set).failed += count;
            String error = Objects.requireNonNull(reply.takeError());
            for (int i = 0; i < count; i++) {
                counters.countError(error);
            }
        }
    }

    private void timedSets(Session session, int count, long nanosEach) {
        counters.of(set).called(nanosEach, count, stopwatch.tracks());
        if (latencyEvents.isLate(nanosEach)) {
            latencyEvents.add("command", nanosEach);
        }
        if (slowLog.isSlow(nanosEach)) {
            for (int i = 0; i < count; i++) {
                slowLog.add(session, sets.shown(i), nanosEach);
            }
        }
    }

    /// Answers a request that is one `GET` and nothing else, if nothing makes it special: the short way, for most
    /// of the load of a transport without connections, with the reply that the long way would give. Between
    /// [#beginBursts] and [#endBursts].
    ///
    /// @param memory native memory, borrowed for the call
    /// @return whether it was answered; if not, nothing has happened
    boolean answerLoneGet(Session session, MemorySegment memory, long offset, int length, Reply reply) {
        long record = left != NOT_LONE && leftAt == offset ? left : findLoneGet(session, memory, offset, length);
        left = NOT_LONE;
        if (record == NOT_LONE) {
            return false;
        }
        countLoneGet(record, session, memory, offset, length);
        reply.protocol(session.protocol());
        reply.valueOrNothing(keyspace.store(), record);
        return true;
    }

    /// The same in two steps, for a reply that is written where it leaves from. What is longer than `mostBytes`,
    /// or lies in other places than the store's own memory, is left to [#answerLoneGet], which does not look the
    /// key up again.
    ///
    /// @return the bytes of the reply, which [#writeLoneGet] writes; or [#NOT_LONE]: then nothing was answered, and
    ///     the request goes the usual way next
    int loneGet(Session session, MemorySegment memory, long offset, int length, int mostBytes) {
        left = NOT_LONE;
        if (session.protocol() != 2) {
            return NOT_LONE;
        }
        long record = findLoneGet(session, memory, offset, length);
        if (record == NOT_LONE) {
            return NOT_LONE;
        }
        int bytes = briefBytes(record, mostBytes);
        if (bytes > mostBytes) {
            left = record;
            leftAt = offset;
            return NOT_LONE;
        }
        countLoneGet(record, session, memory, offset, length);
        promised = record;
        return bytes;
    }

    /// The bytes of a value's reply, or more than `mostBytes` if it is not to be written in one piece.
    private int briefBytes(long record, int mostBytes) {
        if (record == Record.NONE) {
            return NULL_BULK_BYTES;
        }
        MemorySegment region = keyspace.store().memory();
        int value = Record.valueLength(region, record);
        return value > mostBytes || Record.isAdopted(region, record) ? mostBytes + 1 : RespWriter.bulkBytes(value);
    }

    /// Writes the reply that the latest [#loneGet] has promised: in the same epoch, once, and as many bytes.
    ///
    /// @throws IllegalStateException if none was promised
    public void writeLoneGet(MemorySegment to, long offset) {
        long record = promised;
        promised = NOT_LONE;
        if (record == NOT_LONE) {
            throw new IllegalStateException("no reply was promised");
        }
        if (record == Record.NONE) {
            RespWriter.nullBulk(to, offset);
        } else {
            MemorySegment region = keyspace.store().memory();
            RespWriter.bulk(to, offset, region, Record.valueOffset(region, record), Record.valueLength(region, record));
        }
    }

    /// The record that a request asks for, which may be [Record#NONE]; or [#NOT_LONE].
    private long findLoneGet(Session session, MemorySegment memory, long offset, int length) {
        int keyLength = PlainGet.keyLength(memory, offset, length);
        if (keyLength == PlainGet.NONE
                || PlainGet.bytes(keyLength) != length
                || !together
                || counters.generation != keyspace.serverTotals().generation()
                || !isOrdinary(session)) {
            return NOT_LONE;
        }
        select(session);
        if (stopwatch.timesAlone(get)) {
            startedNanos = System.nanoTime();
        }
        return comingKeys.find(memory, offset + PlainGet.keyOffset(keyLength), keyLength);
    }

    /// Counts a lookup that is answered, and times it: the first of a burst on its own, until its record was found.
    private void countLoneGet(long record, Session session, MemorySegment memory, long offset, int length) {
        counters.commands++;
        call.count(record != Record.NONE);
        if (!stopwatch.timesAlone(get)) {
            stopwatch.share(counters.of(get), 1);
            return;
        }
        long nanos = stopwatch.stop(stopwatch.startedAt(startedNanos));
        timed(1, nanos);
        if (slowLog.isSlow(nanos)) {
            int keyLength = PlainGet.keyLength(memory, offset, length);
            String key = Excerpt.of(memory, offset + PlainGet.keyOffset(keyLength), keyLength);
            slowLog.add(session, List.of(get.name, key), nanos);
        }
    }

    /// Says whether the run of lookups should be finished before another one joins.
    boolean isLookupsFull() {
        return lookups.isFull();
    }

    /// Answers the lookups that have joined, in order, until the reply has `mostBytes`.
    ///
    /// @return true if the reply is shorter than that, or no lookup was waiting; false if the caller should send
    ///     it before anything else, and go on from [#lookedUpTo()]
    boolean finishLookups(Session session, Reply reply, long mostBytes) {
        if (lookups.isEmpty()) {
            return true;
        }
        reply.protocol(session.protocol());
        call.begin(session, null, reply, null, Record.NONE);
        try {
            if (!together || stopwatch.timesAlone(get)) {
                long start = stopwatch.start();
                int answered = lookups.finish(call, mostBytes);
                timed(answered, stopwatch.stop(start) / answered, session);
            } else {
                stopwatch.share(counters.of(get), lookups.finish(call, mostBytes));
            }
        } finally {
            lookups.clear();
        }
        return reply.length() < mostBytes;
    }

    /// Notes how long each lookup of a run took.
    private void timed(int answered, long nanosEach, Session session) {
        timed(answered, nanosEach);
        if (slowLog.isSlow(nanosEach)) {
            for (int i = 0; i < answered; i++) {
                slowLog.add(session, List.of(get.name, lookups.shown(i)), nanosEach);
            }
        }
    }

    private void timed(int answered, long nanosEach) {
        counters.of(get).called(nanosEach, answered, stopwatch.tracks());
        if (latencyEvents.isLate(nanosEach)) {
            latencyEvents.add("fast-command", nanosEach);
        }
    }

    /// Where the last lookup ends that was answered.
    long lookedUpTo() {
        return lookups.answeredTo();
    }

    /// Runs a command whose declaration was looked up.
    void execute(@Nullable CommandSpec found, Session session, Command command, Reply reply, @Consumes long claimed) {
        if (session.special() == 0) {
            executeNow(found, session, command, reply, claimed);
        } else {
            executeMuted(found, session, command, reply, claimed);
            endCaching(found, session);
        }
    }

    /// What `CLIENT CACHING` has said holds for the next command that is not `CLIENT`, or the next transaction.
    private void endCaching(@Nullable CommandSpec spec, Session session) {
        boolean isClient = spec != null && spec.name.equals("client");
        if (!isClient && !call.isQueueRunning() && !session.transaction().isOpen()) {
            session.set(Session.CACHING_SAID, false);
        }
    }

    /// Runs a command of a client that may not want the reply.
    private void executeMuted(
            @Nullable CommandSpec found, Session session, Command command, Reply reply, @Consumes long claimed) {
        if (call.isQueueRunning()) { // what EXEC replies is decided for the whole
            executeNow(found, session, command, reply, claimed);
            return;
        }
        session.beginReply();
        if (!session.isMuted()) {
            executeNow(found, session, command, reply, claimed);
            return;
        }
        if (muted == null) {
            muted = new Reply();
        }
        executeNow(found, session, command, muted, claimed);
        if (!session.isMuted()) {
            reply.copyOf(muted); // of the command that has ended it
        }
        muted.clear();
        session.set(Session.SKIPS, false);
    }

    private void executeNow(
            @Nullable CommandSpec found, Session session, Command command, Reply reply, @Consumes long claimed) {
        counters.commands++;
        reply.protocol(session.protocol());
        CommandSpec spec = found;
        if (spec != null && spec.subcommands != null && command.count() > 1) {
            spec = findSubcommand(session, command, reply, spec, claimed);
            if (spec == null) {
                return;
            }
        }
        if (spec == null) {
            refuseUnknown(session, command, reply, claimed);
            return;
        }
        long received = call.inThisDatabase(claimed);
        session.setLastCommand(spec);
        call.begin(session, command, reply, spec, received);
        try {
            check(spec, session, command, reply, received);
        } finally {
            call.end();
        }
    }

    private void check(CommandSpec spec, Session session, Command command, Reply reply, long claimed) {
        CommandBody body = spec.body;
        if (!spec.takes(command.count()) || body == null) {
            refuse(spec, session, reply, Errors.arity(spec));
        } else if (!session.account().isOpen() && isForbidden(spec, session, reply)) {
            return;
        } else if (!ownsEveryKey && !ownsKeys(spec, command, reply)) {
            session.transaction().abort(); // The reply says who does.
        } else if (claimed == Call.FULL) {
            refuse(spec, session, reply, Errors.OUT_OF_MEMORY);
        } else if (claimed == Call.REFUSED) { // the rules have changed since
            refuse(spec, session, reply, Errors.notPermitted(spec, Denied.Reason.KEY));
        } else if (session.is(Session.SUBSCRIBED) && isOnlyForOthers(spec, session)) {
            refuse(spec, session, reply, Errors.whileSubscribed(spec));
        } else if (session.isMonitor() && (spec.mayWrite || spec.isReadOnly)) {
            refuse(spec, session, reply, Errors.WHILE_MONITORING);
        } else if (session.transaction().isOpen() && spec.isRefusedInTransaction) {
            refuse(spec, session, reply, Errors.NOT_IN_TRANSACTION);
        } else if (session.transaction().isOpen() && !spec.isNeverQueued) {
            queue(spec, session, command, reply, claimed);
        } else {
            run(spec, body, session, command, reply);
            if (spec.isWrite && absences.areWatched()) {
                countCreated(spec, command);
            }
        }
    }

    /// Whether a client that has subscribed may not send it: over RESP2, where its reply would look like a message.
    private boolean isOnlyForOthers(CommandSpec spec, Session session) {
        return !spec.isForSubscribers && session.protocol() == 2 && !call.isQueueRunning();
    }

    /// Whether the user of the session may not run the call's command: then it is answered.
    private boolean isForbidden(CommandSpec spec, Session session, Reply reply) {
        String error = users.refusal(spec, call);
        if (error != null) {
            refuse(spec, session, reply, error);
        }
        return error != null;
    }

    /// Says whether a large value that is on its way may be stored by this session.
    boolean mayStore(Session session, CommandSpec spec, Command command) {
        return users.mayStore(session, spec, command);
    }

    /// Answers a command that is not run, and in a transaction not queued.
    private void refuse(CommandSpec spec, Session session, Reply reply, String error) {
        counters.of(spec).rejected++;
        counters.countError(error);
        if (spec.refusalEndsTransaction) {
            session.transaction().end(worker);
            reply.error(Errors.execAbort(error));
        } else {
            session.transaction().abort();
            reply.error(error);
        }
    }

    private void queue(CommandSpec spec, Session session, Command command, Reply reply, long claimed) {
        Transaction transaction = session.transaction();
        if (spec.denyOom && claimed == Record.NONE && !call.hasRoom()) {
            refuse(spec, session, reply, Errors.OUT_OF_MEMORY);
        } else if (transaction.isAborted()) {
            reply.raw(QUEUED); // As in Redis; it will not be run, so it is not kept.
        } else {
            long record = call.takeClaimed();
            if (transaction.queue.add(command, spec.storedValue, record)) {
                transaction.queued(spec);
                reply.raw(QUEUED);
                return;
            }
            if (record != Record.NONE) {
                worker.abort(record);
            }
            refuse(spec, session, reply, Errors.QUEUE_TOO_LARGE);
        }
    }

    /// Tells those who watch absent keys which of the command's are there behind it.
    private void countCreated(CommandSpec spec, Command command) {
        KeyRange keys = spec.keys;
        if (keys == null) {
            return;
        }
        int last = keys.lastIn(command);
        for (int i = keys.first(); i <= last; i += keys.step()) {
            call.countCreated(call.session().database(), i);
        }
    }

    /// Turns the worker to the database that a session has selected. At the beginning of each burst of it.
    void select(Session session) {
        worker.select(databases.place(session.database()));
    }

    /// The declaration of a command, which may still be incomplete, or null.
    @Nullable
    CommandSpec find(Command command) {
        return commands.find(command.memory(), command.offset(0), command.length(0));
    }

    Adopter adopter() {
        return adopter;
    }

    ArgumentBudget argumentBudget() {
        return argumentBudget;
    }

    MemorySegment region() {
        return call.region;
    }

    StoreWorker worker() {
        return worker;
    }

    Counters counters() {
        return counters;
    }

    private void run(CommandSpec spec, CommandBody body, Session session, Command command, Reply reply) {
        long before = reply.length();
        int reasons = attention.reasons();
        boolean alone = stopwatch.timesAlone(spec) || (reasons & Attention.TIMED) != 0;
        long start = alone ? stopwatch.start() : 0;
        reply.takeError();
        if (session.special() != 0 && session.is(Session.TRACKS) && spec.isReadOnly) {
            keyspace.tracking().remember(session, spec, command);
        }
        body.run(call);
        if (Checks.ON && reply.length() == before && !call.isSilent()) {
            throw new IllegalStateException(spec.fullName + " gave no reply");
        }
        CommandStats stats = counters.of(spec);
        if (alone) {
            timed(spec, stats, session, command, stopwatch.stop(start));
        } else {
            stopwatch.share(stats, 1);
        }
        String error = reply.takeError();
        if (error != null) {
            stats.failed++;
            counters.countError(error);
        }
        if ((reasons & Attention.MONITORED) != 0 && spec.isMonitored) {
            keyspace.monitors().tell(session, command, spec);
        }
    }

    private void timed(CommandSpec spec, CommandStats stats, Session session, Command command, long nanos) {
        stats.called(nanos, 1, stopwatch.tracks());
        if (latencyEvents.isLate(nanos)) {
            latencyEvents.add(spec.isFast ? "fast-command" : "command", nanos);
        }
        if (slowLog.isSlow(nanos) && spec.isLogged) {
            slowLog.add(session, command, spec, nanos);
        }
    }

    private @Nullable CommandSpec findSubcommand(
            Session session, Command command, Reply reply, CommandSpec parent, long claimed) {
        CommandTable subcommands = parent.subcommands;
        CommandSpec spec =
                subcommands == null ? null : subcommands.find(command.memory(), command.offset(1), command.length(1));
        if (spec == null) {
            session.transaction().abort();
            call.begin(session, command, reply, parent, claimed);
            String error = Errors.unknownSubcommand(call, parent);
            counters.countError(error);
            reply.error(error);
            call.end();
        }
        return spec;
    }

    private void refuseUnknown(Session session, Command command, Reply reply, long claimed) {
        call.begin(session, command, reply, null, claimed);
        if (isHttp(call.shown(0, LONGEST_OF_HTTP + 1))) {
            reply.clear(); // Redis frees the client at once, with the replies that it did not send yet.
            session.closeAfterReply();
        } else {
            session.transaction().abort();
            String error = Errors.unknownCommand(call);
            counters.countError(error);
            reply.error(error);
        }
        call.end();
    }

    /// Says whether this is the first word of a line that a browser sends, which some page may have made talk to
    /// a server in its own network: what follows in the request must not be run (Redis's `securityWarningCommand`).
    private static boolean isHttp(String name) {
        return name.equalsIgnoreCase("post") || name.equalsIgnoreCase("host:");
    }

    private boolean ownsKeys(CommandSpec spec, Command command, Reply reply) {
        KeyRange keys = spec.keys;
        if (keys == null) {
            return true;
        }
        int last = keys.lastIn(command);
        for (int i = keys.first(); i <= last; i += keys.step()) {
            if (!slotOwner.owns(command.memory(), command.offset(i), command.length(i))) {
                reply.error(slotOwner.refusal(command.memory(), command.offset(i), command.length(i)));
                return false;
            }
        }
        return true;
    }
}
