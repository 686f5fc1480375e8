package dev.situ.packet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.Words;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MemoryPortTest {
    private final SoftwarePacketPool left = SoftwarePacketPool.of(4096, 2176, false);
    private final SoftwarePacketPool right = SoftwarePacketPool.of(4096, 2176, false);
    private final PacketBurst burst = new PacketBurst(32);

    @AfterEach
    void noPacketIsLost() {
        left.close();
        right.close();
    }

    @Test
    void aChainArrivesAsOnePacketOfTheOtherPool() {
        try (MemoryPort.Wire wire = MemoryPort.wire(left, right, PortCapabilities.plain(), 1)) {
            byte[] frame = Frames.udp(1, 2, Frames.payload(900));
            long head = Frames.packet(left, Arrays.copyOf(frame, 42));
            long value = Frames.packet(left, frame);
            Packet.chain(left.memory(), head, left.clone(value, 42, 900));
            burst.add(head);
            assertThat(wire.left().queue(0).transmit(burst)).isEqualTo(1);
            assertThat(burst.isEmpty()).isTrue();
            left.release(value);
            assertThat(left.outstanding()).isZero();
            assertThat(wire.right().queue(0).receive(burst)).isEqualTo(1);
            assertThat(Packet.segments(right.memory(), burst.packet(0))).isEqualTo(1);
            assertThat(Frames.bytes(right, burst.packet(0))).isEqualTo(frame);
            right.releaseAll(burst);
            assertThat(wire.left().statistics().sentBytes()).isEqualTo(942);
            assertThat(wire.right().statistics().receivedBytes()).isEqualTo(942);
        }
    }

    @Test
    void aFlowMeetsOneQueueAndFlowsAreSpread() {
        try (MemoryPort.Wire wire = MemoryPort.wire(left, right, PortCapabilities.plain(), 4)) {
            for (int round = 0; round < 3; round++) {
                for (int flow = 0; flow < 32; flow++) {
                    burst.add(Frames.packet(left, Frames.udp(5000 + flow, 7, new byte[round])));
                }
                wire.left().queue(round).transmit(burst);
            }
            Map<Integer, Integer> queueOfFlow = new HashMap<>();
            for (int queue = 0; queue < 4; queue++) {
                while (wire.right().queue(queue).receive(burst) > 0) {
                    for (int i = 0; i < burst.size(); i++) {
                        int port = Words.getUnsignedShortBe(
                                right.memory(), Packet.data(right.memory(), burst.packet(i)) + 34);
                        Integer before = queueOfFlow.put(port, queue);
                        assertThat(before == null || before == queue)
                                .as("flow %d", port)
                                .isTrue();
                    }
                    right.releaseAll(burst);
                }
            }
            assertThat(queueOfFlow).hasSize(32);
            assertThat(queueOfFlow.values()).contains(0, 1, 2, 3);
        }
    }

    @Test
    void bothDirectionsOfAFlowHashAlike() {
        long there = Frames.packet(left, Frames.udp(1000, 2000, new byte[1]));
        long at = Packet.data(left.memory(), there);
        int hash = FlowHash.of(left.memory(), at, 43);
        Words.setIntBe(left.memory(), at + 26, Frames.OWN_IP);
        Words.setIntBe(left.memory(), at + 30, Frames.PEER_IP);
        Words.setIntBe(left.memory(), at + 34, 2000 << 16 | 1000);
        assertThat(FlowHash.of(left.memory(), at, 43)).isEqualTo(hash).isNotNegative();
        Words.setIntBe(left.memory(), at + 34, 2001 << 16 | 1000);
        assertThat(FlowHash.of(left.memory(), at, 43)).isNotEqualTo(hash);
        left.release(there);
    }

    @Test
    void whatFindsNoRoomIsLostAndCounted() {
        try (MemoryPort.Wire wire = MemoryPort.wire(left, right, PortCapabilities.plain(), 1)) {
            for (int i = 0; i < 40; i++) {
                while (burst.room() > 0) {
                    burst.add(Frames.packet(left, Frames.arp(1)));
                }
                assertThat(wire.left().queue(0).transmit(burst)).isEqualTo(32);
            }
            assertThat(wire.right().statistics().receiveMissed()).isEqualTo(40 * 32 - 1024);
            burst.add(Frames.packet(left, new byte[1515]));
            wire.left().queue(0).transmit(burst);
            assertThat(wire.left().statistics().sendErrors()).isEqualTo(1);
        }
        assertThat(right.outstanding()).as("a closed port holds nothing").isZero();
    }

    @Test
    void aSleeperIsWokenByAPacketAndByWakeup() throws InterruptedException {
        try (MemoryPort.Wire wire = MemoryPort.wire(left, right, PortCapabilities.plain(), 1)) {
            PortQueue sleepy = wire.right().queue(0);
            AtomicReference<Throwable> failure = new AtomicReference<>();
            Thread sleeper = new Thread(() -> {
                PacketBurst into = new PacketBurst(1);
                while (sleepy.receive(into) == 0) {
                    sleepy.await(Long.MAX_VALUE);
                }
                right.releaseAll(into);
                sleepy.await(Long.MAX_VALUE);
            });
            sleeper.setUncaughtExceptionHandler((_, e) -> failure.set(e));
            sleeper.start();
            burst.add(Frames.packet(left, Frames.arp(1)));
            wire.left().queue(0).transmit(burst);
            // The second sleep has no packet to end it: whenever it begins, this does.
            while (sleeper.isAlive()) {
                sleepy.wakeup();
                Thread.onSpinWait();
            }
            sleeper.join();
            assertThat(failure.get()).isNull();
        }
    }

    @Test
    void twoThreadsExchangeEveryPacketInOrder() throws InterruptedException {
        int count = 100_000;
        try (MemoryPort.Wire wire = MemoryPort.wire(left, right, PortCapabilities.plain(), 1)) {
            AtomicReference<Throwable> failure = new AtomicReference<>();
            Thread echo = new Thread(() -> {
                PacketBurst packets = new PacketBurst(32);
                PortQueue queue = wire.right().queue(0);
                for (int echoed = 0; echoed < count; ) {
                    queue.receive(packets);
                    echoed += queue.transmit(packets);
                }
            });
            echo.setUncaughtExceptionHandler((_, e) -> failure.set(e));
            echo.start();
            PortQueue queue = wire.left().queue(0);
            int sent = 0;
            int received = 0;
            while (received < count && failure.get() == null) {
                while (sent < count && sent - received < 512 && burst.room() > 0) {
                    long packet = queue.cache().take();
                    Packet.setLength(left.memory(), packet, 60);
                    Words.setInt(left.memory(), Packet.data(left.memory(), packet) + 20, sent);
                    burst.add(packet);
                    sent++;
                }
                queue.transmit(burst);
                queue.receive(burst);
                for (int i = 0; i < burst.size(); i++) {
                    int number = Words.getInt(left.memory(), Packet.data(left.memory(), burst.packet(i)) + 20);
                    assertThat(number).isEqualTo(received);
                    received++;
                }
                queue.cache().releaseAll(burst);
            }
            echo.join();
            assertThat(failure.get()).isNull();
        }
    }
}
