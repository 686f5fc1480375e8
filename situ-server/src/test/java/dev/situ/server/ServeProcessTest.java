package dev.situ.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `situ serve` as a process: what it prints, what it exits with.
@Timeout(120)
class ServeProcessTest {
    /// In the mask of signals that a process ignores: bit 0 is signal 1.
    private static final long SIGINT = 1 << 1;

    private static final String[] FREE_PORTS = {"serve", "--port", "0", "--r2p2-port", "0", "--maxmemory", "64mb"};

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void serves_thenExitsWithZeroOnASignal(String signal) throws Exception {
        boolean ignored = signal.equals("INT") && isInterruptIgnored();
        if (ignored) {
            System.out.println("skipped: SIGINT is ignored here, as in a shell's background, and so by every child");
        }
        assumeFalse(ignored, "SIGINT is ignored");
        try (SituProcess situ = SituProcess.start(FREE_PORTS)) {
            Matcher ready = situ.awaitReady();
            assertThat(ready.group("tcp")).isEqualTo("127.0.0.1");
            assertThat(ready.group("pid")).isEqualTo(Long.toString(situ.pid()));
            assertThat(Integer.parseInt(ready.group("r2p2"))).isPositive();
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(ready.group("port")))) {
                assertThat(roundTrip(client, "PING\r\n", 7)).isEqualTo("+PONG\r\n");
                situ.signal(signal);
                assertThat(client.getInputStream().read())
                        .as("closed by the server")
                        .isEqualTo(-1);
            }
            assertThat(situ.awaitExit()).isZero();
            assertThat(situ.readLine()).as("nothing but the ready line").isEmpty();
        }
    }

    private static boolean isInterruptIgnored() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("SigIgn:"))
                    .map(line -> line.substring("SigIgn:".length()).strip())
                    .anyMatch(mask -> (Long.parseUnsignedLong(mask, 16) & SIGINT) != 0);
        }
    }

    @Test
    void aTcpPortInUseIsOneClearLine() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                SituProcess situ = SituProcess.start(
                        "serve", "--port", Integer.toString(taken.getLocalPort()), "--r2p2-port", "0")) {
            assertThat(situ.awaitExit()).isEqualTo(Main.USER_ERROR);
            assertThat(situ.stderr().lines())
                    .singleElement()
                    .asString()
                    .startsWith("situ: ")
                    .contains("127.0.0.1:" + taken.getLocalPort())
                    .contains("in use");
        }
    }

    @Test
    void aUdpPortInUseIsOneClearLine() throws Exception {
        try (DatagramSocket taken = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                SituProcess situ = SituProcess.start(
                        "serve", "--port", "0", "--r2p2-port", Integer.toString(taken.getLocalPort()))) {
            assertThat(situ.awaitExit()).isEqualTo(Main.USER_ERROR);
            assertThat(situ.stderr().lines())
                    .singleElement()
                    .asString()
                    .startsWith("situ: ")
                    .contains("127.0.0.1:" + taken.getLocalPort())
                    .contains("in use");
        }
    }

    @Test
    void twoServersCannotShareAUdpPort() throws Exception {
        try (SituProcess first = SituProcess.start(FREE_PORTS)) {
            String r2p2 = first.awaitReady().group("r2p2");
            try (SituProcess second = SituProcess.start("serve", "--port", "0", "--r2p2-port", r2p2)) {
                assertThat(second.awaitExit()).isEqualTo(Main.USER_ERROR);
                assertThat(second.stderr()).contains(":" + r2p2).contains("in use");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--port, 70000, '--port is 70000'",
        "--port, abc, abc",
        "--workers, -3, '--workers is -3'",
        "--maxmemory, 1mb, 'too little'",
        "--maxmemory, 12parsecs, 12parsecs",
        "--maxmemory, 4000000gb, 'this machine'",
        "--bind, no.such.host.invalid, no.such.host.invalid",
        "--bind, 8.8.8.8, 8.8.8.8",
        "--bind, ::1, 'R2P2 needs an IPv4 address'",
        "--maxmemory-policy, allkeys-best, allkeys-lru",
        "--no-such-option, 1, --no-such-option"
    })
    void aBadOptionIsOneClearLine(String option, String value, String names) throws Exception {
        try (SituProcess situ = SituProcess.start("serve", "--r2p2-port", "0", "--port", "0", option, value)) {
            assertThat(situ.awaitExit()).isEqualTo(Main.USER_ERROR);
            assertThat(situ.stderr().lines())
                    .singleElement()
                    .asString()
                    .startsWith("situ: ")
                    .contains(names);
            assertThat(situ.readLine()).isEmpty();
        }
    }

    private static String roundTrip(Socket socket, String request, int replyLength) throws Exception {
        OutputStream out = socket.getOutputStream();
        out.write(request.getBytes(StandardCharsets.US_ASCII));
        out.flush();
        InputStream in = socket.getInputStream();
        return new String(in.readNBytes(replyLength), StandardCharsets.US_ASCII);
    }
}
