package dev.situ.r2p2;

import dev.situ.udp.UdpBurst;
import dev.situ.udp.UdpSender;
import java.util.ArrayList;
import java.util.List;

/// The requests of several packets that are being put together, bounded in what they announce.
///
/// ```
///   start ──▶ receive … receive ──▶ COMPLETE ──▶ take
///                  │        └─ what has come is acknowledged at the end of the burst
///                  └─ NO_ROOM, or the client has given it up ──▶ end
/// ```
///
/// Bytes are counted as packets announce them, before any is here: what has been admitted can be finished.
/// Confined to the queue's poller.
final class ServerRequests {
    /// What became of a packet.
    enum Received {
        /// It was taken, or counted as what it is; more are missing.
        MORE,
        /// The request is complete.
        COMPLETE,
        /// It announces more than there is room for.
        NO_ROOM
    }

    private final ReliableServerOptions options;
    private final Counters<ReliableServerCount> counts;
    private final ServerCalls calls;
    private final List<ServerCall> touched = new ArrayList<>();
    private final long maxAnnounced;
    private int unfinished;
    private long unfinishedBytes;

    ServerRequests(ReliableServerOptions options, Counters<ReliableServerCount> counts, ServerCalls calls) {
        this.options = options;
        this.counts = counts;
        this.calls = calls;
        maxAnnounced = ReliableHeader.position(ReliableHeader.packets(options.maxMessageBytes()));
    }

    /// How many there are.
    int unfinished() {
        return unfinished;
    }

    /// The bytes that they announce.
    long unfinishedBytes() {
        return unfinishedBytes;
    }

    /// Begins to receive the request of a call.
    void start(ServerSession session, ServerCall call) {
        call.state = ServerCall.State.RECEIVING;
        call.request = calls.takeRequest();
        session.holding++;
        unfinished++;
    }

    /// Takes a packet of a request that was started: datagram `i`, whose header begins with the word `first`.
    Received receive(ServerCall call, UdpBurst burst, int i, long first) {
        if (!announce(call, ReliableHeader.position(ReliableHeader.leastPackets(first)))) {
            return Received.NO_ROOM;
        }
        switch (partsOf(call).add(first, burst, i)) {
            case KEPT -> touch(call);
            case DUPLICATE -> {
                counts.add(ReliableServerCount.DUPLICATES);
                touch(call);
            }
            case MISFIT -> counts.add(ReliableServerCount.MALFORMED);
            case NO_BUFFER -> counts.add(ReliableServerCount.OUT_OF_BUFFERS); // it will be sent again
            case COMPLETE -> {
                return Received.COMPLETE;
            }
        }
        return Received.MORE;
    }

    /// Counts what a request announces.
    ///
    /// @return whether there is room for it
    private boolean announce(ServerCall call, long bytes) {
        long more = bytes - call.announced;
        if (more <= 0) {
            return true;
        }
        if (bytes > maxAnnounced || more > options.maxUnfinishedBytes() - unfinishedBytes) {
            return false;
        }
        call.announced = bytes;
        unfinishedBytes += more;
        return true;
    }

    private void touch(ServerCall call) {
        if (!call.touched) {
            call.touched = true;
            touched.add(call);
        }
    }

    /// Acknowledges what has come since the last time.
    void acknowledge(ServerReplies replies, UdpSender sender) {
        for (int i = 0; i < touched.size(); i++) {
            ServerCall call = touched.get(i);
            if (call.touched) {
                call.touched = false;
                replies.acknowledge(call, sender);
            }
        }
        touched.clear();
    }

    /// Hands out the packets of a call's request, which is not received any more. The caller gives them back
    /// ([ServerCalls#giveBack]).
    PartialMessage take(ServerSession session, ServerCall call) {
        PartialMessage parts = partsOf(call);
        call.request = null;
        call.state = ServerCall.State.DONE;
        call.touched = false;
        unfinished--;
        unfinishedBytes -= call.announced;
        call.announced = 0;
        session.holding--;
        return parts;
    }

    /// Gives up the request of a call.
    void end(ServerSession session, ServerCall call) {
        calls.giveBack(take(session, call));
    }

    static PartialMessage partsOf(ServerCall call) {
        PartialMessage parts = call.request;
        if (parts == null) {
            throw new IllegalStateException("call " + call.rid + " is receiving nothing");
        }
        return parts;
    }
}
