package dev.situ.r2p2;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a server knows of one session: a window of rids, and how fast it may send.
///
/// ```
///   rid     base                              base + credit
///            |  .  D  A  A  .  R  A  .  .  .  |            . nothing   R receiving   A answered   D done
///   finished |<------------- window --------->|  not yet
/// ```
///
/// The call of a rid hangs at place *rid mod credit* of the ring. Reused; confined to one thread.
final class ServerSession extends LinkedNodes.Node<ServerSession> {
    /// Its number, which its timers have too.
    final int slot;

    private final @Nullable ServerCall[] ring;
    private final int mask;

    long peer;
    int id;
    long key;
    /// Every rid before this one is finished.
    int base;

    long createdAt;
    long heardAt;
    /// Unfinished requests and kept responses.
    int holding;

    final CongestionWindow window = new CongestionWindow();
    final RttEstimator rtt = new RttEstimator();
    /// Calls whose responses have several packets and are not acknowledged.
    final List<ServerCall> sending = new ArrayList<>();

    /// When something of `sending` was last sent or acknowledged.
    long progressAt;

    int backOff;

    ServerSession(int slot, int credit) {
        this.slot = slot;
        ring = new @Nullable ServerCall[credit];
        mask = credit - 1;
    }

    void start(long peer, int id, long key, int firstRid, long now) {
        this.peer = peer;
        this.id = id;
        this.key = key;
        base = firstRid;
        createdAt = now;
        heardAt = now;
        backOff = 0;
        window.reset();
        rtt.reset();
    }

    int credit() {
        return ring.length;
    }

    @Nullable
    ServerCall call(int rid) {
        return ring[rid & mask];
    }

    void setCall(int rid, @Nullable ServerCall call) {
        ring[rid & mask] = call;
    }
}
