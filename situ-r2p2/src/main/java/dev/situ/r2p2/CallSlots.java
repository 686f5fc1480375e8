package dev.situ.r2p2;

import dev.situ.memory.LastingArena;
import dev.situ.memory.SliceList;
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
/// **Deadlines** are looked through when the soonest may have passed. Calls usually end long before theirs, and who
/// makes them uses the same time-out for all; so that is once in that time, and starting or ending a call costs a
/// comparison at most. Confined to one thread.
final class CallSlots {
    private static final int CHUNK_CALLS = 64;

    /// So close together deadlines are not looked through; a call times out that much late at most.
    private static final long LEAST_PAUSE_NANOS = 250_000;

    private static final long MOST_PAUSE_NANOS = 1_000_000_000;

    private final LastingArena arena = new LastingArena();
    private final Counters<ReliableClientCount> counts;
    private final List<ReliableCall> all = new ArrayList<>();
    private final int[] free;
    private int freeCount;
    private MemorySegment chunk = MemorySegment.NULL;

    /// No deadline of a call is before that.
    private long soonest;
    /// Up to where deadlines have been looked through, and the soonest that was seen.
    private int looked;

    private long soonestSeen;

    /// Takes the place of a response's packets while its completion reads them.
    private @Nullable PartialMessage spare;

    CallSlots(int capacity, Counters<ReliableClientCount> counts, long now) {
        this.counts = counts;
        free = new int[capacity];
        soonest = now;
        soonestSeen = now + MOST_PAUSE_NANOS;
    }

    /// The calls that were taken and have not ended.
    int outstanding() {
        return all.size() - freeCount;
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

    // ---- deadlines ------------------------------------------------------------------------------------------------

    /// Says when a call times out.
    void setDeadline(ReliableCall call, long deadline) {
        call.deadline = deadline;
        soonest = earlier(soonest, deadline);
        soonestSeen = earlier(soonestSeen, deadline);
    }

    /// Gives one call whose deadline has passed, or null. To be called until there is none, each ended before the
    /// next.
    @Nullable
    ReliableCall expired(long now) {
        if (now - soonest < 0) {
            return null;
        }
        for (; looked < all.size(); looked++) {
            ReliableCall call = all.get(looked);
            if (!call.free) {
                if (now - call.deadline >= 0) {
                    return call;
                }
                soonestSeen = earlier(soonestSeen, call.deadline);
            }
        }
        looked = 0;
        soonest = now + LEAST_PAUSE_NANOS - soonestSeen > 0 ? now + LEAST_PAUSE_NANOS : soonestSeen;
        soonestSeen = now + MOST_PAUSE_NANOS;
        return null;
    }

    /// The nanoseconds until a call may be over time, or [Long#MAX_VALUE] if none is outstanding.
    long delay(long now) {
        return outstanding() == 0 ? Long.MAX_VALUE : Math.max(0, soonest - now);
    }

    private static long earlier(long a, long b) {
        return a - b < 0 ? a : b;
    }

    // ---- the end --------------------------------------------------------------------------------------------------

    /// Ends a call without a word to who made it.
    void giveBack(ReliableCall call) {
        call.clear();
        free[freeCount++] = call.slot;
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
    void close() {
        SliceList nothing = new SliceList();
        for (ReliableCall call : all) {
            if (!call.free) {
                end(call, CallStatus.CLOSED, nothing);
            }
        }
        arena.close();
    }
}
