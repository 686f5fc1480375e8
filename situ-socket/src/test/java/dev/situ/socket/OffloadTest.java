package dev.situ.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.situ.memory.Words;
import dev.situ.udp.PeerAddress;
import dev.situ.udp.UdpHandler;
import dev.situ.udp.UdpSender;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Whether the kernel really moves many datagrams in one message, and whether peers see the same datagrams all
/// the same. Everything runs in one thread: what is sent over loopback is there when the call returns.
@Timeout(60)
class OffloadTest {
    private static final int COUNT = 64;
    private static final int BYTES = 44;

    private static void send(UdpSender sender, InetSocketAddress to, int length, int mark) {
        send(sender, PeerAddress.of(to), length, mark);
    }

    private static void send(UdpSender sender, long to, int length, int mark) {
        long at = sender.claim(to, length);
        Words.setInt(sender.memory(), at, mark);
        sender.commit();
    }

    private static int pollUntil(SocketUdpStack stack, int datagrams) {
        int received = 0;
        while (received < datagrams) {
            received += stack.queue(0).poll();
        }
        return received;
    }

    @Test
    void equalDatagramsToOnePeerTravelAsOneMessageBothWays() throws Exception {
        List<Integer> replies = new ArrayList<>();
        try (SocketUdpStack server = new SocketUdpStack(SocketStackOptions.defaults());
                SocketUdpStack client = new SocketUdpStack(SocketStackOptions.defaults())) {
            InetSocketAddress to = server.bind(PlainPeer.ANY_PORT, Handlers.ECHO);
            client.bind(PlainPeer.ANY_PORT, record(replies));
            for (int i = 0; i < COUNT; i++) {
                send(client.queue(0).sender(), to, BYTES, i);
            }
            client.queue(0).sender().flush();
            assertThat(pollUntil(server, COUNT)).isEqualTo(COUNT);
            assertThat(pollUntil(client, COUNT)).isEqualTo(COUNT);

            assertThat(client.socketStatistics().sentMessages()).isEqualTo(1);
            assertThat(server.socketStatistics().receivedMessages()).isEqualTo(1);
            assertThat(server.socketStatistics().sentMessages()).isEqualTo(1);
            assertThat(client.socketStatistics().receivedMessages()).isEqualTo(1);
            assertThat(server.socketStatistics().segmentationRefused()).isZero();
            assertThat(server.statistics().sent()).isEqualTo(COUNT);
            assertThat(server.statistics().sentBytes()).isEqualTo(COUNT * BYTES);
        }
        assertThat(replies).hasSize(COUNT).isSorted();
    }

    private static UdpHandler record(List<Integer> marks) {
        return (burst, _) -> {
            for (int i = 0; i < burst.size(); i++) {
                marks.add(Words.getInt(burst.memory(i), burst.offset(i)));
            }
        };
    }

    @Test
    void withoutOffloadsEveryDatagramIsAMessage() throws Exception {
        SocketStackOptions plain = SocketStackOptions.defaults().withOffload(false, false);
        try (SocketUdpStack server = new SocketUdpStack(plain);
                SocketUdpStack client = new SocketUdpStack(SocketStackOptions.defaults())) {
            InetSocketAddress to = server.bind(PlainPeer.ANY_PORT, Handlers.ECHO);
            client.bind(PlainPeer.ANY_PORT, Handlers.IGNORE);
            for (int i = 0; i < COUNT; i++) {
                send(client.queue(0).sender(), to, BYTES, i);
            }
            client.queue(0).sender().flush();
            pollUntil(server, COUNT);
            assertThat(client.socketStatistics().sentMessages()).isEqualTo(1);
            assertThat(server.socketStatistics().receivedMessages()).isEqualTo(COUNT);
            assertThat(server.socketStatistics().sentMessages()).isEqualTo(COUNT);
            assertThat(server.socketStatistics().sendCalls()).isEqualTo(1);
            assertThat(pollUntil(client, COUNT)).isEqualTo(COUNT);
        }
    }

    @Test
    void aPeerThatKnowsNothingOfItSeesTheSameDatagrams() throws Exception {
        int[] lengths = {1472, 1472, 1472, 700, 1472, 0, 10, 10, 4, 10};
        try (SocketUdpStack stack = new SocketUdpStack(SocketStackOptions.defaults())) {
            InetSocketAddress bound = stack.bind(PlainPeer.ANY_PORT, Handlers.IGNORE);
            try (PlainPeer peer = new PlainPeer(bound)) {
                UdpSender sender = stack.queue(0).sender();
                for (int i = 0; i < lengths.length; i++) {
                    long at = sender.claim(PeerAddress.of(peer.address()), lengths[i]);
                    for (int b = 0; b < lengths[i]; b++) {
                        Words.setByte(sender.memory(), at + b, (byte) i);
                    }
                    sender.commit();
                }
                sender.flush();
                for (int i = 0; i < lengths.length; i++) {
                    byte[] expected = new byte[lengths[i]];
                    Arrays.fill(expected, (byte) i);
                    assertThat(peer.receive()).as("datagram %d", i).isEqualTo(expected);
                }
                // 3 x 1472 + 700 | 1472 | 0 | 10 + 10 + 4 | 10
                assertThat(stack.socketStatistics().sentMessages()).isEqualTo(5);
            }
        }
    }

    @Test
    void interleavedPeersAreCoalescedEachInItsOrder() throws Exception {
        List<Integer> first = new ArrayList<>();
        List<Integer> second = new ArrayList<>();
        try (SocketUdpStack server = new SocketUdpStack(SocketStackOptions.defaults());
                SocketUdpStack client = new SocketUdpStack(SocketStackOptions.defaults())) {
            server.bind(PlainPeer.ANY_PORT, Handlers.IGNORE);
            long one = PeerAddress.of(client.bind(PlainPeer.ANY_PORT, record(first)));
            long two = PeerAddress.of(client.bind(PlainPeer.ANY_PORT, record(second)));
            UdpSender sender = server.queue(0).sender();
            for (int i = 0; i < COUNT; i++) {
                send(sender, one, BYTES, i);
                send(sender, two, BYTES + i / 32, i);
            }
            sender.flush();
            pollUntil(client, 2 * COUNT);
            assertThat(server.socketStatistics().sentMessages()).isEqualTo(3);
        }
        assertThat(first).hasSize(COUNT).isSorted();
        assertThat(second).hasSize(COUNT).isSorted();
    }

    @Test
    void aBurstOfMoreThanItsCapacityIsDeliveredInSeveral() throws Exception {
        int count = 3 * SocketBurst.CAPACITY + 7;
        List<Integer> marks = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();
        try (SocketUdpStack server = new SocketUdpStack(SocketStackOptions.defaults());
                SocketUdpStack client = new SocketUdpStack(SocketStackOptions.defaults())) {
            UdpHandler recorder = record(marks);
            InetSocketAddress to = server.bind(PlainPeer.ANY_PORT, (burst, sender) -> {
                sizes.add(burst.size());
                recorder.onBurst(burst, sender);
            });
            client.bind(PlainPeer.ANY_PORT, Handlers.IGNORE);
            for (int i = 0; i < count; i++) {
                send(client.queue(0).sender(), to, 5, i);
            }
            client.queue(0).sender().flush();
            assertThat(server.queue(0).poll()).isEqualTo(SocketBurst.CAPACITY);
            // Does not sleep: there is more of what was received already.
            server.queue(0).await(Long.MAX_VALUE);
            assertThat(pollUntil(server, count - SocketBurst.CAPACITY)).isEqualTo(count - SocketBurst.CAPACITY);
            assertThat(server.socketStatistics().receiveCalls()).isEqualTo(1);
        }
        assertThat(marks).hasSize(count).isSorted();
        assertThat(sizes).hasSize(4);
    }

    @Test
    void moreThanTheTransmitAreaHoldsIsSentInSeveralCalls() throws Exception {
        int count = 1500;
        List<Integer> marks = new ArrayList<>();
        try (SocketUdpStack server = new SocketUdpStack(SocketStackOptions.defaults());
                SocketUdpStack client = new SocketUdpStack(SocketStackOptions.defaults())) {
            InetSocketAddress to = server.bind(PlainPeer.ANY_PORT, record(marks));
            assumeTrue(
                    server.socketStatistics().socketReceiveBytes() >= 8 << 20,
                    "the kernel does not hold all datagrams at once: net.core.rmem_max is small");
            client.bind(PlainPeer.ANY_PORT, Handlers.IGNORE);
            for (int i = 0; i < count; i++) {
                send(client.queue(0).sender(), to, 1000, i);
            }
            client.queue(0).sender().flush();
            pollUntil(server, count);
        }
        assertThat(marks).hasSize(count).isSorted();
    }
}
