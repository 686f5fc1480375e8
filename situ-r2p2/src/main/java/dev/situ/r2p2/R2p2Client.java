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
import org.jspecify.annotations.Nullable;

/// An R2P2 client in compatible mode: sends requests, puts responses together, and completes each call once.
///
/// ```
///                 one packet
///   call ──────────────────────────────▶ awaiting response ──▶ RESPONSE, whole ──▶ OK
///     │                                      ▲      │
///     │ longer: its first packet             │      └──▶ DROP ──▶ REFUSED
///     └──────────▶ awaiting ACK ──▶ ACK ─────┘
///                       │           the rest, to where the ACK came from
///                       └──▶ DROP ──▶ REFUSED
///   either ──▶ its time is over ──▶ TIMED_OUT: its id rests, a late answer is ignored
/// ```
///
/// It has no thread and no socket: it is driven by [#call], [#onBurst] and [#tick], all by one thread, with the
/// sender given in. Nothing is allocated for calls of one packet each way once as many have been outstanding.
/// Nothing that was lost is sent again: the mode has no means to tell a lost request from a lost response.
@Immutable
@SuppressWarnings("Immutable") // its stack has one queue: one thread drives both
public final class R2p2Client implements UdpHandler, AutoCloseable {
    /// About a quarter of a millisecond.
    private static final int TICK_SHIFT = 18;

    private static final int ACK_PAYLOAD = 3;

    private final R2p2ClientOptions options;
    private final LongSupplier clock;
    private final Rids rids;
    private final TimerWheel timers;
    private final List<ClientCall> all = new ArrayList<>();
    private final int[] free;
    private int freeCount;
    private final Counters<ClientCount> counts = new Counters<>(ClientCount.values());
    private final SliceList request = new SliceList();
    private final SliceList response = new SliceList();
    private final SliceList nothing = new SliceList();
    private final PacketWriter writer = new PacketWriter();
    private boolean closed;

    /// Takes the place of a response's packets while its completion reads them.
    private @Nullable PartialMessage spare;

    /// @param clock nanoseconds of any origin that do not go back, such as `System::nanoTime`
    public R2p2Client(R2p2ClientOptions options, LongSupplier clock) {
        this.options = options;
        this.clock = clock;
        rids = new Rids(options.firstRid(), options.restNanos());
        timers = new TimerWheel(options.maxOutstanding(), TICK_SHIFT, clock.getAsLong());
        free = new int[options.maxOutstanding()];
    }

    /// The calls that have not ended. The driving thread only.
    public int outstanding() {
        return all.size() - freeCount;
    }

    /// Starts a call. The request's packets are committed, not flushed.
    ///
    /// A request of up to [R2p2Header#MAX_PAYLOAD] bytes is borrowed for this call of the method only. A longer one
    /// is borrowed until the call has been completed, must be native memory, and must not change.
    ///
    /// @param sender what to send by now; answers to a longer request are sent by the sender of their burst
    /// @param server a [dev.situ.udp.PeerAddress]: the server's, or a router's
    /// @param deadline when the call times out, on the client's clock
    /// @param token given back to `completion`
    /// @return [CallStart#STARTED], or why `completion` will not be called
    /// @throws IndexOutOfBoundsException if the bytes are not all inside `memory`
    public CallStart call(
            UdpSender sender,
            long server,
            MemorySegment memory,
            long offset,
            int length,
            long deadline,
            Completion completion,
            long token) {
        boolean alone = length <= R2p2Header.MAX_PAYLOAD;
        int packets = alone ? 1 : R2p2Header.packets(length, R2p2Header.SMALL_FIRST_PAYLOAD);
        if (packets > R2p2Header.MAX_PACKETS) {
            return CallStart.TOO_LARGE;
        }
        Objects.checkFromIndexSize(offset, length, memory.byteSize());
        ClientCall call = closed ? null : take();
        if (call == null) {
            return closed ? CallStart.CLOSED : CallStart.BUSY;
        }
        long header = R2p2Header.ofPacket(R2p2Header.REQUEST, options.policy(), call.rid, 0, packets);
        int first = alone ? length : R2p2Header.SMALL_FIRST_PAYLOAD;
        boolean sent = false;
        try {
            sent = sendFirst(sender, server, header, memory, offset, first);
        } finally {
            if (!sent) {
                rids.free(call.rid);
                giveBack(call);
            }
        }
        if (!sent) {
            return CallStart.NO_ROOM;
        }
        call.start(server, options.anyResponder(), completion, token);
        if (!alone) {
            call.borrow(memory, offset, length);
        }
        timers.start(call.slot, deadline);
        counts.add(ClientCount.STARTED);
        counts.set(ClientCount.OUTSTANDING, outstanding());
        return CallStart.STARTED;
    }

    private static boolean sendFirst(
            UdpSender sender, long server, long header, MemorySegment memory, long offset, int payload) {
        long at = sender.claim(server, R2p2Header.BYTES + payload);
        if (at == UdpSender.NO_ROOM) {
            return false;
        }
        R2p2Header.write(sender.memory(), at, header);
        try {
            Words.copy(memory, offset, sender.memory(), at + R2p2Header.BYTES, payload);
        } catch (RuntimeException e) { // the caller's memory is no longer there
            sender.abort();
            throw e;
        }
        sender.commit();
        return true;
    }

    /// Handles what came from servers.
    @Override
    public void onBurst(UdpBurst burst, UdpSender sender) {
        int size = burst.size();
        for (int i = 0; i < size; i++) {
            onDatagram(burst, i, sender);
        }
    }

    /// Ends the calls whose time is over. To be called now and then, also when nothing arrives: at the latest after
    /// [#delay] nanoseconds.
    public void tick() {
        long now = clock.getAsLong();
        rids.wake(now);
        for (int slot = timers.expired(now); slot != TimerWheel.NONE; slot = timers.expired(now)) {
            ClientCall call = all.get(slot);
            rids.rest(call.rid, now);
            end(call, CallStatus.TIMED_OUT, nothing);
        }
    }

    /// The nanoseconds until a call may be over time, or [Long#MAX_VALUE] if none is outstanding. To be asked
    /// before sleeping, not in every round: it may look at some hundred words.
    public long delay() {
        return timers.delay(clock.getAsLong());
    }

    /// What was called, what has ended how, and what was ignored. Any thread may call it.
    public R2p2ClientStatistics statistics() {
        return new R2p2ClientStatistics(
                counts.get(ClientCount.STARTED),
                counts.get(ClientCount.SUCCEEDED),
                counts.get(ClientCount.REFUSED),
                counts.get(ClientCount.TIMED_OUT),
                counts.get(ClientCount.FAILED),
                counts.get(ClientCount.OUTSTANDING),
                counts.get(ClientCount.MALFORMED),
                counts.get(ClientCount.UNKNOWN),
                counts.get(ClientCount.FOREIGN),
                counts.get(ClientCount.UNEXPECTED),
                counts.get(ClientCount.DUPLICATES));
    }

    /// Ends every outstanding call with [CallStatus#CLOSED] and gives their packets back. No call starts any more.
    @Override
    public void close() {
        closed = true;
        for (ClientCall call : all) {
            if (call.state != ClientCall.State.FREE) {
                finish(call, CallStatus.CLOSED, nothing);
            }
        }
    }

    // ---- what arrives ---------------------------------------------------------------------------------------------

    private void onDatagram(UdpBurst burst, int i, UdpSender sender) {
        int payload = burst.length(i) - R2p2Header.BYTES;
        if (payload < 0) {
            counts.add(ClientCount.MALFORMED);
            return;
        }
        long header = R2p2Header.read(burst.memory(i), burst.offset(i));
        if (R2p2Header.check(header, payload) != HeaderFault.NONE) {
            counts.add(ClientCount.MALFORMED);
            return;
        }
        int slot = rids.call(R2p2Header.rid(header));
        if (slot < 0) {
            counts.add(ClientCount.UNKNOWN);
            return;
        }
        ClientCall call = all.get(slot);
        if (!call.anyResponder && call.server != burst.peer(i)) {
            counts.add(ClientCount.FOREIGN);
            return;
        }
        switch (R2p2Header.type(header)) {
            case R2p2Header.RESPONSE -> onResponse(call, burst, i, header, payload);
            case R2p2Header.ACK -> onAck(call, burst.peer(i), payload, sender);
            case R2p2Header.DROP -> finish(call, CallStatus.REFUSED, nothing);
            default -> counts.add(ClientCount.UNEXPECTED);
        }
    }

    private void onResponse(ClientCall call, UdpBurst burst, int i, long header, int payload) {
        if (call.state != ClientCall.State.AWAITING_RESPONSE) {
            counts.add(ClientCount.UNEXPECTED);
        } else if (R2p2Header.alone(header) && call.response.isEmpty()) {
            response.clear();
            response.add(burst.memory(i), burst.offset(i) + R2p2Header.BYTES, payload, SliceList.NO_OWNER);
            finish(call, CallStatus.OK, response);
        } else if (R2p2Header.order(header) * (long) R2p2Header.MAX_PAYLOAD > maxAnnounced()) {
            counts.add(ClientCount.MALFORMED);
        } else {
            onPart(call, burst, i, header);
        }
    }

    private long maxAnnounced() {
        return options.maxResponseBytes() + R2p2Header.MAX_PAYLOAD;
    }

    private void onPart(ClientCall call, UdpBurst burst, int i, long header) {
        call.server = burst.peer(i);
        call.anyResponder = false;
        PartialMessage parts = call.response;
        int index = R2p2Header.order(header);
        if (R2p2Header.first(header)) {
            if (parts.countKnown()) {
                counts.add(ClientCount.DUPLICATES);
                return;
            }
            if (!parts.expect(index)) {
                finish(call, CallStatus.MALFORMED, nothing);
                return;
            }
            index = 0;
        }
        switch (parts.add(index, R2p2Header.last(header), burst, i)) {
            case KEPT -> {}
            case DUPLICATE -> counts.add(ClientCount.DUPLICATES);
            case MISFIT -> counts.add(ClientCount.MALFORMED);
            case NO_BUFFER -> finish(call, CallStatus.NO_BUFFERS, nothing);
            case COMPLETE -> {
                response.clear();
                parts.slices(response);
                finish(call, CallStatus.OK, response);
            }
        }
    }

    private void onAck(ClientCall call, long from, int payload, UdpSender sender) {
        if (payload != ACK_PAYLOAD) {
            counts.add(ClientCount.MALFORMED);
        } else if (call.state != ClientCall.State.AWAITING_ACK) {
            counts.add(ClientCount.DUPLICATES);
        } else {
            call.server = from;
            call.anyResponder = false;
            call.state = ClientCall.State.AWAITING_RESPONSE;
            if (!sendRest(call, sender)) {
                finish(call, CallStatus.UNSENT, nothing);
            }
        }
    }

    /// Sends all but the first packet. They are flushed at once: the request's memory is borrowed only until the
    /// call ends, which it may before this burst does.
    private boolean sendRest(ClientCall call, UdpSender sender) {
        call.restTo(request);
        writer.start(request);
        int packets = R2p2Header.packets(call.length, R2p2Header.SMALL_FIRST_PAYLOAD);
        int left = (int) request.length();
        boolean sent = true;
        for (int i = 1; i < packets && sent; i++) {
            int payload = Math.min(left, R2p2Header.MAX_PAYLOAD);
            long header = R2p2Header.ofPacket(R2p2Header.REQUEST, options.policy(), call.rid, i, packets);
            sent = writer.write(sender, call.server, header, payload);
            left -= payload;
        }
        sender.flush();
        return sent;
    }

    // ---- calls ----------------------------------------------------------------------------------------------------

    private @Nullable ClientCall take() {
        if (freeCount == 0 && all.size() == options.maxOutstanding()) {
            return null;
        }
        int slot = freeCount > 0 ? free[freeCount - 1] : all.size();
        int rid = rids.take(slot);
        if (rid == Rids.NONE) {
            return null;
        }
        ClientCall call;
        if (freeCount > 0) {
            freeCount--;
            call = all.get(slot);
        } else {
            call = new ClientCall(slot);
            all.add(call);
        }
        call.rid = rid;
        return call;
    }

    private void giveBack(ClientCall call) {
        call.clear();
        free[freeCount++] = call.slot;
        counts.set(ClientCount.OUTSTANDING, outstanding());
    }

    private void finish(ClientCall call, CallStatus status, SliceList bytes) {
        timers.cancel(call.slot);
        rids.free(call.rid);
        end(call, status, bytes);
    }

    /// Completes a call whose id and timer are settled. The call is free for the completion to start another; the
    /// response's packets are released after the completion has read them.
    private void end(ClientCall call, CallStatus status, SliceList bytes) {
        counts.add(
                switch (status) {
                    case OK -> ClientCount.SUCCEEDED;
                    case REFUSED -> ClientCount.REFUSED;
                    case TIMED_OUT -> ClientCount.TIMED_OUT;
                    case OUTCOME_UNKNOWN, TOO_LARGE, NO_BUFFERS, MALFORMED, UNSENT, CLOSED -> ClientCount.FAILED;
                });
        Completion completion = call.completion;
        long token = call.token;
        if (call.response.isEmpty()) {
            giveBack(call);
            completion.complete(token, status, bytes);
            return;
        }
        PartialMessage parts = call.response;
        call.response = spare == null ? new PartialMessage(R2p2Header.BYTES) : spare;
        spare = null;
        giveBack(call);
        try {
            completion.complete(token, status, bytes);
        } finally {
            parts.release();
            spare = parts;
        }
    }
}
