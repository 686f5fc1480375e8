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

/// Keeps a fixed number of GETs under way against one server and counts the hits. The same code for every server, so
/// that their figures can be divided.
@Immutable
@SuppressWarnings("Immutable") // its stack has one queue, driven by the thread that runs the loop
final class ClosedLoop implements UdpHandler {
    private static final long LOST_AFTER_NANOS = 50_000_000;

    private final GetProtocol protocol;
    private final long server;
    private final int outstanding;
    private final int keys;
    private final int valueLength;
    private final SplittableRandom random = new SplittableRandom(42);
    private int id;
    private long hits;
    private long others;

    ClosedLoop(GetProtocol protocol, long server, int outstanding, int keys, int valueLength) {
        this.protocol = protocol;
        this.server = server;
        this.outstanding = outstanding;
        this.keys = keys;
        this.valueLength = valueLength;
    }

    /// The hits a second of a loop of its own, on ports of its own. Replies are received as they come: the kernel may
    /// hand several over together, if the server sent them so.
    ///
    /// @param together whether the kernel gets requests that are ready together in one message, or each
    ///     as a message of its own
    static double measure(
            GetProtocol protocol, long server, int outstanding, int keys, int valueLength, boolean together, long nanos)
            throws IOException {
        ClosedLoop loop = new ClosedLoop(protocol, server, outstanding, keys, valueLength);
        SocketStackOptions options = SocketStackOptions.defaults().withOffload(true, together);
        try (SocketUdpStack stack = new SocketUdpStack(options)) {
            stack.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), loop);
            return loop.run(stack.queue(0), nanos);
        }
    }

    /// Runs for so long and gives the hits a second.
    ///
    /// @throws IllegalStateException if the server answered with anything but values
    double run(UdpQueue queue, long nanos) {
        hits = 0;
        others = 0;
        UdpSender sender = queue.sender();
        start(sender);
        long begin = System.nanoTime();
        long last = begin;
        long now = begin;
        while (now - begin < nanos) {
            int received = queue.poll();
            now = System.nanoTime();
            if (received > 0) {
                last = now;
            } else if (now - last > LOST_AFTER_NANOS) {
                start(sender);
                last = now;
            }
        }
        if (others > 0) {
            throw new IllegalStateException(others + " replies of " + protocol + " were no values of this length");
        }
        return hits * 1e9 / (now - begin);
    }

    private void start(UdpSender sender) {
        for (int i = 0; i < outstanding; i++) {
            send(sender);
        }
        sender.flush();
    }

    @Override
    public void onBurst(UdpBurst burst, UdpSender sender) {
        for (int i = 0; i < burst.size(); i++) {
            if (protocol.isHit(burst.memory(i), burst.offset(i), burst.length(i), valueLength)) {
                hits++;
            } else {
                others++;
            }
            send(sender);
        }
    }

    private void send(UdpSender sender) {
        long at = sender.claim(server, protocol.requestLength());
        if (at == UdpSender.NO_ROOM) {
            return;
        }
        protocol.write(sender.memory(), at, id++ & 0xFFFF, random.nextInt(keys));
        sender.commit();
    }
}
