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
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// Sends one GET after the other, each when the reply to the one before is here, and measures each round trip. Their
/// median, unlike their mean, does not move when a busy machine stops one of the two sides for some milliseconds.
@Immutable
@SuppressWarnings("Immutable") // its stack has one queue, driven by the thread that runs the loop
final class RoundTrips implements UdpHandler {
    private static final long HIGHEST_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long LOST_AFTER_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final GetProtocol protocol;
    private final long server;
    private final int keys;
    private final int valueLength;
    private final SplittableRandom random = new SplittableRandom(42);
    private final Histogram nanos = new Histogram(HIGHEST_NANOS, 3);
    private int id;
    private long sentAt;

    private RoundTrips(GetProtocol protocol, long server, int keys, int valueLength) {
        this.protocol = protocol;
        this.server = server;
        this.keys = keys;
        this.valueLength = valueLength;
    }

    /// The round trips of so long a time, in nanoseconds.
    ///
    /// @throws IllegalStateException if there was none
    static Histogram measure(GetProtocol protocol, long server, int keys, int valueLength, long nanos)
            throws IOException {
        RoundTrips loop = new RoundTrips(protocol, server, keys, valueLength);
        try (SocketUdpStack stack = new SocketUdpStack(SocketStackOptions.defaults())) {
            stack.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), loop);
            loop.run(stack.queue(0), nanos);
        }
        if (loop.nanos.getTotalCount() == 0) {
            throw new IllegalStateException("no reply of " + protocol + " was a value of this length");
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
        for (int i = 0; i < burst.size(); i++) {
            boolean isCurrent = protocol.id(burst.memory(i), burst.offset(i)) == (id & 0xFFFF);
            if (isCurrent && protocol.isHit(burst.memory(i), burst.offset(i), burst.length(i), valueLength)) {
                nanos.recordValue(Math.clamp(System.nanoTime() - sentAt, 0, HIGHEST_NANOS));
                send(sender);
            }
        }
    }

    private void send(UdpSender sender) {
        long at = sender.claim(server, protocol.requestLength());
        if (at != UdpSender.NO_ROOM) {
            protocol.write(sender.memory(), at, ++id & 0xFFFF, random.nextInt(keys));
            sender.commit();
        }
        sentAt = System.nanoTime();
    }
}
