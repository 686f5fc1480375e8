package dev.situ.udp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.packet.Packet;
import dev.situ.packet.PacketBurst;
import dev.situ.packet.PacketCache;
import dev.situ.packet.PortQueue;
import dev.situ.packet.SoftwarePacketPool;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TransmitterTest {
    private final SoftwarePacketPool pool = SoftwarePacketPool.of(128);
    private final PacketCache cache = pool.newCache(32);
    private final SlowQueue one = new SlowQueue();
    private final SlowQueue two = new SlowQueue();
    private final StackCounters counters = new StackCounters();

    @AfterEach
    void noPacketIsLost() {
        assertThat(pool.outstanding()).isZero();
        pool.close();
    }

    /// A queue that takes few packets at a time, and not more than it has room for.
    private final class SlowQueue implements PortQueue {
        private final List<Integer> sent = new ArrayList<>();
        private int room = Integer.MAX_VALUE;

        @Override
        public int receive(PacketBurst into) {
            return 0;
        }

        @Override
        public int transmit(PacketBurst from) {
            int taken = Math.min(3, Math.min(room, from.size()));
            for (int i = 0; i < taken; i++) {
                sent.add(Packet.length(pool.memory(), from.packet(i)));
                cache.release(from.packet(i));
            }
            from.takeFirst(taken);
            room -= taken;
            return taken;
        }

        @Override
        public PacketCache cache() {
            return cache;
        }
    }

    private Transmitter transmitter(TransmitChoice choice) {
        return new Transmitter(new PortQueue[] {one, two}, 8, choice, counters);
    }

    /// A packet that is recognised by its length.
    private long packet(int length) {
        long packet = cache.take();
        Packet.setLength(pool.memory(), packet, length);
        return packet;
    }

    @Test
    void aFlowStaysInOrderOnOneQueue() {
        Transmitter transmitter = transmitter(TransmitChoice.BY_FLOW);
        for (int i = 0; i < 20; i++) {
            transmitter.send(packet(i), i % 4, i);
        }
        assertThat(one.sent).as("a full burst leaves at once").hasSize(8);
        transmitter.flush();
        assertThat(one.sent).containsExactly(0, 2, 4, 6, 8, 10, 12, 14, 16, 18);
        assertThat(two.sent).containsExactly(1, 3, 5, 7, 9, 11, 13, 15, 17, 19);
        assertThat(counters.get(StackCounters.SENT)).isEqualTo(20);
        assertThat(counters.get(StackCounters.SENT_BYTES)).isEqualTo(190);
    }

    @Test
    void queuesTakeTurns() {
        Transmitter transmitter = transmitter(TransmitChoice.ROUND_ROBIN);
        for (int i = 0; i < 6; i++) {
            transmitter.send(packet(i), 0, i);
        }
        transmitter.flush();
        assertThat(one.sent).containsExactly(0, 2, 4);
        assertThat(two.sent).containsExactly(1, 3, 5);
    }

    @Test
    void whatThePortDoesNotTakeIsDroppedAndCounted() {
        Transmitter transmitter = transmitter(TransmitChoice.BY_FLOW);
        one.room = 4;
        for (int i = 0; i < 7; i++) {
            transmitter.send(packet(i), 0, i == 1 ? Transmitter.NO_DATAGRAM : 10);
        }
        transmitter.flush();
        assertThat(one.sent).containsExactly(0, 1, 2, 3);
        assertThat(counters.dropped(DropReason.SEND_PORT_BUSY)).isEqualTo(3);
        assertThat(counters.get(StackCounters.SENT))
                .as("one of the four was no datagram")
                .isEqualTo(3);
        assertThat(counters.get(StackCounters.SENT_BYTES)).isEqualTo(30);
        transmitter.flush();
        assertThat(counters.dropped(DropReason.SEND_PORT_BUSY)).isEqualTo(3);
    }

    @Test
    void whatIsNotSentIsReleasedAtTheEnd() {
        Transmitter transmitter = transmitter(TransmitChoice.BY_FLOW);
        transmitter.send(packet(1), 0, 1);
        transmitter.clear();
        assertThat(one.sent).isEmpty();
    }
}
