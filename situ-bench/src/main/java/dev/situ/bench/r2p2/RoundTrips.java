package dev.situ.bench.r2p2;

import com.google.errorprone.annotations.Immutable;
import dev.situ.socket.SocketStackOptions;
import dev.situ.socket.SocketUdpStack;
import dev.situ.udp.UdpBurst;
import dev.situ.udp.UdpHandler;
import dev.situ.udp.UdpQueue;
import dev.situ.udp.UdpSender;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// Makes one exchange after the other, each when the reply to the one before is here, and measures each round trip.
/// Their median, unlike their mean, does not move when a busy machine stops one of the two sides for some milliseconds.
@Immutable
@SuppressWarnings("Immutable") // its stack has one queue, driven by the thread that runs the loop
final class RoundTrips implements UdpHandler {
    private static final long HIGHEST_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long LOST_AFTER_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Exchange exchange;
    private final long server;
    private final Histogram nanos = new Histogram(HIGHEST_NANOS, 3);
    private long sentAt;

    private RoundTrips(Exchange exchange, long server) {
        this.exchange = exchange;
        this.server = server;
    }

    /// The round trips of so long a time, in nanoseconds. What was not answered for 50 ms is asked for anew, and counts
    /// from then, so there may be none.
    static Histogram measure(Exchange exchange, long server, long nanos) throws IOException {
        RoundTrips loop = new RoundTrips(exchange, server);
        try (SocketUdpStack stack = new SocketUdpStack(SocketStackOptions.defaults())) {
            stack.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), loop);
            loop.run(stack.queue(0), nanos);
        }
        return loop.nanos;
    }

    private void run(UdpQueue queue, long nanos) {
        UdpSender sender = queue.sender();
        long begin = System.nanoTime();
        long now = begin;
        send(sender);
        sender.flush();
        while (now - begin < nanos) {
            queue.poll();
            now = System.nanoTime();
            if (now - sentAt > LOST_AFTER_NANOS) {
                send(sender);
                sender.flush();
            }
        }
    }

    @Override
    public void onBurst(UdpBurst burst, UdpSender sender) {
        if (exchange.isAnswered(burst)) {
            nanos.recordValue(Math.clamp(System.nanoTime() - sentAt, 0, HIGHEST_NANOS));
            send(sender);
        }
    }

    private void send(UdpSender sender) {
        long at = sender.claim(server, exchange.requestLength());
        if (at != UdpSender.NO_ROOM) {
            exchange.write(sender.memory(), at);
            sender.commit();
        }
        sentAt = System.nanoTime();
    }
}
