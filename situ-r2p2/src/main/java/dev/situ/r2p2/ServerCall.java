package dev.situ.r2p2;

import dev.situ.memory.SliceList;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// What a server knows of one rid of a session, in a list if it has something to send. Reused; confined to one
/// thread.
///
/// ```
///   (nothing) ──▶ RECEIVING ──▶ ANSWERED ──▶ DONE
///        └─────── one packet ──────▲                      from any of them back to nothing, when the client says
///                                                         that the call is finished
/// ```
final class ServerCall extends LinkedNodes.Node<ServerCall> {
    enum State {
        /// Packets of its request are missing.
        RECEIVING,
        /// It was executed or refused, and what was answered is kept.
        ANSWERED,
        /// It was executed or refused, and the answer is not needed any more.
        DONE
    }

    /// A response of up to that many bytes is kept in memory of the call's own.
    static final int SMALL_BYTES = 128;

    final MemorySegment small;
    final long smallOffset;
    State state = State.DONE;
    int rid;

    @Nullable
    ServerSession session;

    // ---- RECEIVING

    @Nullable
    PartialMessage request;
    /// The bytes that are counted for it.
    long announced;
    /// Whether it is in the list of those that get an ACK at the end of the burst.
    boolean touched;

    // ---- ANSWERED

    boolean refused;
    int length;
    int packets;
    /// The response, if it is longer than [#SMALL_BYTES] or has owners.
    @Nullable
    SliceList slices;

    boolean inSlices;
    int blocks = BlockPool.NONE;
    /// The state of a response of several packets.
    @Nullable
    OutgoingMessage out;

    /// The burst in which the answer was last given: a duplicate in the same one needs no other.
    long answeredIn;

    ServerCall(MemorySegment small, long smallOffset) {
        this.small = small;
        this.smallOffset = smallOffset;
    }

    /// Begins with a call that is [State#DONE], as every one is that was given back.
    void start(ServerSession session, int rid, long burst) {
        this.session = session;
        this.rid = rid;
        refused = false;
        length = 0;
        packets = 0;
        inSlices = false;
        announced = 0;
        touched = false;
        answeredIn = burst;
    }

    SliceList emptySlices() {
        SliceList list = slices;
        if (list == null) {
            list = new SliceList();
            slices = list;
        }
        list.clear();
        return list;
    }
}
