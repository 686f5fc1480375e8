package dev.situ.dpdk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.Words;
import dev.situ.udp.PeerAddress;
import dev.situ.udp.PortStackOptions;
import dev.situ.udp.PortUdpStack;
import dev.situ.udp.UdpBurst;
import dev.situ.udp.UdpSender;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Two user-space UDP stacks that talk through a memif: addresses resolved, payloads appended by reference, sent
/// as chains and received whole.
@Timeout(120)
class UdpOverMemifTest {
    private static final int DATAGRAMS = 2_000;
    private static final int SIZES = 1_400;

    private static Eal eal;

    @BeforeAll
    static void start() {
        eal = TestEal.start();
    }

    @AfterAll
    static void end() {
        if (eal != null) {
            eal.close();
        }
    }

    @Test
    void datagramsAreEchoedWholeAndEveryPacketComesBack() throws Exception {
        try (EalThread _ = eal.register();
                DpdkPacketPool pool = DpdkPacketPool.create(eal, 4095, DpdkPacketPool.DEFAULT_BUFFER_BYTES, false);
                Memif memif = new Memif(eal, pool, pool, 1);
                PortUdpStack server = new PortUdpStack(memif.server(), PortStackOptions.at("10.77.0.1/24"));
                PortUdpStack client = new PortUdpStack(memif.client(), PortStackOptions.at("10.77.0.2/24"))) {
            long to = PeerAddress.of(server.bind(new InetSocketAddress("10.77.0.1", 7), EchoHandler.ECHO));
            Replies replies = new Replies();
            client.bind(new InetSocketAddress("10.77.0.2", 0), replies);
            for (int i = 0; i < DATAGRAMS; i++) {
                send(client.queue(0).sender(), to, i);
                while (replies.count <= i) {
                    client.queue(0).poll();
                    server.queue(0).poll();
                }
            }
            assertThat(server.statistics().received()).isEqualTo(DATAGRAMS);
            assertThat(server.statistics().sent()).isEqualTo(DATAGRAMS);
            assertThat(server.details().dropped()).isEmpty();
            assertThat(client.details().dropped()).isEmpty();
            assertThat(client.details().arpAsked()).isPositive();
        }
    }

    private static void send(UdpSender sender, long to, int number) {
        int length = 4 + number % SIZES;
        long at = sender.claim(to, length);
        assertThat(at).isNotEqualTo(UdpSender.NO_ROOM);
        write(sender.memory(), at, number, length);
        sender.commit();
        sender.flush();
    }

    private static void write(MemorySegment m, long at, int number, int length) {
        Words.setIntBe(m, at, number);
        for (int i = 4; i < length; i++) {
            Words.setByte(m, at + i, (byte) (number + i));
        }
    }

    /// Counts the replies, in order, and looks at every byte.
    private static final class Replies implements dev.situ.udp.UdpHandler {
        private final MemorySegment expected = Arena.ofAuto().allocate(SIZES + 4L);
        private int count;

        @Override
        public void onBurst(UdpBurst burst, UdpSender sender) {
            for (int i = 0; i < burst.size(); i++) {
                int length = 4 + count % SIZES;
                assertThat(burst.length(i)).isEqualTo(EchoHandler.MARK_BYTES + length);
                MemorySegment m = burst.memory(i);
                assertThat(Words.getIntBe(m, burst.offset(i))).isEqualTo(EchoHandler.MARK);
                write(expected, 0, count, length);
                assertThat(Words.equal(m, burst.offset(i) + EchoHandler.MARK_BYTES, expected, 0, length))
                        .isTrue();
                count++;
            }
        }
    }
}
