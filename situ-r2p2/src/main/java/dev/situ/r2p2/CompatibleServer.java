package dev.situ.r2p2;

import static dev.situ.r2p2.ServerCount.ACKS;
import static dev.situ.r2p2.ServerCount.BAD_ORDER;
import static dev.situ.r2p2.ServerCount.DUPLICATES;
import static dev.situ.r2p2.ServerCount.EXECUTED;
import static dev.situ.r2p2.ServerCount.FEEDBACKS;
import static dev.situ.r2p2.ServerCount.FOREIGN;
import static dev.situ.r2p2.ServerCount.ORPHANS;
import static dev.situ.r2p2.ServerCount.OUT_OF_BUFFERS;
import static dev.situ.r2p2.ServerCount.REFUSED;
import static dev.situ.r2p2.ServerCount.REPLACED;
import static dev.situ.r2p2.ServerCount.RESPONSE_PACKETS;
import static dev.situ.r2p2.ServerCount.TIMED_OUT;
import static dev.situ.r2p2.ServerCount.TOO_LARGE;
import static dev.situ.r2p2.ServerCount.UNEXPECTED_TYPE;
import static dev.situ.r2p2.ServerCount.UNSENT;

import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import dev.situ.udp.PeerAddress;
import dev.situ.udp.UdpBurst;
import dev.situ.udp.UdpSender;
import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The server's side of the compatible mode for one queue: packets and a clock in, packets out.
///
/// ```
///                     first and last
///   (nothing) ─────────────────────────────────────────▶ execute ──▶ RESPONSE or DROP ──▶ FEEDBACK
///       │                                                   ▲
///       │ first, admitted: ACK                              │ the count is full
///       ├────────────────────────────────▶ unfinished ──────┘
///       │                                   │  │  └─ a new first packet of the same key ──▶ FEEDBACK, start again
///       │ first, over a bound               │  └─ took too long ──▶ FEEDBACK
///       └────────────▶ DROP, FEEDBACK       └─ no buffer to keep a packet ──▶ DROP, FEEDBACK
/// ```
///
/// So every first packet that is understood is followed by exactly one FEEDBACK, which is what a router counts by.
/// Confined to the queue's poller.
final class CompatibleServer {
    private static final byte[] ACK_PAYLOAD = "ACK".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DROP_PAYLOAD = "DROP".getBytes(StandardCharsets.US_ASCII);
    private static final int FEEDBACK_BYTES = 8;
    private static final int LOOPBACK = 127;

    private final int queue;
    private final R2p2ServerOptions options;
    private final RequestHandler handler;
    private final LongSupplier clock;
    private final UnfinishedRequests unfinished;
    private final Counters<ServerCount> counts = new Counters<>(ServerCount.values());
    private final SliceList request = new SliceList();
    private final LoneDatagram lone = new LoneDatagram();
    private final SliceList response = new SliceList();
    private final PacketWriter writer = new PacketWriter();

    CompatibleServer(int queue, R2p2ServerOptions options, RequestHandler handler, LongSupplier clock, long secret) {
        this.queue = queue;
        this.options = options;
        this.handler = handler;
        this.clock = clock;
        unfinished = new UnfinishedRequests(options, secret, clock.getAsLong());
    }

    Counters<ServerCount> counts() {
        return counts;
    }

    /// Before the datagrams of a burst.
    void begin(UdpSender sender) {
        if (unfinished.size() > 0) {
            expire(clock.getAsLong(), sender);
        }
    }

    void onDatagram(UdpBurst burst, int i, UdpSender sender) {
        int payload = burst.length(i) - R2p2Header.BYTES;
        if (!options.offLoopback() && !loopback(burst.peer(i))) {
            counts.add(FOREIGN);
        } else if (payload < 0) {
            counts.add(ServerCount.TOO_SHORT);
        } else {
            long header = R2p2Header.read(burst.memory(i), burst.offset(i));
            HeaderFault fault = R2p2Header.check(header, payload);
            if (fault == HeaderFault.NONE) {
                onPacket(burst, i, header, sender);
            } else {
                counts.add(reason(fault));
            }
        }
    }

    private void onPacket(UdpBurst burst, int i, long header, UdpSender sender) {
        if (R2p2Header.type(header) != R2p2Header.REQUEST) {
            counts.add(UNEXPECTED_TYPE);
        } else if (!R2p2Header.first(header)) {
            onNext(burst, i, header, sender);
        } else {
            long peer = burst.peer(i);
            int rid = R2p2Header.rid(header);
            replace(peer, rid, sender);
            if (!R2p2Header.last(header)) {
                onFirst(burst, i, header, sender);
            } else if (!answerBriefly(burst, i, rid, sender)) {
                request.clear();
                lone.lend(burst, i, R2p2Header.BYTES, request);
                execute(peer, rid, sender);
            }
        }
    }

    // ---- requests of several packets ------------------------------------------------------------------------------

    private void onFirst(UdpBurst burst, int i, long header, UdpSender sender) {
        long peer = burst.peer(i);
        int rid = R2p2Header.rid(header);
        int packets = R2p2Header.order(header);
        long announced = burst.length(i) - R2p2Header.BYTES + (packets - 1L) * R2p2Header.MAX_PAYLOAD;
        if (!unfinished.admits(announced)) {
            refuse(peer, rid, sender);
            return;
        }
        UnfinishedRequest started = unfinished.start(peer, rid, packets, announced, clock.getAsLong());
        if (started.packets.add(0, false, burst, i) == PartialMessage.Added.NO_BUFFER) {
            giveUpForBuffers(started, sender);
            return;
        }
        publishUnfinished();
        long ack = R2p2Header.of(R2p2Header.ACK, R2p2Header.FIXED, R2p2Header.FIRST | R2p2Header.LAST, rid, 1);
        count(PacketWriter.writeAlone(sender, peer, ack, ACK_PAYLOAD), ACKS);
    }

    private void onNext(UdpBurst burst, int i, long header, UdpSender sender) {
        UnfinishedRequest found = unfinished.find(burst.peer(i), R2p2Header.rid(header));
        if (found == null) {
            counts.add(ORPHANS);
            return;
        }
        switch (found.packets.add(R2p2Header.order(header), R2p2Header.last(header), burst, i)) {
            case KEPT -> {}
            case DUPLICATE -> counts.add(DUPLICATES);
            case MISFIT -> counts.add(BAD_ORDER);
            case NO_BUFFER -> giveUpForBuffers(found, sender);
            case COMPLETE -> complete(found, sender);
        }
    }

    private void complete(UnfinishedRequest found, UdpSender sender) {
        long peer = found.peer;
        int rid = found.rid;
        request.clear();
        found.packets.slices(request);
        try {
            execute(peer, rid, sender);
        } finally {
            end(found);
        }
    }

    private void replace(long peer, int rid, UdpSender sender) {
        UnfinishedRequest old = unfinished.find(peer, rid);
        if (old != null) {
            counts.add(REPLACED);
            end(old);
            feedback(peer, rid, sender);
        }
    }

    private void giveUpForBuffers(UnfinishedRequest request, UdpSender sender) {
        counts.add(OUT_OF_BUFFERS);
        end(request);
        refuse(request.peer, request.rid, sender);
    }

    /// @return whether there was something to give up
    private boolean expire(long now, UdpSender sender) {
        int before = unfinished.size();
        for (@Nullable UnfinishedRequest late = unfinished.expired(now); late != null; late = unfinished.expired(now)) {
            counts.add(TIMED_OUT);
            end(late);
            feedback(late.peer, late.rid, sender);
        }
        return unfinished.size() < before;
    }

    private void end(UnfinishedRequest request) {
        unfinished.end(request);
        publishUnfinished();
    }

    private void publishUnfinished() {
        counts.set(ServerCount.UNFINISHED, unfinished.size());
        counts.set(ServerCount.UNFINISHED_BYTES, unfinished.bytes());
    }

    /// Gives up what has taken too long.
    ///
    /// @return the nanoseconds until it should be called again, or [Long#MAX_VALUE]
    long tick(UdpSender sender) {
        if (unfinished.size() == 0) {
            return Long.MAX_VALUE;
        }
        long now = clock.getAsLong();
        if (expire(now, sender)) {
            sender.flush();
        }
        return unfinished.delay(now);
    }

    void close() {
        unfinished.close();
        publishUnfinished();
    }

    // ---- execution and what is sent -------------------------------------------------------------------------------

    /// The short way: a reply that is written straight into its packet.
    private boolean answerBriefly(UdpBurst burst, int i, int rid, UdpSender sender) {
        long peer = burst.peer(i);
        int most = (int) Math.min(responseLimit(peer), R2p2Header.MAX_PAYLOAD);
        long offset = burst.offset(i) + R2p2Header.BYTES;
        int length = burst.length(i) - R2p2Header.BYTES;
        int reply = handler.brief(queue, peer, burst.memory(i), offset, length, most);
        if (reply == RequestHandler.NOT_BRIEF) {
            return false;
        }
        counts.add(EXECUTED);
        long at = sender.claim(peer, R2p2Header.BYTES + reply);
        if (at == UdpSender.NO_ROOM) {
            counts.add(UNSENT);
        } else {
            R2p2Header.write(
                    sender.memory(), at, R2p2Header.ofPacket(R2p2Header.RESPONSE, R2p2Header.FIXED, rid, 0, 1));
            handler.writeBrief(queue, sender.memory(), at + R2p2Header.BYTES);
            sender.commit();
            counts.add(RESPONSE_PACKETS);
        }
        feedback(peer, rid, sender);
        return true;
    }

    private void execute(long peer, int rid, UdpSender sender) {
        response.clear();
        counts.add(EXECUTED);
        RequestStatus status = handler.handle(queue, peer, request, response);
        long limit = responseLimit(peer);
        if (status == RequestStatus.REPLY && response.length() > limit) {
            status = replaceTooLarge(limit);
        }
        if (status == RequestStatus.REPLY) {
            respond(peer, rid, sender);
            feedback(peer, rid, sender);
        } else {
            refuse(peer, rid, sender);
        }
    }

    private RequestStatus replaceTooLarge(long limit) {
        counts.add(TOO_LARGE);
        long length = response.length();
        response.clear();
        RequestStatus status = handler.tooLarge(queue, length, limit, response);
        return response.length() > limit ? RequestStatus.REFUSE : status;
    }

    private void respond(long peer, int rid, UdpSender sender) {
        writer.start(response);
        int left = (int) response.length();
        int packets = R2p2Header.packets(left, R2p2Header.MAX_PAYLOAD);
        for (int i = 0; i < packets; i++) {
            long header = R2p2Header.ofPacket(R2p2Header.RESPONSE, R2p2Header.FIXED, rid, i, packets);
            int payload = Math.min(left, R2p2Header.MAX_PAYLOAD);
            if (!writer.write(sender, peer, header, payload)) {
                counts.add(UNSENT, packets - i);
                return;
            }
            counts.add(RESPONSE_PACKETS);
            left -= payload;
        }
    }

    private void refuse(long peer, int rid, UdpSender sender) {
        long drop = R2p2Header.of(R2p2Header.DROP, R2p2Header.FIXED, R2p2Header.FIRST | R2p2Header.LAST, rid, 1);
        count(PacketWriter.writeAlone(sender, peer, drop, DROP_PAYLOAD), REFUSED);
        feedback(peer, rid, sender);
    }

    /// Tells the router that a request has ended: rid (2 bytes), the client's port (2), the client's address (4).
    private void feedback(long peer, int rid, UdpSender sender) {
        if (options.router() == R2p2ServerOptions.NO_ROUTER) {
            return;
        }
        long at = sender.claim(options.router(), R2p2Header.BYTES + FEEDBACK_BYTES);
        if (at == UdpSender.NO_ROOM) {
            counts.add(UNSENT);
            return;
        }
        int flags = R2p2Header.FIRST | R2p2Header.LAST;
        R2p2Header.write(
                sender.memory(), at, R2p2Header.of(R2p2Header.FEEDBACK, R2p2Header.LOAD_BALANCED, flags, rid, 1));
        Words.setShortBe(sender.memory(), at + R2p2Header.BYTES, rid);
        Words.setShortBe(sender.memory(), at + R2p2Header.BYTES + 2, PeerAddress.port(peer));
        Words.setIntBe(sender.memory(), at + R2p2Header.BYTES + 4, PeerAddress.ipv4(peer));
        sender.commit();
        counts.add(FEEDBACKS);
    }

    private void count(boolean sent, ServerCount name) {
        counts.add(sent ? name : UNSENT);
    }

    private long responseLimit(long peer) {
        return loopback(peer) ? R2p2Header.MAX_RESPONSE_BYTES : options.offLoopbackResponseBytes();
    }

    private static boolean loopback(long peer) {
        return PeerAddress.ipv4(peer) >>> 24 == LOOPBACK;
    }

    private static ServerCount reason(HeaderFault fault) {
        return switch (fault) {
            case MAGIC -> ServerCount.BAD_MAGIC;
            case SIZE -> ServerCount.BAD_SIZE;
            case TYPE -> ServerCount.BAD_TYPE;
            case FLAGS -> ServerCount.BAD_FLAGS;
            case PAYLOAD -> ServerCount.BAD_PAYLOAD;
            case ORDER, NONE -> BAD_ORDER;
        };
    }
}
