package dev.situ.udp;

import dev.situ.memory.Consumes;
import java.util.concurrent.atomic.AtomicBoolean;

/// One bound port at one poller: its handler, what came for it in this poll, and its sender. Confined to the poller.
final class BoundPort {
    private static final System.Logger LOG = System.getLogger("dev.situ.udp");

    private final int port;
    private final UdpHandler handler;
    private final PacketDatagrams datagrams;
    private final PortSender sender;
    private final StackCounters counters;
    private final AtomicBoolean reported;

    /// @param reported whether a failure was logged, over all of the stack
    BoundPort(
            int port,
            UdpHandler handler,
            PacketDatagrams datagrams,
            PortSender sender,
            StackCounters counters,
            AtomicBoolean reported) {
        this.port = port;
        this.handler = handler;
        this.datagrams = datagrams;
        this.sender = sender;
        this.counters = counters;
        this.reported = reported;
    }

    int port() {
        return port;
    }

    PortSender sender() {
        return sender;
    }

    /// Takes a datagram for the next [#deliver]. Consumes the packet.
    void add(@Consumes long packet, long offset, int length, long peer) {
        datagrams.add(packet, offset, length, peer);
    }

    /// Hands over what came.
    ///
    /// @return how many datagrams
    int deliver() {
        int size = datagrams.size();
        if (size == 0) {
            return 0;
        }
        counters.add(StackCounters.RECEIVED, size);
        counters.add(StackCounters.RECEIVED_BYTES, datagrams.bytes());
        try {
            handler.onBurst(datagrams, sender);
        } catch (Throwable t) {
            report(t);
        }
        sender.abortOpen();
        sender.flush();
        datagrams.end();
        return size;
    }

    /// Logs the first failure, and counts all: a packet that makes a handler throw can come a million times a
    /// second.
    private void report(Throwable failure) {
        counters.add(StackCounters.HANDLER_FAILURES, 1);
        if (reported.compareAndSet(false, true)) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "a UDP handler failed; the rest of its burst is lost. Later failures are only counted.",
                    failure);
        }
    }
}
