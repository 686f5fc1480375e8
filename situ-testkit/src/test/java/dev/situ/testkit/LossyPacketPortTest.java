package dev.situ.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.Words;
import dev.situ.packet.MemoryPort;
import dev.situ.packet.Packet;
import dev.situ.packet.PacketBurst;
import dev.situ.packet.Port;
import dev.situ.packet.PortCapabilities;
import dev.situ.packet.PortQueue;
import dev.situ.packet.SoftwarePacketPool;
import dev.situ.udp.ArpOptions;
import dev.situ.udp.DropReason;
import dev.situ.udp.PeerAddress;
import dev.situ.udp.PortStackOptions;
import dev.situ.udp.PortUdpStack;
import dev.situ.udp.UdpSender;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LossyPacketPortTest {
    private static final long SEED = Long.getLong("situ.seed", 7);

    private final SoftwarePacketPool pool = SoftwarePacketPool.of(2048, 2176, false);
    private final MemoryPort.Wire wire = MemoryPort.wire(pool, pool, PortCapabilities.plain(), 1);
    private final PacketBurst burst = new PacketBurst(32);

    @AfterEach
    void noPacketIsLost() {
        wire.close();
        assertThat(pool.outstanding()).isZero();
        pool.close();
    }

    /// Sends numbered packets through a lossy port, and gives the numbers that arrive.
    private List<Integer> exchange(LossyPacketPort port, int count) {
        List<Integer> arrived = new ArrayList<>();
        PortQueue lossy = port.queue(0);
        PortQueue plain = wire.right().queue(0);
        for (int i = 0; i < count + 100; i++) {
            if (i < count) {
                long packet = lossy.cache().take();
                Packet.setLength(pool.memory(), packet, 64);
                Words.setLong(pool.memory(), Packet.data(pool.memory(), packet) + 12, 0);
                Words.setInt(pool.memory(), Packet.data(pool.memory(), packet) + 20, i);
                burst.add(packet);
            }
            assertThat(lossy.transmit(burst)).isEqualTo(i < count ? 1 : 0);
            plain.receive(burst);
            for (int k = 0; k < burst.size(); k++) {
                arrived.add(Words.getInt(pool.memory(), Packet.data(pool.memory(), burst.packet(k)) + 20));
            }
            pool.releaseAll(burst);
        }
        return arrived;
    }

    @Test
    void aLineWithoutFaultsCarriesEverythingInOrder() {
        try (LossyPacketPort port = new LossyPacketPort(wire.left(), Impairments.none())) {
            List<Integer> arrived = exchange(port, 500);
            assertThat(arrived).hasSize(500).isSorted();
            assertThat(port.lines().delivered()).isEqualTo(500);
        }
    }

    @Test
    void packetsAreLostDoubledDelayedAndDamagedAsTheSeedSays() {
        Impairments bad = Impairments.lossy(SEED, 0.1).withCorruption(0.1);
        List<Integer> first;
        try (LossyPacketPort port = new LossyPacketPort(wire.left(), bad)) {
            first = exchange(port, 2000);
            LineStatistics lines = port.lines();
            assertThat(lines.lost()).as("-Dsitu.seed=%d", SEED).isBetween(100L, 320L);
            assertThat(lines.duplicated()).isBetween(100L, 320L);
            assertThat(lines.delayed()).isBetween(100L, 400L);
            assertThat(lines.corrupted()).isBetween(100L, 400L);
            assertThat(lines.delivered()).isEqualTo(lines.sent() - lines.lost() + lines.duplicated());
            assertThat(first).hasSize((int) lines.delivered());
            assertThat(first).isNotEqualTo(first.stream().sorted().toList());
        }
        try (LossyPacketPort again = new LossyPacketPort(wire.left(), bad)) {
            assertThat(exchange(again, 2000)).as("the same seed, the same fate").isEqualTo(first);
        }
    }

    @Test
    void whatIsOnTheLineIsReleasedAtTheEnd() {
        LossyPacketPort port = new LossyPacketPort(wire.left(), new Impairments(SEED, 0, 0, 1, 0, false, 1000));
        for (int i = 0; i < 20; i++) {
            burst.add(pool.take());
        }
        port.queue(0).transmit(burst);
        assertThat(pool.outstanding()).isEqualTo(20);
        port.close();
    }

    /// Two stacks over a wire that spoils a fifth of all frames, ARP's included: a client that asks again gets every
    /// answer, no damaged byte gets through, and no buffer is lost.
    @Test
    void aStackOverABadWireServesWhoAsksAgain() throws Exception {
        Impairments bad = Impairments.lossy(SEED, 0.05).withCorruption(0.1);
        long[] now = {0};
        ArpOptions arp = new ArpOptions(500_000_000L, 10_000_000L, 5, 8, 4, 64);
        int questions = 500;
        int[] answers = new int[questions];
        LossyPacketPort lossy = new LossyPacketPort(wire.left(), bad);
        Port port = lossy;
        try (PortUdpStack server = new PortUdpStack(
                        port, PortStackOptions.at("10.0.0.1/24").withArp(arp, () -> now[0]));
                PortUdpStack client = new PortUdpStack(
                        wire.right(), PortStackOptions.at("10.0.0.2/24").withArp(arp, () -> now[0]))) {
            server.bind(new InetSocketAddress(7), (received, sender) -> {
                for (int i = 0; i < received.size(); i++) {
                    long at = sender.claim(received.peer(i), 200);
                    Words.copy(received.memory(i), received.offset(i), sender.memory(), at, 200);
                    sender.commit();
                }
            });
            client.bind(new InetSocketAddress(8), (received, _) -> {
                for (int i = 0; i < received.size(); i++) {
                    int number = Words.getInt(received.memory(i), received.offset(i));
                    for (int k = 4; k < 200; k++) {
                        assertThat(Words.getByte(received.memory(i), received.offset(i) + k))
                                .isEqualTo((byte) (number + k));
                    }
                    answers[number]++;
                }
            });
            UdpSender sender = client.queue(0).sender();
            for (int number = 0; number < questions; number++) {
                for (int attempt = 0; answers[number] == 0; attempt++) {
                    assertThat(attempt)
                            .as("-Dsitu.seed=%d, question %d", SEED, number)
                            .isLessThan(200);
                    ask(sender, number);
                    for (int i = 0; i < 8; i++) {
                        now[0] += 1_000_000;
                        server.queue(0).poll();
                        client.queue(0).poll();
                    }
                }
            }
            assertThat(client.statistics().handlerFailures()).isZero();
            assertThat(server.details().dropped(DropReason.BAD_CHECKSUM)
                            + client.details().dropped(DropReason.BAD_CHECKSUM))
                    .isPositive();
            assertThat(lossy.lines().lost()).isPositive();
        }
    }

    private static void ask(UdpSender sender, int number) {
        long at = sender.claim(PeerAddress.of(0x0A00_0001, 7), 200);
        Words.setInt(sender.memory(), at, number);
        for (int k = 4; k < 200; k++) {
            Words.setByte(sender.memory(), at + k, (byte) (number + k));
        }
        sender.commit();
        sender.flush();
    }
}
