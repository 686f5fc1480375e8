package dev.situ.server;

import dev.situ.kv.CommandStream;
import dev.situ.kv.Reply;
import dev.situ.kv.StreamStatus;
import dev.situ.memory.SliceList;
import dev.situ.r2p2.RequestHandler;
import dev.situ.r2p2.RequestStatus;

/// Executes R2P2 requests: one or more RESP commands in, their replies in order out. What joins `situ-r2p2`, which does
/// not know what a payload means, to `situ-kv`, which does not know how it came.
final class R2p2Commands implements RequestHandler {
    private final R2p2Commands.Lane[] lanes;

    /// One queue's executor and reply. Confined to the queue's poller.
    record Lane(CommandStream stream, Reply reply) {}

    R2p2Commands(Lane[] lanes) {
        this.lanes = lanes;
    }

    @Override
    public RequestStatus handle(int queue, SliceList request, SliceList response) {
        Lane lane = lanes[queue];
        return RequestStatus.REPLY;
    }
}
