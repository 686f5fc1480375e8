package dev.situ.dpdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.situ.dpdk.ffi.BurstFunctions;
import dev.situ.dpdk.ffi.EthdevCalls;
import dev.situ.packet.CapturingPort;
import dev.situ.packet.Packet;
import dev.situ.packet.PacketBurst;
import dev.situ.packet.PacketLayout;
import dev.situ.packet.PcapWriter;
import dev.situ.packet.Port;
import dev.situ.packet.PortQueue;
import dev.situ.packet.PortStatistics;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Ports that need nothing but DPDK: `net_ring`, on which packets come back as they are, and `net_null`, which
/// swallows them and sends one segment only.
@Timeout(60)
class LoopPortsTest {
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
    void whatARingTakesComesBackUnchangedAndInOrder() {
        try (DpdkPacketPool pool = DpdkPacketPool.create(eal, 511);
                DpdkPort port = DpdkPort.open(eal, pool, DpdkPortOptions.of("net_ring0"))) {
            PortQueue queue = port.queue(0);
            PacketBurst out = new PacketBurst(200);
            for (int i = 0; i < 200; i++) {
                out.add(Frames.take(queue.cache(), i, Frames.MIN_BYTES + i * 7));
            }
            Frames.sendAll(queue, out);
            PacketBurst in = new PacketBurst(256);
            int next = 0;
            while (queue.receive(in) > 0) {
                for (int i = 0; i < in.size(); i++) {
                    assertThat(Frames.check(pool.memory(), in.packet(i))).isEqualTo(next++);
                }
                queue.cache().releaseAll(in);
            }
            assertThat(next).isEqualTo(200);
            assertThat(pool.outstanding()).isZero();
            PortStatistics statistics = port.statistics();
            assertThat(statistics.sent()).isEqualTo(200);
            assertThat(statistics.received()).isEqualTo(200);
        }
    }

    @Test
    void aChainThroughARingIsTheSameChainAndItsPayloadIsGivenBack() {
        try (DpdkPacketPool pool = DpdkPacketPool.create(eal, 255);
                DpdkPort port = DpdkPort.open(eal, pool, DpdkPortOptions.of("net_ring0"))) {
            PortQueue queue = port.queue(0);
            MemorySegment m = pool.memory();
            PacketBurst burst = new PacketBurst(8);
            for (int i = 0; i < 8; i++) {
                burst.add(Frames.takeChain(queue.cache(), i, 1000, 42, 1 + i));
            }
            Frames.sendAll(queue, burst);
            assertThat(queue.receive(burst)).isEqualTo(8);
            for (int i = 0; i < 8; i++) {
                assertThat(Packet.segments(m, burst.packet(i))).isEqualTo(2 + i);
                assertThat(Frames.check(m, burst.packet(i))).isEqualTo(i);
            }
            queue.cache().releaseAll(burst);
            assertThat(pool.outstanding()).isZero();
        }
    }

    @Test
    void whatAFullRingDoesNotTakeStaysInTheBurstInOrder() {
        try (DpdkPacketPool pool = DpdkPacketPool.create(eal, 2047);
                DpdkPort port = DpdkPort.open(eal, pool, DpdkPortOptions.of("net_ring0"))) {
            PortQueue queue = port.queue(0);
            PacketBurst burst = new PacketBurst(64);
            int number = 0;
            do {
                while (burst.room() > 0) {
                    burst.add(Frames.take(queue.cache(), number++, Frames.MIN_BYTES));
                }
            } while (queue.transmit(burst) > 0);
            int taken = number - burst.size();
            assertThat(taken).isPositive();
            for (int i = 0; i < burst.size(); i++) {
                assertThat(Frames.check(pool.memory(), burst.packet(i))).isEqualTo(taken + i);
            }
            queue.cache().releaseAll(burst);
            for (int received = 0; received < taken; ) {
                received += queue.receive(burst);
                queue.cache().releaseAll(burst);
            }
            assertThat(queue.receive(burst)).isZero();
        }
    }

    @Test
    void whatIsLeftInADeviceComesBackWhenItIsReadByItsNextLife() {
        try (DpdkPacketPool pool = DpdkPacketPool.create(eal, 255)) {
            for (int life = 0; life < 5; life++) {
                try (DpdkPort port = DpdkPort.open(eal, pool, DpdkPortOptions.of("net_null0,size=100"))) {
                    PacketBurst burst = new PacketBurst(16);
                    assertThat(port.queue(0).receive(burst)).isEqualTo(16);
                    assertThat(Packet.totalLength(pool.memory(), burst.packet(15)))
                            .isEqualTo(100);
                    Frames.sendAll(port.queue(0), burst);
                }
                assertThat(pool.outstanding()).isZero();
            }
        }
    }

    @Test
    void packetsOfAnotherPoolAreGivenBackToItAndCounted() {
        try (DpdkPacketPool ours = DpdkPacketPool.create(eal, 255);
                DpdkPacketPool theirs = DpdkPacketPool.create(eal, 255);
                DpdkPort port = DpdkPort.open(eal, ours, DpdkPortOptions.of("net_ring0"))) {
            // What another port of the ring, with another pool, would send.
            BurstFunctions other = BurstFunctions.of(EthdevCalls.portByName("net_ring0"), 0, null);
            MemorySegment pointers = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG, 21);
            for (int i = 0; i < 20; i++) {
                long packet = i % 2 == 0 ? Frames.take(theirs, i, 100) : Frames.takeChain(theirs, i, 100, 50, 2);
                pointers.setAtIndex(ValueLayout.JAVA_LONG, i, theirs.memory().address() + theirs.surrender(packet));
            }
            pointers.setAtIndex(
                    ValueLayout.JAVA_LONG, 20, ours.memory().address() + ours.surrender(Frames.take(ours, 20, 100)));
            assertThat(other.transmit(pointers, 21)).isEqualTo(21);
            PacketBurst burst = new PacketBurst(32);
            assertThat(port.queue(0).receive(burst)).isOne();
            assertThat(Frames.check(ours.memory(), burst.packet(0))).isEqualTo(20);
            ours.releaseAll(burst);
            assertThat(port.statistics().receiveErrors()).isEqualTo(20);
            assertThat(theirs.outstanding()).isZero();
            assertThat(ours.outstanding()).isZero();
        }
    }

    @Test
    void framesThatNoDeviceCanSendAreDroppedAndCountedAndTheOthersSent() {
        try (DpdkPacketPool pool = DpdkPacketPool.create(eal, 255, 9216, true);
                DpdkPort port = DpdkPort.open(eal, pool, DpdkPortOptions.of("net_ring0"))) {
            PortQueue queue = port.queue(0);
            PacketBurst burst = new PacketBurst(32);
            burst.add(Frames.take(pool, 0, 1519));
            burst.add(Frames.take(pool, 1, 60));
            long empty = pool.take();
            burst.add(empty);
            burst.add(Frames.take(pool, 2, 61));
            long tiny = pool.take();
            Packet.setLength(pool.memory(), tiny, 13);
            burst.add(tiny);
            assertThat(queue.transmit(burst)).isEqualTo(5);
            assertThat(burst.isEmpty()).isTrue();
            assertThat(port.statistics().sendErrors()).isEqualTo(3);
            assertThat(port.statistics().sent()).isEqualTo(2);
            assertThat(queue.receive(burst)).isEqualTo(2);
            assertThat(Frames.check(pool.memory(), burst.packet(0))).isEqualTo(1);
            assertThat(Frames.check(pool.memory(), burst.packet(1))).isEqualTo(2);
            queue.cache().releaseAll(burst);
        }
    }

    @Test
    void aChainThatDoesNotAddUpIsRefusedBeforeTheDriverSeesIt() {
        try (DpdkPacketPool pool = DpdkPacketPool.create(eal, 255);
                DpdkPort port = DpdkPort.open(eal, pool, DpdkPortOptions.of("net_ring0"))) {
            PacketBurst burst = new PacketBurst(1);
            long chain = Frames.takeChain(pool, 1, 200, 50, 2);
            MemorySegment m = pool.memory();
            m.set(ValueLayout.JAVA_SHORT_UNALIGNED, Packet.descriptor(m, chain) + PacketLayout.NB_SEGS, (short) 5);
            burst.add(chain);
            assertThatIllegalStateException()
                    .isThrownBy(() -> port.queue(0).transmit(burst))
                    .withMessage("a packet of 3 segments and 200 bytes says 5 and 200");
            assertThat(burst.size()).isOne();
            pool.releaseAll(burst);
        }
    }

    @Test
    void aDeviceOfOneSegmentGetsACopyOfAChain() {
        try (DpdkPacketPool pool = DpdkPacketPool.create(eal, 63);
                DpdkPort port = DpdkPort.open(eal, pool, DpdkPortOptions.of("net_null0"))) {
            assertThat(port.capabilities().multiSegmentSend()).isFalse();
            PortQueue queue = port.queue(0);
            PacketBurst burst = new PacketBurst(8);
            burst.add(Frames.takeChain(queue.cache(), 1, 500, 42, 3));
            long packet = Frames.take(queue.cache(), 2, 500);
            burst.add(queue.cache().clone(packet, 0, 500));
            assertThat(queue.transmit(burst)).isEqualTo(2);
            assertThat(port.statistics().sent()).isEqualTo(2);
            assertThat(Packet.references(pool.memory(), packet)).isOne();
            assertThat(pool.outstanding()).isOne();
            pool.release(packet);
        }
    }

    @Test
    void aChainThatCannotBeCopiedIsDroppedAndCounted() {
        try (DpdkPacketPool pool = DpdkPacketPool.create(eal, 31);
                DpdkPort port = DpdkPort.open(eal, pool, DpdkPortOptions.of("net_null0"))) {
            PortQueue queue = port.queue(0);
            PacketBurst burst = new PacketBurst(1);
            burst.add(Frames.takeChain(queue.cache(), 1, 500, 42, 1));
            PacketBurst rest = new PacketBurst(31);
            queue.cache().take(rest, 31);
            assertThat(queue.transmit(burst)).isOne();
            assertThat(port.statistics().sendErrors()).isOne();
            assertThat(port.statistics().sent()).isZero();
            queue.cache().releaseAll(rest);
        }
    }

    @Test
    void packetsThatOthersHoldToo_andTheDriverDoesNotTake_liveOn(@TempDir Path folder) throws IOException {
        try (DpdkPacketPool pool = DpdkPacketPool.create(eal, 2047);
                // It holds what is being sent until it knows what was taken.
                Port port = new CapturingPort(
                        DpdkPort.open(eal, pool, DpdkPortOptions.of("net_ring0")),
                        PcapWriter.create(folder.resolve("sent.pcap")),
                        Clock.systemUTC())) {
            PortQueue queue = port.queue(0);
            PacketBurst burst = new PacketBurst(32);
            do {
                while (burst.room() > 0) {
                    burst.add(Frames.take(queue.cache(), 1, 100));
                }
            } while (queue.transmit(burst) == 32);
            assertThat(burst.size()).as("the ring is full").isPositive();
            for (int i = 0; i < burst.size(); i++) {
                assertThat(Packet.length(pool.memory(), burst.packet(i))).isEqualTo(100);
                assertThat(Packet.isMutable(pool.memory(), burst.packet(i))).isTrue();
            }
            queue.cache().releaseAll(burst);
            while (queue.receive(burst) > 0) {
                queue.cache().releaseAll(burst);
            }
        }
    }

    @Test
    void aPoolThatIsEmptyReceivesNothingAndRecovers() {
        try (DpdkPacketPool pool = DpdkPacketPool.create(eal, 31);
                DpdkPort port = DpdkPort.open(eal, pool, DpdkPortOptions.of("net_null0"))) {
            PortQueue queue = port.queue(0);
            PacketBurst all = new PacketBurst(31);
            assertThat(queue.cache().take(all, 31)).isEqualTo(31);
            PacketBurst burst = new PacketBurst(8);
            assertThat(queue.receive(burst)).isZero();
            queue.cache().releaseAll(all);
            queue.cache().flush();
            assertThat(queue.receive(burst)).isPositive();
            queue.cache().releaseAll(burst);
        }
    }

    @Test
    void aDriverThatFreesTheLastCloneGivesBackBoth() {
        try (DpdkPacketPool pool = DpdkPacketPool.create(eal, 63);
                DpdkPort port = DpdkPort.open(eal, pool, DpdkPortOptions.of("net_ring0"))) {
            // A ring hands clones on; closing it with packets inside is where C frees what Java made.
            PortQueue queue = port.queue(0);
            PacketBurst burst = new PacketBurst(4);
            burst.add(Frames.takeChain(queue.cache(), 9, 800, 42, 2));
            Frames.sendAll(queue, burst);
            assertThat(queue.receive(burst)).isOne();
            long chain = burst.take();
            BurstFunctions.release(pool.memory().address() + pool.surrender(chain));
            assertThat(pool.outstanding()).isZero();
            PacketBurst all = new PacketBurst(63);
            assertThat(pool.take(all, 63)).isEqualTo(queue.cache().pool().packets());
            for (int i = 0; i < all.size(); i++) {
                assertThat(Packet.isMutable(pool.memory(), all.packet(i))).isTrue();
                Packet.setLength(pool.memory(), all.packet(i), 2048);
            }
            pool.releaseAll(all);
        }
    }

    @Test
    void aClosedPortIsNotPolledAndKeepsItsCounts() {
        try (DpdkPacketPool pool = DpdkPacketPool.create(eal, 63)) {
            DpdkPort port = DpdkPort.open(eal, pool, DpdkPortOptions.of("net_null0"));
            PacketBurst burst = new PacketBurst(8);
            port.queue(0).receive(burst);
            pool.releaseAll(burst);
            assertThatIllegalStateException().isThrownBy(pool::close).withMessageContaining("1 ports");
            port.close();
            port.close();
            assertThat(port.statistics().received()).isEqualTo(8);
            assertThat(port.isLinkUp()).isFalse();
            assertThatIllegalStateException().isThrownBy(() -> port.queue(0).receive(burst));
            assertThatIllegalStateException().isThrownBy(() -> port.queue(0).transmit(burst));
        }
    }

    @Test
    void devicesThatCannotBeAreRefusedInOneLine() {
        try (DpdkPacketPool pool = DpdkPacketPool.create(eal, 63)) {
            refused(pool, DpdkPortOptions.of("net_nothing0"), "does not plug in net_nothing0: ");
            refused(pool, DpdkPortOptions.of("net_af_packet0,iface=situ_nothing"), "does not plug in net_af_packet0");
            refused(pool, DpdkPortOptions.of("net_null0").withMtu(2100), "need buffers of 2118 bytes");
            refused(pool, DpdkPortOptions.of("net_memif0").withQueues(128).withMtu(9000), "need buffers");
            try (DpdkPort _ = DpdkPort.open(eal, pool, DpdkPortOptions.of("net_null1"))) {
                refused(pool, DpdkPortOptions.of("net_null1"), "there is a port net_null1 already");
            }
            assertThat(pool.outstanding()).isZero();
        }
        assertThatIllegalArgumentException().isThrownBy(() -> DpdkPortOptions.of(""));
        assertThatIllegalArgumentException().isThrownBy(() -> DpdkPortOptions.of("net tap0"));
        assertThatIllegalArgumentException().isThrownBy(() -> DpdkPortOptions.of("net_null0\nnet_null1"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DpdkPortOptions.of("net_null0").withQueues(0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DpdkPortOptions.of("net_null0").withRing(0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DpdkPortOptions.of("net_null0").withMtu(67));
    }

    private static void refused(DpdkPacketPool pool, DpdkPortOptions options, String why) {
        assertThatExceptionOfType(DpdkException.class)
                .isThrownBy(() -> DpdkPort.open(eal, pool, options))
                .withMessageContaining(why)
                .withMessageNotContaining("\n");
    }

    @Test
    void severalQueuesAreApart() {
        try (DpdkPacketPool pool = DpdkPacketPool.create(eal, 511);
                DpdkPort port =
                        DpdkPort.open(eal, pool, DpdkPortOptions.of("net_null0").withQueues(3))) {
            assertThat(port.queues()).isEqualTo(3);
            PacketBurst burst = new PacketBurst(8);
            for (int i = 0; i < 3; i++) {
                assertThat(port.queue(i).receive(burst)).isEqualTo(8);
                Frames.sendAll(port.queue(i), burst);
            }
            assertThat(port.statistics().received()).isEqualTo(24);
            assertThat(port.statistics().sent()).isEqualTo(24);
        }
    }
}
