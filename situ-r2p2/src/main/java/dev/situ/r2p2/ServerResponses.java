package dev.situ.r2p2;

import dev.situ.memory.SliceList;
import dev.situ.udp.UdpBurst;
import dev.situ.udp.UdpSender;
import java.util.Objects;

/// What requests are answered, kept until the client has it.
///
/// ```
///   execute, refuse ──▶ ANSWERED ──────────── release ──▶ DONE
///                        │   ▲ └─ acknowledge: all of it ──┘
///                        └───┴─ repeat, for a duplicate of the request
/// ```
///
/// Confined to the queue's poller.
final class ServerResponses {
    private final int queue;
    private final ReliableServerOptions options;
    private final RequestHandler handler;
    private final Counters<ReliableServerCount> counts;
    private final ServerCalls calls;
    private final ResponseStore store;
    private final ResponsePump pump;
    private final ServerReplies replies;
    private final SliceList response = new SliceList();

    ServerResponses(
            int queue,
            ReliableServerOptions options,
            RequestHandler handler,
            Counters<ReliableServerCount> counts,
            ServerCalls calls,
            ResponseStore store,
            ResponsePump pump,
            ServerReplies replies) {
        this.queue = queue;
        this.options = options;
        this.handler = handler;
        this.counts = counts;
        this.calls = calls;
        this.store = store;
        this.pump = pump;
        this.replies = replies;
    }

    /// Executes a whole request, and sends or begins to send the response.
    void execute(ServerSession session, ServerCall call, SliceList request, UdpSender sender) {
        if (!store.admits()) {
            refuse(session, call, sender);
            return;
        }
        response.clear();
        counts.add(ReliableServerCount.EXECUTED);
        RequestStatus status = handler.handle(queue, session.peer, request, response);
        if (status == RequestStatus.REPLY && !fits()) {
            status = replaceTooLarge();
        }
        if (status != RequestStatus.REPLY) {
            refuse(session, call, sender);
            return;
        }
        store.keep(call, response);
        call.state = ServerCall.State.ANSWERED;
        session.holding++;
        if (call.packets == 1) {
            replies.alone(session, call, sender);
        } else {
            call.out = calls.takeOut(call.packets, Objects.requireNonNull(call.slices));
            session.sending.add(call);
            pump.add(call);
        }
    }

    private boolean fits() {
        return response.length() <= options.maxMessageBytes() && store.fits(response);
    }

    private RequestStatus replaceTooLarge() {
        counts.add(ReliableServerCount.TOO_LARGE);
        long length = response.length();
        response.clear();
        RequestStatus status = handler.tooLarge(queue, length, options.maxMessageBytes(), response);
        return fits() ? status : RequestStatus.REFUSE;
    }

    /// Refuses a request.
    void refuse(ServerSession session, ServerCall call, UdpSender sender) {
        setRefused(session, call);
        replies.alone(session, call, sender);
    }

    /// Notes that a request is refused, should its client ask.
    void setRefused(ServerSession session, ServerCall call) {
        call.state = ServerCall.State.ANSWERED;
        call.refused = true;
        call.packets = 1;
        session.holding++;
    }

    /// Answers a duplicate of a request that was executed or refused: once in burst number `burst`.
    void repeat(ServerSession session, ServerCall call, long burst, UdpSender sender) {
        counts.add(ReliableServerCount.DUPLICATES);
        if (call.answeredIn == burst) {
            return;
        }
        call.answeredIn = burst;
        OutgoingMessage out = call.out;
        if (out == null) {
            counts.add(ReliableServerCount.RETRANSMITTED);
            replies.alone(session, call, sender);
        } else if (out.loseFirst()) {
            session.window.lost(1);
            pump.add(call);
        }
    }

    /// Takes up what a client says it has of a response: an ACK of `words` words, datagram `i`.
    void acknowledge(ServerSession session, ServerCall call, UdpBurst burst, int i, int words, long now) {
        OutgoingMessage out = call.out;
        if (AckPayload.next(burst.memory(i), burst.offset(i) + ReliableHeader.BYTES) == AckPayload.ALL) {
            release(session, call, now);
        } else if (out != null) {
            if (out.acknowledge(burst, i, words, session.window, session.rtt, now) > 0) {
                session.progressAt = now;
                session.backOff = 0;
            }
            if (out.isDone()) {
                release(session, call, now);
            }
        }
        pump.addAll(session);
    }

    /// Gives up the response of a call.
    void release(ServerSession session, ServerCall call, long now) {
        store.release(call);
        OutgoingMessage out = call.out;
        if (out != null) {
            session.window.acknowledged(out.flying());
            session.backOff = 0;
            session.progressAt = now;
            session.sending.remove(call);
            LinkedNodes.remove(call);
            calls.giveBack(out);
            call.out = null;
            pump.addAll(session);
        }
        call.state = ServerCall.State.DONE;
        session.holding--;
    }
}
