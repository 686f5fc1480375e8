package dev.situ.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.client.Reply;
import dev.situ.client.SituClient;
import dev.situ.client.SituClientOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// One store behind two transports: what one writes the other reads.
class BothTransportsTest {
    private static final byte[] GET = "GET".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SET = "SET".getBytes(StandardCharsets.US_ASCII);

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

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1420, 1464, 1465, 100_000, 300_000, 5_000_000, 64 << 20})
    void theSameKeyShowsTheSameValue(int length) throws Exception {
        byte[] key = ("shared " + length).getBytes(StandardCharsets.US_ASCII);
        byte[] first = randomBytes(length, 1);
        byte[] second = randomBytes(length, 2);
        try (SituClient r2p2 = SituClient.connect(
                        SituClientOptions.of(server.r2p2Address()).withTimeout(Duration.ofMinutes(2)));
                RespSocket tcp = new RespSocket(server.tcpAddress())) {
            r2p2.set(key, first);
            assertSame("R2P2 reads what R2P2 wrote", r2p2.getBytes(key), first);
            assertSame("TCP reads what R2P2 wrote", tcp.call(GET, key), first);
            assertThat(tcp.call(SET, key, second)).asString().isEqualTo("+OK");
            assertSame("R2P2 reads what TCP wrote", r2p2.getBytes(key), second);
            assertThat(r2p2.delete(key)).isTrue();
            assertThat(tcp.call(GET, key))
                    .as("TCP does not find what R2P2 deleted")
                    .isNull();
        }
    }

    @Test
    void aReplyTooLargeForCompatibleModeSaysSoAndTheCommandWasExecuted() throws Exception {
        byte[] key = "large".getBytes(StandardCharsets.US_ASCII);
        byte[] value = randomBytes(1_000_000, 3);
        try (SituClient r2p2 = SituClient.connect(
                        SituClientOptions.of(server.r2p2Address()).compatible());
                RespSocket tcp = new RespSocket(server.tcpAddress())) {
            assertThat(tcp.call(SET, key, value)).asString().isEqualTo("+OK");
            assertThat(r2p2.command(GET, key))
                    .isInstanceOfSatisfying(
                            Reply.Failure.class,
                            failure -> assertThat(failure.text()).contains("larger than R2P2"));
            assertThat(r2p2.delete(key)).isTrue();
        }
    }

    @Test
    void nothingOfAnR2p2RequestsSessionOutlivesIt() throws Exception {
        try (SituClient r2p2 = SituClient.connect(server.r2p2Address())) {
            assertThat(r2p2.command("HELLO", "3")).isInstanceOf(Reply.Map.class);
            assertThat(r2p2.command("HELLO")).as("RESP2 again").isInstanceOf(Reply.Array.class);
            assertThat(r2p2.command("CLIENT", "SETNAME", "me")).isEqualTo(new Reply.Simple("OK"));
            assertThat(r2p2.command("CLIENT", "GETNAME")).isInstanceOf(Reply.Null.class);
            assertThat(r2p2.command("SELECT", "3")).isEqualTo(new Reply.Simple("OK"));
            assertThat(r2p2.command("SET", "in", "database 0")).isEqualTo(new Reply.Simple("OK"));
            assertThat(r2p2.command("SELECT", "3")).isEqualTo(new Reply.Simple("OK"));
            assertThat(r2p2.command("EXISTS", "in")).isEqualTo(new Reply.Int(1));
            assertThat(r2p2.command("DEL", "in")).isEqualTo(new Reply.Int(1));
            assertThat(r2p2.command("MOVE", "in", "3")).isEqualTo(new Reply.Int(0));
            assertThat(r2p2.command("QUIT")).isEqualTo(new Reply.Simple("OK"));
            assertThat(r2p2.command("PING")).isEqualTo(new Reply.Simple("PONG"));
        }
    }

    @Test
    void nothingIsHeldOnceClientsHaveTheirReplies() throws Exception {
        byte[] key = "held".getBytes(StandardCharsets.US_ASCII);
        try (SituClient r2p2 = SituClient.connect(server.r2p2Address())) {
            for (int i = 0; i < 20; i++) {
                r2p2.set(key, randomBytes(200_000, i));
                assertSame("round " + i, r2p2.getBytes(key), randomBytes(200_000, i));
            }
            r2p2.command("FLUSHALL"); // values lie in packets
            Await.until(
                    () -> "the last reply is released: " + server.outstanding() + ", " + server.storeStatistics(),
                    () -> server.outstanding().isNothing());
        }
    }

    /// What a connection replaced or deleted is not held until something comes over it again.
    @Test
    void anIdleLoopHoldsNoPacketsOfValuesThatAreGone() throws Exception {
        byte[] key = "gone".getBytes(StandardCharsets.US_ASCII);
        try (SituClient r2p2 = SituClient.connect(server.r2p2Address());
                RespSocket tcp = new RespSocket(server.tcpAddress())) {
            // It is copied while buffers are short: those of the tests before may not all be back yet.
            Await.until(() -> "the value lies in packets: " + server.outstanding(), () -> {
                r2p2.set(key, randomBytes(40_000, 1));
                return server.retainedBuffers() > 0;
            });
            assertThat(tcp.call(SET, key, key)).asString().isEqualTo("+OK");
            Await.until(
                    () -> "the packets are given back: " + server.outstanding() + ", " + server.storeStatistics(),
                    () -> server.retainedBuffers() == 0);
            assertThat(r2p2.delete(key)).isTrue();
        }
    }

    /// AssertJ would write both arrays out where they differ, and they may be large.
    private static void assertSame(String what, byte @Nullable [] actual, byte[] expected) {
        assertThat(actual).as(what).isNotNull();
        assertThat(Arrays.mismatch(actual, expected)).as(what).isEqualTo(-1);
    }

    private static byte[] randomBytes(int length, int seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
