package dev.situ.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Values of every size over TCP, on a whole server.
class LargeValuesTest {
    @SuppressWarnings("NullAway.Init")
    private SituServer server;

    @BeforeEach
    void start() {
        server = SituServer.start(TestServers.onFreePorts(128L << 20));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            ints = {0, 1, 63, 64, 1464, 1465, 16_383, 16_384, 16_385, 65_536, 100_000, 300_000, 5_000_000, 64_000_000})
    void aValueComesBackAsItWasWritten(int length) throws Exception {
        byte[] key = ("value of " + length).getBytes(StandardCharsets.US_ASCII);
        byte[] value = randomBytes(length);
        try (RespSocket client = new RespSocket(server.tcpAddress())) {
            assertThat(client.call("SET".getBytes(StandardCharsets.US_ASCII), key, value))
                    .asString()
                    .isEqualTo("+OK");
            assertThat(client.call("GET".getBytes(StandardCharsets.US_ASCII), key))
                    .isEqualTo(value);
            assertThat(client.call("DEL".getBytes(StandardCharsets.US_ASCII), key))
                    .asString()
                    .isEqualTo(":1");
            assertThat(client.call("GET".getBytes(StandardCharsets.US_ASCII), key))
                    .isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1000, 40_000, 8 << 20})
    void aKeyOfAnyLengthFindsItsValue(int length) throws Exception {
        byte[] key = randomBytes(length);
        try (RespSocket client = new RespSocket(server.tcpAddress())) {
            byte[] value = {'v'};
            assertThat(client.call("SET".getBytes(StandardCharsets.US_ASCII), key, value))
                    .asString()
                    .isEqualTo("+OK");
            assertThat(client.call("GET".getBytes(StandardCharsets.US_ASCII), key))
                    .isEqualTo(value);
        }
    }

    @Test
    void aValueThatDoesNotFitIsRefusedAndTheRestGoesOn() throws Exception {
        byte[] tooLarge = randomBytes(150 << 20);
        try (RespSocket client = new RespSocket(server.tcpAddress())) {
            assertThat(client.call("SET", "small", "stays")).isEqualTo("+OK");
            assertThat(client.call("SET".getBytes(StandardCharsets.US_ASCII), new byte[] {'k'}, tooLarge))
                    .asString()
                    .isEqualTo("-OOM command not allowed when used memory > 'maxmemory'.");
            assertThat(client.call("GET", "k")).isEqualTo("(nil)");
            assertThat(client.call("GET", "small")).isEqualTo("stays");
        }
    }

    @Test
    void aClientThatDiesInTheMiddleOfALargeValueLeavesNothing() throws Exception {
        for (int i = 0; i < 20; i++) {
            try (RespSocket client = new RespSocket(server.tcpAddress())) {
                client.sendRaw("*3\r\n$3\r\nSET\r\n$4\r\ndead\r\n$50000000\r\n".getBytes(StandardCharsets.US_ASCII));
                client.sendRaw(randomBytes(1 << 20));
            }
        }
        try (RespSocket client = new RespSocket(server.tcpAddress())) {
            assertThat(client.call("GET", "dead")).isEqualTo("(nil)");
            // 128 MiB hold this one only if those of the dead were given back.
            byte[] value = randomBytes(100 << 20);
            Await.until(
                    "the memory of the dead is free",
                    () -> client.call("SET".getBytes(StandardCharsets.US_ASCII), new byte[] {'k'}, value)[0] == '+');
            assertSame(client.call("GET".getBytes(StandardCharsets.US_ASCII), new byte[] {'k'}), value);
        }
    }

    /// AssertJ would write both arrays out where they differ, and they may be large.
    private static void assertSame(byte @Nullable [] actual, byte[] expected) {
        assertThat(actual).as("a value").isNotNull();
        assertThat(Arrays.mismatch(actual, expected))
                .as("the first difference of %d and %d bytes", actual.length, expected.length)
                .isEqualTo(-1);
    }

    private static byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
