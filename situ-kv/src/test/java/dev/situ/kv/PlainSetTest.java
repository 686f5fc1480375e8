package dev.situ.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.resp.Command;
import dev.situ.resp.RespParser;
import dev.situ.resp.RespStatus;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PlainSetTest {
    @Test
    void keysAndValuesOfAllLengthsThatAreShortAreSeen() {
        for (int length = 0; length < 100; length++) {
            assertThat(seen(Server.bulk("SET", "k".repeat(length), "value"))).isEqualTo(length + " 5");
        }
        for (int length : new int[] {0, 1, 9, 10, 99, 100, 999, 1000, Reply.DEFAULT_COPY_UP_TO}) {
            assertThat(seen(Server.bulk("sEt", "key", "v".repeat(length)))).isEqualTo("3 " + length);
        }
    }

    @Test
    void anythingElseIsNotOne() {
        String set = Server.bulk("SET", "key", "value");
        String key = "*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n";
        assertThat(List.of(
                        "",
                        "SET key value\r\n",
                        Server.bulk("SET", "k".repeat(100), "value"),
                        Server.bulk("SET", "key", "v".repeat(Reply.DEFAULT_COPY_UP_TO + 1)), // kept with a frame
                        Server.bulk("SET", "key", "v".repeat(10_000)),
                        Server.bulk("SET", "key", "value", "NX"),
                        Server.bulk("SET", "key"),
                        Server.bulk("GET", "key", "value"),
                        Server.bulk("SETX", "key", "value"),
                        "*3\r\n$3\r\nSET\r\n$03\r\nkey\r\n$5\r\nvalue\r\n",
                        "*3\r\n$3\r\nSET\r\n$-1\r\nkey\r\n$5\r\nvalue\r\n",
                        key + "$05\r\nvalue\r\n",
                        key + "$-5\r\nvalue\r\n",
                        key + "$\r\nvalue\r\n",
                        key + ":5\r\nvalue\r\n",
                        key + "$5 \r\nvalue\r\n",
                        key + "$5\rvalue\r\n\n",
                        key + "$6\r\nvalue\r\n"))
                .allSatisfy(request -> assertThat(seen(request)).as(request).isEqualTo("none"));
        for (int length = 0; length < set.length(); length++) {
            assertThat(seen(set.substring(0, length))).as("%d bytes", length).isEqualTo("none");
        }
    }

    /// Whatever is taken for one, the parser takes for the same.
    @Test
    void theParserAgrees() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        PlainSet set = new PlainSet();
        int taken = 0;
        for (int round = 0; round < 200_000; round++) {
            String key = "k".repeat(random.nextInt(102));
            String value = "v".repeat(random.nextInt(random.nextBoolean() ? 12 : 1200));
            byte[] request = Server.bulk("SET", key, value).getBytes(StandardCharsets.ISO_8859_1);
            int length = mutate(request, key.length(), random);
            try (NativeInput input = new NativeInput(request, length)) {
                MemorySegment memory = input.memory;
                if (set.read(memory, 0, length)) {
                    taken++;
                    RespParser parser = new RespParser();
                    assertThat(parser.parse(memory, 0, length)).isEqualTo(RespStatus.COMMAND);
                    Command command = parser.command();
                    assertThat(List.of(
                                    (long) parser.consumed(),
                                    (long) command.count(),
                                    command.offset(1),
                                    (long) command.length(1),
                                    command.offset(2),
                                    (long) command.length(2)))
                            .as("seed %d, round %d", seed, round)
                            .containsExactly(set.end(), 3L, set.key(), (long) set.keyLength(), set.value(), (long)
                                    set.valueLength());
                    assertThat(Text.of(memory, command.offset(0), command.length(0)))
                            .isEqualToIgnoringCase("set");
                }
            }
        }
        assertThat(taken).isBetween(20_000, 180_000);
    }

    /// Changes a byte or two of the headers, or cuts the end off.
    private static int mutate(byte[] request, int keyLength, Random random) {
        for (int changes = random.nextInt(3); changes > 0; changes--) {
            String likely = "0123456789*$\r\nSETset-k";
            int behindKey = "*3\r\n$3\r\nSET\r\n$10\r\n".length() + keyLength;
            int at = random.nextBoolean() ? random.nextInt(20) : behindKey + random.nextInt(8);
            request[Math.min(at, request.length - 1)] = (byte) likely.charAt(random.nextInt(likely.length()));
        }
        return random.nextInt(4) == 0 ? random.nextInt(request.length) : request.length;
    }

    /// The lengths of key and value, or that it is none.
    private static String seen(String request) {
        try (NativeInput input = new NativeInput(request)) {
            PlainSet set = new PlainSet();
            if (!set.read(input.memory, 0, input.length)) {
                return "none";
            }
            assertThat(set.end()).isEqualTo(input.length);
            return set.keyLength() + " " + set.valueLength();
        }
    }
}
