package dev.situ.kv;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What a real redis-server dumps, Situ restores, and the other way round.
class DumpTest {
    private static final int VALUES = 400;

    @Test
    void whatOneDumpsTheOtherRestores() throws IOException, InterruptedException {
        DifferentialTest.withBoth((redis, situ, seed) -> {
            List<String> values = values(new Random(seed));
            List<List<String>> theirs = new ArrayList<>();
            List<List<String>> ours = new ArrayList<>();
            for (int i = 0; i < values.size(); i++) {
                theirs.add(List.of("SET", "k", values.get(i)));
                theirs.add(List.of("DUMP", "k"));
                ours.add(List.of("SET", "k", values.get(i)));
                ours.add(List.of("DUMP", "k"));
            }
            List<String> dumpedByRedis = askRedis(redis, theirs);
            List<String> dumpedBySitu = askSitu(situ, ours);
            theirs.clear();
            ours.clear();
            for (int i = 0; i < values.size(); i++) {
                theirs.add(List.of("RESTORE", "k", "0", payload(dumpedBySitu.get(2 * i + 1)), "REPLACE"));
                theirs.add(List.of("GET", "k"));
                ours.add(List.of("RESTORE", "k", "0", payload(dumpedByRedis.get(2 * i + 1)), "REPLACE"));
                ours.add(List.of("GET", "k"));
            }
            List<String> restoredByRedis = askRedis(redis, theirs);
            List<String> restoredBySitu = askSitu(situ, ours);
            for (int i = 0; i < values.size(); i++) {
                String reply = "$" + values.get(i).length() + "\r\n" + values.get(i) + "\r\n";
                assertThat(restoredByRedis.get(2 * i)).as("value %d", i).isEqualTo("+OK\r\n");
                assertThat(restoredByRedis.get(2 * i + 1)).as("value %d", i).isEqualTo(reply);
                assertThat(restoredBySitu.get(2 * i)).as("value %d", i).isEqualTo("+OK\r\n");
                assertThat(restoredBySitu.get(2 * i + 1)).as("value %d", i).isEqualTo(reply);
            }
            assertThat(dumpedByRedis)
                    .as("some are compressed")
                    .anyMatch(dump ->
                            dump.startsWith("$") && payload(dump).startsWith("\0\u00c3") && dump.length() > 500);
        });
    }

    /// Numbers at the ends of their encodings, lengths at the ends of theirs, and bytes that LZF makes short, or not.
    private static List<String> values(Random random) {
        List<String> values = new ArrayList<>(List.of("", "x", "0", "-0", "+1", "01", "-1", " 1", "1.5"));
        for (long power = 1L << 6; power != 0; power <<= 1) {
            for (int delta = -1; delta <= 1; delta++) {
                values.add(Long.toString(power + delta));
                values.add(Long.toString(-power + delta));
            }
        }
        for (int length : new int[] {63, 64, 4096, 4097, 16_383, 16_384, 70_000}) {
            values.add("v".repeat(length));
        }
        while (values.size() < VALUES) {
            int length = random.nextInt(random.nextInt(10) == 0 ? 30_000 : 300);
            int alphabet = 1 + random.nextInt(random.nextBoolean() ? 4 : 256);
            StringBuilder value = new StringBuilder();
            while (value.length() < length) {
                if (random.nextInt(20) == 0 && !value.isEmpty()) {
                    int from = random.nextInt(value.length());
                    value.append(value, from, Math.min(value.length(), from + random.nextInt(400)));
                } else {
                    value.append((char) random.nextInt(alphabet));
                }
            }
            values.add(value.toString());
        }
        return values;
    }

    @Test
    void damagedCompressedBytesAreRefused() throws IOException, InterruptedException {
        DifferentialTest.withBoth((redis, situ, seed) -> {
            Random random = new Random(seed);
            List<List<String>> commands = new ArrayList<>();
            commands.add(List.of("FLUSHALL"));
            for (int i = 0; i < 2000; i++) {
                commands.add(List.of("RESTORE", "k", "0", damaged(random), "REPLACE"));
                commands.add(List.of("GET", "k"));
            }
            List<String> theirs = askRedis(redis, commands);
            assertThat(askSitu(situ, commands)).isEqualTo(theirs);
            assertThat(theirs).contains("+OK\r\n", "-ERR Bad data format\r\n");
        });
    }

    /// A compressed string with some bytes changed, and a footer that says that all is well.
    private static String damaged(Random random) {
        StringBuilder text = new StringBuilder("\3abc`\2\u0001xy\u00e0\u0005\3\0z");
        for (int i = random.nextInt(3); i > 0; i--) {
            text.setCharAt(random.nextInt(text.length()), (char) random.nextInt(random.nextBoolean() ? 256 : 8));
        }
        int length = 25 + (random.nextInt(4) == 0 ? random.nextInt(5) - 2 : 0);
        return footed("\0\u00c3" + (char) text.length() + (char) length + text);
    }

    private static String footed(String content) {
        byte[] bytes = (content + "\n\0").getBytes(StandardCharsets.ISO_8859_1);
        long crc = Crc64.update(0, MemorySegment.ofArray(bytes), 0, bytes.length);
        StringBuilder text = new StringBuilder(content).append("\n\0");
        for (int i = 0; i < Long.SIZE; i += 8) {
            text.append((char) (crc >>> i & 0xFF));
        }
        return text.toString();
    }

    @Test
    void theChecksumIsThatOfItsCatalogue() {
        byte[] digits = "123456789".getBytes(StandardCharsets.US_ASCII);
        assertThat(Crc64.update(0, MemorySegment.ofArray(digits), 0, digits.length))
                .isEqualTo(0xE9C6D914C4B8D9CAL);
    }

    private static String payload(String reply) {
        return reply.substring(reply.indexOf('\n') + 1, reply.length() - 2);
    }

    private static byte[] request(List<List<String>> commands) {
        StringBuilder request = new StringBuilder();
        for (List<String> command : commands) {
            request.append(Server.bulk(command.toArray(new String[0])));
        }
        return request.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static List<String> askRedis(RedisServer redis, List<List<String>> commands) throws IOException {
        return DifferentialTest.askRedis(redis, request(commands), commands.size());
    }

    private static List<String> askSitu(Server situ, List<List<String>> commands) {
        return DifferentialTest.askSitu(situ, request(commands), new Random(1));
    }
}
