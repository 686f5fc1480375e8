package dev.situ.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Messages between connections of different event loops.
class PubsubTest {
    private static TestServer start(TcpTransport transport) throws IOException {
        return new TestServer(Transports.require(transport).withEventLoops(3));
    }

    private static List<String> read(Client client, int replies) throws IOException {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < replies; i++) {
            all.add(client.reply());
        }
        return all;
    }

    private static void subscribe(Client client, String command, String name, int count) throws IOException {
        client.send(Client.command(command, name));
        assertThat(read(client, 4)).endsWith(command, name, ":" + count);
    }

    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void everySubscriberGetsEveryMessageOnceAndInOrder(TcpTransport transport) throws IOException {
        try (TestServer server = start(transport);
                Client publisher = Client.tcp(server.port());
                Client first = Client.tcp(server.port());
                Client second = Client.tcp(server.port());
                Client third = Client.tcp(server.port())) {
            subscribe(first, "subscribe", "news", 1);
            subscribe(second, "subscribe", "news", 1);
            subscribe(second, "psubscribe", "n*", 2);
            assertThat(third.call("HELLO", "3")).isEqualTo("%7");
            read(third, 14);
            subscribe(third, "psubscribe", "?ews", 1);
            int messages = 500;
            StringBuilder burst = new StringBuilder();
            for (int i = 0; i < messages; i++) {
                burst.append("PUBLISH news m").append(i).append("\r\n");
            }
            publisher.send(Client.ascii(burst.toString()));
            for (int i = 0; i < messages; i++) {
                assertThat(publisher.reply()).isEqualTo(":4");
                assertThat(read(first, 4)).containsExactly("*3", "message", "news", "m" + i);
                assertThat(read(second, 9))
                        .containsExactly("*3", "message", "news", "m" + i, "*4", "pmessage", "n*", "news", "m" + i);
                assertThat(read(third, 5)).containsExactly(">4", "pmessage", "?ews", "news", "m" + i);
            }
            assertThat(publisher.call("PUBSUB", "NUMSUB", "news")).isEqualTo("*2");
            assertThat(read(publisher, 2)).containsExactly("news", ":2");
            assertThat(publisher.call("CLIENT", "LIST", "TYPE", "pubsub").lines())
                    .hasSize(3)
                    .anyMatch(line -> line.contains(" flags=P db=0 sub=1 psub=1 "));
            assertThat(publisher.call("INFO", "stats")).contains("pubsub_channels:1\r\npubsub_patterns:2\r\n");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void whoHasLeftGetsNothing(TcpTransport transport) throws IOException {
        try (TestServer server = start(transport);
                Client publisher = Client.tcp(server.port())) {
            try (Client stays = Client.tcp(server.port())) {
                subscribe(stays, "subscribe", "news", 1);
                try (Client gone = Client.tcp(server.port())) {
                    subscribe(gone, "subscribe", "news", 1);
                }
                awaitReceivers(publisher, 1);
                assertThat(stays.reply()).isEqualTo("*3");
            }
            awaitReceivers(publisher, 0);
        }
    }

    /// Publishes until so many get it.
    private static void awaitReceivers(Client publisher, int receivers) {
        TestServer.await(() -> {
            try {
                return publisher.call("PUBLISH", "news", "m").equals(":" + receivers);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void aSubscriberThatDoesNotReadIsClosedAndOthersAreNot(TcpTransport transport) throws IOException {
        try (TestServer server = start(transport);
                Client publisher = Client.tcp(server.port());
                Client slow = Client.tcp(server.port());
                Client fast = Client.tcp(server.port())) {
            publisher.call("CONFIG", "SET", "client-output-buffer-limit", "pubsub 1mb 0 0");
            subscribe(slow, "subscribe", "news", 1);
            subscribe(fast, "subscribe", "news", 1);
            String message = "m".repeat(50_000);
            boolean closed = false;
            for (int i = 0; i < 10_000 && !closed; i++) {
                closed = publisher.call("PUBLISH", "news", message).equals(":1");
                assertThat(read(fast, 4)).endsWith(message);
            }
            assertThat(closed).isTrue();
            assertThat(publisher.call("INFO", "stats")).contains("client_output_buffer_limit_disconnections:1\r\n");
        }
    }

    /// Keys to forget are counted where they wait, and they wait while the client reads nothing: though none of it
    /// is a reply, and replies are not bounded here.
    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void aClientThatTracksAndDoesNotReadIsClosed(TcpTransport transport) throws IOException {
        try (TestServer server = start(transport);
                Client writer = Client.tcp(server.port());
                Client slow = Client.tcp(server.port())) {
            writer.call("CONFIG", "SET", "client-output-buffer-limit", "normal 0 0 0 pubsub 1mb 0 0");
            assertThat(slow.call("HELLO", "3")).isEqualTo("%7");
            read(slow, 14);
            assertThat(slow.call("CLIENT", "TRACKING", "ON", "BCAST")).isEqualTo("+OK");
            String key = "k".repeat(20_000);
            boolean closed = false;
            for (int i = 0; i < 10_000 && !closed; i++) {
                assertThat(writer.call("SET", key, "v")).isEqualTo("+OK");
                closed = i % 100 == 0 && writer.call("CLIENT", "LIST").lines().count() == 1;
            }
            assertThat(closed).isTrue();
            assertThat(writer.call("INFO", "stats")).contains("client_output_buffer_limit_disconnections:1\r\n");
        }
    }

    /// What waits in the mailbox counts for the soft limit too, and nothing is lost of it for who reads late.
    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void aSubscriberThatReadsLateGetsAllAndOneThatNeverReadsIsClosed(TcpTransport transport) throws IOException {
        try (TestServer server = start(transport);
                Client publisher = Client.tcp(server.port());
                Client never = Client.tcp(server.port());
                Client late = Client.tcp(server.port())) {
            subscribe(late, "subscribe", "news", 1);
            String message = "m".repeat(50_000);
            for (int i = 0; i < 400; i++) { // 20 MB: more than the kernel takes
                assertThat(publisher.call("PUBLISH", "news", message + i)).isEqualTo(":1");
            }
            for (int i = 0; i < 400; i++) {
                assertThat(read(late, 4)).containsExactly("*3", "message", "news", message + i);
            }
            subscribe(never, "subscribe", "old", 1);
            OutputLimits subscribers = new OutputLimits(0, 2 << 20, Duration.ofMillis(1));
            server.server.limits().setOutput(OutputLimits.DEFAULT, subscribers);
            for (int i = 0; i < 400; i++) {
                assertThat(publisher.call("PUBLISH", "old", message)).startsWith(":");
            }
            TestServer.await(() -> server.server.statistics().closedByLimit() == 1);
            awaitReceivers(publisher, 1);
            assertThat(late.reply()).isEqualTo("*3");
        }
    }
}
