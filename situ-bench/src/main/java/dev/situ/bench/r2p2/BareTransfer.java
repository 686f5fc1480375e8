package dev.situ.bench.r2p2;

import com.google.errorprone.annotations.Immutable;
import dev.situ.memory.Words;
import dev.situ.socket.SocketStackOptions;
import dev.situ.socket.SocketUdpStack;
import dev.situ.udp.UdpBurst;
import dev.situ.udp.UdpHandler;
import dev.situ.udp.UdpQueue;
import dev.situ.udp.UdpSender;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// The bound of a large reply over UDP: so many bytes in full datagrams, sent and received together (GSO, GRO),
/// with no protocol but a number that tells the datagrams of one transfer from those of the next.
///
/// ```
///   request   number, bytes            reply   number, data | number, data | ...
/// ```
final class BareTransfer {
    private static final int HEADER = 4;
    private static final int REQUEST = HEADER + 4;
    private static final long HIGHEST_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long LOST_AFTER_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private BareTransfer() {}

    /// Answers requests, with bytes that it never touches itself.
    @Immutable
    @SuppressWarnings("Immutable") // what it sends is never written
    static final class Source implements UdpHandler {
        private final MemorySegment data;

        /// Sends up to so many bytes at a request.
        Source(int most) {
            data = Arena.ofAuto().allocate(most);
        }

        @Override
        public void onBurst(UdpBurst burst, UdpSender sender) {
            for (int i = 0; i < burst.size(); i++) {
                if (burst.length(i) == REQUEST) {
                    MemorySegment request = burst.memory(i);
                    long at = burst.offset(i);
                    int bytes = (int) Math.min(data.byteSize(), Words.getIntBe(request, at + HEADER));
                    send(burst.peer(i), Words.getIntBe(request, at), bytes, sender);
                }
            }
        }

        private void send(long peer, int number, int bytes, UdpSender sender) {
            int most = sender.maxPayload() - HEADER;
            for (int from = 0; from < bytes; from += most) {
                long at = sender.claim(peer, HEADER);
                if (at == UdpSender.NO_ROOM) {
                    return;
                }
                Words.setIntBe(sender.memory(), at, number);
                sender.append(data, from, Math.min(most, bytes - from));
                sender.commit();
            }
        }
    }

    /// Asks again and again, each time when all of the reply before is here.
    @Immutable
    @SuppressWarnings("Immutable") // its stack has one queue, driven by the thread that runs the loop
    static final class Sink implements UdpHandler {
        private final long server;
        private final int bytes;
        private final Histogram nanos = new Histogram(HIGHEST_NANOS, 3);
        private int number;
        private int received;
        private long sentAt;

        private Sink(long server, int bytes) {
            this.server = server;
            this.bytes = bytes;
        }

        /// How long transfers of so many bytes take, in nanoseconds: those of which nothing was lost, which may be
        /// none.
        static Histogram measure(long server, int bytes, long nanos) throws IOException {
            Sink sink = new Sink(server, bytes);
            try (SocketUdpStack stack = new SocketUdpStack(SocketStackOptions.defaults())) {
                stack.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), sink);
                sink.run(stack.queue(0), nanos);
            }
            return sink.nanos;
        }

        private void run(UdpQueue queue, long nanos) {
            UdpSender sender = queue.sender();
            long begin = System.nanoTime();
            long now = begin;
            ask(sender);
            sender.flush();
            while (now - begin < nanos) {
                queue.poll();
                now = System.nanoTime();
                if (now - sentAt > LOST_AFTER_NANOS) {
                    ask(sender);
                    sender.flush();
                }
            }
        }

        @Override
        public void onBurst(UdpBurst burst, UdpSender sender) {
            for (int i = 0; i < burst.size(); i++) {
                if (burst.length(i) > HEADER && Words.getIntBe(burst.memory(i), burst.offset(i)) == number) {
                    received += burst.length(i) - HEADER;
                }
            }
            if (received == bytes) {
                nanos.recordValue(Math.clamp(System.nanoTime() - sentAt, 0, HIGHEST_NANOS));
                ask(sender);
            }
        }

        private void ask(UdpSender sender) {
            received = 0;
            number++;
            sentAt = System.nanoTime();
            long at = sender.claim(server, REQUEST);
            if (at != UdpSender.NO_ROOM) {
                Words.setIntBe(sender.memory(), at, number);
                Words.setIntBe(sender.memory(), at + HEADER, bytes);
                sender.commit();
            }
        }
    }
}
