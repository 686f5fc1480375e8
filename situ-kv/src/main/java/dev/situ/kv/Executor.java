package dev.situ.kv;

import dev.situ.memory.Checks;
import dev.situ.memory.Consumes;
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
    private static final int LONGEST_OF_HTTP = 5;
    private static final byte[] QUEUED = Text.bytes("+QUEUED\r\n");

    private final StoreWorker worker;
    private final CommandTable commands;
    private final SlotOwner slotOwner;
    private final boolean ownsEveryKey;
    private final Counters counters = new Counters();
    private final ArgumentBudget argumentBudget;
    private final Call call;
    private final LookupRun lookups = new LookupRun();
    private final Adopter adopter;
    private final Absences absences;
    private final Databases databases;

    /// Makes an executor that works with `worker`, borrowed.
    public Executor(Keyspace keyspace, StoreWorker worker) {
        this.worker = worker;
        this.commands = keyspace.commands();
        this.slotOwner = keyspace.slotOwner();
        this.ownsEveryKey = slotOwner.equals(SlotOwner.EVERY_KEY);
        this.argumentBudget = keyspace.argumentBudget();
        this.absences = keyspace.absences();
        this.databases = keyspace.databases();
        this.call = new Call(keyspace, worker, counters, new QueueRun(this, argumentBudget));
        this.adopter = new Adopter(keyspace.store(), worker);
        keyspace.register(this);
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
    ///     was no memory for it; or [Record#NONE]
    void execute(Session session, Command command, Reply reply, @Consumes long claimed) {
        execute(find(command), session, command, reply, claimed);
    }

    /// Takes a command into the run of lookups if it can be one of it. Its arguments must stay where they are
    /// until [#finishLookups], which the caller calls before it executes any other command.
    ///
    /// @param end where the command ends in the input
    boolean joinLookups(CommandSpec spec, Session session, Command command, long end) {
        if (!spec.isLookup
                || !spec.takes(command.count())
                || !ownsEveryKey
                || session.transaction().isOpen()) {
            return false;
        }
        lookups.add(command, end);
        return true;
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
        lookups.finish(call, mostBytes);
        return reply.length() < mostBytes;
    }

    /// Where the last lookup ends that was answered.
    long lookedUpTo() {
        return lookups.answeredTo();
    }

    /// Runs a command whose declaration was looked up.
    void execute(@Nullable CommandSpec found, Session session, Command command, Reply reply, @Consumes long claimed) {
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
        } else if (!ownsEveryKey && !ownsKeys(spec, command, reply)) {
            session.transaction().abort(); // The reply says who does.
        } else if (claimed == Call.FULL) {
            refuse(spec, session, reply, Errors.OUT_OF_MEMORY);
        } else if (session.transaction().isOpen() && !spec.isNeverQueued) {
            queue(spec, session, command, reply, claimed);
        } else {
            run(body, reply);
            if (spec.isWrite && absences.areWatched()) {
                countCreated(spec, command);
            }
        }
    }

    /// Answers a command that is not run, and in a transaction not queued.
    private void refuse(CommandSpec spec, Session session, Reply reply, String error) {
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

    private void run(CommandBody body, Reply reply) {
        long before = reply.length();
        body.run(call);
        if (Checks.ON && reply.length() == before) {
            throw new IllegalStateException(call.spec().fullName + " gave no reply");
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
            reply.error(Errors.unknownSubcommand(call, parent));
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
            reply.error(Errors.unknownCommand(call));
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
