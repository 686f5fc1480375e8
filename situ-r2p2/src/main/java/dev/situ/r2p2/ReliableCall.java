package dev.situ.r2p2;

import dev.situ.memory.SliceList;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// One call of a [ReliableClient], in one list at most of those that wait or have something to send. Reused;
/// confined to one thread.
///
/// ```
///   waiting ──▶ sent ──▶ (lost ──▶ sent) ──▶ receiving a long response ──▶ ended
///      │                                               ▲
///      └──▶ sending a long request, slice by slice ────┘
/// ```
final class ReliableCall extends LinkedNodes.Node<ReliableCall> {
    final int slot;
    /// Where a request of one packet is kept until it is answered.
    private final MemorySegment own;

    private final long ownOffset;

    Completion completion = ClientCall.NOBODY;
    long token;
    /// When it times out.
    long deadline;
    boolean free = true;
    /// Whether it has a rid of the present session.
    boolean started;
    int rid;

    // ---- the request

    MemorySegment memory = MemorySegment.NULL;
    long offset;
    int length;
    int packets;
    /// A request of several packets, in one slice.
    @Nullable
    SliceList slices;
    /// The state of a request of several packets.
    @Nullable
    OutgoingMessage out;
    /// Whether a request of one packet is on its way.
    boolean flying;

    int number;
    int tries;
    /// When the request was last sent, or acknowledged in part, or the response was last heard of.
    long progressAt;

    int backOff;

    // ---- the response

    boolean responded;

    @Nullable
    PartialMessage response;
    /// Whether it is in the list of those that get an ACK at the end of the burst.
    boolean touched;
    /// Whether some packets of the response are here.
    boolean receiving;

    ReliableCall(int slot, MemorySegment own, long ownOffset) {
        this.slot = slot;
        this.own = own;
        this.ownOffset = ownOffset;
    }

    void start(int length, Completion completion, long token) {
        free = false;
        this.length = length;
        packets = ReliableHeader.packets(length);
        this.completion = completion;
        this.token = token;
        started = false;
        flying = false;
        tries = 0;
        backOff = 0;
        responded = false;
        touched = false;
        receiving = false;
        memory = own;
        offset = ownOffset;
    }

    /// Its request has several packets and stays where it is.
    void borrow(MemorySegment from, long at) {
        memory = from;
        offset = at;
        SliceList list = slices;
        if (list == null) {
            list = new SliceList();
            slices = list;
        }
        list.clear();
        list.add(from, at, length, slot + 1L);
    }

    void clear() {
        free = true;
        started = false;
        completion = ClientCall.NOBODY;
        memory = MemorySegment.NULL;
    }
}
