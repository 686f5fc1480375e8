package dev.situ.bench.r2p2;

import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import dev.situ.r2p2.CallStart;
import dev.situ.r2p2.CallStatus;
import dev.situ.r2p2.Completion;
import dev.situ.r2p2.ReliableClient;
import dev.situ.r2p2.ReliableClientOptions;
import dev.situ.r2p2.ReliableClientStatistics;
import dev.situ.socket.SocketStackOptions;
import dev.situ.socket.SocketUdpStack;
import dev.situ.udp.PeerAddress;
import dev.situ.udp.UdpQueue;
import dev.situ.udp.UdpSender;
import dev.situ.udp.UdpStatistics;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/// Counts the datagrams that GETs in reliable mode take, both ways, acknowledgements included: 2 each is the least.
/// The client's own loop does not tell, so this one drives the protocol itself.
final class PacketCount implements Completion {
    private static final long DEADLINE_NANOS = 5_000_000_000L;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment request;
    private final ReliableClient client;
    private final int calls;
    private int started;
    private int succeeded;
    private int failed;

    private PacketCount(InetSocketAddress server, int outstanding, int calls) {
        byte[] get = ("*2\r\n$3\r\nGET\r\n$" + GetProtocol.KEY_LENGTH + "\r\n" + GetProtocol.key(0) + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        request = arena.allocate(get.length);
        Words.copyFrom(get, 0, request, 0, get.length);
        long[] servers = {PeerAddress.of(server)};
        client = new ReliableClient(
                servers, ReliableClientOptions.DEFAULTS.withMaxOutstanding(outstanding), System::nanoTime);
        this.calls = calls;
    }

    /// What was counted.
    ///
    /// @param packetsPerCall datagrams sent and received, for each call
    /// @param retransmissionsPerCall packets that were sent again, by the client, or by the server and came twice
    record Counts(double packetsPerCall, double retransmissionsPerCall) {}

    /// Makes so many calls, `outstanding` under way.
    ///
    /// @throws IllegalStateException if one fails
    static Counts measure(InetSocketAddress server, int outstanding, int calls) throws IOException {
        PacketCount count = new PacketCount(server, outstanding, calls);
        try (SocketUdpStack stack = new SocketUdpStack(SocketStackOptions.defaults())) {
            stack.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), count.client);
            count.run(stack.queue(0), outstanding);
            UdpStatistics datagrams = stack.statistics();
            ReliableClientStatistics of = count.client.statistics();
            return new Counts(
                    (double) (datagrams.sent() + datagrams.received()) / calls,
                    (double) (of.retransmitted() + of.duplicates()) / calls);
        } finally {
            count.client.close();
            count.arena.close();
        }
    }

    private void run(UdpQueue queue, int outstanding) {
        UdpSender sender = queue.sender();
        while (succeeded < calls && failed == 0) {
            client.beginCalls();
            while (started < calls && started - succeeded < outstanding) {
                long deadline = System.nanoTime() + DEADLINE_NANOS;
                if (client.call(sender, request, 0, (int) request.byteSize(), deadline, this, 0) != CallStart.STARTED) {
                    break;
                }
                started++;
            }
            client.endCalls(sender);
            sender.flush();
            queue.poll();
            client.tick(sender);
            sender.flush();
        }
        if (failed > 0) {
            throw new IllegalStateException(failed + " calls failed: " + client.statistics());
        }
    }

    @Override
    public void complete(long token, CallStatus status, SliceList response) {
        if (status == CallStatus.OK) {
            succeeded++;
        } else {
            failed++;
        }
    }
}
