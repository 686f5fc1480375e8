package dev.situ.r2p2;

import com.google.errorprone.annotations.Immutable;
import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import dev.situ.udp.UdpBurst;
import dev.situ.udp.UdpHandler;
import dev.situ.udp.UdpSender;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;

/// An R2P2 client in reliable mode: what is lost is sent again, nothing is executed twice, and each call ends once.
///
/// ```
///                        OPEN_OK                     RESPONSE, whole ──▶ OK
///   CLOSED ──▶ OPENING ──────────▶ OPEN ──▶ call ──▶ DROP            ──▶ REFUSED
///     ▲           │  no answer:     │                its deadline    ──▶ TIMED_OUT
///     │           └─ next server    │ RESET ──▶ every call that was sent ──▶ OUTCOME_UNKNOWN
///     └─────────────────────────────┘ no word ▶ every call that was sent ──▶ TIMED_OUT
/// ```
///
/// It opens a session when there is something to call, and a new one when that is lost. Calls that were not sent by
/// then wait for it. Those that are outstanding together may be executed in any order.
///
/// It has no thread and no socket: it is driven by [#call], [#onBurst] and [#tick], all by one thread, with the
/// sender given in. Nothing is allocated for calls of one packet each way once as many have been outstanding.
@Immutable
@SuppressWarnings("Immutable") // its stack has one queue: one thread drives both
public final class ReliableClient implements UdpHandler, AutoCloseable {
    /// How many times at least something is sent before a server is given up.
    private static final int LEAST_TRIES = 5;

    private enum State {
        CLOSED,
        OPENING,
        OPEN,
        ENDED
    }

    private final long[] servers;
    private final ReliableClientOptions options;
    private final LongSupplier clock;
    private final SessionOpening opening;
    private final Counters<ReliableClientCount> counts = new Counters<>(ReliableClientCount.values());
    private final CallSlots calls;
    private final List<ReliableCall> ending = new ArrayList<>();
    private final LinkedNodes<ReliableCall> waiting = new LinkedNodes<>();
    private final ClientSession session;
    private final SliceList response = new SliceList();
    private final SliceList nothing = new SliceList();
    private State state = State.CLOSED;
    private int server;
    private long largestRequest = ReliableHeader.MAX_MESSAGE_BYTES;
    private long now;
    private long lastTick;
    /// Whether more is to come before what waits is sent, and the clock was read just before.
    private boolean driven;

    /// @param servers the addresses ([dev.situ.udp.PeerAddress]) of servers that are each as good as the others: the
    ///     first that answers is used until it does not any more; at least one
    /// @param clock nanoseconds of any origin that do not go back, such as `System::nanoTime`
    public ReliableClient(long[] servers, ReliableClientOptions options, LongSupplier clock) {
        this(servers, options, clock, SipHash.random());
    }

    ReliableClient(long[] servers, ReliableClientOptions options, LongSupplier clock, SipHash nonces) {
        if (servers.length == 0) {
            throw new IllegalArgumentException("no server");
        }
        this.servers = servers.clone();
        this.options = options;
        this.clock = clock;
        opening = new SessionOpening(nonces);
        now = clock.getAsLong();
        lastTick = now;
        calls = new CallSlots(options.maxOutstanding(), counts, now);
        session = new ClientSession(counts, options.ackDelayNanos());
    }

    /// The calls that have not ended. The driving thread only.
    public int outstanding() {
        return calls.outstanding();
    }

    /// Starts a call. What is sent is committed, not flushed.
    ///
    /// A request of up to [ReliableHeader#MAX_PAYLOAD] bytes is borrowed for this call of the method only. A longer
    /// one is borrowed until the call has been completed, must be native memory, and must not change.
    ///
    /// @param sender what to send by
    /// @param deadline when the call times out, on the client's clock
    /// @param token given back to `completion`
    /// @return [CallStart#STARTED], or why `completion` will not be called: [CallStart#BUSY],
    ///     [CallStart#TOO_LARGE], [CallStart#CLOSED]
    /// @throws IndexOutOfBoundsException if the bytes are not all inside `memory`
    public CallStart call(
            UdpSender sender,
            MemorySegment memory,
            long offset,
            int length,
            long deadline,
            Completion completion,
            long token) {
        if (length > largestRequest) {
            return CallStart.TOO_LARGE;
        }
        Objects.checkFromIndexSize(offset, length, memory.byteSize());
        ReliableCall call = state == State.ENDED ? null : calls.take();
        if (call == null) {
            return state == State.ENDED ? CallStart.CLOSED : CallStart.BUSY;
        }
        call.start(length, completion, token);
        try {
            if (call.packets > 1) {
                call.borrow(memory, offset);
            } else {
                Words.copy(memory, offset, call.memory, call.offset, length);
            }
        } catch (RuntimeException e) { // the caller's memory is no longer there
            calls.giveBack(call);
            throw e;
        }
        if (!driven) {
            now = clock.getAsLong();
        }
        calls.setDeadline(call, deadline);
        counts.add(ReliableClientCount.STARTED);
        if (state == State.OPEN && session.isIdle() && now - session.heardAt() > options.reopenNanos()) {
            state = State.CLOSED; // the server may have forgotten it
        }
        if (state != State.OPEN || !waiting.isEmpty() || !session.start(call, sender, now)) {
            waiting.add(call);
        }
        if (!driven) {
            advance(sender);
        }
        return CallStart.STARTED;
    }

    /// Says that calls follow: until [#endCalls] the clock is not read, and only requests of one packet are sent, as
    /// far as the window goes. For who starts many at once.
    public void beginCalls() {
        now = clock.getAsLong();
        driven = true;
    }

    /// Sends the rest of the calls that were started, as far as it may be sent now. Committed, not flushed.
    public void endCalls(UdpSender sender) {
        driven = false;
        advance(sender);
    }

    /// Handles what came from servers.
    @Override
    public void onBurst(UdpBurst burst, UdpSender sender) {
        now = clock.getAsLong();
        driven = true;
        try {
            int size = burst.size();
            for (int i = 0; i < size; i++) {
                onDatagram(burst, i, sender);
            }
        } finally {
            driven = false;
        }
        if (state == State.OPEN) {
            session.endBurst(sender);
        }
        advance(sender);
        session.takeCommitted(); // flushed when this returns
    }

    /// Ends the calls whose time is over, and sends what is due; that is flushed. To be called now and then, also
    /// when nothing arrives: at the latest after [#delay] nanoseconds. Between two ticks the queue is to be polled:
    /// the second sends again what was due by the first and has not come since.
    public void tick(UdpSender sender) {
        long lookedAt = lastTick;
        now = clock.getAsLong();
        lastTick = now;
        driven = true;
        try {
            for (ReliableCall late = calls.expired(now); late != null; late = calls.expired(now)) {
                finish(late, CallStatus.TIMED_OUT, nothing, sender);
            }
            tickState(sender, lookedAt);
        } finally {
            driven = false;
        }
        advance(sender);
        if (session.takeCommitted()) {
            sender.flush();
        }
    }

    private void tickState(UdpSender sender, long lookedAt) {
        if (state == State.OPENING) {
            if (waiting.isEmpty()) {
                state = State.CLOSED;
            } else if (opening.isDue(now)) {
                askAgain(sender);
            }
        } else if (state == State.OPEN) {
            session.tick(sender, now, lookedAt);
            if (session.unheard() >= LEAST_TRIES && now - session.heardAt() >= options.giveUpNanos()) {
                server = (server + 1) % servers.length;
                lose(CallStatus.TIMED_OUT, sender);
            }
        }
    }

    /// The nanoseconds until [#tick] may have something to do, or [Long#MAX_VALUE]. To be asked before sleeping, not
    /// in every round: it may look at some hundred words.
    public long delay() {
        long time = clock.getAsLong();
        long protocol = switch (state) {
            case OPENING -> opening.delay(time);
            case OPEN -> session.delay(time);
            case CLOSED, ENDED -> Long.MAX_VALUE;
        };
        return Math.min(calls.delay(time), protocol);
    }

    /// Whether [#tick] has more to send at once.
    public boolean hasMore() {
        return state == State.OPEN && session.hasMore();
    }

    /// What was called, what has ended how, and what was sent again and ignored. Any thread may call it.
    public ReliableClientStatistics statistics() {
        return new ReliableClientStatistics(
                counts.get(ReliableClientCount.STARTED),
                counts.get(ReliableClientCount.SUCCEEDED),
                counts.get(ReliableClientCount.REFUSED),
                counts.get(ReliableClientCount.TIMED_OUT),
                counts.get(ReliableClientCount.OUTCOME_UNKNOWN),
                counts.get(ReliableClientCount.FAILED),
                counts.get(ReliableClientCount.OUTSTANDING),
                counts.get(ReliableClientCount.SESSIONS),
                counts.get(ReliableClientCount.REQUEST_PACKETS),
                counts.get(ReliableClientCount.RETRANSMITTED),
                counts.get(ReliableClientCount.ACKS),
                counts.get(ReliableClientCount.DUPLICATES),
                counts.get(ReliableClientCount.MALFORMED),
                counts.get(ReliableClientCount.FOREIGN),
                counts.get(ReliableClientCount.UNKNOWN),
                counts.get(ReliableClientCount.OUT_OF_BUFFERS),
                counts.get(ReliableClientCount.UNSENT),
                counts.get(ReliableClientCount.ROUND_TRIP),
                counts.get(ReliableClientCount.WINDOW));
    }

    /// How many packets are unacknowledged, and how many may be: for tests.
    int flying() {
        return session.flying();
    }

    int window() {
        return session.window();
    }

    /// Ends every outstanding call with [CallStatus#CLOSED] and gives their packets back. No call starts any more.
    /// What was committed to the sender must not be flushed any more.
    @Override
    public void close() {
        if (state == State.ENDED) {
            return;
        }
        state = State.ENDED;
        calls.close();
        publish();
    }

    // ---- the session ----------------------------------------------------------------------------------------------

    /// Sends whatever may be sent now.
    private void advance(UdpSender sender) {
        if (state == State.CLOSED && !waiting.isEmpty()) {
            ask(sender);
        }
        if (state == State.OPEN) {
            sendWaiting(sender);
        }
        publish();
    }

    private void sendWaiting(UdpSender sender) {
        if (session.sendLost(sender, now)) {
            ReliableCall call = waiting.first();
            while (call != null && session.start(call, sender, now)) {
                call = waiting.first();
            }
        }
        session.sendSlices(sender, now);
    }

    private void publish() {
        counts.set(ReliableClientCount.OUTSTANDING, outstanding());
        counts.set(ReliableClientCount.ROUND_TRIP, session.rtt().smoothedNanos());
        counts.set(ReliableClientCount.WINDOW, session.window());
    }

    private void ask(UdpSender sender) {
        state = State.OPENING;
        opening.start(servers[server], now);
        sendOpen(sender);
    }

    private void askAgain(UdpSender sender) {
        if (servers.length > 1 && opening.hasTried(LEAST_TRIES, options.giveUpNanos() / 4, now)) {
            server = (server + 1) % servers.length;
            ask(sender);
        } else {
            sendOpen(sender);
        }
    }

    private void sendOpen(UdpSender sender) {
        if (opening.send(sender, now)) {
            session.noteCommitted();
        } else {
            counts.add(ReliableClientCount.UNSENT);
        }
    }

    private void onOpenOk(UdpBurst burst, int i, long first, long second, UdpSender sender) {
        if (state != State.OPENING || ReliableHeader.ridToClient(first, second) != opening.nonce()) {
            counts.add(ReliableClientCount.UNKNOWN);
            return;
        }
        if (!opening.read(burst, i)) {
            counts.add(ReliableClientCount.MALFORMED);
            return;
        }
        session.open(
                servers[server], ReliableHeader.session(second), opening.nonce(), ReliableHeader.credit(second), now);
        if (opening.tries() == 1) {
            session.rtt().sample(now - opening.sentAt());
        }
        state = State.OPEN;
        largestRequest = opening.largestMessage();
        counts.add(ReliableClientCount.SESSIONS);
        endTooLarge(sender);
    }

    private void endTooLarge(UdpSender sender) {
        for (ReliableCall call = waiting.first(); call != null; call = call.after()) {
            if (call.length > largestRequest) {
                ending.add(call);
            }
        }
        endAll(CallStatus.TOO_LARGE, sender);
    }

    /// The session is lost: ends every call that has been sent.
    private void lose(CallStatus status, UdpSender sender) {
        state = State.CLOSED;
        session.outstanding(ending);
        endAll(status, sender);
    }

    private void endAll(CallStatus status, UdpSender sender) {
        for (int i = 0; i < ending.size(); i++) {
            finish(ending.get(i), status, nothing, sender);
        }
        ending.clear();
    }

    // ---- what arrives ---------------------------------------------------------------------------------------------

    private void onDatagram(UdpBurst burst, int i, UdpSender sender) {
        int payload = burst.length(i) - ReliableHeader.BYTES;
        if (payload < 0) {
            counts.add(ReliableClientCount.MALFORMED);
            return;
        }
        MemorySegment memory = burst.memory(i);
        long at = burst.offset(i);
        long first = R2p2Header.read(memory, at);
        long second = ReliableHeader.readSecond(memory, at);
        int type = R2p2Header.type(first);
        if (ReliableHeader.check(first, payload) != HeaderFault.NONE) {
            counts.add(ReliableClientCount.MALFORMED);
        } else if (burst.peer(i) != servers[server]) {
            counts.add(ReliableClientCount.FOREIGN);
        } else if (type == ReliableHeader.OPEN_OK) {
            onOpenOk(burst, i, first, second, sender);
        } else if (state != State.OPEN || ReliableHeader.session(second) != session.id()) {
            counts.add(ReliableClientCount.UNKNOWN);
        } else if (type == ReliableHeader.RESET) {
            lose(CallStatus.OUTCOME_UNKNOWN, sender);
        } else {
            session.heard(now);
            session.setCredit(ReliableHeader.credit(second));
            onPacket(burst, i, first, ReliableHeader.ridToClient(first, second), sender);
        }
    }

    private void onPacket(UdpBurst burst, int i, long first, int rid, UdpSender sender) {
        int type = R2p2Header.type(first);
        ReliableCall call = session.find(rid);
        if (call == null) {
            counts.add(session.hasEnded(rid) ? ReliableClientCount.DUPLICATES : ReliableClientCount.UNKNOWN);
            if (type == R2p2Header.RESPONSE && !ReliableHeader.alone(first)) {
                session.late(rid);
            }
            return;
        }
        switch (type) {
            case R2p2Header.RESPONSE -> {
                session.answered(call, now);
                onResponse(call, burst, i, first, sender);
            }
            case R2p2Header.DROP -> {
                session.answered(call, now);
                finish(call, CallStatus.REFUSED, nothing, sender);
            }
            case R2p2Header.ACK -> {
                if (call.responded || !session.acknowledged(call, burst, i, now)) {
                    counts.add(ReliableClientCount.UNKNOWN);
                }
            }
            default -> counts.add(ReliableClientCount.MALFORMED);
        }
    }

    private void onResponse(ReliableCall call, UdpBurst burst, int i, long first, UdpSender sender) {
        if (ReliableHeader.alone(first)) {
            response.clear();
            response.add(
                    burst.memory(i),
                    burst.offset(i) + ReliableHeader.BYTES,
                    burst.length(i) - ReliableHeader.BYTES,
                    SliceList.NO_OWNER);
            finish(call, CallStatus.OK, response, sender);
            return;
        }
        PartialMessage parts = call.response == null ? new PartialMessage(ReliableHeader.BYTES) : call.response;
        call.response = parts;
        long announced = ReliableHeader.position(ReliableHeader.leastPackets(first));
        if (announced > options.maxResponseBytes() + ReliableHeader.MAX_PAYLOAD) {
            finish(call, CallStatus.NO_BUFFERS, nothing, sender);
        } else {
            onPart(call, parts, parts.add(first, burst, i), sender);
        }
    }

    private void onPart(ReliableCall call, PartialMessage parts, PartialMessage.Added added, UdpSender sender) {
        switch (added) {
            case KEPT -> session.touch(call, now);
            case DUPLICATE -> {
                counts.add(ReliableClientCount.DUPLICATES);
                session.touch(call, now);
            }
            case MISFIT -> counts.add(ReliableClientCount.MALFORMED);
            case NO_BUFFER -> counts.add(ReliableClientCount.OUT_OF_BUFFERS); // it will be sent again
            case COMPLETE -> {
                response.clear();
                parts.slices(response);
                finish(call, CallStatus.OK, response, sender);
            }
        }
    }

    // ---- calls ----------------------------------------------------------------------------------------------------

    /// Ends a call: takes it out of where it waits, and completes it.
    private void finish(ReliableCall call, CallStatus status, SliceList bytes, UdpSender sender) {
        if (call.started) {
            session.end(call, now);
        } else {
            LinkedNodes.remove(call);
        }
        if (call.packets > 1 && session.takeBorrowed()) {
            sender.flush(); // it may refer to the request, which is the caller's again when this ends
        }
        calls.end(call, status, bytes);
    }
}
