package dev.situ.socket;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TruncationTest {
    @Test
    void aDatagramThatDoesNotFitIsDroppedAndCounted() throws Exception {
        SocketStackOptions options =
                SocketStackOptions.defaults().withOffload(false, true).withBuffers(512, 128, 128);
        try (SocketUdpStack stack = new SocketUdpStack(options)) {
            InetSocketAddress bound = stack.bind(PlainPeer.ANY_PORT, Handlers.ECHO);
            try (PlainPeer peer = new PlainPeer(bound)) {
                int[] lengths = {512, 513, 100, 1472, 0, 60_000, 511};
                for (int length : lengths) {
                    peer.send(new byte[length]);
                }
                while (stack.statistics().received() < 4) {
                    stack.queue(0).poll();
                }
                for (int length : new int[] {512, 100, 0, 511}) {
                    assertThat(peer.receive()).hasSize(length);
                }
                assertThat(stack.queue(0).poll()).isZero();
                assertThat(stack.statistics().receiveTruncated()).isEqualTo(3);
                assertThat(stack.statistics().received()).isEqualTo(4);

                // A poll that brings nothing but what must be dropped hands nothing over and leaves nothing behind.
                peer.send(new byte[1000]);
                while (stack.statistics().receiveTruncated() < 4) {
                    assertThat(stack.queue(0).poll()).isZero();
                }
                assertThat(exchange(stack, peer)).hasSize(3);
            }
        }
    }

    private static byte[] exchange(SocketUdpStack stack, PlainPeer peer) throws Exception {
        peer.send(new byte[3]);
        while (stack.queue(0).poll() == 0) {
            Thread.onSpinWait();
        }
        return peer.receive();
    }
}
