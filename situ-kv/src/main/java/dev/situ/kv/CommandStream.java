package dev.situ.kv;

import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import dev.situ.resp.Command;
import dev.situ.resp.RespParser;
import dev.situ.resp.RespStatus;
import dev.situ.store.Record;
import dev.situ.store.StoreWorker;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// One connection's bytes in, commands run, replies out.
///
/// ```
///   in --+--> parsed and run in place ------------------------+--> reply
///        |                                                    |
///        +--> what is left of an incomplete command: held ----+
///        |                                                    |
///        +--> a large value: straight into a claimed record --+
/// ```
///
/// Whole commands are parsed where they lie. Only the rest of an incomplete one is copied, until its end has
/// come. When that rest is a large value ([#LARGE_VALUE_BYTES]) that the command will store, and a sixteenth of it
/// is there, a record is claimed for it and its bytes go there: [#feed] copies them once, and a transport that can may
/// read into the record itself ([#direct()]) so that nothing is copied here. The record is published at the end of the
/// command, because what follows the value may forbid it. If there is no memory for it, its bytes are skipped and
/// the command is refused.
///
/// The caller has entered the worker's epoch around every call but [#close()] and [#reset()], and around reading
/// the reply. Confined to the worker's thread.
public final class CommandStream implements AutoCloseable {
    /// A stored value of at least so many bytes is received into its record, if it is not wholly there.
    public static final int LARGE_VALUE_BYTES = 16 * 1024;

    /// What part of a large value has to come before there is a record for it, and how much of it at most.
    private static final int CLAIM_SHARE = 16;

    private static final int MOST_BEFORE_CLAIM = 256 * 1024;

    /// When replies of one burst are longer than this, the stream wants them sent before it goes on.
    public static final long SOFT_REPLY_BYTES = 1 << 20;

    private static final int HELD_STEP = 256;

    private final Executor executor;
    private final PlainRuns runs;
    private final StoreWorker worker;
    private final Session session;
    private final RespParser parser;
    private final HeldInput held = new HeldInput();
    private final long softReplyBytes;

    private long claimed = Record.NONE; // or FULL, or REFUSED: the bytes are skipped
    private long awaitedAt; // where the next byte of the value goes
    private int awaited; // bytes of the value still to come
    private boolean skips; // they lie where they should: adopted
    private @Nullable Adopter adopter; // while a request of packets is fed
    private long fedBefore; // bytes of that request in the slices before
    private long fedTo; // where in the input the bytes end that are held
    private long fedFrom; // where its slice begins in the input
    private boolean waits; // a whole command with a claimed record, for the end of a pause
    private boolean closed;
    private boolean limited; // to what a client may send that has not said who it is

    /// Makes the stream of a new connection, for a transport that can send a reply in parts.
    public CommandStream(Executor executor, Session session) {
        this(executor, session, SOFT_REPLY_BYTES);
    }

    /// Makes the stream of a new connection.
    ///
    /// @param softReplyBytes when [StreamStatus#MORE] is given; `Long.MAX_VALUE` for never
    public CommandStream(Executor executor, Session session, long softReplyBytes) {
        this.executor = executor;
        this.runs = executor.plainRuns();
        this.worker = executor.worker();
        this.session = session;
        this.parser = new RespParser(RespParser.MAX_BULK_LENGTH, executor.argumentBudget());
        this.softReplyBytes = softReplyBytes;
    }

    /// The session whose commands these are.
    public Session session() {
        return session;
    }

    /// Takes slice `index` of a whole request that lies in several places, such as packets. Values of it may stay
    /// where they are, if the list has a [SliceList#lender].
    ///
    /// @param request borrowed until its last slice was fed; its slices are fed in order
    public StreamStatus feed(SliceList request, int index, Reply reply) {
        if (request.size() == 1 && isLoneGet(request, reply)) {
            return StreamStatus.OPEN;
        }
        if (index == 0) {
            fedBefore = 0;
            executor.adopter().begin(request);
        }
        adopter = executor.adopter();
        fedFrom = request.offset(index);
        int length = request.length(index);
        try {
            return feed(request.memory(index), fedFrom, length, reply);
        } finally {
            fedBefore += length;
            adopter = null;
            if (index == request.size() - 1) {
                executor.adopter().end();
            }
        }
    }

    /// Executes a whole request if it is one `GET` and nothing else, and its reply is short: the shortest way.
    ///
    /// @param request native memory, borrowed for the call
    /// @param mostBytes that the reply may have
    /// @return the bytes of the reply, which [Executor#writeLoneGet] writes; or [Executor#NOT_LONE]: then nothing
    ///     was answered, and the request is to be fed next
    public int loneGet(MemorySegment request, long offset, int length, int mostBytes) {
        return isBetweenRequests()
                ? executor.loneGets().promise(session, request, offset, length, mostBytes)
                : Executor.NOT_LONE;
    }

    private boolean isBetweenRequests() {
        return held.isEmpty() && awaited == 0 && !closed;
    }

    /// Whether a request of one slice was one `GET` and nothing else, and is answered: the short way.
    private boolean isLoneGet(SliceList request, Reply reply) {
        return isBetweenRequests()
                && executor.loneGets().answer(session, request.memory(0), request.offset(0), request.length(0), reply);
    }

    /// Takes the next bytes of the connection and appends the replies of the commands that they complete.
    ///
    /// @param in native memory, borrowed for the call
    public StreamStatus feed(MemorySegment in, long offset, int length, Reply reply) {
        executor.beginBurst(session);
        limit();
        try {
            return take(in, offset, length, reply);
        } finally {
            executor.endBurst();
        }
    }

    private StreamStatus take(MemorySegment in, long offset, int length, Reply reply) {
        long at = offset;
        long end = offset + length;
        while (!closed) {
            if (awaited > 0) {
                at += receive(in, at, (int) Math.min(awaited, end - at));
                if (awaited > 0) {
                    return StreamStatus.OPEN;
                }
            }
            if (held.isEmpty()) {
                return runInPlace(in, at, end, reply);
            }
            // The held command needs the next bytes, but no more than it needs should be copied.
            long step = Math.min(end - at, Math.max(HELD_STEP, parser.missing(held.length())));
            if (!keep(in, at, step)) {
                return shut();
            }
            at += step;
            fedTo = at;
            StreamStatus status = runHeld(reply);
            if (status == StreamStatus.MORE || status == StreamStatus.PAUSED) {
                return keep(in, at, end - at) ? status : shut();
            }
            if (status == StreamStatus.CLOSE || at == end) {
                return status;
            }
        }
        return StreamStatus.CLOSE;
    }

    /// Goes on with the commands that were left when [StreamStatus#MORE] or [StreamStatus#PAUSED] was given.
    public StreamStatus resume(Reply reply) {
        executor.beginBurst(session);
        limit();
        try {
            return closed ? StreamStatus.CLOSE : runHeld(reply);
        } finally {
            executor.endBurst();
        }
    }

    /// After [StreamStatus#PAUSED]: how long the pause still lasts; not positive if it is over.
    public long pausedNanos() {
        return executor.pausedNanos();
    }

    /// Appends the messages that others have for this connection. When its [Peer] is woken.
    public void deliver(Reply reply) {
        Mailbox mailbox = session.mailbox();
        if (mailbox != null && !closed) {
            reply.protocol(session.protocol());
            mailbox.deliver(reply, session);
        }
    }

    /// The bytes of messages that wait to be delivered: what the client has not read, besides what is on its way.
    public long undelivered() {
        Mailbox mailbox = session.mailbox();
        return mailbox == null ? 0 : mailbox.bytes();
    }

    /// Says whether a large value is on its way into its record, so that a transport may read into that.
    public boolean direct() {
        return awaited > 0 && Call.isRecord(claimed) && !skips;
    }

    /// The memory of the record. Only if [#direct()].
    public MemorySegment directMemory() {
        return executor.region();
    }

    /// Where in [#directMemory()] the next byte of the connection is to be written.
    public long directOffset() {
        return awaitedAt;
    }

    /// How many bytes may be written there.
    public long directRemaining() {
        return awaited;
    }

    /// Says that the next `received` bytes of the connection were written to [#directOffset()].
    public StreamStatus directAdvance(int received, Reply reply) {
        if (received < 0 || received > awaited || !direct()) {
            throw new IllegalArgumentException(received + " bytes, but " + awaited + " are awaited");
        }
        awaitedAt += received;
        awaited -= received;
        if (awaited > 0) {
            return StreamStatus.OPEN;
        }
        return resume(reply);
    }

    /// Says whether no command is half received, and no transaction half told: none since `MULTI`.
    public boolean isBetweenCommands() {
        return awaited == 0 && held.isEmpty() && !session.transaction().isOpen();
    }

    /// Makes the stream and its session as new: a half-received command and a transaction are dropped, a closed
    /// stream is open again, and nothing that an earlier client said of itself holds any more. For transports
    /// without connections, when a message has ended within one of these. Cheap, and needs no epoch.
    public void reset() {
        dropClaimed();
        held.consume(held.length());
        parser.reset();
        session.transaction().end(worker);
        session.reset();
        waits = false;
        closed = false;
    }

    /// Drops a half-received command and a transaction, and gives all memory back. Idempotent. On the worker's
    /// thread, or on any other if the worker has stopped, the stream [#isBetweenCommands], and its session watches
    /// no key.
    @Override
    public void close() {
        closed = true;
        waits = false;
        executor.ended(session);
        dropClaimed();
        session.transaction().close(worker);
        parser.reset();
        held.close();
    }

    private void dropClaimed() {
        if (Call.isRecord(claimed)) {
            worker.abort(claimed);
        }
        claimed = Record.NONE;
        awaited = 0;
    }

    private StreamStatus shut() {
        close();
        return StreamStatus.CLOSE;
    }

    // ---- commands -------------------------------------------------------------------------------------------------

    private StreamStatus runInPlace(MemorySegment in, long offset, long end, Reply reply) {
        long at = offset;
        long announcedTo = offset;
        // Not of packets, where values may stay, nor of requests that were announced.
        boolean plain = adopter == null && !executor.isTogether();
        while (at < end) {
            long behindGets = plain ? runs.joinLookups(session, in, at, end) : at;
            if (behindGets != at) {
                at = behindGets;
                if ((at == end || runs.isLookupsFull()) && isFullWithLookups(reply, end)) {
                    return leave(in, runs.lookedUpTo(), end);
                }
                continue;
            }
            if (plain && runs.readSets(session, in, at, end)) {
                if (isFullWithLookups(reply, end)) {
                    return leave(in, runs.lookedUpTo(), end);
                }
                at = runs.storeSets(session, at, reply);
                if (at < end && reply.length() >= softReplyBytes) {
                    return leave(in, at, end);
                }
                continue;
            }
            int available = (int) (end - at);
            RespStatus found = parser.parse(in, at, available);
            CommandSpec spec = found == RespStatus.COMMAND ? executor.find(parser.command()) : null;
            boolean waits = found == RespStatus.EMPTY || joinLookups(spec, in, at);
            if (waits) {
                at += parser.consumed();
            }
            // What stands behind lookups is run after them, and not before a long reply to them is sent.
            if ((!waits || at == end || runs.isLookupsFull()) && isFullWithLookups(reply, end)) {
                return leave(in, runs.lookedUpTo(), end);
            }
            if (waits) {
                continue;
            }
            if (found != RespStatus.COMMAND) {
                return found == RespStatus.ERROR ? refuse(reply) : hold(in, at, available);
            }
            if (executor.isHeld(parser.command(), spec, session)) {
                return leave(in, at, end) == StreamStatus.MORE ? StreamStatus.PAUSED : StreamStatus.CLOSE;
            }
            if (at >= announcedTo && at + parser.consumed() < end && spec != null && spec.isWrite && !limited) {
                announcedTo = executor.announcePipeline(in, at, end);
            }
            at += parser.consumed();
            executor.execute(spec, session, parser.command(), reply, adoptInPlace(spec, in));
            parser.release();
            if (limited) {
                limit(); // it may have said who it is
            }
            if (session.isClosing()) {
                return shut();
            }
            if (at < end && reply.length() >= softReplyBytes) {
                return leave(in, at, end);
            }
        }
        return StreamStatus.OPEN;
    }

    /// Answers the lookups that wait, and says whether their replies are to be sent before what is behind them is run.
    private boolean isFullWithLookups(Reply reply, long end) {
        return !runs.finishLookups(session, reply, softReplyBytes) && runs.lookedUpTo() < end;
    }

    /// Lets a command wait for those behind it if these can be looked up together. Not an inline command, whose
    /// arguments lie in memory of the parser.
    private boolean joinLookups(@Nullable CommandSpec spec, MemorySegment in, long at) {
        Command command = parser.command();
        return spec != null
                && command.memory().equals(in)
                && runs.joinLookups(spec, session, command, at + parser.consumed());
    }

    /// Keeps what is left of the input for [#resume]. It is parsed again there, from the start of a command.
    private StreamStatus leave(MemorySegment in, long at, long end) {
        parser.reset();
        return keep(in, at, end - at) ? StreamStatus.MORE : shut();
    }

    private StreamStatus runHeld(Reply reply) {
        while (!held.isEmpty()) {
            RespStatus found = findHeld();
            if (found == RespStatus.COMMAND) {
                if (executor.isHeld(parser.command(), executor.find(parser.command()), session)) {
                    if (claimed == Record.NONE) {
                        parser.reset(); // it is parsed again
                    } else {
                        waits = true;
                    }
                    return StreamStatus.PAUSED;
                }
                int consumed = parser.consumed();
                run(reply);
                held.consume(consumed);
                if (session.isClosing()) {
                    return shut();
                }
                if (!held.isEmpty() && reply.length() >= softReplyBytes) {
                    return StreamStatus.MORE;
                }
            } else if (found == RespStatus.EMPTY) {
                held.consume(parser.consumed());
            } else if (found == RespStatus.ERROR) {
                return refuse(reply);
            } else {
                takeHeldValue();
                return StreamStatus.OPEN;
            }
        }
        return StreamStatus.OPEN;
    }

    /// The next command of the held bytes, or the one that has waited for the end of a pause.
    private RespStatus findHeld() {
        if (!waits) {
            return parser.parse(held.memory(), held.start(), held.length());
        }
        waits = false;
        parser.moved(held.memory(), held.start());
        return RespStatus.COMMAND;
    }

    private void run(Reply reply) {
        long record = claimed;
        claimed = Record.NONE; // the executor's from here on
        executor.execute(session, parser.command(), reply, record);
        parser.release();
        if (limited) {
            limit();
        }
    }

    /// Lets a client send no more than is needed to say who it is, until it has.
    private void limit() {
        limited = session.account().mustAuthenticate();
        parser.setUnauthenticated(limited);
    }

    private StreamStatus refuse(Reply reply) {
        reply.raw(parser.errorReply());
        return shut();
    }

    // ---- large values ---------------------------------------------------------------------------------------------

    /// Holds the bytes of an incomplete command, but for those of a large value.
    private StreamStatus hold(MemorySegment in, long at, int available) {
        int from = 0;
        int start = parser.pendingStart();
        long place = placeOf(at + start);
        if (isLargeValuePending(available - start, place)) {
            held.append(in, at, start);
            claim(place);
            from = start + receive(in, at + start, Math.min(awaited, available - start));
        }
        return keep(in, at + from, available - from) ? StreamStatus.OPEN : shut();
    }

    /// Appends input to the held bytes, unless a connection may not hold so many.
    private boolean keep(MemorySegment in, long at, long bytes) {
        return bytes <= executor.mostHeldBytes() - held.length() && held.append(in, at, bytes);
    }

    /// Moves what is there of a pending large value out of the held bytes. What follows in the input goes on
    /// from there.
    private void takeHeldValue() {
        int start = parser.pendingStart();
        long place = placeOf(fedTo) - (held.length() - start);
        if (isLargeValuePending(held.length() - start, place)) {
            int there = Math.min(parser.pendingLength(), held.length() - start);
            claim(place);
            receive(held.memory(), (long) held.start() + start, there);
            held.cut(start, there);
        }
    }

    /// Whether there is to be a record for the pending value. Not for a header alone: who announces much and sends
    /// little would have others evicted.
    ///
    /// @param there how many bytes of the value have come
    /// @param place where it starts in the request that is fed, if one is
    private boolean isLargeValuePending(int there, long place) {
        int argument = parser.pendingArgument();
        int length = parser.pendingLength();
        if (argument < 1 || (length < LARGE_VALUE_BYTES && !mayAdopt(length)) || !hasCome(there, place, length)) {
            return false;
        }
        CommandSpec spec = executor.find(parser.command());
        return spec != null && spec.storedValue == argument && spec.isStoring(parser.pendingCount());
    }

    /// Whether enough of a value is there to take memory for it. A request is there as a whole: what is missing
    /// at its end does not come any more.
    private boolean hasCome(int there, long place, int length) {
        return adopter == null
                ? there >= Math.min(length / CLAIM_SHARE, MOST_BEFORE_CLAIM)
                : adopter.holds(place, length);
    }

    /// Whether memory may be taken for the pending value: not for who may not store it.
    private boolean mayStore(Command command) {
        CommandSpec spec = executor.find(command);
        return spec == null || executor.mayStore(session, spec, command);
    }

    private boolean mayAdopt(int length) {
        return adopter != null && adopter.mayAdopt(length);
    }

    /// Finds a place for the pending value: where it lies, or a record.
    ///
    /// @param place where the value starts in the request that is fed, if one is
    private void claim(long place) {
        Command command = parser.command();
        int length = parser.pendingLength();
        MemorySegment memory = command.memory();
        if (!mayStore(command)) { // it is refused when it is whole
            skips = false;
            claimed = Call.REFUSED;
            awaited = length;
            parser.takePending();
            return;
        }
        long record = adopter != null && mayAdopt(length)
                ? adopter.adopt(memory, command.offset(1), command.length(1), place, length)
                : Record.NONE;
        skips = record != Record.NONE;
        if (!skips) {
            record = Framing.claim(worker, executor.region(), memory, command.offset(1), command.length(1), length);
        }
        if (record == Record.NONE) {
            claimed = Call.FULL;
        } else {
            claimed = record;
            awaitedAt = skips ? 0 : Record.valueOffset(executor.region(), record);
        }
        awaited = length;
        parser.takePending();
    }

    /// Adopts the value of a command that is wholly there, if it can be.
    ///
    /// @param in where it is; the arguments of an inline command are elsewhere
    private long adoptInPlace(@Nullable CommandSpec spec, MemorySegment in) {
        Command command = parser.command();
        if (adopter == null
                || spec == null
                || !spec.isStoring(command.count())
                || !command.memory().equals(in)
                || !executor.mayStore(session, spec, command)) {
            return Record.NONE;
        }
        int length = command.length(spec.storedValue);
        if (!adopter.mayAdopt(length)) {
            return Record.NONE;
        }
        long place = placeOf(command.offset(spec.storedValue));
        return adopter.adopt(command.memory(), command.offset(1), command.length(1), place, length);
    }

    /// Where a byte of the input lies in the request that is fed.
    private long placeOf(long at) {
        return fedBefore + (at - fedFrom);
    }

    /// Takes the next bytes of the awaited value, or skips them.
    private int receive(MemorySegment from, long offset, int bytes) {
        if (Call.isRecord(claimed) && !skips) {
            Words.copy(from, offset, executor.region(), awaitedAt, bytes);
            awaitedAt += bytes;
        }
        awaited -= bytes;
        return bytes;
    }
}
