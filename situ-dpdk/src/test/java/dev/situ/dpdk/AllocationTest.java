package dev.situ.dpdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.situ.packet.Packet;
import dev.situ.packet.PacketBurst;
import dev.situ.packet.PacketCache;
import dev.situ.packet.PortQueue;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Counts what packets cost on the heap once everything is compiled: nothing.
@Timeout(120)
class AllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int BURSTS = 2_000;
    private static final int ATTEMPTS = 100;

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
    void sendingReceivingSharingAndReleasingAllocateNothing() throws Exception {
        try (EalThread _ = eal.register();
                DpdkPacketPool pool = DpdkPacketPool.create(eal, 2047, DpdkPacketPool.DEFAULT_BUFFER_BYTES, false);
                Memif memif = new Memif(eal, pool, pool, 1)) {
            long value = Frames.take(pool, 1, 1400);
            PacketBurst burst = new PacketBurst(32);
            memif.client().queue(0).receive(burst);
            long allocated = Long.MAX_VALUE;
            for (int attempt = 0; attempt < ATTEMPTS && allocated > 0; attempt++) {
                // The first attempts warm up; then every call must be compiled and allocate nothing.
                long before = THREADS.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < BURSTS; i++) {
                    there(memif, pool, value, burst);
                    back(memif, burst);
                }
                allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            }
            assertThat(allocated).as("bytes in %d bursts", BURSTS).isZero();
            pool.release(value);
            assertThat(pool.outstanding()).isZero();
        }
    }

    /// Sends chains of a header and a shared value, and one packet that was copied, by the client.
    private static void there(Memif memif, DpdkPacketPool pool, long value, PacketBurst burst) {
        PortQueue queue = memif.client().queue(0);
        PacketCache cache = queue.cache();
        MemorySegment m = pool.memory();
        while (burst.room() > 1) {
            long head = cache.take();
            Packet.setLength(m, head, 42);
            Packet.chain(m, head, cache.clone(value, 42, 1000));
            burst.add(head);
        }
        burst.add(pool.copy(m, value));
        while (!burst.isEmpty()) {
            queue.transmit(burst);
        }
    }

    /// Sends what came to the server back, and releases it at the client.
    private static void back(Memif memif, PacketBurst burst) {
        PortQueue server = memif.server().queue(0);
        PortQueue client = memif.client().queue(0);
        int returned = 0;
        while (returned < 32) {
            server.receive(burst);
            while (!burst.isEmpty()) {
                server.transmit(burst);
            }
            returned += client.receive(burst);
            client.cache().releaseAll(burst);
        }
    }
}
