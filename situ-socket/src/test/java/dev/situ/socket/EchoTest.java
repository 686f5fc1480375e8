package dev.situ.socket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.udp.UdpHandler;
import java.net.InetSocketAddress;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class EchoTest {
    @ParameterizedTest
    @CsvSource({"true,true", "false,false", "true,false", "false,true"})
    void datagramsOfAllSizesComeBack(boolean gro, boolean gso) throws Exception {
        echoAllSizes(SocketStackOptions.defaults().withOffload(gro, gso), Handlers.ECHO, 1472);
    }

    @Test
    void datagramsOfAllSizesComeBackByReference() throws Exception {
        echoAllSizes(SocketStackOptions.defaults(), Handlers.ECHO_BY_REFERENCE, 1472);
    }

    @Test
    void theLargestDatagramComesBack() throws Exception {
        SocketStackOptions options = SocketStackOptions.defaults().withMaxPayload(SocketStackOptions.LARGEST_PAYLOAD);
        try (SocketUdpStack stack = new SocketUdpStack(options)) {
            InetSocketAddress bound = stack.bind(PlainPeer.ANY_PORT, Handlers.ECHO);
            try (Poller _ = new Poller(stack);
                    PlainPeer peer = new PlainPeer(bound)) {
                for (int size : new int[] {1473, 8192, 65506, 65507}) {
                    byte[] payload = PlainPeer.random(size, new Random(size));
                    assertThat(peer.exchange(payload)).isEqualTo(payload);
                }
            }
        }
    }

    private static void echoAllSizes(SocketStackOptions options, UdpHandler handler, int largest) throws Exception {
        try (SocketUdpStack stack = new SocketUdpStack(options)) {
            InetSocketAddress bound = stack.bind(PlainPeer.ANY_PORT, handler);
            try (Poller _ = new Poller(stack);
                    PlainPeer peer = new PlainPeer(bound)) {
                Random random = new Random(1);
                for (int size = 0; size <= largest; size++) {
                    byte[] payload = PlainPeer.random(size, random);
                    assertThat(peer.exchange(payload)).isEqualTo(payload);
                }
            }
            assertThat(stack.statistics().received()).isEqualTo(largest + 1);
            assertThat(stack.statistics().sent()).isEqualTo(largest + 1);
            assertThat(stack.statistics().sentBytes()).isEqualTo(largest * (largest + 1L) / 2);
            assertThat(stack.statistics().retained()).isZero();
        }
    }
}
