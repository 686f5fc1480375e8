package dev.situ.r2p2;

import dev.situ.memory.SliceList;
import java.lang.foreign.MemorySegment;

/// One outstanding call. Reused.
final class ClientCall {
    enum State {
        FREE,
        /// The first packet of a longer request has been sent.
        AWAITING_ACK,
        AWAITING_RESPONSE
    }

    static final Completion NOBODY = (_, _, _) -> {};

    final int slot;
    PartialMessage response = new PartialMessage(R2p2Header.BYTES);
    State state = State.FREE;
    int rid;
    /// Where the request went; once the ACK is here, where that came from.
    long server;
    /// Whether the first answer may come from anywhere.
    boolean anyResponder;

    Completion completion = NOBODY;
    long token;

    /// The request, if it is longer than a packet: borrowed until the call ends.
    MemorySegment memory = MemorySegment.NULL;

    long offset;
    int length;

    ClientCall(int slot) {
        this.slot = slot;
    }

    /// Its request is on its way, all in one packet.
    void start(long server, boolean anyResponder, Completion completion, long token) {
        state = State.AWAITING_RESPONSE;
        this.server = server;
        this.anyResponder = anyResponder;
        this.completion = completion;
        this.token = token;
    }

    /// Its request has more than the packet that is on its way.
    void borrow(MemorySegment memory, long offset, int length) {
        state = State.AWAITING_ACK;
        this.memory = memory;
        this.offset = offset;
        this.length = length;
    }

    /// The request's bytes behind its small first packet, to be sent from where they lie.
    void restTo(SliceList slices) {
        int sent = R2p2Header.SMALL_FIRST_PAYLOAD;
        slices.clear();
        slices.add(memory, offset + sent, length - sent, slot + 1L);
    }

    void clear() {
        state = State.FREE;
        response.release();
        completion = NOBODY;
        memory = MemorySegment.NULL;
    }
}
