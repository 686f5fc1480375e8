package dev.situ.r2p2;

import static dev.situ.r2p2.ReliableServerCount.DUPLICATES;
import static dev.situ.r2p2.ReliableServerCount.MALFORMED;
import static dev.situ.r2p2.ReliableServerCount.POSTPONED;

import dev.situ.memory.Consumes;
import dev.situ.memory.LastingArena;
import dev.situ.memory.SliceList;
import dev.situ.udp.UdpBurst;
import dev.situ.udp.UdpSender;
import java.lang.foreign.MemorySegment;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The server's side of the reliable mode for one queue: packets and a clock in, packets out. Here are the
/// sessions and what is known of each rid; requests of several packets are put together by [ServerRequests], and
/// executed and answered by [ServerResponses].
///
/// ```
///   OPEN ──────────▶ OPEN_OK, and nothing is kept
///   REQUEST, ACK ──▶ session known? ──no──▶ does its id open one? ──no──▶ RESET
///                         │ yes                  │ yes, and it is a REQUEST
///                         ▼                      ▼
///                    finished ──▶ the rid's call ──▶ execute once ──▶ keep the response ──▶ RESPONSE
/// ```
///
/// **At most once.** A rid is executed when nothing is known of it and it lies in the session's window; from then
/// on something is known until the client says that it is finished, and then it lies before the window. What is
/// known of a session is given up only after its id has ceased to open sessions.
///
/// **Nothing for nobody.** Until a session is open, an answer is no larger than what it answers, and nothing is
/// kept. Confined to the queue's poller.
final class ReliableServer {
    /// About 67 milliseconds.
    private static final int IDLE_TICK_SHIFT = 26;

    /// How long the poller may sleep while there are sessions.
    private static final long LONGEST_SLEEP_NANOS = 250_000_000;

    /// Who did not look for so long was stopped, alone or with the whole machine: what it did not hear then is not the
    /// silence of its clients.
    private static final long STOPPED_NANOS = 1_000_000_000;

    private final ReliableServerOptions options;
    private final LongSupplier clock;
    private final LastingArena arena = new LastingArena();
    private final Counters<ReliableServerCount> counts = new Counters<>(ReliableServerCount.values());
    private final SessionCookies cookies;
    private final ServerSessions sessions;
    private final ServerCalls calls;
    private final ResponseStore store;
    private final ResponsePump pump;
    private final TimerWheel idle;
    private final SliceList request = new SliceList();
    private final LoneDatagram lone = new LoneDatagram();
    private final ServerReplies replies;
    private final ServerRequests requests;
    private final ServerResponses responses;
    private long now;
    private boolean closed;
    private long bursts;

    ReliableServer(
            int queue,
            ReliableServerOptions options,
            RequestHandler handler,
            ResponseOwners owners,
            LongSupplier clock,
            SipHash hash) {
        this.options = options;
        this.clock = clock;
        now = clock.getAsLong();
        cookies = new SessionCookies(hash, options.cookiePeriodShift());
        sessions = new ServerSessions(
                options.maxSessions(), options.credit(), cookies.validNanos(), hash.hash(queue, options.credit()));
        calls = new ServerCalls(arena, options.maxCalls());
        int blocks = (int) (options.maxCopiedBytes() / BlockPool.BLOCK_BYTES);
        store = new ResponseStore(queue, owners, new BlockPool(arena, blocks), options.maxRetainedBytes());
        pump = new ResponsePump(counts, store, sessions, options.maxSessions(), now);
        replies = new ServerReplies(counts, pump, options);
        idle = new TimerWheel(options.maxSessions(), IDLE_TICK_SHIFT, now);
        requests = new ServerRequests(options, counts, calls);
        responses = new ServerResponses(queue, options, handler, counts, calls, store, pump, replies);
    }

    Counters<ReliableServerCount> counts() {
        return counts;
    }

    // ---- bursts ---------------------------------------------------------------------------------------------------

    /// Before the datagrams of a burst.
    void begin() {
        look();
        bursts++;
        store.unpinReleased();
    }

    private void look() {
        long time = clock.getAsLong();
        if (time - now >= STOPPED_NANOS) {
            sessions.forgive(time - now);
        }
        now = time;
    }

    /// After the datagrams of a burst: acknowledges what has come of longer requests, and sends longer responses.
    /// What is over time is looked at only now, for the burst may have brought its acknowledgement.
    void end(UdpSender sender) {
        requests.acknowledge(replies, sender);
        pump.expire(now);
        pump.pump(sender, now);
        publish();
    }

    private void publish() {
        counts.set(ReliableServerCount.SESSIONS, sessions.size());
        counts.set(ReliableServerCount.CALLS, calls.used());
        counts.set(ReliableServerCount.UNFINISHED, requests.unfinished());
        counts.set(ReliableServerCount.UNFINISHED_BYTES, requests.unfinishedBytes());
        counts.set(ReliableServerCount.RETAINED_BYTES, store.bytes());
    }

    /// Sends what is due and gives up what is over time. What it sends is flushed.
    ///
    /// @return the nanoseconds until it should be called again, or [Long#MAX_VALUE]
    long tick(UdpSender sender) {
        store.unpinReleased();
        if (sessions.size() == 0) {
            return Long.MAX_VALUE;
        }
        long lookedAt = now; // packets have been looked for since
        look();
        expireIdle();
        pump.expire(lookedAt);
        if (pump.pump(sender, now)) {
            sender.flush();
        }
        publish();
        return Math.min(LONGEST_SLEEP_NANOS, Math.min(pump.delay(now), idle.delay(now)));
    }

    boolean hasMore() {
        return !pump.isEmpty();
    }

    /// Handles a datagram that [ReliableHeader#marks] as one of this mode.
    void onDatagram(UdpBurst burst, int i, UdpSender sender) {
        int payload = burst.length(i) - ReliableHeader.BYTES;
        MemorySegment memory = burst.memory(i);
        long at = burst.offset(i);
        long first = R2p2Header.read(memory, at);
        long second = ReliableHeader.readSecond(memory, at);
        if (ReliableHeader.check(first, payload) != HeaderFault.NONE) {
            counts.add(MALFORMED);
            return;
        }
        int type = R2p2Header.type(first);
        if (type == R2p2Header.REQUEST || type == R2p2Header.ACK) {
            onSession(burst, i, first, second, sender);
        } else if (type == ReliableHeader.OPEN && payload >= ReliableHeader.OPEN_PAYLOAD) {
            int firstRid = ReliableHeader.session(second);
            replies.openOk(burst.peer(i), cookies.give(burst.peer(i), firstRid, now), firstRid, sender);
        } else {
            counts.add(MALFORMED);
        }
    }

    private void onSession(UdpBurst burst, int i, long first, long second, UdpSender sender) {
        long peer = burst.peer(i);
        int id = ReliableHeader.session(second);
        int rid = ReliableHeader.ridToServer(first, second);
        boolean isRequest = R2p2Header.type(first) == R2p2Header.REQUEST;
        ServerSession session = sessions.find(peer, id);
        if (session == null) {
            if (!isRequest || !opens(peer, id, ReliableHeader.finished(second, rid), rid)) {
                replies.reset(peer, id, rid, sender);
                return;
            }
            session = open(peer, id, ReliableHeader.finished(second, rid));
            if (session == null) {
                counts.add(POSTPONED);
                return;
            }
        }
        sessions.heard(session, now);
        finish(session, ReliableHeader.finished(second, rid));
        if (isRequest) {
            onRequest(session, rid, burst, i, first, sender);
        } else {
            onAck(session, rid, burst, i);
        }
    }

    // ---- sessions -------------------------------------------------------------------------------------------------

    /// Whether a request may be the first of a session that is not known.
    private boolean opens(long peer, int id, int firstRid, int rid) {
        int ahead = rid - firstRid;
        return ahead >= 0 && ahead < options.credit() && cookies.opens(id, peer, firstRid, now);
    }

    /// Opens a session for its first request, if there is room.
    private @Nullable ServerSession open(long peer, int id, int firstRid) {
        if (sessions.isFull()) {
            ServerSession old = sessions.evictable(now);
            if (old == null) {
                return null;
            }
            counts.add(ReliableServerCount.EVICTED);
            endSession(old);
        }
        ServerSession session = sessions.start(peer, id, firstRid, now);
        if (session != null) {
            counts.add(ReliableServerCount.OPENED);
            idle.start(session.slot, now + options.silenceNanos());
        }
        return session;
    }

    private void endSession(ServerSession session) {
        idle.cancel(session.slot);
        clear(session);
        pump.forget(session);
        sessions.end(session);
    }

    private void clear(ServerSession session) {
        finish(session, session.base + session.credit());
    }

    private void expireIdle() {
        for (int slot = idle.expired(now); slot != TimerWheel.NONE; slot = idle.expired(now)) {
            ServerSession session = sessions.get(slot);
            long silent = now - session.heardAt;
            if (silent >= options.idleNanos() && sessions.mayEnd(session, now)) {
                counts.add(ReliableServerCount.EXPIRED);
                endSession(session);
                continue;
            }
            if (silent >= options.silenceNanos() && session.holding > 0) {
                giveUp(session);
            }
            long quiet = session.heardAt + options.silenceNanos();
            idle.start(slot, quiet - now > 0 ? quiet : now + options.silenceNanos());
        }
    }

    /// Gives up the bytes that a silent session holds. What was not executed is refused, should the client come back
    /// for it; what was executed is not answered any more.
    private void giveUp(ServerSession session) {
        for (int k = 0; k < session.credit(); k++) {
            ServerCall call = session.call(k);
            if (call != null && call.state == ServerCall.State.RECEIVING) {
                counts.add(ReliableServerCount.GIVEN_UP);
                requests.end(session, call);
                responses.setRefused(session, call);
            } else if (call != null && call.state == ServerCall.State.ANSWERED && !call.refused) {
                counts.add(ReliableServerCount.GIVEN_UP);
                responses.release(session, call, now);
            }
        }
    }

    /// Forgets every call before `upTo`.
    private void finish(ServerSession session, int upTo) {
        int count = Math.min(upTo - session.base, session.credit());
        if (count <= 0) {
            return;
        }
        for (int k = 0; k < count; k++) {
            int rid = session.base + k;
            ServerCall call = session.call(rid);
            if (call != null) {
                session.setCall(rid, null);
                forget(session, call);
            }
        }
        session.base = upTo;
    }

    /// Consumes a call.
    private void forget(ServerSession session, @Consumes ServerCall call) {
        switch (call.state) {
            case RECEIVING -> requests.end(session, call);
            case ANSWERED -> responses.release(session, call, now);
            case DONE -> {}
        }
        call.touched = false;
        calls.giveBack(call);
    }

    // ---- requests -------------------------------------------------------------------------------------------------

    private void onRequest(ServerSession session, int rid, UdpBurst burst, int i, long first, UdpSender sender) {
        int ahead = rid - session.base;
        if (ahead < 0) {
            counts.add(ReliableServerCount.FINISHED);
            return;
        }
        if (ahead >= session.credit()) {
            counts.add(MALFORMED);
            return;
        }
        ServerCall call = session.call(rid);
        if (call == null) {
            call = calls.take();
            if (call == null) {
                counts.add(POSTPONED);
                return;
            }
            session.setCall(rid, call);
            // Until it is known how this ends, it is taken for executed: a handler that throws is not called again.
            call.start(session, rid, bursts);
            if (ReliableHeader.alone(first)) {
                request.clear();
                lone.lend(burst, i, ReliableHeader.BYTES, request);
                responses.execute(session, call, request, sender);
                return;
            }
            requests.start(session, call);
        }
        switch (call.state) {
            case RECEIVING -> receive(session, call, burst, i, first, sender);
            case ANSWERED -> responses.repeat(session, call, bursts, sender);
            case DONE -> counts.add(DUPLICATES);
        }
    }

    private void receive(ServerSession session, ServerCall call, UdpBurst burst, int i, long first, UdpSender sender) {
        switch (requests.receive(call, burst, i, first)) {
            case MORE -> {}
            case NO_ROOM -> {
                requests.end(session, call);
                responses.refuse(session, call, sender);
            }
            case COMPLETE -> complete(session, call, sender);
        }
    }

    private void complete(ServerSession session, ServerCall call, UdpSender sender) {
        PartialMessage parts = requests.take(session, call);
        try {
            request.clear();
            parts.slices(request);
            responses.execute(session, call, request, sender);
        } finally {
            calls.giveBack(parts);
        }
    }

    // ---- acknowledgements -----------------------------------------------------------------------------------------

    private void onAck(ServerSession session, int rid, UdpBurst burst, int i) {
        int words = AckPayload.words(burst.length(i) - ReliableHeader.BYTES);
        if (words < 0) {
            counts.add(MALFORMED);
            return;
        }
        int ahead = rid - session.base;
        ServerCall call = ahead < 0 || ahead >= session.credit() ? null : session.call(rid);
        if (call != null && call.state == ServerCall.State.ANSWERED && !call.refused) {
            responses.acknowledge(session, call, burst, i, words, now);
        }
    }

    /// Releases everything. Nothing may wait for a flush.
    void close() {
        if (closed) {
            return;
        }
        closed = true;
        for (ServerSession session = sessions.oldest(); session != null; session = sessions.oldest()) {
            endSession(session);
        }
        store.unpinReleased();
        publish();
        arena.close();
    }
}
