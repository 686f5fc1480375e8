package dev.situ.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.situ.memory.Words;
import dev.situ.udp.UdpHandler;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class BindTest {
    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private static SocketUdpStack stack(int queues) throws IOException {
        return new SocketUdpStack(SocketStackOptions.defaults().withQueues(queues));
    }

    @Test
    void aPortThatIsTakenFreelyIsSharedByAllQueuesAndFlowsAreSpread() throws Exception {
        int queues = 4;
        AtomicLongArray datagrams = new AtomicLongArray(queues);
        UdpHandler handler = (burst, sender) -> {
            datagrams.addAndGet(burst.queue(), burst.size());
            Handlers.ECHO.onBurst(burst, sender);
        };
        try (SocketUdpStack stack = stack(queues)) {
            InetSocketAddress bound = stack.bind(PlainPeer.ANY_PORT, handler);
            assertThat(bound.getPort()).isPositive();
            assertThat(bound.getAddress()).isEqualTo(InetAddress.getLoopbackAddress());
            try (Poller _ = new Poller(stack)) {
                // 128 flows miss one of 4 queues with a probability of 1e-16.
                for (int i = 0; i < 128; i++) {
                    try (PlainPeer peer = new PlainPeer(bound)) {
                        assertThat(peer.exchange(new byte[] {1, 2})).hasSize(2);
                    }
                }
            }
        }
        for (int i = 0; i < queues; i++) {
            assertThat(datagrams.get(i)).as("queue %d", i).isPositive();
        }
    }

    @Test
    void aFlowStaysOnItsQueue() throws Exception {
        AtomicLongArray datagrams = new AtomicLongArray(3);
        try (SocketUdpStack stack = stack(3)) {
            InetSocketAddress bound = stack.bind(PlainPeer.ANY_PORT, (burst, sender) -> {
                datagrams.addAndGet(burst.queue(), burst.size());
                Handlers.ECHO.onBurst(burst, sender);
            });
            try (Poller _ = new Poller(stack);
                    PlainPeer peer = new PlainPeer(bound)) {
                for (int i = 0; i < 50; i++) {
                    assertThat(peer.exchange(new byte[] {3})).hasSize(1);
                }
            }
        }
        assertThat(new long[] {datagrams.get(0), datagrams.get(1), datagrams.get(2)})
                .containsExactlyInAnyOrder(0, 0, 50);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void aPortThatAnotherStackHoldsIsRefused(int queues) throws Exception {
        try (SocketUdpStack first = stack(queues);
                SocketUdpStack second = stack(queues)) {
            InetSocketAddress bound = first.bind(PlainPeer.ANY_PORT, Handlers.ECHO);
            assertThatThrownBy(() -> second.bind(bound, Handlers.ECHO))
                    .isInstanceOf(BindException.class)
                    .hasMessage("UDP port is in use: 127.0.0.1:" + bound.getPort());
            assertThatThrownBy(() -> second.bind(new InetSocketAddress("0.0.0.0", bound.getPort()), Handlers.ECHO))
                    .isInstanceOf(BindException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void aPortThatSomebodyWouldShareIsRefusedAllTheSame(int queues) throws Exception {
        try (DatagramChannel other = DatagramChannel.open();
                SocketUdpStack stack = stack(queues)) {
            other.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            other.bind(loopback(0));
            InetSocketAddress taken = loopback(other.socket().getLocalPort());
            assertThatThrownBy(() -> stack.bind(taken, Handlers.ECHO)).isInstanceOf(BindException.class);
        }
    }

    @Test
    void aPortIsFreeAgainAfterClose() throws Exception {
        InetSocketAddress bound;
        try (SocketUdpStack stack = stack(2)) {
            bound = stack.bind(PlainPeer.ANY_PORT, Handlers.ECHO);
        }
        try (DatagramSocket socket = new DatagramSocket(bound)) {
            assertThat(socket.getLocalPort()).isEqualTo(bound.getPort());
        }
    }

    @Test
    void anAddressOfAnotherMachineIsRefused() throws Exception {
        try (SocketUdpStack stack = stack(1)) {
            assertThatThrownBy(() -> stack.bind(new InetSocketAddress("192.0.2.1", 0), Handlers.ECHO))
                    .isInstanceOf(BindException.class)
                    .hasMessage("not an address of this machine: 192.0.2.1:0");
            byte[] ipv6 = new byte[16];
            ipv6[15] = 1;
            InetSocketAddress loopback6 = new InetSocketAddress(InetAddress.getByAddress(ipv6), 0);
            assertThatThrownBy(() -> stack.bind(loopback6, Handlers.ECHO))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("not a resolved IPv4 address");
        }
    }

    @Test
    void severalPortsHaveTheirOwnHandlersOnTheSameQueue() throws Exception {
        try (SocketUdpStack stack = stack(1)) {
            InetSocketAddress echo = stack.bind(PlainPeer.ANY_PORT, Handlers.ECHO);
            InetSocketAddress shout = stack.bind(PlainPeer.ANY_PORT, (burst, sender) -> {
                for (int i = 0; i < burst.size(); i++) {
                    long at = sender.claim(burst.peer(i), 1);
                    Words.setByte(sender.memory(), at, (byte) '!');
                    sender.commit();
                }
            });
            try (Poller _ = new Poller(stack);
                    PlainPeer one = new PlainPeer(echo);
                    PlainPeer two = new PlainPeer(shout)) {
                assertThat(one.exchange(new byte[] {7, 8})).containsExactly(7, 8);
                assertThat(two.exchange(new byte[] {7, 8})).containsExactly('!');
            }
        }
    }

    @Test
    void aClosedStackSaysSo() throws Exception {
        SocketUdpStack stack = stack(1);
        stack.bind(PlainPeer.ANY_PORT, Handlers.ECHO);
        stack.close();
        stack.close();
        assertThatThrownBy(() -> stack.queue(0).poll()).hasMessageContaining("closed");
        assertThatThrownBy(() -> stack.queue(0).await(1)).hasMessageContaining("closed");
        assertThatThrownBy(() -> stack.bind(PlainPeer.ANY_PORT, Handlers.ECHO)).hasMessageContaining("closed");
        stack.queue(0).wakeup();
        assertThat(stack.statistics().received()).isZero();
        assertThat(stack.socketStatistics().kernelDropped()).isZero();
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        SocketStackOptions options = SocketStackOptions.defaults();
        assertThatThrownBy(() -> options.withQueues(0)).hasMessage("queues is 1 to 256, not 0");
        assertThatThrownBy(() -> options.withMaxPayload(65508)).hasMessage("maxPayload is 1 to 65507, not 65508");
        assertThatThrownBy(() -> options.withBuffers(2048, 512, 512)).hasMessageContaining("bufferBytes is 65536");
        assertThatThrownBy(() -> options.withBuffers(65536, 64, 512)).hasMessageContaining("buffersPerQueue");
    }
}
