package dev.situ.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Clients that do not read, vanish, or send rubbish: the others must not notice, and all memory must come back.
class TcpTroubleTest {
    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void aClientThatNeverReadsHoldsUpNobodyAndIsNotReadAnyMore(TcpTransport transport) throws Exception {
        try (TestServer server = new TestServer(Transports.require(transport))) {
            try (Client deaf = Client.tcp(server.port());
                    Client other = Client.tcp(server.port())) {
                other.call("SET", "k", TcpServerTest.random(10_000, 1));
                deaf.channel.configureBlocking(false);
                fill(deaf, Client.command("GET", "k"), 50_000);
                TestServer.await(() -> readForPings(server, other, 1_000) == 1_000L * Client.command("PING").length);
                assertThat(server.server.statistics().bytesIn())
                        .as("the server has not read all commands of the client that does not read")
                        .isLessThan(50_000L * Client.command("GET", "k").length);
                assertThat(server.server.statistics().current()).isEqualTo(2);
            }
            server.expectNothingLeft();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void aSlowClientGetsEveryReplyInTheEnd(TcpTransport transport) throws Exception {
        try (TestServer server = new TestServer(Transports.require(transport));
                Client client = Client.tcp(server.port())) {
            byte[] value = TcpServerTest.random(10_000, 2);
            client.call("SET", "k", value);
            int count = 3_000;
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (int i = 0; i < count; i++) {
                all.writeBytes(Client.command("GET", "k"));
            }
            all.writeBytes(Client.command("PING"));
            Thread sender = Thread.ofVirtual().start(() -> TcpServerTest.sendAll(client, all.toByteArray()));
            for (int i = 0; i < count; i++) {
                assertThat(client.bulk()).isEqualTo(value);
            }
            assertThat(client.reply()).isEqualTo("+PONG");
            sender.join();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void aClientPastTheHardLimitIsClosed(TcpTransport transport) throws Exception {
        OutputLimits limits = new OutputLimits(4 << 20, 0, Duration.ofSeconds(1));
        try (TestServer server = new TestServer(Transports.require(transport).withOutput(limits));
                Client deaf = Client.tcp(server.port());
                Client other = Client.tcp(server.port())) {
            assertThat(other.call("SET", "k", TcpServerTest.random(32 << 20, 1)))
                    .isEqualTo("+OK");
            deaf.send(Client.command("GET", "k"));
            TestServer.await(() -> server.server.statistics().closedByLimit() == 1);
            assertThat(other.call("PING")).isEqualTo("+PONG");
            TestServer.await(() -> server.server.statistics().current() == 1);
            assertThat(server.server.statistics().pinned()).isZero();
        }
    }

    @Test
    void aClientThatTakesNothingForTheSoftLimitsTimeIsClosed() throws Exception {
        OutputLimits limits = new OutputLimits(0, 1 << 20, Duration.ofMillis(1));
        try (TestServer server = new TestServer(TcpServerOptions.DEFAULT.withOutput(limits));
                Client deaf = Client.tcp(server.port())) {
            assertThat(deaf.call("SET", "k", TcpServerTest.random(32 << 20, 1))).isEqualTo("+OK");
            deaf.send(Client.command("GET", "k"));
            TestServer.await(() -> server.server.statistics().closedByLimit() == 1);
            server.expectNothingLeft();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void closingInTheMiddleOfALargeValueGivesItsMemoryBack(TcpTransport transport) throws Exception {
        try (TestServer server = new TestServer(Transports.require(transport))) {
            for (int round = 0; round < 20; round++) {
                Client client = Client.tcp(server.port());
                client.send(Client.ascii("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$50000000\r\n"));
                client.send(new byte[(3 + round) * 100_000]); // for less no memory is taken
                TestServer.await(() -> server.claimed() == 1);
                if (round % 2 == 0) {
                    client.reset();
                } else {
                    client.close();
                }
                server.expectNothingLeft();
            }
            try (Client client = Client.tcp(server.port())) {
                assertThat(client.call("GET", "k")).isEqualTo("(nil)");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void closingInTheMiddleOfALargeReplyGivesThePinBack(TcpTransport transport) throws Exception {
        try (TestServer server = new TestServer(Transports.require(transport));
                Client setter = Client.tcp(server.port())) {
            assertThat(setter.call("SET", "k", TcpServerTest.random(16 << 20, 1)))
                    .isEqualTo("+OK");
            for (int round = 0; round < 20; round++) {
                Client client = Client.tcp(server.port());
                client.send(Client.command("GET", "k"));
                client.send(Client.command("GET", "k"));
                client.skip(1 + round * 50_000L);
                if (round % 2 == 0) {
                    client.reset();
                } else {
                    client.close();
                }
                TestServer.await(() -> server.server.statistics().current() == 1
                        && server.server.statistics().pinned() == 0);
            }
            assertThat(setter.call("PING")).isEqualTo("+PONG");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void aHeavyPipelineLeavesRoomForOthersOnTheSameLoop(TcpTransport transport) throws Exception {
        try (TestServer server = new TestServer(Transports.require(transport));
                Client heavy = Client.tcp(server.port());
                Client light = Client.tcp(server.port())) {
            ByteArrayOutputStream many = new ByteArrayOutputStream();
            for (int i = 0; i < 100_000; i++) {
                many.writeBytes(Client.command("PING"));
            }
            CountDownLatch half = new CountDownLatch(1);
            Thread sender = Thread.ofVirtual().start(() -> TcpServerTest.sendAll(heavy, many.toByteArray()));
            Thread reader = Thread.ofPlatform().start(() -> {
                try {
                    heavy.skip(50_000 * 7L);
                    half.countDown();
                    heavy.skip(50_000 * 7L);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            for (int i = 0; i < 10; i++) {
                assertThat(light.call("PING")).isEqualTo("+PONG");
            }
            half.await();
            reader.join();
            sender.join();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void stoppingSendsTheRepliesToWhatWasReceived(TcpTransport transport) throws Exception {
        TestServer server = new TestServer(Transports.require(transport).withStopTimeout(Duration.ofSeconds(20)));
        byte[] value = TcpServerTest.random(16 << 20, 5);
        try (Client client = Client.tcp(server.port());
                Client idle = Client.tcp(server.port())) {
            assertThat(idle.call("PING")).isEqualTo("+PONG");
            assertThat(client.call("SET", "k", value)).isEqualTo("+OK");
            client.send(Client.command("GET", "k"));
            TestServer.await(() -> server.server.statistics().pinned() == 1);
            Thread stopper = Thread.ofPlatform().start(server::close);
            assertThat(client.bulk()).isEqualTo(value);
            assertThat(client.atEnd()).isTrue();
            assertThat(idle.atEnd()).isTrue();
            stopper.join();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void stoppingDoesNotWaitLongForAClientThatDoesNotRead(TcpTransport transport) throws Exception {
        TestServer server = new TestServer(Transports.require(transport).withStopTimeout(Duration.ofMillis(100)));
        try (Client deaf = Client.tcp(server.port());
                Client half = Client.tcp(server.port())) {
            assertThat(deaf.call("SET", "k", TcpServerTest.random(32 << 20, 5))).isEqualTo("+OK");
            deaf.send(Client.command("GET", "k"));
            half.send(Client.ascii("*3\r\n$3\r\nSET\r\n$1\r\nx\r\n$5000000\r\n"));
            half.send(new byte[300_000]);
            TestServer.await(() -> server.server.statistics().pinned() == 1 && server.claimed() == 1);
            server.close();
            assertThat(half.atEnd()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void afterAProtocolErrorWithUnreadInputTheErrorArrivesAndThenTheEnd(TcpTransport transport) throws Exception {
        byte[] bad = Client.ascii("*1\r\n$-7\r\n");
        byte[] bytes = new byte[400_000];
        System.arraycopy(bad, 0, bytes, 0, bad.length);
        try (TestServer server = new TestServer(Transports.require(transport))) {
            for (int round = 0; round < 20; round++) {
                try (Client client = Client.tcp(server.port())) {
                    client.send(bytes);
                    assertThat(client.reply()).startsWith("-ERR Protocol error");
                    assertThat(client.endsCleanly()).as("no reset").isTrue();
                    client.send(new byte[100]);
                }
            }
            server.expectNothingLeft();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void aClientThatGoesOnAfterAProtocolErrorIsClosed(TcpTransport transport) throws Exception {
        try (TestServer server = new TestServer(Transports.require(transport));
                Client silent = Client.tcp(server.port());
                Client endless = Client.tcp(server.port())) {
            silent.send(Client.ascii("*1\r\n$-7\r\n"));
            endless.send(Client.ascii("*1\r\n$-7\r\n"));
            assertThatThrownBy(() -> {
                        while (true) {
                            endless.send(new byte[100_000]);
                        }
                    })
                    .isInstanceOf(IOException.class);
            server.expectNothingLeft();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void stoppingDoesNotWaitForAClientThatGoesOnAfterAProtocolError(TcpTransport transport) throws Exception {
        TestServer server = new TestServer(Transports.require(transport).withStopTimeout(Duration.ofHours(1)));
        try (Client silent = Client.tcp(server.port())) {
            silent.send(Client.ascii("*1\r\n$-7\r\n"));
            assertThat(silent.reply()).startsWith("-ERR Protocol error");
            server.close();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void randomBytesLeaveItServingWithNothingOutstanding(TcpTransport transport) throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[][] fragments = {
            Client.command("SET", "k", new byte[20_000]),
            Client.command("SET", "k", new byte[200_000]),
            Client.command("GET", "k"),
            Client.command("PING"),
            Client.ascii("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1000000\r\n"),
        };
        try (TestServer server = new TestServer(Transports.require(transport))) {
            for (int round = 0; round < 60; round++) {
                try (Client client = Client.tcp(server.port())) {
                    client.channel.configureBlocking(false);
                    for (int i = random.nextInt(12); i >= 0; i--) {
                        byte[] bytes = fragments[random.nextInt(fragments.length)].clone();
                        if (random.nextInt(4) == 0) {
                            bytes = TcpServerTest.random(random.nextInt(20_000), random.nextLong());
                        } else if (random.nextInt(3) == 0) {
                            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                        }
                        fill(client, bytes, 1);
                    }
                    if (random.nextBoolean()) {
                        client.reset();
                    }
                }
            }
            server.expectNothingLeft();
            try (Client client = Client.tcp(server.port())) {
                assertThat(client.call("PING")).as("seed %d", seed).isEqualTo("+PONG");
            }
        } catch (Throwable e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    @Test
    void manyConnectionsOpenedAndClosedLeaveNothing() throws Exception {
        try (TestServer server = new TestServer(TcpServerOptions.DEFAULT.withEventLoops(2))) {
            for (int round = 0; round < 5; round++) {
                List<Client> clients = new ArrayList<>();
                for (int i = 0; i < 100; i++) {
                    Client client = Client.tcp(server.port());
                    client.send(Client.command("PING"));
                    clients.add(client);
                }
                for (int i = 0; i < clients.size(); i++) {
                    if (i % 3 == 0) {
                        clients.get(i).reset();
                    } else {
                        assertThat(clients.get(i).reply()).isEqualTo("+PONG");
                        clients.get(i).close();
                    }
                }
            }
            server.expectNothingLeft();
        }
    }

    private static long readForPings(TestServer server, Client client, int count) {
        long before = server.server.statistics().bytesIn();
        try {
            for (int i = 0; i < count; i++) {
                assertThat(client.call("PING")).isEqualTo("+PONG");
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return server.server.statistics().bytesIn() - before;
    }

    /// Sends `bytes` again and again, until the socket takes no more or it was sent `times` times; gives how
    /// often.
    private static long fill(Client client, byte[] bytes, int times) {
        java.nio.ByteBuffer buffer = java.nio.ByteBuffer.wrap(bytes);
        long sent = 0;
        int refused = 0;
        try {
            while (sent < times && refused < 2_000) {
                int written = client.channel.write(buffer);
                refused = written == 0 ? refused + 1 : 0;
                if (written == 0) {
                    java.util.concurrent.locks.LockSupport.parkNanos(20_000);
                }
                if (!buffer.hasRemaining()) {
                    buffer.clear();
                    sent++;
                }
            }
        } catch (IOException closedByServer) {
            return sent;
        }
        return sent;
    }
}
