package dev.situ.r2p2;

import static dev.situ.r2p2.ReliableServerCount.RESPONSE_PACKETS;
import static dev.situ.r2p2.ReliableServerCount.RETRANSMITTED;

import dev.situ.udp.UdpSender;

/// Sends responses of several packets, a slice of each in turn, within the windows of their sessions, and sends
/// again what was lost.
///
/// ```
///   fresh ──▶ call 12 ──▶ call 11                  each sends one packet, before any slice, and becomes ready
///                  ▼
///   ready ──▶ call 7 ──▶ call 2 ──▶ call 9         the first sends up to SLICE packets and goes to the end,
///     ▲                               │            or leaves when its session's window is full;
///     └───────────────────────────────┘            an acknowledgement brings it back
/// ```
///
/// The first packet of a response acknowledges its request: a client that waits for it while others have their turns
/// would take the request for lost. Responses of one packet do not come here: they are sent at once, before any
/// slice. Confined to one thread.
final class ResponsePump {
    /// How many packets of a response are sent before it is the next one's turn.
    private static final int SLICE = 16;

    /// How many packets are sent in one turn of the poller, so that requests do not wait longer than that takes.
    private static final int BUDGET = 128;

    /// For how long a client may hold back its acknowledgement, and then some.
    private static final long DELAYED_ACK_NANOS = 2_000_000;

    /// After so many time-outs without an acknowledgement nothing is sent again: the client is gone, or asks.
    private static final int MAX_BACK_OFF = 10;

    private static final int TICK_SHIFT = 16;

    private final Counters<ReliableServerCount> counts;
    private final ResponseStore store;
    private final ServerSessions sessions;
    private final TimerWheel timers;
    private final LinkedNodes<ServerCall> fresh = new LinkedNodes<>();
    private final LinkedNodes<ServerCall> ready = new LinkedNodes<>();

    ResponsePump(
            Counters<ReliableServerCount> counts,
            ResponseStore store,
            ServerSessions sessions,
            int maxSessions,
            long now) {
        this.counts = counts;
        this.store = store;
        this.sessions = sessions;
        timers = new TimerWheel(maxSessions, TICK_SHIFT, now);
    }

    /// How many requests of the session may be outstanding now.
    int credit(ServerSession session) {
        return store.isPressed() ? Math.max(1, session.credit() / 8) : session.credit();
    }

    // ---- the list -------------------------------------------------------------------------------------------------

    boolean isEmpty() {
        return fresh.isEmpty() && ready.isEmpty();
    }

    void add(ServerCall call) {
        (outOf(call).isFresh() ? fresh : ready).add(call);
    }

    private static OutgoingMessage outOf(ServerCall call) {
        OutgoingMessage out = call.out;
        if (out == null) {
            throw new IllegalStateException("call " + call.rid + " has nothing to send");
        }
        return out;
    }

    /// Adds those calls of a session that have something to send.
    void addAll(ServerSession session) {
        for (int i = 0; i < session.sending.size(); i++) {
            ServerCall call = session.sending.get(i);
            OutgoingMessage out = call.out;
            if (out != null && out.hasNext()) {
                add(call);
            }
        }
    }

    /// The session ends.
    void forget(ServerSession session) {
        timers.cancel(session.slot);
    }

    // ---- sending --------------------------------------------------------------------------------------------------

    /// Sends slices until none may be sent or the budget is spent.
    ///
    /// @return whether anything was sent
    boolean pump(UdpSender sender, long now) {
        int left = pump(fresh, 1, BUDGET, sender, now);
        return pump(ready, SLICE, left, sender, now) < BUDGET;
    }

    private int pump(LinkedNodes<ServerCall> calls, int slice, int budget, UdpSender sender, long now) {
        int left = budget;
        for (ServerCall call = calls.first(); call != null && left > 0; call = calls.first()) {
            LinkedNodes.remove(call);
            left -= 1 + sendSlice(call, Math.min(slice, left), sender, now);
        }
        return left;
    }

    private int sendSlice(ServerCall call, int most, UdpSender sender, long now) {
        ServerSession session = call.session;
        OutgoingMessage out = outOf(call);
        if (session == null) {
            throw new IllegalStateException("call " + call.rid + " has no session");
        }
        int sent = 0;
        while (sent < most && session.window.hasRoom() && out.hasNext()) {
            if (!send(call, session, out, sender, now)) {
                break;
            }
            sent++;
        }
        if (out.hasNext() && session.window.hasRoom()) {
            add(call);
        }
        return sent;
    }

    private boolean send(ServerCall call, ServerSession session, OutgoingMessage out, UdpSender sender, long now) {
        if (session.window.flying() == 0) {
            session.progressAt = now;
        }
        long tail = ReliableHeader.toClient(session.id, call.rid, credit(session));
        if (!out.send(sender, session.peer, R2p2Header.RESPONSE, call.rid, tail, session.window, now)) {
            counts.add(ReliableServerCount.UNSENT);
            return false;
        }
        counts.add(RESPONSE_PACKETS);
        if (out.wasRepeated()) {
            counts.add(RETRANSMITTED);
        }
        if (!timers.isRunning(session.slot)) {
            timers.start(session.slot, now + timeout(session));
        }
        return true;
    }

    // ---- time-outs ------------------------------------------------------------------------------------------------

    private static long timeout(ServerSession session) {
        return session.rtt.timeoutNanos(session.backOff) + DELAYED_ACK_NANOS;
    }

    /// Takes the time-outs of what was not acknowledged in time.
    void expire(long now) {
        for (int slot = timers.expired(now); slot != TimerWheel.NONE; slot = timers.expired(now)) {
            ServerSession session = sessions.get(slot);
            if (session.window.flying() == 0) {
                continue;
            }
            if (now - session.progressAt >= timeout(session)) {
                counts.add(ReliableServerCount.TIME_OUTS);
                timeOut(session);
                session.progressAt = now;
                if (session.backOff++ == MAX_BACK_OFF) {
                    continue;
                }
                addAll(session);
            }
            timers.start(slot, session.progressAt + timeout(session));
        }
    }

    private static void timeOut(ServerSession session) {
        int lost = 0;
        for (int i = 0; i < session.sending.size() && (lost == 0 || session.backOff > 0); i++) {
            OutgoingMessage out = session.sending.get(i).out;
            lost += out == null ? 0 : out.timeOut(session.backOff, session.window);
        }
    }

    /// The nanoseconds until [#expire] or [#pump] may have something to do.
    long delay(long now) {
        return isEmpty() ? timers.delay(now) : 0;
    }
}
