package dev.situ.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Clients that do not come from 127.0.0.0/8, as long as the default user has no password: from another address,
/// which only root can add to the loopback interface.
class ProtectedModeTest {
    private static final String ADDRESS = "10.213.77.1";
    private static final int PATIENCE_MILLIS = 30_000;

    @BeforeAll
    static void addAddress() throws Exception {
        Requires.program("ip", "iproute2");
        Requires.require(
                runs("ip", "addr", "add", ADDRESS + "/32", "dev", "lo"), "no address can be added to lo (needs root)");
    }

    @AfterAll
    static void removeAddress() throws Exception {
        runs("ip", "addr", "del", ADDRESS + "/32", "dev", "lo");
    }

    private static boolean runs(String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    private static SituServer serve(String bind) {
        return SituServer.start(TestServers.withParameters(bind, Map.of()));
    }

    /// All that a server says to who asks for nothing, until it closes.
    private static String greeting(int port) throws IOException {
        try (Socket socket = new Socket(ADDRESS, port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void othersAreRefusedUntilThereIsAPassword() throws Exception {
        try (SituServer server = serve("0.0.0.0");
                RespSocket here = new RespSocket(new InetSocketAddress(
                        InetAddress.getLoopbackAddress(), server.tcpAddress().getPort()))) {
            int port = server.tcpAddress().getPort();
            assertThat(greeting(port))
                    .startsWith("-DENIED Redis is running in protected mode")
                    .endsWith("\r\n");
            assertThat(here.call("CONFIG", "GET", "protected-mode")).isEqualTo("*2");
            here.read();
            assertThat(here.read()).asString().isEqualTo("yes");
            assertThat(here.call("INFO", "stats")).contains("rejected_connections:1\r\n");
            assertThat(here.call("CONFIG", "SET", "requirepass", "x")).isEqualTo("+OK");
            try (RespSocket other = new RespSocket(new InetSocketAddress(ADDRESS, port))) {
                assertThat(other.call("PING")).isEqualTo("-NOAUTH Authentication required.");
                assertThat(other.call("AUTH", "x")).isEqualTo("+OK");
                assertThat(here.call("CONFIG", "SET", "requirepass", "")).isEqualTo("+OK");
                assertThat(other.call("PING")).isEqualTo("+PONG"); // it was let in
            }
            assertThat(greeting(port)).startsWith("-DENIED");
            assertThat(here.call("CONFIG", "SET", "protected-mode", "no")).isEqualTo("+OK");
            try (RespSocket other = new RespSocket(new InetSocketAddress(ADDRESS, port))) {
                assertThat(other.call("PING")).isEqualTo("+PONG");
            }
        }
    }

    /// But for how the server is told at its start.
    @Test
    void theTextIsThatOfRedis(@TempDir Path folder) throws Exception {
        Requires.program("redis-server", "redis-server");
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Process redis = new ProcessBuilder(List.of(
                        "redis-server",
                        "--bind",
                        ADDRESS,
                        "--port",
                        Integer.toString(port),
                        "--save",
                        "",
                        "--dir",
                        folder.toString()))
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        try (SituServer server = serve("0.0.0.0")) {
            Await.until("redis-server listens", () -> {
                try (Socket socket = new Socket(ADDRESS, port)) {
                    return socket.isConnected();
                } catch (IOException notYet) {
                    return false;
                }
            });
            assertThat(greeting(server.tcpAddress().getPort()))
                    .isEqualTo(greeting(port).replace("'--protected-mode no'", "'--set protected-mode=no'"));
        } finally {
            redis.destroy();
            redis.waitFor();
        }
    }

    @Test
    void requestsOverR2p2AreRefusedToo() throws Exception {
        try (SituServer server = serve(ADDRESS);
                R2p2Channel channel = new R2p2Channel(server.r2p2Address())) {
            assertThat(channel.call(List.of("PING".getBytes(StandardCharsets.US_ASCII))))
                    .asString()
                    .contains("DENIED Redis is running in protected mode");
        }
        try (SituServer server = SituServer.start(TestServers.withParameters(ADDRESS, Map.of("protected-mode", "no")));
                R2p2Channel channel = new R2p2Channel(server.r2p2Address())) {
            assertThat(channel.call(List.of("PING".getBytes(StandardCharsets.US_ASCII))))
                    .asString()
                    .contains("PONG");
        }
    }

    /// A `GET` goes a way of its own there.
    @Test
    void lookupsInCompatibleModeAreRefusedToo() throws Exception {
        try (SituServer server = SituServer.start(TestServers.r2p2Compatible(ADDRESS, Map.of()))) {
            assertThat(lookup(server)).startsWith("-DENIED Redis is running in protected mode");
        }
        try (SituServer server =
                SituServer.start(TestServers.r2p2Compatible(ADDRESS, Map.of("protected-mode", "no")))) {
            assertThat(lookup(server)).isEqualTo("$-1\r\n");
        }
    }

    /// A request of one packet by the wire format of R2P2, and the reply behind its header.
    private static String lookup(SituServer server) throws IOException {
        byte[] header = HexFormat.of().parseHex("cc0801c000010001");
        byte[] text = "*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n".getBytes(StandardCharsets.US_ASCII);
        byte[] request = Arrays.copyOf(header, header.length + text.length);
        System.arraycopy(text, 0, request, header.length, text.length);
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getByName(ADDRESS))) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.send(new DatagramPacket(request, request.length, server.r2p2Address()));
            DatagramPacket reply = new DatagramPacket(new byte[2048], 2048);
            socket.receive(reply);
            return new String(
                    reply.getData(), header.length, reply.getLength() - header.length, StandardCharsets.US_ASCII);
        }
    }
}
