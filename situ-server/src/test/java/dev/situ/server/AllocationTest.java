package dev.situ.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Heap bytes that the worker threads allocate for a request in steady state, GETs and SETs in turn.
class AllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    /// Until the compiler has done its work a request allocates some bytes, however long that takes on a busy machine:
    /// windows are measured until one shows the steady state.
    private static final int WINDOWS = 60;

    private static final int WINDOW = 20_000;
    private static final String VALUE = "v".repeat(64);

    @SuppressWarnings("NullAway.Init")
    private static SituServer server;

    @BeforeAll
    static void start() {
        server = SituServer.start(TestServers.onFreePorts());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void anR2p2RequestAllocatesNothing() throws Exception {
        byte[][] requests = {
            r2p2("*3\r\n$3\r\nSET\r\n$5\r\nkey:1\r\n$64\r\n" + VALUE + "\r\n"),
            r2p2("*2\r\n$3\r\nGET\r\n$5\r\nkey:1\r\n")
        };
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(server.r2p2Address());
            socket.setSoTimeout(5_000);
            assertSteadyState("r2p2-", 0.5, () -> r2p2Calls(socket, requests, WINDOW));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16})
    void aTcpRequestAllocatesAtMostAHundredBytes(int depth) throws Exception {
        byte[] requests = ("*3\r\n$3\r\nSET\r\n$5\r\nkey:2\r\n$64\r\n" + VALUE
                        + "\r\n*2\r\n$3\r\nGET\r\n$5\r\nkey:2\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        int replies = "+OK\r\n".length() + "$64\r\n".length() + VALUE.length() + 2;
        try (Socket socket = new Socket()) {
            socket.setTcpNoDelay(true);
            socket.connect(server.tcpAddress());
            assertSteadyState("situ-tcp-", 100, () -> tcpCalls(socket, requests, replies, depth, WINDOW));
        }
    }

    private interface Window {
        void run() throws IOException;
    }

    private static void assertSteadyState(String threads, double mostBytes, Window window) throws IOException {
        double least = Double.MAX_VALUE;
        for (int i = 0; i < WINDOWS && least > mostBytes; i++) {
            long before = allocated(threads);
            window.run();
            least = Math.min(least, (double) (allocated(threads) - before) / WINDOW);
        }
        System.out.printf("%s* allocates %.2f bytes a request%n", threads, least);
        assertThat(least).as("bytes a request").isLessThanOrEqualTo(mostBytes);
    }

    private static byte[] r2p2(String payload) {
        byte[] header = HexFormat.of().parseHex("cc0801c000010001");
        byte[] body = payload.getBytes(StandardCharsets.US_ASCII);
        byte[] datagram = new byte[header.length + body.length];
        System.arraycopy(header, 0, datagram, 0, header.length);
        System.arraycopy(body, 0, datagram, header.length, body.length);
        return datagram;
    }

    private static void r2p2Calls(DatagramSocket socket, byte[][] requests, int calls) throws IOException {
        DatagramPacket reply = new DatagramPacket(new byte[2048], 2048);
        for (int i = 0; i < calls; i++) {
            byte[] request = requests[i % requests.length];
            socket.send(new DatagramPacket(request, request.length));
            socket.receive(reply);
        }
    }

    /// Sends pairs of requests, `depth` requests (at least one pair) before it waits for their replies.
    private static void tcpCalls(Socket socket, byte[] pair, int repliesLength, int depth, int calls)
            throws IOException {
        int pairs = Math.max(1, depth / 2);
        byte[] burst = new byte[pair.length * pairs];
        for (int i = 0; i < pairs; i++) {
            System.arraycopy(pair, 0, burst, i * pair.length, pair.length);
        }
        OutputStream out = socket.getOutputStream();
        InputStream in = socket.getInputStream();
        for (int done = 0; done < calls; done += 2 * pairs) {
            out.write(burst);
            assertThat(in.readNBytes(repliesLength * pairs)).hasSize(repliesLength * pairs);
        }
    }

    private static long allocated(String threadsStartingWith) {
        long bytes = 0;
        int seen = 0;
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith(threadsStartingWith)) {
                seen++;
                bytes += THREADS.getThreadAllocatedBytes(thread.threadId());
            }
        }
        assertThat(seen).as("threads called %s", threadsStartingWith).isPositive();
        return bytes;
    }
}
