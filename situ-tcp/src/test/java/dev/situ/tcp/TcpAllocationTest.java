package dev.situ.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a request costs on the Java heap, counted by the JVM for the loop's thread.
class TcpAllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @ParameterizedTest
    @CsvSource({"IO_URING,1", "IO_URING,16", "EPOLL,1", "EPOLL,16"})
    void aRequestAllocatesAtMostOneHundredBytes(TcpTransport transport, int pipelined) throws Exception {
        ByteArrayOutputStream burst = new ByteArrayOutputStream();
        for (int i = 0; i < pipelined; i++) {
            burst.writeBytes(i % 2 == 0 ? Client.command("SET", "key", "value") : Client.command("GET", "key"));
        }
        byte[] bytes = burst.toByteArray();
        long replies = (pipelined + 1) / 2 * 5L + pipelined / 2 * 11L;
        try (TestServer server = new TestServer(Transports.require(transport));
                Client client = Client.tcp(server.port())) {
            long loop = loopThread();
            long perRequest = Long.MAX_VALUE;
            // The first rounds run interpreted, where every object is real.
            for (int round = 0; round < 50 && perRequest > 100; round++) {
                long before = THREADS.getThreadAllocatedBytes(loop);
                int bursts = 4_000 / pipelined;
                for (int i = 0; i < bursts; i++) {
                    client.send(bytes);
                    client.skip(replies);
                }
                perRequest = (THREADS.getThreadAllocatedBytes(loop) - before) / ((long) bursts * pipelined);
            }
            assertThat(perRequest).as("bytes for each request").isLessThanOrEqualTo(100);
        }
    }

    private static long loopThread() {
        for (long id : THREADS.getAllThreadIds()) {
            if (Objects.requireNonNull(THREADS.getThreadInfo(id))
                    .getThreadName()
                    .startsWith("situ-tcp")) {
                return id;
            }
        }
        throw new AssertionError("no loop runs");
    }
}
