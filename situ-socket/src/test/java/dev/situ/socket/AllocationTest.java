package dev.situ.socket;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.situ.memory.Words;
import dev.situ.udp.PeerAddress;
import dev.situ.udp.UdpBurst;
import dev.situ.udp.UdpHandler;
import dev.situ.udp.UdpSender;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Counts what receiving, retaining, sending and sleeping allocate on the heap once they are warm: nothing.
@Timeout(60)
class AllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int PER_BURST = 32;
    private static final int MEASURED_BURSTS = 2_000;
    private static final int ATTEMPTS = 100;
    private static final MemorySegment VALUE = Arena.global().allocate(1400);

    private static final UdpHandler KEEP_A_WHILE = new UdpHandler() {
        private final long[] kept = new long[256];
        private int next;

        @Override
        public void onBurst(UdpBurst burst, UdpSender sender) {
            for (int i = 0; i < burst.size(); i++) {
                if (kept[next] != 0) {
                    burst.release(kept[next]);
                }
                kept[next] = burst.retain(i);
                next = (next + 1) % kept.length;
                sender.claim(burst.peer(i), 8);
                sender.append(VALUE, 0, 1200);
                sender.commit();
            }
            if (burst.length(0) == 1) {
                releaseAll(burst);
            }
        }

        private void releaseAll(UdpBurst burst) {
            for (int i = 0; i < kept.length; i++) {
                if (kept[i] != 0) {
                    burst.release(kept[i]);
                }
                kept[i] = 0;
            }
        }
    };

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void receivingAndSendingAllocateNothing(boolean offload) throws Exception {
        assertAllocatesNothing(SocketStackOptions.defaults().withOffload(offload, offload), Handlers.ECHO);
    }

    @Test
    void retainingAndAppendingAllocateNothing() throws Exception {
        assertAllocatesNothing(SocketStackOptions.defaults(), KEEP_A_WHILE);
    }

    private static void assertAllocatesNothing(SocketStackOptions options, UdpHandler handler) throws Exception {
        try (SocketUdpStack server = new SocketUdpStack(options);
                SocketUdpStack client = new SocketUdpStack(options)) {
            long to = PeerAddress.of(server.bind(PlainPeer.ANY_PORT, handler));
            client.bind(PlainPeer.ANY_PORT, Handlers.IGNORE);
            long allocated = Long.MAX_VALUE;
            for (int attempt = 0; attempt < ATTEMPTS && allocated > 0; attempt++) {
                // The first attempts warm up; then every call must be compiled and allocate nothing.
                long before = THREADS.getCurrentThreadAllocatedBytes();
                run(server, client, to);
                allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            }
            assertThat(allocated).as("bytes in %d bursts", MEASURED_BURSTS).isZero();
            exchange(server, client, to, 1, 1);
        }
    }

    private static void run(SocketUdpStack server, SocketUdpStack client, long to) {
        for (int i = 0; i < MEASURED_BURSTS; i++) {
            exchange(server, client, to, PER_BURST, 300);
        }
    }

    private static void exchange(SocketUdpStack server, SocketUdpStack client, long to, int count, int length) {
        UdpSender sender = client.queue(0).sender();
        for (int i = 0; i < count; i++) {
            long at = sender.claim(to, length);
            Words.setByte(sender.memory(), at, (byte) i);
            sender.commit();
        }
        sender.flush();
        poll(server, count);
        poll(client, count);
        // Nothing is there: what a poll without success costs.
        server.queue(0).poll();
        server.queue(0).await(1);
        server.queue(0).wakeup();
        server.queue(0).await(1_000_000);
    }

    private static void poll(SocketUdpStack stack, int datagrams) {
        int received = 0;
        while (received < datagrams) {
            received += stack.queue(0).poll();
        }
    }
}
