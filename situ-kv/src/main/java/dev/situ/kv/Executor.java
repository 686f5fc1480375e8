package dev.situ.kv;

import dev.situ.memory.Checks;
import dev.situ.memory.Consumes;
import dev.situ.memory.SliceList;
import dev.situ.resp.ArgumentBudget;
import dev.situ.resp.Command;
import dev.situ.store.Record;
import dev.situ.store.StoreWorker;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Runs commands: finds the declaration, checks what can be checked without looking at the store, and calls the
/// body.
///
/// One for each worker thread, confined to it; shared by all connections of that thread.
public final class Executor {
    /// What is no `GET` that goes the short way.
    public static final int NOT_LONE = LoneGets.NONE;

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
    private final CommandTimes times;
    private boolean together;
    private @Nullable Reply muted; // where replies go that nobody wants
    private final ArgumentBudget argumentBudget;
    private final Call call;
    private final PlainRuns plainRuns;
    private final LoneGets loneGets;
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
        this.commands = keyspace.commands();
        this.counters = new Counters(commands.countAll());
        this.times = new CommandTimes(keyspace, counters);
        this.slotOwner = keyspace.slotOwner();
        this.ownsEveryKey = slotOwner.equals(SlotOwner.EVERY_KEY);
        this.argumentBudget = keyspace.argumentBudget();
        this.absences = keyspace.absences();
        this.databases = keyspace.databases();
        this.comingKeys = new ComingKeys(worker);
        this.call = new Call(keyspace, worker, counters, comingKeys, new QueueRun(this, argumentBudget));
        this.plainRuns = new PlainRuns(this, keyspace, times, call, comingKeys);
        this.loneGets = new LoneGets(this, keyspace, times, call, comingKeys);
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
        session.usedAt(together ? times.stopwatch.next() : times.stopwatch.begin(keyspace.tracksLatency()));
    }

    void endBurst() {
        plainRuns.forgetLookups();
        if (!together) {
            comingKeys.clear();
            times.stopwatch.end();
        }
    }

    /// Bursts of several connections are timed as one until [#endBursts]: for a transport whose requests come together.
    public void beginBursts() {
        together = true;
        loneGets.clear();
        times.stopwatch.begin(keyspace.tracksLatency());
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
        times.stopwatch.end();
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

    /// Whether nothing makes the commands of a session special.
    boolean isOrdinary(Session session) {
        return ownsEveryKey
                && (session.special() | attention.reasons()) == 0
                && session.account().isOpen()
                && !session.transaction().isOpen();
    }

    /// Whether bursts of several connections are one: between [#beginBursts] and [#endBursts].
    boolean isTogether() {
        return together;
    }

    /// Runs plain `GET`s and `SET`s of pipelines.
    PlainRuns plainRuns() {
        return plainRuns;
    }

    /// Answers requests that are one plain `GET`.
    LoneGets loneGets() {
        return loneGets;
    }

    /// Writes the reply that the latest [CommandStream#loneGet] has promised: in the same epoch, once, and as many
    /// bytes.
    ///
    /// @throws IllegalStateException if none was promised
    public void writeLoneGet(MemorySegment to, long offset) {
        loneGets.write(to, offset);
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
        boolean alone = times.stopwatch.timesAlone(spec) || (reasons & Attention.TIMED) != 0;
        long start = alone ? times.stopwatch.start() : 0;
        reply.takeError();
        if (session.special() != 0 && session.is(Session.TRACKS) && spec.isReadOnly) {
            keyspace.tracking().remember(session, spec, command);
        }
        body.run(call);
        if (Checks.ON && reply.length() == before && !call.isSilent()) {
            throw new IllegalStateException(spec.fullName + " gave no reply");
        }
        if (alone) {
            long nanos = times.stopwatch.stop(start);
            if (times.note(spec, 1, nanos) && spec.isLogged) {
                slowLog.add(session, command, spec, nanos);
            }
        } else {
            times.share(spec, 1);
        }
        String error = reply.takeError();
        if (error != null) {
            counters.of(spec).failed++;
            counters.countError(error);
        }
        if ((reasons & Attention.MONITORED) != 0 && spec.isMonitored) {
            keyspace.monitors().tell(session, command, spec);
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
