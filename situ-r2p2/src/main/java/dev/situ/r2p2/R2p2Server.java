package dev.situ.r2p2;

import com.google.errorprone.annotations.Immutable;
import dev.situ.memory.SliceList;
import dev.situ.udp.PerQueue;
import dev.situ.udp.UdpBurst;
import dev.situ.udp.UdpHandler;
import dev.situ.udp.UdpSender;
import java.lang.foreign.MemorySegment;
import java.security.SecureRandom;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

/// An R2P2 server in both modes: binds to a UDP port as its handler, puts requests together, runs a
/// [RequestHandler] on each and sends what it answers. Each packet's header tells its mode.
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
    /// After how many packets of a burst what answers them is sent. A client that keeps 64 calls under way gets half of
    /// the answers, and asks again, while the server executes the other half; neither waits for the other.
    private static final int ANSWERED_TOGETHER = 32;

    private final RequestHandler handler;
    private final PerQueue<Modes> queues;

    /// What one queue knows in each mode, and a list for what it announces.
    private record Modes(CompatibleServer compatible, ReliableServer reliable, SliceList announced) {}

    /// A server for a stack of `queues` queues, whose handler's owned bytes stay as they are for good.
    ///
    /// @param handler called by every queue's poller
    /// @param clock nanoseconds of any origin that do not go back, such as `System::nanoTime`; called by every
    ///     poller
    public R2p2Server(int queues, R2p2ServerOptions options, RequestHandler handler, LongSupplier clock) {
        this(queues, options, ReliableServerOptions.DEFAULTS, handler, ResponseOwners.LASTING, clock);
    }

    /// A server for a stack of `queueCount` queues.
    ///
    /// @param options of the compatible mode
    /// @param reliableOptions of the reliable mode
    /// @param handler called by every queue's poller
    /// @param owners keeps what the handler's responses name as owners, for the reliable mode
    /// @param clock nanoseconds of any origin that do not go back, such as `System::nanoTime`; called by every
    ///     poller
    public R2p2Server(
            int queueCount,
            R2p2ServerOptions options,
            ReliableServerOptions reliableOptions,
            RequestHandler handler,
            ResponseOwners owners,
            LongSupplier clock) {
        SecureRandom random = new SecureRandom();
        this.handler = handler;
        queues = new PerQueue<>(
                queueCount,
                queue -> new Modes(
                        new CompatibleServer(queue, options, handler, clock, random.nextLong()),
                        // A key for each queue: should a flow change its queue, its sessions are unknown there.
                        new ReliableServer(queue, reliableOptions, handler, owners, clock, SipHash.random()),
                        new SliceList()));
    }

    /// Handles the packets of a burst. Called by the queue's poller.
    @Override
    public void onBurst(UdpBurst burst, UdpSender sender) {
        Modes modes = queues.of(burst.queue());
        CompatibleServer compatible = modes.compatible();
        ReliableServer reliable = modes.reliable();
        compatible.begin(sender);
        reliable.begin();
        handler.begin(burst.queue());
        try {
            boolean announces = burst.size() > 1 && handler.wantsAnnouncements(burst.queue());
            for (int i = 0; i < burst.size(); i++) {
                if (i % ANSWERED_TOGETHER == 0) {
                    if (i > 0) {
                        sender.flush();
                    }
                    if (announces) {
                        announce(burst, i, modes.announced());
                    }
                }
                if (ReliableHeader.marks(burst.memory(i), burst.offset(i), burst.length(i))) {
                    reliable.onDatagram(burst, i, sender);
                } else {
                    compatible.onDatagram(burst, i, sender);
                }
            }
        } finally {
            handler.end(burst.queue());
        }
        reliable.end(sender);
    }

    /// Announces the packets that are answered together, from one on.
    private void announce(UdpBurst burst, int from, SliceList requests) {
        requests.clear();
        int to = Math.min(burst.size(), from + ANSWERED_TOGETHER);
        for (int i = from; i < to; i++) {
            MemorySegment memory = burst.memory(i);
            long at = burst.offset(i);
            int length = burst.length(i);
            int header = ReliableHeader.marks(memory, at, length) ? ReliableHeader.BYTES : R2p2Header.BYTES;
            if (length > header && startsRequest(R2p2Header.read(memory, at))) {
                requests.add(memory, at + header, length - header, SliceList.NO_OWNER);
            }
        }
        handler.announce(burst.queue(), requests);
    }

    private static boolean startsRequest(long header) {
        return R2p2Header.type(header) == R2p2Header.REQUEST && R2p2Header.first(header);
    }

    /// Goes on sending, sends again what was lost, and gives up what has taken too long: to be called by the
    /// queue's poller now and then, also when nothing arrives, when nothing waits for a flush. What it sends
    /// is flushed.
    ///
    /// @param sender the queue's own ([dev.situ.udp.UdpQueue#sender])
    /// @return the nanoseconds after which to call it again at the latest: 0 if there is more to send, or
    ///     [Long#MAX_VALUE] if nothing is under way
    public long tick(int queue, UdpSender sender) {
        Modes modes = queues.of(queue);
        return Math.min(modes.compatible().tick(sender), modes.reliable().tick(sender));
    }

    /// Whether [#tick] has more to send at once. The queue's poller only.
    public boolean hasMore(int queue) {
        return queues.of(queue).reliable().hasMore();
    }

    /// What was executed, sent and dropped in compatible mode, and why. Any thread may call it.
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

    /// What was executed, sent and dropped in reliable mode. Any thread may call it.
    public ReliableServerStatistics reliableStatistics() {
        return new ReliableServerStatistics(
                sum(ReliableServerCount.EXECUTED),
                sum(ReliableServerCount.REFUSED),
                sum(ReliableServerCount.TOO_LARGE),
                sum(ReliableServerCount.OPENS),
                sum(ReliableServerCount.OPENED),
                sum(ReliableServerCount.RESETS),
                sum(ReliableServerCount.EVICTED),
                sum(ReliableServerCount.EXPIRED),
                sum(ReliableServerCount.GIVEN_UP),
                sum(ReliableServerCount.RESPONSE_PACKETS),
                sum(ReliableServerCount.ACKS),
                sum(ReliableServerCount.RETRANSMITTED),
                sum(ReliableServerCount.TIME_OUTS),
                sum(ReliableServerCount.DUPLICATES),
                sum(ReliableServerCount.FINISHED),
                sum(ReliableServerCount.POSTPONED),
                sum(ReliableServerCount.OUT_OF_BUFFERS),
                sum(ReliableServerCount.UNSENT),
                sum(ReliableServerCount.MALFORMED),
                sum(ReliableServerCount.SESSIONS),
                sum(ReliableServerCount.CALLS),
                sum(ReliableServerCount.UNFINISHED),
                sum(ReliableServerCount.UNFINISHED_BYTES),
                sum(ReliableServerCount.RETAINED_BYTES));
    }

    /// Releases the packets of unfinished requests and the responses that are kept. To be called after polling has
    /// stopped, before the stack is closed.
    @Override
    public void close() {
        queues.forEach(modes -> {
            modes.compatible().close();
            modes.reliable().close();
        });
    }

    private long sum(ReliableServerCount name) {
        return sum(modes -> modes.reliable().counts().get(name));
    }

    private long sum(ServerCount name) {
        return sum(modes -> modes.compatible().counts().get(name));
    }

    private long sum(ToLongFunction<Modes> count) {
        long[] sum = {0};
        queues.forEach(modes -> sum[0] += count.applyAsLong(modes));
        return sum[0];
    }
}
