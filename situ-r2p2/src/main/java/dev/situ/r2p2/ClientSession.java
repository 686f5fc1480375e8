package dev.situ.r2p2;

import static dev.situ.r2p2.ReliableClientCount.ACKS;
import static dev.situ.r2p2.ReliableClientCount.REQUEST_PACKETS;
import static dev.situ.r2p2.ReliableClientCount.RETRANSMITTED;
import static dev.situ.r2p2.ReliableClientCount.UNSENT;

import dev.situ.memory.Words;
import dev.situ.udp.UdpBurst;
import dev.situ.udp.UdpSender;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A client's side of one session: a window of rids, what is sent when, and what is sent again.
///
/// ```
///   rid     base                          next         base + credit
///            |  o  .  o  o  .  .  o  o  o  |  may start   |            o outstanding   . ended
///   finished |<------ the server keeps --->|
/// ```
///
/// What may be sent goes in this order: requests of one packet that were lost, new requests of one packet, slices of
/// long requests in turn. All of it counts in the window.
///
/// **What counts as lost.** A request of one packet, when one that was sent [CongestionWindow#reordering] or more
/// packets after it was answered in a burst before. Long responses come later than short ones by right: if one is
/// under way, or has been since the request was sent, that shows nothing. A **time-out** shows less: a server that
/// the system has stopped for a moment looks the same as one that got nothing. So it sends a single request again,
/// as a probe, and the next one only after twice the time (as TCP does, RFC 8985 section 7); the answer to the
/// probe then shows what else is lost. Only a second probe in vain reduces the window. Confined to one thread.
final class ClientSession {
    /// How far apart the first and the last outstanding rid may be, whatever the server allows.
    static final int MOST_CREDIT = 4096;

    private static final int MASK = MOST_CREDIT - 1;
    private static final int SLICE = 16;
    private static final int BUDGET = 128;

    /// For how long the response to a long request that was sent whole may wait for its turn, and then some: only that
    /// acknowledges the last packets.
    private static final long TURN_NANOS = 2_000_000;

    private static final long NEVER = Long.MAX_VALUE;

    private final Counters<ReliableClientCount> counts;
    private final long ackDelayNanos;
    private final @Nullable ReliableCall[] ring = new @Nullable ReliableCall[MOST_CREDIT];
    private final CongestionWindow window = new CongestionWindow();
    private final RttEstimator rtt = new RttEstimator();
    private final LinkedNodes<ReliableCall> lost = new LinkedNodes<>();
    private final LinkedNodes<ReliableCall> sending = new LinkedNodes<>();
    private final List<ReliableCall> touched = new ArrayList<>();
    private long server;
    private int id;
    private int base;
    private int next;
    private int credit;
    private boolean ackOwed;
    private long ackAt;
    private boolean ackLate;
    private int lateRid;
    private boolean scanning;
    private long scanAt;
    /// Before that no request is sent again for a time-out.
    private long probeAt;
    /// The highest number of a packet that was answered, and that before this burst.
    private int latestAnswered;

    private int answeredBefore;
    private long sampledAt;
    /// The calls of which a part of the response is here.
    private int receiving;
    /// When a part of one was last here.
    private long receivedAt;

    private long heardAt;
    private int unheard;
    private boolean committed;
    private boolean borrowed;

    ClientSession(Counters<ReliableClientCount> counts, long ackDelayNanos) {
        this.counts = counts;
        this.ackDelayNanos = ackDelayNanos;
    }

    /// Begins a session; the one before has nothing outstanding.
    void open(long server, int id, int firstRid, int credit, long now) {
        this.server = server;
        this.id = id;
        base = firstRid;
        next = firstRid;
        setCredit(credit);
        window.reset();
        rtt.reset();
        ackOwed = false;
        ackLate = false;
        scanning = false;
        probeAt = now;
        latestAnswered = 0; // packets are numbered from 1
        answeredBefore = 0;
        receiving = 0;
        receivedAt = now;
        heardAt = now;
        unheard = 0;
    }

    int id() {
        return id;
    }

    boolean isIdle() {
        return base == next;
    }

    RttEstimator rtt() {
        return rtt;
    }

    int window() {
        return window.window();
    }

    int flying() {
        return window.flying();
    }

    /// When the server was last heard of.
    long heardAt() {
        return heardAt;
    }

    /// How often in a row something was sent again and nothing was heard.
    int unheard() {
        return unheard;
    }

    void heard(long now) {
        heardAt = now;
        if (unheard > 0) {
            unheard = 0;
            probeAt = now + rtt.timeoutNanos(0);
            scanBy(probeAt);
        }
    }

    /// Takes the server's word on how many requests may be outstanding.
    void setCredit(int allowed) {
        credit = Math.clamp(allowed, 1, MOST_CREDIT);
    }

    /// The outstanding call of a rid, or null.
    @Nullable
    ReliableCall find(int rid) {
        int ahead = rid - base;
        return ahead < 0 || ahead >= next - base ? null : ring[rid & MASK];
    }

    /// Whether a call with this rid was started and has ended.
    boolean hasEnded(int rid) {
        return rid - next < 0;
    }

    /// Gives all outstanding calls, in the order of their rids.
    void outstanding(List<ReliableCall> to) {
        for (int rid = base; rid != next; rid++) {
            ReliableCall call = ring[rid & MASK];
            if (call != null) {
                to.add(call);
            }
        }
    }

    /// Whether what was committed since the last time has to be flushed.
    boolean takeCommitted() {
        boolean was = committed;
        committed = false;
        return was;
    }

    /// Notes that something was committed for it.
    void noteCommitted() {
        committed = true;
    }

    /// Whether the sender may still refer to the memory of long requests.
    boolean takeBorrowed() {
        boolean was = borrowed;
        borrowed = false;
        return was;
    }

    // ---- starting calls -------------------------------------------------------------------------------------------

    /// Gives a call a rid and sends its request, or begins to. If it does, the call leaves the list that it waits
    /// in.
    ///
    /// @return false if the windows do not allow it now, or others are to be sent again first
    boolean start(ReliableCall call, UdpSender sender, long now) {
        if (next - base >= credit || !lost.isEmpty()) {
            return false;
        }
        call.rid = next;
        if (call.packets == 1) {
            if (!window.hasRoom() || !sendAlone(call, sender, now)) {
                return false;
            }
            LinkedNodes.remove(call);
        } else {
            LinkedNodes.remove(call);
            call.out = call.out == null ? new OutgoingMessage() : call.out;
            call.out.start(call.packets, Objects.requireNonNull(call.slices));
            call.progressAt = now;
            sending.add(call);
        }
        if (base == next) {
            heard(now); // nobody was asked anything before
        }
        call.started = true;
        ring[next & MASK] = call;
        next++;
        return true;
    }

    private boolean sendAlone(ReliableCall call, UdpSender sender, long now) {
        long at = sender.claim(server, ReliableHeader.BYTES + call.length);
        if (at == UdpSender.NO_ROOM) {
            counts.add(UNSENT);
            return false;
        }
        ReliableHeader.write(
                sender.memory(),
                at,
                ReliableHeader.alone(R2p2Header.REQUEST, call.rid),
                ReliableHeader.toServer(id, base, call.rid));
        Words.copy(call.memory, call.offset, sender.memory(), at + ReliableHeader.BYTES, call.length);
        sender.commit();
        call.number = window.sent();
        call.flying = true;
        call.progressAt = now;
        call.tries++;
        sentRequest(now);
        return true;
    }

    private void sentRequest(long now) {
        counts.add(REQUEST_PACKETS);
        ackOwed = false; // the request has said what is finished
        committed = true;
        scanBy(now + rtt.timeoutNanos(0));
    }

    private void scanBy(long due) {
        if (!scanning || scanAt - due > 0) {
            scanning = true;
            scanAt = due;
        }
    }

    // ---- sending what waits ---------------------------------------------------------------------------------------

    /// Sends requests of one packet again that were lost, as far as the window goes.
    ///
    /// @return whether none is left
    boolean sendLost(UdpSender sender, long now) {
        for (ReliableCall call = lost.first(); call != null; call = lost.first()) {
            if (!window.hasRoom() || !sendAlone(call, sender, now)) {
                return false;
            }
            counts.add(RETRANSMITTED);
            LinkedNodes.remove(call);
        }
        return true;
    }

    /// Sends slices of long requests in turn, as far as the window and a budget go.
    void sendSlices(UdpSender sender, long now) {
        int budget = BUDGET;
        while (budget > 0 && !sending.isEmpty() && window.hasRoom()) {
            ReliableCall call = sending.first();
            if (call == null) {
                return;
            }
            LinkedNodes.remove(call);
            budget -= 1 + sendSlice(call, Math.min(SLICE, budget), sender, now);
        }
    }

    /// Whether [#sendSlices] has more to send at once.
    boolean hasMore() {
        return !sending.isEmpty() && window.hasRoom();
    }

    private int sendSlice(ReliableCall call, int most, UdpSender sender, long now) {
        OutgoingMessage out = call.out;
        if (out == null) {
            throw new IllegalStateException("call " + call.rid + " has no long request");
        }
        int sent = 0;
        while (sent < most && window.hasRoom() && out.hasNext() && send(call, out, sender, now)) {
            sent++;
        }
        if (out.hasNext()) {
            sending.add(call);
        }
        return sent;
    }

    private boolean send(ReliableCall call, OutgoingMessage out, UdpSender sender, long now) {
        if (out.flying() == 0) {
            call.progressAt = now;
        }
        if (!out.send(
                sender,
                server,
                R2p2Header.REQUEST,
                call.rid,
                ReliableHeader.toServer(id, base, call.rid),
                window,
                now)) {
            counts.add(UNSENT);
            return false;
        }
        borrowed = true;
        if (out.wasRepeated()) {
            counts.add(RETRANSMITTED);
        }
        sentRequest(now);
        return true;
    }

    // ---- what arrives ---------------------------------------------------------------------------------------------

    /// The first packet of an answer is here, so the whole request has arrived.
    void answered(ReliableCall call, long now) {
        if (!call.responded) {
            call.responded = true;
            if (call.flying) {
                noteAnswered(call, now);
            }
            land(call);
        }
        call.progressAt = now;
        call.backOff = 0;
    }

    /// Takes what the answer to a request of one packet tells of the network. Of a burst, whose answers all have the
    /// same to tell of the round trip, only the first is asked: the estimator is made for one sample a round trip.
    private void noteAnswered(ReliableCall call, long now) {
        long nanos = now - call.progressAt;
        if (call.tries == 1) {
            if (sampledAt != now) {
                sampledAt = now;
                rtt.sample(nanos);
            }
        } else if (nanos < rtt.smoothedNanos() / 2) {
            return; // too soon: it answers what was sent before
        }
        if (call.number - latestAnswered > 0) {
            latestAnswered = call.number;
            if (call.tries > 1) {
                answeredBefore = call.number; // the answers to the others have had that time-out to come
            }
        }
    }

    /// Counts requests of one packet as lost that the answers to others have overtaken.
    private void loseOvertaken() {
        if (receiving > 0 || base == next) {
            return;
        }
        ReliableCall oldest = ring[base & MASK];
        if (oldest != null && oldest.flying && oldest.tries == 1 && !isOvertaken(oldest)) {
            return; // nor is any that was sent later
        }
        for (int rid = base; rid != next; rid++) {
            ReliableCall call = ring[rid & MASK];
            if (call != null && call.flying && isOvertaken(call)) {
                window.lost(1);
                setLost(call);
            }
        }
    }

    private boolean isOvertaken(ReliableCall call) {
        return answeredBefore - call.number >= window.reordering() && call.progressAt - receivedAt > 0;
    }

    private void setLost(ReliableCall call) {
        call.flying = false;
        lost.add(call);
    }

    /// Whatever is on its way of the request has arrived.
    private void land(ReliableCall call) {
        OutgoingMessage out = call.out;
        if (call.flying) {
            window.acknowledged(1);
            call.flying = false;
        } else if (call.packets > 1 && out != null) {
            window.acknowledged(out.flying());
            out.end();
        }
        LinkedNodes.remove(call);
    }

    /// Takes an ACK of a request of several packets.
    ///
    /// @return false if it is none
    boolean acknowledged(ReliableCall call, UdpBurst burst, int i, long now) {
        int words = AckPayload.words(burst.length(i) - ReliableHeader.BYTES);
        OutgoingMessage out = call.out;
        if (words < 0 || call.packets == 1 || out == null) {
            return false;
        }
        if (out.acknowledge(burst, i, words, window, rtt, now) > 0) {
            call.progressAt = now;
            call.backOff = 0;
        }
        if (out.hasNext()) {
            sending.add(call);
        }
        return true;
    }

    /// A packet of a long response has come that is not complete: it is acknowledged at the end of the burst.
    void touch(ReliableCall call, long now) {
        receivedAt = now;
        if (!call.receiving) {
            call.receiving = true;
            receiving++;
        }
        if (!call.touched) {
            call.touched = true;
            touched.add(call);
        }
    }

    /// A packet of a long response has come that is not waited for any more: the server does not know that.
    void late(int rid) {
        ackLate = true;
        lateRid = rid;
    }

    /// Ends a started call: its rid is finished.
    void end(ReliableCall call, long now) {
        land(call);
        call.touched = false;
        if (call.receiving) {
            call.receiving = false;
            receiving--;
            receivedAt = now;
        }
        ring[call.rid & MASK] = null;
        if (call.rid == base) {
            while (base != next && ring[base & MASK] == null) {
                base++;
            }
            if (!ackOwed) {
                ackOwed = true;
                ackAt = now + ackDelayNanos;
            }
        } else if (call.response != null && !call.response.isEmpty()) {
            late(call.rid); // it may be long until everything before is finished
        }
    }

    // ---- acknowledgements -----------------------------------------------------------------------------------------

    /// Does what the packets of a burst have made due: acknowledges, and finds what is lost.
    void endBurst(UdpSender sender) {
        loseOvertaken();
        answeredBefore = latestAnswered;
        acknowledge(sender);
    }

    private void acknowledge(UdpSender sender) {
        for (int i = 0; i < touched.size(); i++) {
            ReliableCall call = touched.get(i);
            if (call.touched) {
                call.touched = false;
                askForRest(call, sender);
            }
        }
        touched.clear();
        if (ackLate) {
            ackLate = false;
            count(AckWriter.writeAll(sender, server, lateRid, ReliableHeader.toServer(id, base, lateRid)));
        }
    }

    private void askForRest(ReliableCall call, UdpSender sender) {
        PartialMessage parts = call.response;
        if (parts != null) {
            long tail = ReliableHeader.toServer(id, base, call.rid);
            count(AckWriter.write(sender, server, call.rid, tail, parts));
        }
    }

    private void count(boolean sent) {
        counts.add(sent ? ACKS : UNSENT);
        committed |= sent;
    }

    // ---- time -----------------------------------------------------------------------------------------------------

    /// Sends what is due by the clock: acknowledgements that no request has taken along, and what was lost.
    ///
    /// @param lookedAt a moment since which packets have been looked for: what was due by then and is not here is
    ///     late, even if this thread itself stood still for a while
    void tick(UdpSender sender, long now, long lookedAt) {
        if (ackOwed && now - ackAt >= 0) {
            ackOwed = false;
            int last = base - 1;
            count(AckWriter.writeAll(sender, server, last, ReliableHeader.toServer(id, base, last)));
        }
        if (scanning && lookedAt - scanAt >= 0) {
            scan(sender, lookedAt);
        }
    }

    private void scan(UdpSender sender, long now) {
        long soonest = NEVER;
        for (int rid = base; rid != next; rid++) {
            ReliableCall call = ring[rid & MASK];
            if (call != null) {
                soonest = Math.min(soonest, check(call, sender, now));
            }
        }
        scanning = soonest != NEVER;
        scanAt = now + soonest;
    }

    /// Sends again what the call lacks, if that is due.
    ///
    /// @return after how many nanoseconds to look again, or [#NEVER]
    private long check(ReliableCall call, UdpSender sender, long now) {
        OutgoingMessage out = call.packets > 1 && !call.responded ? call.out : null;
        int flying = call.flying ? 1 : out == null ? 0 : out.flying();
        if (flying == 0 && !call.responded) {
            return NEVER; // it waits for the window
        }
        long due = call.progressAt + rtt.timeoutNanos(call.backOff) - now;
        if (out != null && out.isSent()) {
            due += TURN_NANOS;
        }
        if (call.flying) {
            due = Math.max(due, probeAt - now);
        }
        if (due > 0) {
            return due;
        }
        unheard++;
        call.backOff++;
        call.progressAt = now;
        if (call.responded) {
            askForRest(call, sender);
        } else if (call.flying) {
            probe(call, now);
        } else if (out != null) {
            out.timeOut(call.backOff - 1, window);
            sending.add(call);
        }
        return rtt.timeoutNanos(call.backOff);
    }

    /// Sends a request of one packet again because of a time-out, and no other one for a while.
    private void probe(ReliableCall call, long now) {
        probeAt = now + rtt.timeoutNanos(unheard);
        if (unheard > 1) {
            window.timedOut(1, call.number);
        } else {
            window.takeBack(1);
        }
        setLost(call);
    }

    /// The nanoseconds until [#tick] may have something to do, or [Long#MAX_VALUE].
    long delay(long now) {
        long acks = ackOwed ? Math.max(0, ackAt - now) : NEVER;
        long losses = scanning ? Math.max(0, scanAt - now) : NEVER;
        return hasMore() ? 0 : Math.min(acks, losses);
    }
}
