package dev.situ.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PipelineTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final SoftwarePacketPool pool = SoftwarePacketPool.of(512, 2176, false);
    private final MemoryPort.Wire wire = MemoryPort.wire(pool, pool, PortCapabilities.plain(), 1);
    private final PortQueue own = wire.left().queue(0);
    private final PortQueue peer = wire.right().queue(0);
    private final PacketBurst burst = new PacketBurst(32);

    @AfterEach
    void noPacketIsLost() {
        wire.close();
        pool.close();
    }

    private void arrive(byte[]... frames) {
        for (byte[] frame : frames) {
            burst.add(Frames.packet(pool, frame));
        }
        assertThat(peer.transmit(burst)).isEqualTo(frames.length);
    }

    private List<byte[]> sent() {
        List<byte[]> frames = new ArrayList<>();
        peer.receive(burst);
        for (int i = 0; i < burst.size(); i++) {
            frames.add(Frames.bytes(pool, burst.packet(i)));
        }
        pool.releaseAll(burst);
        return frames;
    }

    private Pipeline echo() {
        return Pipeline.of(
                pool,
                frames -> frames.parse(Frame::ethernet)
                        .map(ethernet -> ethernet.turnBack(Frames.OWN_MAC))
                        .parse(Ethernet::ipv4)
                        .map(Ipv4::swapAddresses)
                        .parse(Ipv4::udp)
                        .filter(udp -> udp.destinationPort() == 7)
                        .map(Udp::swapPorts)
                        .send());
    }

    @Test
    void packetsThatPassEveryStepAreSentAndTheOthersDropped() {
        Pipeline echo = echo();
        arrive(
                Frames.udp(5000, 7, Frames.payload(9)),
                Frames.arp(1),
                new byte[5],
                Frames.udp(5000, 8, new byte[9]),
                Frames.udp(5001, 7, Frames.payload(1)));
        assertThat(echo.run(own, own)).isEqualTo(5);
        assertThat(echo.run(own, own)).isZero();
        assertThat(echo.statistics()).isEqualTo(new PipelineStatistics(5, 2, 0, 3, 0));
        List<byte[]> replies = sent();
        assertThat(replies).hasSize(2);
        Frame frame = new Frame(pool.memory());
        long packet = Frames.packet(pool, replies.getFirst());
        Ethernet ethernet = frame.open(packet).ethernet();
        Ipv4 ip = ethernet == null ? null : ethernet.ipv4();
        Udp udp = ip == null ? null : ip.udp();
        assertThat(udp).isNotNull();
        assertThat(udp.destinationPort()).isEqualTo(5000);
        assertThat(udp.isChecksumRight()).isTrue();
        assertThat(udp.ip().isChecksumRight()).isTrue();
        assertThat(udp.ip().destination()).isEqualTo(Frames.PEER_IP);
        pool.release(packet);
    }

    @Test
    void eachGroupTakesItsOwnSteps() {
        PacketBurst kept = new PacketBurst(4);
        List<Integer> ports = new ArrayList<>();
        Pipeline pipeline = Pipeline.of(
                pool,
                frames -> frames.parse(Frame::ethernet)
                        .groupBy(
                                ethernet -> switch (ethernet.type()) {
                                    case LinkHeader.ARP -> 0;
                                    case LinkHeader.IPV4 -> 1;
                                    default -> -1;
                                },
                                arp -> arp.parse(Ethernet::arp).keep(message -> kept.add(message.packet())),
                                ip -> ip.parse(Ethernet::ipv4)
                                        .parse(Ipv4::udp)
                                        .map(udp -> ports.add(udp.destinationPort()))
                                        .end(udp -> udp.destinationPort() == 1 ? Fate.SEND : Fate.DROP)));
        arrive(
                Frames.udp(9, 1, new byte[1]),
                Frames.arp(2),
                Frames.udp(9, 2, new byte[1]),
                Frames.ethernet(0x86DD, new byte[40]));
        pipeline.run(own, own);
        assertThat(ports).containsExactly(1, 2);
        assertThat(Frames.bytes(pool, kept.packet(0))).isEqualTo(Frames.arp(2));
        assertThat(pipeline.statistics()).isEqualTo(new PipelineStatistics(4, 1, 1, 2, 0));
        assertThat(sent()).hasSize(1);
        pool.releaseAll(kept);
    }

    @Test
    void aBurstTakesEachStepAsAWhole() {
        List<String> trace = new ArrayList<>();
        Pipeline pipeline = Pipeline.of(
                pool,
                frames -> frames.map(f -> trace.add("a" + Packet.length(f.memory(), f.packet())))
                        .map(f -> trace.add("b" + Packet.length(f.memory(), f.packet())))
                        .drop());
        arrive(new byte[20], new byte[30]);
        pipeline.run(own, own);
        assertThat(trace).containsExactly("a20", "a30", "b20", "b30");
    }

    @Test
    void aFunctionThatThrowsLosesNoPacket() {
        Pipeline pipeline = Pipeline.of(
                pool,
                frames -> frames.end(f -> {
                    if (Packet.length(f.memory(), f.packet()) == 30) {
                        throw new IllegalStateException("a fault of the function");
                    }
                    return Fate.SEND;
                }));
        arrive(new byte[20], new byte[30], new byte[40]);
        assertThatThrownBy(() -> pipeline.run(own, own)).hasMessage("a fault of the function");
        assertThat(sent()).as("what had its fate").hasSize(1);
        assertThat(pipeline.statistics()).isEqualTo(new PipelineStatistics(3, 1, 0, 2, 0));
    }

    @Test
    void stepsAreAddedOneAfterTheOther() {
        assertThatThrownBy(() -> Pipeline.of(pool, frames -> {
                    frames.filter(_ -> true);
                    return frames.drop();
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("groupBy branches");
    }

    @Test
    void aPacketOfAnotherPoolIsRefused() {
        try (SoftwarePacketPool other = SoftwarePacketPool.of(16)) {
            Pipeline pipeline = Pipeline.of(other, Steps::drop);
            assertThatThrownBy(() -> pipeline.run(own, own)).hasMessageContaining("another pool");
        }
    }

    @Test
    void packetsAreCopiedToAPortWithAnotherPool() {
        try (SoftwarePacketPool other = SoftwarePacketPool.of(64)) {
            try (MemoryPort.Wire beyond = MemoryPort.wire(other, other, PortCapabilities.plain(), 1)) {
                Pipeline forward = Pipeline.of(pool, Steps::send);
                arrive(Frames.arp(1), Frames.udp(1, 2, new byte[40]));
                forward.run(own, beyond.left().queue(0));
                assertThat(forward.statistics().sent()).isEqualTo(2);
                beyond.right().queue(0).receive(burst);
                assertThat(Frames.bytes(other, burst.packet(0))).isEqualTo(Frames.arp(1));
                other.releaseAll(burst);
            }
        }
    }

    @Test
    void eachStepHasALoopOfItsOwn() {
        Step one = StepCopies.make(MapStep.class, new Object[0], (java.util.function.Consumer<Object>) _ -> {});
        Step two = StepCopies.make(MapStep.class, new Object[0], (java.util.function.Consumer<Object>) _ -> {});
        assertThat(one.getClass()).isNotSameAs(two.getClass());
        assertThat(one.getClass().isHidden()).isTrue();
    }

    @Test
    void aRunAllocatesNothing() {
        Pipeline echo = echo();
        byte[] good = Frames.udp(5000, 7, Frames.payload(100));
        byte[] bad = Frames.arp(1);
        PacketBurst templates = new PacketBurst(32);
        for (int i = 0; i < 32; i++) {
            templates.add(Frames.packet(pool, i % 4 == 3 ? bad : good));
        }
        long allocated = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 100 && allocated > 0; attempt++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 500; i++) {
                for (int k = 0; k < templates.size(); k++) {
                    burst.add(peer.cache().copy(pool.memory(), templates.packet(k)));
                }
                peer.transmit(burst);
                echo.run(own, own);
                peer.receive(burst);
                peer.cache().releaseAll(burst);
            }
            allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        }
        assertThat(allocated).as("heap bytes of 16000 packets").isZero();
        pool.releaseAll(templates);
    }
}
