package dev.situ.r2p2;

import com.google.errorprone.annotations.Immutable;
import dev.situ.udp.UdpBurst;
import dev.situ.udp.UdpHandler;
import dev.situ.udp.UdpSender;
import java.security.SecureRandom;
import java.util.function.LongSupplier;

/// An R2P2 server in compatible mode: binds to a UDP port as its handler, puts requests together, runs a
/// [RequestHandler] on each and sends what it answers.
///
/// ```java
/// var server = new R2p2Server(stack.queues(), R2p2ServerOptions.DEFAULTS, handler, System::nanoTime);
/// stack.bind(address, server);
/// // each worker:
/// while (running) {
///     int received = queue.poll();
///     long nanos = server.tick(queueIndex, queue.sender());
///     if (received == 0) { queue.await(Math.min(nanos, ...)); }
/// }
/// ```
///
/// It has no threads and no sockets: it is driven by bursts and by [#tick]. Each queue has a state of its own that
/// no other touches. Nothing is allocated for requests of one packet, nor, once warm, for those of up to 256.
@Immutable
public final class R2p2Server implements UdpHandler, AutoCloseable {
    @SuppressWarnings("Immutable") // never changed, and element i is touched by the poller of queue i only
    private final CompatibleServer[] queues;

    /// A server for a stack of `queues` queues.
    ///
    /// @param handler called by every queue's poller
    /// @param clock nanoseconds of any origin that do not go back, such as `System::nanoTime`; called by every
    ///     poller
    public R2p2Server(int queues, R2p2ServerOptions options, RequestHandler handler, LongSupplier clock) {
        SecureRandom random = new SecureRandom();
        this.queues = new CompatibleServer[queues];
        for (int i = 0; i < queues; i++) {
            this.queues[i] = new CompatibleServer(i, options, handler, clock, random.nextLong());
        }
    }

    /// Handles the packets of a burst. Called by the queue's poller.
    @Override
    public void onBurst(UdpBurst burst, UdpSender sender) {
        queues[burst.queue()].onBurst(burst, sender);
    }

    /// Gives up unfinished requests that have taken too long: to be called by the queue's poller now and then, also
    /// when nothing arrives. What it sends, to the router, is flushed.
    ///
    /// @param sender the queue's own ([dev.situ.udp.UdpQueue#sender])
    /// @return the nanoseconds after which to call it again at the latest, or [Long#MAX_VALUE] if nothing is
    ///     unfinished
    public long tick(int queue, UdpSender sender) {
        return queues[queue].tick(sender);
    }

    /// What was executed, sent and dropped, and why. Any thread may call it.
    public R2p2ServerStatistics statistics() {
        return new R2p2ServerStatistics(
                sum(ServerCount.EXECUTED),
                sum(ServerCount.RESPONSE_PACKETS),
                sum(ServerCount.ACKS),
                sum(ServerCount.REFUSED),
                sum(ServerCount.TOO_LARGE),
                sum(ServerCount.FEEDBACKS),
                sum(ServerCount.UNSENT),
                sum(ServerCount.REPLACED),
                sum(ServerCount.TIMED_OUT),
                sum(ServerCount.OUT_OF_BUFFERS),
                sum(ServerCount.UNFINISHED),
                sum(ServerCount.UNFINISHED_BYTES),
                new R2p2ServerStatistics.Dropped(
                        sum(ServerCount.FOREIGN),
                        sum(ServerCount.TOO_SHORT),
                        sum(ServerCount.BAD_MAGIC),
                        sum(ServerCount.BAD_SIZE),
                        sum(ServerCount.BAD_TYPE),
                        sum(ServerCount.BAD_FLAGS),
                        sum(ServerCount.BAD_PAYLOAD),
                        sum(ServerCount.BAD_ORDER),
                        sum(ServerCount.UNEXPECTED_TYPE),
                        sum(ServerCount.ORPHANS),
                        sum(ServerCount.DUPLICATES)));
    }

    /// Releases the packets of unfinished requests. To be called after polling has stopped, before the stack is
    /// closed.
    @Override
    public void close() {
        for (CompatibleServer queue : queues) {
            queue.close();
        }
    }

    private long sum(ServerCount name) {
        long sum = 0;
        for (CompatibleServer queue : queues) {
            sum += queue.counts().get(name);
        }
        return sum;
    }
}
