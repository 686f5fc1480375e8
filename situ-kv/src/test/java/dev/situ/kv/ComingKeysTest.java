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

    @Test
    void commandsOfAPipelineAreSeenUntilOneIsDifferent() {
        String set = Server.bulk("SET", "key:1", "v".repeat(1234));
        String brief = Server.bulk("INCR", "n");
        assertThat(pipeline(set + brief + set)).containsExactly(3, (set + brief + set).length());
        assertThat(pipeline(set + set + "PING\r\n" + set)).containsExactly(2, 2 * set.length());
        assertThat(pipeline(set + brief + Server.bulk("PING") + set)).containsExactly(2, (set + brief).length());
        assertThat(pipeline(set)).containsExactly(0, set.length()); // one alone has nobody to wait with
        for (String nonsense : List.of("$-1\r\n", "$x\r\n", "$", "$99999999\r\nv", "", "v\r\n")) {
            String command = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n" + nonsense;
            assertThat(pipeline(brief + command)).as(nonsense).containsExactly(2, brief.length());
        }
        assertThat(pipeline("*9" + "nonsense".repeat(20))).containsExactly(0, 1);
        assertThat(pipeline(brief.repeat(100))).containsExactly(32, 32 * brief.length());
    }

    /// How many keys of a pipeline are seen, and where the next could be.
    private static List<Integer> pipeline(String commands) {
        try (Server server = new Server();
                NativeInput input = new NativeInput(commands)) {
            ComingKeys coming = new ComingKeys(server.worker);
            server.worker.enter();
            long next = coming.prefetch(input.memory, 0, input.length);
            server.worker.exit();
            return List.of(coming.size(), (int) next);
        }
    }

    @Test
    void aPipelineThatEndsAnywhereIsReadNoFurther() {
        String[] commands = {Server.bulk("SET", "key:1", "v"), Server.bulk("INCR", "n"), Server.bulk("SET", "k", "vv")};
        byte[] bytes = String.join("", commands).getBytes(StandardCharsets.ISO_8859_1);
        try (Server server = new Server()) {
            for (int length = 1; length <= bytes.length; length++) {
                try (NativeInput input = new NativeInput(bytes, length)) {
                    ComingKeys coming = new ComingKeys(server.worker);
                    server.worker.enter();
                    long next = coming.prefetch(input.memory, 0, length);
                    server.worker.exit();
                    int whole = 0;
                    int behind = 0;
                    while (whole < 3 && behind + commands[whole].length() <= length) {
                        behind += commands[whole++].length();
                    }
                    // The key of the last may be there, too, without its value.
                    assertThat(coming.size()).as("%d bytes", length).isBetween(whole < 2 ? 0 : whole, whole + 1);
                    assertThat(next).as("%d bytes", length).isEqualTo(Math.max(behind, 1));
                }
            }
        }
    }

    @Test
    void keysOfABurstAreForgottenAtItsEnd() {
        try (Server server = new Server();
                Arena arena = Arena.ofConfined();
                Server.Connection connection = server.connect()) {
            MemorySegment memory = arena.allocate(256);
            String first = Server.bulk("SET", "a", "1");
            String second = Server.bulk("DEL", "b"); // which does not ask for its key
            byte[] bytes = (first + second).getBytes(StandardCharsets.ISO_8859_1);
            Words.copyFrom(bytes, 0, memory, 0, bytes.length);
            SliceList requests = new SliceList();
            requests.add(memory, 0, first.length(), SliceList.NO_OWNER);
            requests.add(memory, first.length(), second.length(), SliceList.NO_OWNER);
            server.executor.beginBursts();
            server.worker.enter();
            server.executor.announce(connection.stream.session(), requests);
            server.worker.exit();
            assertThat(server.executor.announcedKeys()).isEqualTo(2);
            feed(server, connection, memory, 0, first);
            feed(server, connection, memory, first.length(), second);
            server.executor.endBursts();
            server.executor.beginBursts();
            feed(server, connection, memory, first.length(), Server.bulk("SET", "c", "2")); // whose key lies there now
            server.executor.endBursts();
            assertThat(connection.command("GET", "c")).isEqualTo("$1\r\n2\r\n");
            assertThat(connection.command("GET", "b")).isEqualTo("$-1\r\n");
        }
    }

    /// Commands that are timed one by one go the usual way, which asks for the hashes of keys by where they lie.
    @Test
    void keysOfAnInputAreForgottenAtItsEnd() {
        try (Server server = new Server();
                Arena arena = Arena.ofConfined();
                Server.Connection connection = server.connect()) {
            for (int i = 0; i < 60_000; i++) {
                connection.command("SET", "filler:" + i, "value");
            }
            connection.command("CONFIG", "SET", "slowlog-log-slower-than", "0");
            MemorySegment memory = arena.allocate(256);
            String first = Server.bulk("SET", "a", "1");
            feed(server, connection, memory, 0, first + Server.bulk("DEL", "b")); // which does not ask for its key
            feed(server, connection, memory, first.length(), Server.bulk("SET", "c", "2")); // whose key lies there now
            assertThat(connection.command("GET", "c")).isEqualTo("$1\r\n2\r\n");
            assertThat(connection.command("GET", "b")).isEqualTo("$-1\r\n");
        }
    }

    private static void feed(
            Server server, Server.Connection connection, MemorySegment memory, long offset, String input) {
        byte[] bytes = input.getBytes(StandardCharsets.ISO_8859_1);
        Words.copyFrom(bytes, 0, memory, offset, bytes.length);
        server.worker.enter();
        connection.stream.feed(memory, offset, bytes.length, connection.reply);
        connection.drain(new ByteArrayOutputStream());
        server.worker.exit();
    }

    /// Writes and lookups in one input, cut anywhere, in a store that is large enough for keys to be announced.
    @Test
    void pipelinesWhoseKeysAreAnnouncedAreAnsweredAsCommandsAlone() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        try (Server announced = new Server();
                Server plain = new Server();
                Server.Connection one = announced.connect();
                Server.Connection other = plain.connect()) {
            for (int i = 0; i < 60_000; i++) {
                one.command("SET", "filler:" + i, "value");
            }
            assertThat(announced.executor.wantsAnnouncements()).isTrue();
            for (int round = 0; round < 2_000; round++) {
                if (round == 1_000) { // from here on plain ones go the usual way
                    one.command("CONFIG", "SET", "slowlog-log-slower-than", "0");
                }
                StringBuilder all = new StringBuilder();
                StringBuilder expected = new StringBuilder();
                for (int i = 1 + random.nextInt(50); i > 0; i--) {
                    String command = anyCommand(random);
                    all.append(command);
                    expected.append(other.send(command));
                }
                String input = all.toString();
                int cut = random.nextInt(input.length() + 1);
                assertThat(one.send(input.substring(0, cut)) + one.send(input.substring(cut)))
                        .as("seed %d, round %d", seed, round)
                        .isEqualTo(expected.toString());
            }
        }
    }

    private static String anyCommand(Random random) {
        String key = "key:" + random.nextInt(60);
        return switch (random.nextInt(10)) {
            case 0 -> Server.bulk("GET", key);
            case 1 -> Server.bulk("DEL", key);
            case 2 -> Server.bulk("SELECT", Integer.toString(random.nextInt(3)));
            case 3 -> Server.bulk("MSET", key, "1", "key:" + random.nextInt(60), "2");
            case 4 -> Server.bulk("INCR", "n:" + random.nextInt(10));
            case 5 -> Server.bulk("SET", key, "v".repeat(random.nextInt(6000)), "PX", "10000000");
            case 6 -> "SET " + key + " inline\r\n";
            case 7 -> Server.bulk("MULTI") + Server.bulk("SET", key, "queued") + Server.bulk("EXEC");
            default -> Server.bulk("SET", key, "value " + random.nextInt(1000));
        };
    }

    private static boolean seen(String request) {
        try (Server server = new Server();
                NativeInput input = new NativeInput(request)) {
            SliceList requests = new SliceList();
            requests.add(input.memory, 0, input.length, SliceList.NO_OWNER);
            requests.add(input.memory, 0, input.length, SliceList.NO_OWNER); // one alone is not worth while
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
                    || !server.executor.loneGets().answer(session, memory, offsets[i], length, connection.reply)) {
                connection.stream.feed(memory, offsets[i], length, connection.reply);
            }
            connection.drain(out);
        }
        server.worker.exit();
        return out.toByteArray();
    }
}
