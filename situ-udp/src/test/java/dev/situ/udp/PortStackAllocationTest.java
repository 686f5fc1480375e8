package dev.situ.udp;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.situ.memory.Words;
import dev.situ.packet.MemoryPort;
import dev.situ.packet.Packet;
import dev.situ.packet.PortCapabilities;
import dev.situ.packet.SoftwarePacketPool;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Counts what receiving, retaining, appending, sending and sleeping allocate on the heap once they are warm:
/// nothing.
@Timeout(60)
class PortStackAllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int PER_BURST = 24;
    private static final int BURSTS = 400;
    private static final int ATTEMPTS = 150;
    private static final int MOST_POLLS = 1000;

    /// Keeps what comes for a while, and answers with a stored value.
    private static final class Keeper implements UdpHandler {
        private final SoftwarePacketPool pool;
        private final long value;
        private final long[] kept = new long[64];
        private int next;

        Keeper(SoftwarePacketPool pool) {
            this.pool = pool;
            this.value = pool.take();
            Packet.setLength(pool.memory(), value, 1400);
        }

        @Override
        public void onBurst(UdpBurst burst, UdpSender sender) {
            for (int i = 0; i < burst.size(); i++) {
                if (kept[next] != 0) {
                    burst.release(kept[next]);
                }
                kept[next] = burst.retain(i);
                next = (next + 1) % kept.length;
                sender.claim(burst.peer(i), 8);
                sender.append(pool.memory(), Packet.data(pool.memory(), value), 1200);
                sender.commit();
            }
        }

        void end() {
            for (long packet : kept) {
                if (packet != 0) {
                    pool.release(packet);
                }
            }
            pool.release(value);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theWayOfADatagramAllocatesNothing(boolean chains) throws Exception {
        try (SoftwarePacketPool pool = SoftwarePacketPool.of(1024, 2176, false)) {
            MemoryPort.Wire wire =
                    MemoryPort.wire(pool, pool, PortCapabilities.plain().withMultiSegmentSend(chains), 1);
            Keeper keeper = new Keeper(pool);
            try (PortUdpStack server = new PortUdpStack(wire.left(), PortStackOptions.at("10.0.0.1/24"));
                    PortUdpStack client = new PortUdpStack(wire.right(), PortStackOptions.at("10.0.0.2/24"))) {
                long to = PeerAddress.of(server.bind(new InetSocketAddress(7), keeper));
                client.bind(new InetSocketAddress(8), (_, _) -> {});
                long allocated = Long.MAX_VALUE;
                for (int attempt = 0; attempt < ATTEMPTS && allocated > 0; attempt++) {
                    long before = THREADS.getCurrentThreadAllocatedBytes();
                    for (int i = 0; i < BURSTS; i++) {
                        exchange(server, client, to);
                    }
                    allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
                }
                assertThat(allocated)
                        .as("heap bytes of %d datagrams and as many replies", BURSTS * PER_BURST)
                        .isZero();
                assertThat(server.statistics().retained()).isEqualTo(64);
                assertThat(server.statistics().sendDropped()).isZero();
            }
            keeper.end();
            assertThat(pool.outstanding()).isZero();
        }
    }

    private static void exchange(PortUdpStack server, PortUdpStack client, long to) {
        UdpSender sender = client.queue(0).sender();
        for (int i = 0; i < PER_BURST; i++) {
            long at = sender.claim(to, 300);
            Words.setByte(sender.memory(), at, (byte) i);
            sender.commit();
        }
        sender.flush();
        int answered = 0;
        for (int polls = 0; answered < PER_BURST; polls++) {
            if (polls == MOST_POLLS) {
                throw new AssertionError(answered + " answers to " + PER_BURST + " datagrams: " + server.details()
                        + ", " + client.details());
            }
            server.queue(0).poll();
            answered += client.queue(0).poll();
        }
        // Nothing is there: what a poll without success costs, and a sleep.
        server.queue(0).poll();
        server.queue(0).await(1);
        server.queue(0).wakeup();
    }
}
