package dev.situ.r2p2;

import dev.situ.memory.Checks;
import dev.situ.memory.Consumes;
import dev.situ.memory.SliceList;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// A bounded number of [ServerCall]s, and what only some of them need, made when first needed and kept. Confined to
/// one thread.
final class ServerCalls {
    private static final int CHUNK_CALLS = 64;

    private final Arena arena;
    private final int capacity;
    private final ArrayDeque<ServerCall> free = new ArrayDeque<>();
    private final ArrayDeque<PartialMessage> freeRequests = new ArrayDeque<>();
    private final ArrayDeque<OutgoingMessage> freeOuts = new ArrayDeque<>();
    private MemorySegment chunk = MemorySegment.NULL;
    private int made;
    private int used;

    ServerCalls(Arena arena, int capacity) {
        this.arena = arena;
        this.capacity = capacity;
    }

    int used() {
        return used;
    }

    @Nullable
    ServerCall take() {
        if (used == capacity) {
            return null;
        }
        used++;
        ServerCall call = free.pollLast();
        if (call != null) {
            return call;
        }
        int inChunk = made++ % CHUNK_CALLS;
        if (inChunk == 0) {
            chunk = arena.allocate((long) CHUNK_CALLS * ServerCall.SMALL_BYTES, Long.BYTES);
        }
        return new ServerCall(chunk, (long) inChunk * ServerCall.SMALL_BYTES);
    }

    /// Consumes a call that is [ServerCall.State#DONE].
    void giveBack(@Consumes ServerCall call) {
        if (Checks.ON && call.state != ServerCall.State.DONE) {
            throw new IllegalStateException("a call is given back that is " + call.state);
        }
        call.session = null;
        used--;
        free.addLast(call);
    }

    PartialMessage takeRequest() {
        PartialMessage request = freeRequests.pollLast();
        return request == null ? new PartialMessage(ReliableHeader.BYTES) : request;
    }

    /// Consumes a message: releases its packets.
    void giveBack(@Consumes PartialMessage request) {
        request.release();
        freeRequests.addLast(request);
    }

    /// @param message its bytes, borrowed until it is given back
    OutgoingMessage takeOut(int packets, SliceList message) {
        OutgoingMessage out = freeOuts.pollLast();
        if (out == null) {
            out = new OutgoingMessage();
        }
        out.start(packets, message);
        return out;
    }

    /// Consumes a message that was sent.
    void giveBack(@Consumes OutgoingMessage out) {
        out.end();
        freeOuts.addLast(out);
    }
}
