package dev.situ.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What clients see of each other, and do to each other, when they live on different event loops.
class ClientsTest {
    private static TestServer start(TcpTransport transport) throws IOException {
        return new TestServer(Transports.require(transport).withEventLoops(2));
    }

    private static String address(Client client) throws IOException {
        return client.channel.getLocalAddress().toString().replaceFirst("^.*/", "");
    }

    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void eachIsListedWithItsAddress(TcpTransport transport) throws IOException {
        try (TestServer server = start(transport);
                Client first = Client.tcp(server.port());
                Client second = Client.tcp(server.port())) {
            first.call("CLIENT", "SETNAME", "one");
            second.call("CLIENT", "SETNAME", "two");
            String firstAddress = address(first);
            String secondAddress = address(second);
            assertThat(first.call("CLIENT", "LIST").lines())
                    .hasSize(2)
                    .anyMatch(line -> line.matches("id=\\d+ addr=" + firstAddress + " laddr=127.0.0.1:" + server.port()
                            + " fd=-?\\d+ name=one age=0 idle=0 flags=N db=0 .* cmd=client\\|list user=default redir=-1"
                            + " resp=2 lib-name= lib-ver="))
                    .anyMatch(line -> line.contains(" addr=" + secondAddress + " ")
                            && line.contains(" name=two ")
                            && line.contains(" cmd=client|setname "));
            assertThat(second.call("CLIENT", "INFO")).contains(" name=two ").contains(" cmd=client|info ");
            String id = first.call("CLIENT", "ID").substring(1);
            assertThat(second.call("CLIENT", "LIST", "ID", id, "999"))
                    .startsWith("id=" + id + " ")
                    .contains(" name=one ");
            assertThat(second.call("CLIENT", "LIST", "TYPE", "pubsub")).isEmpty();
        }
    }

    @Test
    void aUnixSocketIsItsAddress(@TempDir Path folder) throws IOException {
        Path path = folder.resolve("s");
        try (TestServer server = new TestServer(TcpServerOptions.DEFAULT.withUnixSocket(path));
                Client client = Client.unix(path)) {
            assertThat(client.call("CLIENT", "INFO"))
                    .contains(" addr=" + path + ":0 laddr=" + path + ":0 ")
                    .contains(" flags=U ");
            assertThat(server.port()).isPositive();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void aClientOfAnotherLoopIsKilled(TcpTransport transport) throws IOException {
        try (TestServer server = start(transport);
                Client killer = Client.tcp(server.port());
                Client byId = Client.tcp(server.port());
                Client byAddress = Client.tcp(server.port());
                Client byOldForm = Client.tcp(server.port())) {
            String id = byId.call("CLIENT", "ID").substring(1);
            byAddress.call("PING");
            byOldForm.call("PING");
            assertThat(killer.call("CLIENT", "KILL", "ID", id)).isEqualTo(":1");
            assertThat(byId.atEnd()).isTrue();
            assertThat(killer.call("CLIENT", "KILL", "ADDR", address(byAddress), "TYPE", "normal"))
                    .isEqualTo(":1");
            assertThat(byAddress.atEnd()).isTrue();
            assertThat(killer.call("CLIENT", "KILL", address(byOldForm))).isEqualTo("+OK");
            assertThat(byOldForm.atEnd()).isTrue();
            assertThat(killer.call("CLIENT", "KILL", "LADDR", "127.0.0.1:" + server.port()))
                    .as("not itself")
                    .isEqualTo(":0");
            assertThat(killer.call("CLIENT", "KILL", "LADDR", "127.0.0.1:" + server.port(), "SKIPME", "no"))
                    .isEqualTo(":1");
            assertThat(killer.endsCleanly()).isTrue();
            server.expectNothingLeft();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void writesWaitUntilThePauseIsEnded(TcpTransport transport) throws IOException {
        try (TestServer server = start(transport);
                Client admin = Client.tcp(server.port());
                Client writer = Client.tcp(server.port());
                Client large = Client.tcp(server.port())) {
            assertThat(admin.call("CLIENT", "PAUSE", "1000000", "WRITE")).isEqualTo("+OK");
            byte[] value = "v".repeat(300_000).getBytes(StandardCharsets.US_ASCII);
            assertThat(writer.call("GET", "k")).isEqualTo("(nil)");
            writer.send(Client.command("SET", "k", "1"));
            writer.send(Client.command("INCR", "k"));
            large.send(Client.command("SET", "large", value));
            large.send(Client.command("MULTI"));
            large.send(Client.command("INCR", "k"));
            large.send(Client.command("EXEC"));
            TestServer.await(() -> {
                try {
                    return admin.call("CLIENT", "LIST")
                                    .lines()
                                    .filter(line -> line.contains(" flags=b "))
                                    .count()
                            == 2;
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            assertThat(admin.call("EXISTS", "k", "large")).isEqualTo(":0");
            assertThat(admin.call("CLIENT", "UNPAUSE")).isEqualTo("+OK");
            assertThat(writer.reply()).isEqualTo("+OK");
            assertThat(writer.reply()).startsWith(":");
            assertThat(large.reply()).isEqualTo("+OK");
            assertThat(large.reply()).isEqualTo("+OK");
            assertThat(large.reply()).isEqualTo("+QUEUED");
            assertThat(large.reply()).isEqualTo("*1");
            assertThat(large.reply()).startsWith(":");
            assertThat(admin.call("STRLEN", "large")).isEqualTo(":300000");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void aPauseOfAllEndsByItself(TcpTransport transport) throws IOException {
        try (TestServer server = start(transport);
                Client admin = Client.tcp(server.port());
                Client other = Client.tcp(server.port())) {
            long before = System.nanoTime();
            assertThat(admin.call("CLIENT", "PAUSE", "300")).isEqualTo("+OK");
            assertThat(other.call("PING")).isEqualTo("+PONG");
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void aMonitorSeesWhatClientsOfAllLoopsRun(TcpTransport transport) throws IOException {
        try (TestServer server = start(transport);
                Client monitor = Client.tcp(server.port());
                Client first = Client.tcp(server.port());
                Client second = Client.tcp(server.port())) {
            assertThat(monitor.call("MONITOR")).isEqualTo("+OK");
            first.call("SET", "k\"\\\n\0\u00ff", "a b");
            second.call("GET", "k");
            second.call("GET", "k", "too many");
            second.call("CONFIG", "GET", "none");
            second.call("AUTH", "secret");
            first.call("HELLO", "2", "AUTH", "default", "secret");
            assertThat(monitor.reply())
                    .matches("\\+\\d+\\.\\d{6} \\[0 " + address(first)
                            + "] \"SET\" \"k\\\\\"\\\\\\\\\\\\n\\\\x00\\\\xff\" \"a b\"");
            assertThat(monitor.reply()).endsWith(" [0 " + address(second) + "] \"GET\" \"k\"");
            assertThat(monitor.reply()).endsWith("] \"AUTH\" \"(redacted)\"");
            assertThat(monitor.reply()).contains("] \"HELLO\" \"2\" \"AUTH\" ").doesNotContain("secret");
            assertThat(second.call("CLIENT", "LIST")).contains(" flags=O ");
            assertThat(monitor.call("RESET")).isEqualTo("+RESET");
            first.call("PING");
            assertThat(monitor.call("PING")).isEqualTo("+PONG");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void aMonitorThatDoesNotReadIsClosed(TcpTransport transport) throws IOException {
        try (TestServer server = start(transport);
                Client monitor = Client.tcp(server.port());
                Client busy = Client.tcp(server.port())) {
            busy.call("CONFIG", "SET", "client-output-buffer-limit", "pubsub 100000 0 0");
            assertThat(monitor.call("MONITOR")).isEqualTo("+OK");
            String value = "v".repeat(10_000);
            TestServer.await(() -> {
                try {
                    busy.call("SET", "k", value);
                    return server.server.statistics().current() == 1;
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            assertThat(busy.call("INFO", "stats")).contains("client_output_buffer_limit_disconnections:1\r\n");
        }
    }

    @Test
    void idleClientsAreClosedAndMonitorsAreNot() throws IOException {
        try (TestServer server = start(TcpTransport.AUTO);
                Client idle = Client.tcp(server.port());
                Client monitor = Client.tcp(server.port())) {
            idle.call("PING");
            assertThat(monitor.call("MONITOR")).isEqualTo("+OK");
            server.server.limits().setTimeoutSeconds(1);
            assertThat(idle.atEnd()).isTrue();
            TestServer.await(() -> server.server.statistics().current() == 1);
            assertThat(monitor.call("RESET")).isEqualTo("+RESET");
        }
    }

    @Test
    void theNumberOfClientsMayBeChangedWhileTheServerRuns() throws IOException {
        try (TestServer server = start(TcpTransport.AUTO);
                Client first = Client.tcp(server.port())) {
            first.call("PING");
            server.server.limits().setMaxClients(1);
            try (Client second = Client.tcp(server.port())) {
                assertThat(second.reply()).isEqualTo("-ERR max number of clients reached");
            }
            server.server.limits().setMaxClients(2);
            try (Client second = Client.tcp(server.port())) {
                assertThat(second.call("PING")).isEqualTo("+PONG");
            }
        }
    }

    @Test
    void slowCommandsAreLoggedWithWhoSentThem() throws IOException {
        try (TestServer server = start(TcpTransport.AUTO);
                Client client = Client.tcp(server.port())) {
            client.call("CLIENT", "SETNAME", "slow");
            client.call("CONFIG", "SET", "slowlog-log-slower-than", "0");
            client.call("GET", "k");
            client.call("CONFIG", "SET", "slowlog-log-slower-than", "-1");
            assertThat(client.call("SLOWLOG", "LEN")).isEqualTo(":2");
            assertThat(client.call("SLOWLOG", "GET", "-1")).isEqualTo("*2");
            assertThat(client.reply()).isEqualTo("*6");
            assertThat(client.reply()).isEqualTo(":1");
            assertThat(client.reply()).startsWith(":");
            assertThat(client.reply()).startsWith(":");
            assertThat(client.reply()).isEqualTo("*2");
            assertThat(client.reply()).isEqualTo("GET");
            assertThat(client.reply()).isEqualTo("k");
            assertThat(client.reply()).isEqualTo(address(client));
            assertThat(client.reply()).isEqualTo("slow");
        }
    }
}
