package dev.situ.server;

import dev.situ.r2p2.R2p2Server;
import dev.situ.udp.UdpSender;

/// What a worker does for R2P2 between polls. Confined to the queue's poller.
final class R2p2Ticker implements UdpWorker.Ticker {
    private final R2p2Server protocol;
    private final int queue;
    private final UdpSender sender;

    R2p2Ticker(R2p2Server protocol, int queue, UdpSender sender) {
        this.protocol = protocol;
        this.queue = queue;
        this.sender = sender;
    }

    @Override
    public boolean hasMore() {
        return protocol.hasMore(queue);
    }

    @Override
    public long tick() {
        return protocol.tick(queue, sender);
    }
}
