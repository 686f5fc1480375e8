package dev.situ.kv;

import dev.situ.kv.notify.KeyEvent;
import dev.situ.resp.Command;
import dev.situ.store.Record;
import dev.situ.store.StoreStatus;
import dev.situ.store.StoreWorker;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;

/// Runs `GET`s and plain `SET`s of pipelines, each kind together, if nothing makes them special: see
/// [LookupRun] and [SetRun]. With the replies and the statistics that the executor gives them one by one.
///
/// One an executor; confined to its thread.
final class PlainRuns {
    private final Executor executor;
    private final StoreWorker worker;
    private final CommandTimes times;
    private final Counters counters;
    private final Call call;
    private final ComingKeys comingKeys;
    private final SlowLog slowLog;
    private final KeyChanges changes;
    private final CommandSpec get; // the only lookup
    private final CommandSpec set;
    private final LookupRun lookups = new LookupRun();
    private final SetRun sets = new SetRun();

    PlainRuns(Executor executor, Keyspace keyspace, CommandTimes times, Call call, ComingKeys comingKeys) {
        this.executor = executor;
        this.worker = call.worker;
        this.times = times;
        this.counters = call.counters;
        this.call = call;
        this.comingKeys = comingKeys;
        this.slowLog = keyspace.slowLog();
        this.changes = keyspace.changes();
        this.get = Objects.requireNonNull(keyspace.commands().find("get"));
        this.set = Objects.requireNonNull(keyspace.commands().find("set"));
    }

    // ---- lookups --------------------------------------------------------------------------------------------------

    /// Takes the plain `GET`s with which some input begins into the run of lookups. They must stay where they
    /// are until [#finishLookups], which the caller calls before anything else is executed.
    ///
    /// @return where the last of them ends; `at` if it begins with none, or if they are special
    long joinLookups(Session session, MemorySegment in, long at, long end) {
        long next = executor.isOrdinary(session) ? lookups.addPlain(in, at, end) : at;
        if (next != at) {
            session.setLastCommand(get);
        }
        return next;
    }

    /// The same for a command that was parsed.
    ///
    /// @param end where it ends in the input
    /// @return whether it was taken
    boolean joinLookups(CommandSpec spec, Session session, Command command, long end) {
        if (!spec.isLookup || !spec.takes(command.count()) || !executor.isOrdinary(session)) {
            return false;
        }
        session.setLastCommand(spec);
        lookups.add(command, end, comingKeys);
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
        if (!executor.isTogether() || times.stopwatch.timesAlone(get)) {
            long start = times.stopwatch.start();
            int answered = lookups.finish(call, mostBytes);
            timedLookups(session, answered, times.stopwatch.stop(start) / answered);
        } else {
            times.share(get, lookups.finish(call, mostBytes));
        }
        lookups.clear();
        return reply.length() < mostBytes;
    }

    private void timedLookups(Session session, int answered, long nanosEach) {
        if (times.note(get, answered, nanosEach)) {
            for (int i = 0; i < answered; i++) {
                slowLog.add(session, List.of(get.name, lookups.shown(i)), nanosEach);
            }
        }
    }

    /// Where the last lookup ends that was answered.
    long lookedUpTo() {
        return lookups.answeredTo();
    }

    /// Forgets lookups that have joined and were not answered, for their burst has failed: the input is gone.
    void forgetLookups() {
        lookups.clear();
    }

    // ---- writes ---------------------------------------------------------------------------------------------------

    /// Takes the plain `SET`s with which some input begins, if nothing makes them special.
    ///
    /// @param in native memory, borrowed until [#storeSets] or the end of the burst
    /// @return whether there are some
    boolean readSets(Session session, MemorySegment in, long at, long end) {
        return executor.isOrdinary(session) && sets.read(in, at, end) > 0;
    }

    /// Executes the `SET`s that were read, up to where something makes them special: lookups may have been answered
    /// in between, which takes time. While no lookup is waiting.
    ///
    /// @param at where they begin
    /// @return where the last of them ends that was executed, or `at`
    long storeSets(Session session, long at, Reply reply) {
        if (!executor.isOrdinary(session)) {
            return at;
        }
        session.setLastCommand(set);
        int stored;
        if (times.stopwatch.timesAlone(set)) {
            long start = times.stopwatch.start();
            stored = store(session, reply);
            long nanosEach = times.stopwatch.stop(start) / stored;
            if (times.note(set, stored, nanosEach)) {
                for (int i = 0; i < stored; i++) {
                    slowLog.add(session, sets.shown(i), nanosEach);
                }
            }
        } else {
            stored = store(session, reply);
            times.share(set, stored);
        }
        counters.commands += stored;
        return sets.end(stored - 1);
    }

    private int store(Session session, Reply reply) {
        sets.prepare(worker);
        int stored = 0;
        do {
            if (sets.store(worker, stored) == StoreStatus.STORED) {
                // Behind the change: who has asked by then is told.
                if (changes.areWanted()) {
                    tellStored(session, stored);
                }
                reply.ok();
            } else {
                refuse(reply);
            }
            call.countCreated(session.database(), sets.memory(), sets.key(stored), sets.keyLength(stored));
            stored++;
        } while (stored < sets.size() && executor.isOrdinary(session));
        return stored;
    }

    private void refuse(Reply reply) {
        reply.error(Errors.OUT_OF_MEMORY);
        reply.takeError();
        counters.of(set).failed++;
        counters.countError(Errors.OUT_OF_MEMORY);
    }

    private void tellStored(Session session, int index) {
        String key = Text.of(sets.memory(), sets.key(index), sets.keyLength(index));
        changes.stored(session, key, worker.hasCreated(), KeyEvent.SET);
    }
}
