package dev.situ.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ComingKeysTest {
    private static final int ROOM = 64 * 1024;

    @Test
    void theFirstKeyOfUsualRequestsIsSeen() {
        assertThat(seen("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n")).isTrue();
        assertThat(seen("*2\r\n$3\r\nGET\r\n$12\r\nkey:00000001\r\n")).isTrue();
        assertThat(seen("*3\r\n$3\r\nSET\r\n$5\r\nkey:1\r\n$1\r\nv\r\n")).isTrue();
        assertThat(seen("*2\r\n$8\r\nGETRANGE\r\n$5\r\nkey:1\r\n")).isTrue();
    }

    @Test
    void whatLooksDifferentIsPassedOver() {
        assertThat(seen("")).isFalse();
        assertThat(seen("GET key:00000000001\r\n")).isFalse();
        assertThat(seen("*1\r\n$4\r\nPING\r\n")).isFalse();
        assertThat(seen("*2\r\n$3\r\nGET\r\n$12\r\nkey:0000000")).isFalse(); // it goes on in another packet
        assertThat(seen("*2\r\n$3\r\nGET\r\n$x\r\nkey:1\r\n")).isFalse();
        assertThat(seen("*2\r\n$3\r\nGET\r\n$-1\r\nkey:1\r\n")).isFalse();
        assertThat(seen("*2\r\n$3\r\nGET\r\n$123\r\n" + "k".repeat(123) + "\r\n"))
                .isFalse();
        assertThat(seen("*2\r\n$x\r\nGET\r\n$1\r\nk\r\n")).isFalse();
    }

    @Test
    void keysAreWantedOnceThereAreManyInTheStore() {
        try (Server server = new Server();
                Server.Connection connection = server.connect()) {
            assertThat(server.executor.wantsAnnouncements()).isFalse();
            for (int i = 0; i < 60_000; i++) {
                connection.command("SET", "key:" + i, "value");
            }
            assertThat(server.executor.wantsAnnouncements()).isTrue();
        }
    }

    private static boolean seen(String request) {
        try (Server server = new Server();
                Arena arena = Arena.ofConfined()) {
            byte[] bytes = request.getBytes(StandardCharsets.ISO_8859_1);
            MemorySegment memory = arena.allocate(Math.max(1, bytes.length)); // and not a byte behind it
            Words.copyFrom(bytes, 0, memory, 0, bytes.length);
            SliceList requests = new SliceList();
            requests.add(memory, 0, bytes.length, SliceList.NO_OWNER);
            requests.add(memory, 0, bytes.length, SliceList.NO_OWNER); // one alone is not worth while
            server.worker.enter();
            server.executor.announce(server.keyspace.newSession(), requests);
            server.worker.exit();
            return server.executor.announcedKeys() == 2;
        }
    }

    /// Some are announced and never run, some are run and were not announced, some are garbage, and sessions
    /// change their databases between announcement and command. Lone GETs go the short way.
    @Test
    void requestsThatWereAnnouncedAreAnsweredAsOthersAre() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        try (Server announced = new Server();
                Server plain = new Server();
                Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(ROOM);
            try (Server.Connection one = announced.connect();
                    Server.Connection other = plain.connect()) {
                for (int round = 0; round < 3_000; round++) {
                    List<byte[]> requests = requests(random);
                    long[] offsets = place(requests, memory, random);
                    announced.executor.beginBursts();
                    byte[] replies = run(announced, one, requests, offsets, memory, random);
                    announced.executor.endBursts();
                    assertThat(replies)
                            .as("seed %d, round %d", seed, round)
                            .isEqualTo(run(plain, other, requests, offsets, memory, null));
                }
                for (String counted : List.of("total_commands_processed", "keyspace_hits", "keyspace_misses")) {
                    assertThat(figure(one, counted)).isEqualTo(figure(other, counted));
                }
                assertThat(calls(one)).as("seed %d", seed).isEqualTo(calls(other));
            }
        }
    }

    private static String figure(Server.Connection connection, String name) {
        return connection
                .command("INFO", "stats")
                .lines()
                .filter(line -> line.startsWith(name + ":"))
                .findFirst()
                .orElseThrow();
    }

    /// How often each command was called, without the times.
    private static List<String> calls(Server.Connection connection) {
        return connection
                .command("INFO", "commandstats")
                .lines()
                .filter(line -> line.startsWith("cmdstat_"))
                .map(line -> line.replaceAll(",usec.*", ""))
                .toList();
    }

    private static List<byte[]> requests(Random random) {
        List<byte[]> requests = new ArrayList<>();
        int count = 1 + random.nextInt(40);
        for (int i = 0; i < count; i++) {
            String key = "key:" + random.nextInt(60);
            String get = Server.bulk("GET", key);
            String request = switch (random.nextInt(8)) {
                case 0 -> Server.bulk("SET", key, "value " + random.nextInt(1000));
                case 1 -> Server.bulk("DEL", key);
                case 2 -> Server.bulk("SELECT", Integer.toString(random.nextInt(3)));
                case 3 -> get + Server.bulk("SET", key, "new") + get;
                default -> get;
            };
            requests.add(request.getBytes(StandardCharsets.ISO_8859_1));
        }
        return requests;
    }

    /// The same places again and again, as buffers of packets are.
    private static long[] place(List<byte[]> requests, MemorySegment memory, Random random) {
        long[] offsets = new long[requests.size()];
        long at = random.nextInt(3);
        for (int i = 0; i < offsets.length; i++) {
            byte[] bytes = requests.get(i);
            offsets[i] = at;
            Words.copyFrom(bytes, 0, memory, at, bytes.length);
            at += 256;
        }
        return offsets;
    }

    /// @param random decides what is announced, or null to announce nothing
    private static byte[] run(
            Server server,
            Server.Connection connection,
            List<byte[]> requests,
            long[] offsets,
            MemorySegment memory,
            @Nullable Random random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        server.worker.enter();
        if (random != null) {
            SliceList announced = new SliceList();
            for (int i = 0; i < offsets.length; i++) {
                if (random.nextInt(8) > 0) {
                    announced.add(memory, offsets[i], requests.get(i).length, SliceList.NO_OWNER);
                }
                if (random.nextInt(8) == 0) {
                    announced.add(memory, random.nextInt(ROOM - 300), random.nextInt(300), SliceList.NO_OWNER);
                }
            }
            server.executor.announce(connection.stream.session(), announced);
        }
        for (int i = 0; i < offsets.length; i++) {
            int length = requests.get(i).length;
            Session session = connection.stream.session();
            if (random == null
                    || !server.executor.answerLoneGet(session, memory, offsets[i], length, connection.reply)) {
                connection.stream.feed(memory, offsets[i], length, connection.reply);
            }
            connection.drain(out);
        }
        server.worker.exit();
        return out.toByteArray();
    }
}
