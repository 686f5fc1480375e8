package dev.situ.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TcpServerTest {
    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void commandsAreAnswered(TcpTransport transport) throws Exception {
        try (TestServer server = new TestServer(Transports.require(transport));
                Client client = Client.tcp(server.port())) {
            assertThat(server.server.transport()).isEqualTo(transport);
            assertThat(client.call("PING")).isEqualTo("+PONG");
            assertThat(client.call("GET", "k")).isEqualTo("(nil)");
            assertThat(client.call("SET", "k", "hello")).isEqualTo("+OK");
            assertThat(client.call("GET", "k")).isEqualTo("hello");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void everySplitOfTheBytesGivesTheSameReplies(TcpTransport transport) throws Exception {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(Client.command("SET", "k", "a value"));
        all.writeBytes(Client.command("GET", "k"));
        all.writeBytes(Client.command("PING"));
        byte[] bytes = all.toByteArray();
        try (TestServer server = new TestServer(Transports.require(transport));
                Client client = Client.tcp(server.port())) {
            for (int split = 1; split < bytes.length; split++) {
                client.send(bytes, 0, split);
                client.send(bytes, split, bytes.length - split);
                assertThat(List.of(client.reply(), client.reply(), client.reply()))
                        .as("split at %d", split)
                        .containsExactly("+OK", "a value", "+PONG");
            }
            for (byte one : bytes) {
                client.send(new byte[] {one});
            }
            assertThat(List.of(client.reply(), client.reply(), client.reply()))
                    .containsExactly("+OK", "a value", "+PONG");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void aPipelineOfTenThousandIsAnsweredInOrder(TcpTransport transport) throws Exception {
        int count = 10_000;
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            all.writeBytes(Client.command("SET", "key" + i % 50, "value" + i));
            all.writeBytes(Client.command("GET", "key" + i % 50));
        }
        byte[] bytes = all.toByteArray();
        try (TestServer server = new TestServer(Transports.require(transport));
                Client client = Client.tcp(server.port())) {
            Thread sender = Thread.ofVirtual().start(() -> sendAll(client, bytes));
            for (int i = 0; i < count; i++) {
                assertThat(client.reply()).isEqualTo("+OK");
                assertThat(client.reply()).isEqualTo("value" + i);
            }
            sender.join();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void largeValuesComeBackEqual(TcpTransport transport) throws Exception {
        try (TestServer server = new TestServer(Transports.require(transport));
                Client client = Client.tcp(server.port())) {
            for (int length : new int[] {16_383, 16_384, 16_385, 100_000, 1 << 20, 3_000_001, 16 << 20}) {
                byte[] value = random(length, length);
                assertThat(client.call("SET", "large", value)).isEqualTo("+OK");
                client.send(Client.command("GET", "large"));
                client.send(Client.command("PING"));
                assertThat(client.bulk()).as("%d bytes", length).isEqualTo(value);
                assertThat(client.reply()).isEqualTo("+PONG");
            }
        }
    }

    @Test
    void aValueOf64MegabytesComesBackEqual() throws Exception {
        try (TestServer server = new TestServer(TcpServerOptions.DEFAULT);
                Client client = Client.tcp(server.port())) {
            byte[] value = random(64 << 20, 64);
            assertThat(client.call("SET", "large", value)).isEqualTo("+OK");
            client.send(Client.command("GET", "large"));
            assertThat(client.bulk()).isEqualTo(value);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void aUnixSocketServesTheSame(TcpTransport transport, @TempDir Path directory) throws Exception {
        Path path = directory.resolve("situ.sock");
        TcpServerOptions options = Transports.require(transport).withUnixSocket(path);
        try (TestServer server = new TestServer(options);
                Client unix = Client.unix(path);
                Client tcp = Client.tcp(server.port())) {
            byte[] value = random(1_000_000, 7);
            assertThat(unix.call("SET", "k", value)).isEqualTo("+OK");
            tcp.send(Client.command("GET", "k"));
            assertThat(tcp.bulk()).isEqualTo(value);
            unix.send(Client.command("GET", "k"));
            assertThat(unix.bulk()).isEqualTo(value);
        }
        assertThat(Files.exists(path)).as("the socket's file is gone").isFalse();
    }

    @Test
    void aStaleUnixSocketIsReplaced(@TempDir Path directory) throws Exception {
        Path path = directory.resolve("situ.sock");
        try (var stale = java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
            stale.bind(java.net.UnixDomainSocketAddress.of(path));
        }
        assertThat(Files.exists(path)).isTrue();
        try (TestServer server = new TestServer(
                        TcpServerOptions.DEFAULT.withUnixSocket(path).withAddress("127.0.0.1", -1));
                Client unix = Client.unix(path)) {
            assertThat(server.port()).isEqualTo(-1);
            assertThat(unix.call("PING")).isEqualTo("+PONG");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void aConnectionThatTheStreamEndsIsClosedAfterItsReplies(TcpTransport transport) throws Exception {
        try (TestServer server = new TestServer(Transports.require(transport));
                Client client = Client.tcp(server.port())) {
            client.send(Client.command("PING"));
            client.send(Client.command("QUIT"));
            assertThat(client.reply()).isEqualTo("+PONG");
            assertThat(client.reply()).isEqualTo("+OK");
            assertThat(client.atEnd()).isTrue();
            server.expectNothingLeft();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void aClientThatClosesItsSideStillGetsAllReplies(TcpTransport transport) throws Exception {
        int count = transport == TcpTransport.EPOLL ? 5 : 2_000;
        try (TestServer server = new TestServer(Transports.require(transport));
                Client client = Client.tcp(server.port())) {
            byte[] value = random(10_000, 3);
            client.call("SET", "k", value);
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (int i = 0; i < count; i++) {
                all.writeBytes(Client.command("GET", "k"));
            }
            client.send(all.toByteArray());
            client.channel.shutdownOutput();
            for (int i = 0; i < count; i++) {
                assertThat(client.bulk()).isEqualTo(value);
            }
            assertThat(client.atEnd()).isTrue();
            server.expectNothingLeft();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void oneClientTooManyIsToldAndClosed(TcpTransport transport) throws Exception {
        TcpServerOptions options = Transports.require(transport).withMaxClients(2);
        try (TestServer server = new TestServer(options)) {
            try (Client first = Client.tcp(server.port());
                    Client second = Client.tcp(server.port())) {
                assertThat(first.call("PING")).isEqualTo("+PONG");
                assertThat(second.call("PING")).isEqualTo("+PONG");
                try (Client third = Client.tcp(server.port())) {
                    assertThat(third.reply()).isEqualTo("-ERR max number of clients reached");
                    assertThat(third.atEnd()).isTrue();
                }
                assertThat(first.call("PING")).isEqualTo("+PONG");
            }
            server.expectNothingLeft();
            try (Client next = Client.tcp(server.port())) {
                assertThat(next.call("PING")).isEqualTo("+PONG");
            }
            assertThat(server.server.statistics().rejected()).isEqualTo(1);
        }
    }

    @Test
    void connectionsAreSpreadOverSeveralLoops() throws Exception {
        try (TestServer server = new TestServer(TcpServerOptions.DEFAULT.withEventLoops(3))) {
            List<Client> clients = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                clients.add(Client.tcp(server.port()));
            }
            for (Client client : clients) {
                client.send(Client.command("PING"));
            }
            for (Client client : clients) {
                assertThat(client.reply()).isEqualTo("+PONG");
            }
            for (Client client : clients) {
                client.close();
            }
            server.expectNothingLeft();
            assertThat(server.server.statistics().accepted()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void aPortInUseIsSaidInOneLine(TcpTransport transport) throws Exception {
        TcpServerOptions free = Transports.require(transport);
        try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            TcpServerOptions options = free.withAddress("127.0.0.1", taken.getLocalPort());
            assertThatThrownBy(() -> new TestServer(options))
                    .isInstanceOf(java.net.BindException.class)
                    .hasMessage("cannot listen on 127.0.0.1:" + taken.getLocalPort() + ": Address already in use");
        }
    }

    @Test
    void aWorkerThatCannotBeMadeLeavesNoThread() {
        TcpServerOptions options = TcpServerOptions.DEFAULT.withEventLoops(2);
        assertThatThrownBy(() -> TcpServer.start(options, i -> {
                    throw new IllegalStateException("no worker " + i);
                }))
                .hasMessageContaining("no worker 0");
        TestServer.await(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("situ-tcp")));
    }

    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void severalAddressesHaveOnePort(TcpTransport transport) throws Exception {
        TcpServerOptions options = Transports.require(transport).withAddresses(List.of("127.0.0.1", "127.0.0.2"), 0);
        try (TestServer server = new TestServer(options);
                Client first = Client.tcp(server.port());
                Socket second = new Socket("127.0.0.2", server.port())) {
            assertThat(first.call("PING")).isEqualTo("+PONG");
            second.getOutputStream().write(Client.command("PING"));
            assertThat(second.getInputStream().readNBytes(7)).isEqualTo(Client.ascii("+PONG\r\n"));
        }
    }

    @Test
    void anUnknownAddressIsSaidInOneLine() {
        TcpServerOptions options = TcpServerOptions.DEFAULT.withAddress("no such host.invalid", 0);
        assertThatThrownBy(() -> new TestServer(options))
                .isInstanceOf(IOException.class)
                .hasMessage("unknown address to bind: no such host.invalid");
    }

    static byte[] random(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static void sendAll(Client client, byte[] bytes) {
        try {
            client.send(bytes);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
