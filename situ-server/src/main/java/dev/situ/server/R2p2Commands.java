package dev.situ.server;

import com.google.errorprone.annotations.Immutable;
import dev.situ.kv.Keyspace;
import dev.situ.kv.ProtectedMode;
import dev.situ.memory.SliceList;
import dev.situ.r2p2.RequestHandler;
import dev.situ.r2p2.RequestStatus;
import dev.situ.r2p2.ResponseOwners;
import dev.situ.store.StoreWorker;
import dev.situ.udp.PeerAddress;
import dev.situ.udp.PerQueue;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Executes R2P2 requests: one or more RESP commands in, their replies in order out. What joins `situ-r2p2`, which does
/// not know what a payload means, to `situ-kv`, which does not know how it came. The owners of responses are records of
/// the store, which are pinned until the client has them.
@Immutable
final class R2p2Commands implements RequestHandler, ResponseOwners, AutoCloseable {
    private static final int LOOPBACK = 127; // 127.0.0.0/8
    private static final int LOOPBACK_SHIFT = 24;
    private static final MemorySegment DENIED = denied();

    private final PerQueue<R2p2Lane> lanes;

    private final ProtectedMode protectedMode;

    /// A handler for as many queues as there are workers.
    R2p2Commands(Keyspace keyspace, List<StoreWorker> workers) {
        protectedMode = keyspace.protectedMode();
        lanes = new PerQueue<>(workers.size(), queue -> new R2p2Lane(keyspace, workers.get(queue)));
    }

    private static MemorySegment denied() {
        byte[] text = ProtectedMode.refusal();
        MemorySegment memory = Arena.global().allocate(text.length);
        MemorySegment.copy(MemorySegment.ofArray(text), 0, memory, 0, text.length);
        return memory;
    }

    @Override
    public void begin(int queue) {
        lanes.of(queue).begin();
    }

    @Override
    public boolean wantsAnnouncements(int queue) {
        return lanes.of(queue).wantsAnnouncements();
    }

    @Override
    public void announce(int queue, SliceList requests) {
        lanes.of(queue).announce(requests);
    }

    @Override
    public void end(int queue) {
        lanes.of(queue).end();
    }

    @Override
    public int brief(int queue, long peer, MemorySegment memory, long offset, int length, int mostBytes) {
        return isRefused(peer) ? NOT_BRIEF : lanes.of(queue).brief(memory, offset, length, mostBytes);
    }

    @Override
    public void writeBrief(int queue, MemorySegment to, long offset) {
        lanes.of(queue).writeBrief(to, offset);
    }

    @Override
    public RequestStatus handle(int queue, SliceList request, SliceList response) {
        return lanes.of(queue).handle(request, response);
    }

    @Override
    public RequestStatus handle(int queue, long peer, SliceList request, SliceList response) {
        if (isRefused(peer)) {
            response.add(DENIED, 0, (int) DENIED.byteSize(), SliceList.NO_OWNER);
            return RequestStatus.REPLY;
        }
        return handle(queue, request, response);
    }

    private boolean isRefused(long peer) {
        return PeerAddress.ipv4(peer) >>> LOOPBACK_SHIFT != LOOPBACK && protectedMode.refusesOthers();
    }

    @Override
    public RequestStatus tooLarge(int queue, long length, long limit, SliceList response) {
        return lanes.of(queue).tooLarge(response);
    }

    @Override
    public void pin(int queue, long owner) {
        lanes.of(queue).pin(owner);
    }

    @Override
    public void unpin(int queue, long owner) {
        lanes.of(queue).unpin(owner);
    }

    /// To be called after polling has stopped.
    @Override
    public void close() {
        lanes.forEach(R2p2Lane::close);
    }
}
