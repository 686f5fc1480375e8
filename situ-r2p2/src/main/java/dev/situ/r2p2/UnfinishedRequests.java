package dev.situ.r2p2;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The unfinished requests of one queue, found by client and rid, bounded in number and in announced bytes.
///
/// Bytes are counted as the first packet announces them, before any is here: what has been admitted can be
/// finished. So a flood of first packets costs what the bounds allow and no more, whatever it announces. Confined
/// to one thread.
final class UnfinishedRequests {
    /// About a millisecond.
    private static final int TICK_SHIFT = 20;

    private final R2p2ServerOptions options;
    private final LongIndex index;
    private final TimerWheel timers;
    private final List<UnfinishedRequest> all = new ArrayList<>();
    private final int[] free;
    private int freeCount;
    private int size;
    private long bytes;

    UnfinishedRequests(R2p2ServerOptions options, long secret, long now) {
        this.options = options;
        index = new LongIndex(options.maxUnfinished(), secret);
        timers = new TimerWheel(options.maxUnfinished(), TICK_SHIFT, now);
        free = new int[options.maxUnfinished()];
    }

    /// A peer's address and port have 48 bits, a rid has 16.
    static long key(long peer, int rid) {
        return peer << Short.SIZE | rid;
    }

    int size() {
        return size;
    }

    long bytes() {
        return bytes;
    }

    @Nullable
    UnfinishedRequest find(long peer, int rid) {
        if (size == 0) {
            return null;
        }
        int slot = index.get(key(peer, rid));
        return slot == LongIndex.NONE ? null : all.get(slot);
    }

    /// Whether a request of that many bytes would be within the bounds.
    boolean admits(long announced) {
        return size < options.maxUnfinished()
                && announced <= options.maxRequestBytes()
                && announced <= options.maxUnfinishedBytes() - bytes;
    }

    /// Starts an admitted request whose key is not here.
    UnfinishedRequest start(long peer, int rid, int packets, long announced, long now) {
        UnfinishedRequest request = take();
        request.peer = peer;
        request.rid = rid;
        request.bytes = announced;
        request.packets.expect(packets);
        index.put(request.key(), request.slot);
        timers.start(request.slot, now + options.unfinishedTimeoutNanos());
        size++;
        bytes += announced;
        return request;
    }

    /// Forgets a request and releases its packets.
    void end(UnfinishedRequest request) {
        timers.cancel(request.slot);
        index.remove(request.key());
        request.packets.release();
        free[freeCount++] = request.slot;
        size--;
        bytes -= request.bytes;
    }

    /// One request that has taken too long, still to be ended; null when there is none.
    @Nullable
    UnfinishedRequest expired(long now) {
        int slot = timers.expired(now);
        return slot == TimerWheel.NONE ? null : all.get(slot);
    }

    /// The nanoseconds until a request may have taken too long.
    long delay(long now) {
        return timers.delay(now);
    }

    void close() {
        for (UnfinishedRequest request : all) {
            request.packets.release();
        }
        size = 0;
        bytes = 0;
    }

    private UnfinishedRequest take() {
        if (freeCount > 0) {
            return all.get(free[--freeCount]);
        }
        UnfinishedRequest made = new UnfinishedRequest(all.size());
        all.add(made);
        return made;
    }
}
