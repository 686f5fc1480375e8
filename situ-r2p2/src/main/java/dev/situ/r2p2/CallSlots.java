package dev.situ.r2p2;

import dev.situ.memory.SliceList;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The calls of a [ReliableClient], bounded in number: taken, completed once, used again.
///
/// ```
///   slot     0                  1
///   call     | ReliableCall     | ReliableCall     | …        made when first needed, and kept
///   memory   | 1 packet's bytes | 1 packet's bytes | …        where a short request waits for its answer
/// ```
///
/// Confined to one thread.
final class CallSlots {
    private static final int CHUNK_CALLS = 64;

    private final Arena arena = Arena.ofShared();
    private final Counters<ReliableClientCount> counts;
    private final List<ReliableCall> all = new ArrayList<>();
    private final int[] free;
    private int freeCount;
    private MemorySegment chunk = MemorySegment.NULL;

    /// Takes the place of a response's packets while its completion reads them.
    private @Nullable PartialMessage spare;

    CallSlots(int capacity, Counters<ReliableClientCount> counts) {
        this.counts = counts;
        free = new int[capacity];
    }

    /// The calls that were taken and have not ended.
    int outstanding() {
        return all.size() - freeCount;
    }

    ReliableCall get(int slot) {
        return all.get(slot);
    }

    /// Takes a call, or gives null when all are taken.
    @Nullable
    ReliableCall take() {
        if (freeCount > 0) {
            return all.get(free[--freeCount]);
        }
        int slot = all.size();
        if (slot == free.length) {
            return null;
        }
        if (slot % CHUNK_CALLS == 0) {
            chunk = arena.allocate((long) CHUNK_CALLS * ReliableHeader.MAX_PAYLOAD, Long.BYTES);
        }
        ReliableCall call = new ReliableCall(slot, chunk, (long) (slot % CHUNK_CALLS) * ReliableHeader.MAX_PAYLOAD);
        all.add(call);
        return call;
    }

    /// Ends a call without a word to who made it.
    void giveBack(ReliableCall call) {
        call.clear();
        free[freeCount++] = call.slot;
        counts.set(ReliableClientCount.OUTSTANDING, outstanding());
    }

    /// Ends a call and completes it. It is free for the completion to start another; the response's packets are
    /// released after the completion has read them.
    void end(ReliableCall call, CallStatus status, SliceList bytes) {
        counts.add(
                switch (status) {
                    case OK -> ReliableClientCount.SUCCEEDED;
                    case REFUSED -> ReliableClientCount.REFUSED;
                    case TIMED_OUT -> ReliableClientCount.TIMED_OUT;
                    case OUTCOME_UNKNOWN -> ReliableClientCount.OUTCOME_UNKNOWN;
                    case TOO_LARGE, NO_BUFFERS, MALFORMED, UNSENT, CLOSED -> ReliableClientCount.FAILED;
                });
        Completion completion = call.completion;
        long token = call.token;
        PartialMessage parts = call.response;
        if (parts == null || parts.isEmpty()) {
            giveBack(call);
            completion.complete(token, status, bytes);
            return;
        }
        call.response = spare;
        spare = null;
        giveBack(call);
        try {
            completion.complete(token, status, bytes);
        } finally {
            parts.release();
            spare = parts;
        }
    }

    /// Ends every outstanding call with [CallStatus#CLOSED], and frees the memory.
    void close(TimerWheel deadlines) {
        SliceList nothing = new SliceList();
        for (int slot = 0; slot < all.size(); slot++) {
            ReliableCall call = all.get(slot);
            if (!call.free) {
                deadlines.cancel(slot);
                end(call, CallStatus.CLOSED, nothing);
            }
        }
        arena.close();
    }
}
