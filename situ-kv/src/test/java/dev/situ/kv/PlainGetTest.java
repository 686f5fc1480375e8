package dev.situ.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.situ.memory.Words;
import dev.situ.resp.Command;
import dev.situ.resp.RespParser;
import dev.situ.resp.RespStatus;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PlainGetTest {
    @Test
    void keysOfUpToNinetyNineBytesAreSeenWhateverTheCaseOfTheCommand() {
        for (int length = 0; length < 100; length++) {
            String key = "k".repeat(length);
            assertThat(keyLength(Server.bulk("GET", key))).isEqualTo(length);
            assertThat(keyLength(Server.bulk("gEt", key))).isEqualTo(length);
            assertThat(PlainGet.keyOffset(length))
                    .isEqualTo(Server.bulk("GET", key).length() - length - 2);
        }
    }

    @Test
    void anythingElseIsNotOne() {
        String get = Server.bulk("GET", "key");
        assertThat(List.of(
                        "",
                        "GET key\r\n",
                        get.substring(0, get.length() - 1),
                        Server.bulk("GET", "k".repeat(100)),
                        Server.bulk("DEL", "key"),
                        Server.bulk("GETS", "key"),
                        Server.bulk("GET", "key", "x"),
                        "*2\r\n$3\r\nGET\r\n$03\r\nkey\r\n",
                        "*2\r\n$3\r\nGET\r\n$-1\r\nkey\r\n",
                        "*2\r\n$3\r\nGET\r\n$4\r\nkey\r\n"))
                .allSatisfy(request -> assertThat(keyLength(request)).isEqualTo(PlainGet.NONE));
    }

    @Test
    void whatIsBehindItIsLeftForWhoeverComesNext() {
        String get = Server.bulk("GET", "key");
        assertThat(keyLength(get + get)).isEqualTo(3);
        assertThat(keyLength(get + "\r\n")).isEqualTo(3);
        assertThat(PlainGet.bytes(3)).isEqualTo(get.length());
    }

    /// Whatever is taken for one, the parser takes for the same.
    @Test
    void theParserAgrees() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        int taken = 0;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(256);
            for (int round = 0; round < 200_000; round++) {
                byte[] request =
                        Server.bulk("GET", "k".repeat(random.nextInt(102))).getBytes(StandardCharsets.ISO_8859_1);
                int length = mutate(request, random);
                Words.copyFrom(request, 0, memory, 0, length);
                int keyLength = PlainGet.keyLength(memory, 0, length);
                if (keyLength != PlainGet.NONE) {
                    taken++;
                    RespParser parser = new RespParser();
                    assertThat(parser.parse(memory, 0, length)).isEqualTo(RespStatus.COMMAND);
                    Command command = parser.command();
                    assertThat(List.of(parser.consumed(), command.count(), command.length(0), command.length(1), (int)
                                    command.offset(1)))
                            .as("seed %d, round %d", seed, round)
                            .containsExactly(PlainGet.bytes(keyLength), 2, 3, keyLength, PlainGet.keyOffset(keyLength));
                    assertThat(Text.of(memory, command.offset(0), 3)).isEqualToIgnoringCase("get");
                }
            }
        }
        assertThat(taken).isBetween(20_000, 180_000);
    }

    /// Changes a byte or two, or cuts the end off.
    private static int mutate(byte[] request, Random random) {
        for (int changes = random.nextInt(3); changes > 0; changes--) {
            String likely = "0123456789*$\r\nGETget-k";
            request[random.nextInt(Math.min(request.length, 24))] =
                    (byte) likely.charAt(random.nextInt(likely.length()));
        }
        return random.nextInt(4) == 0 ? random.nextInt(request.length) : request.length;
    }

    private static int keyLength(String request) {
        try (NativeInput input = new NativeInput(request)) {
            return PlainGet.keyLength(input.memory, 0, input.length);
        }
    }

    // ---- the short way --------------------------------------------------------------------------------------------

    @Test
    void aRequestOfMoreThanOneCommandGoesTheUsualWay() {
        try (Server server = new Server();
                Server.Connection connection = server.connect()) {
            connection.command("SET", "key", "value");
            server.executor.beginBursts();
            assertThat(shortWay(server, connection, Server.bulk("GET", "key"))).isTrue();
            assertThat(shortWay(server, connection, Server.bulk("GET", "key") + "\r\n"))
                    .isFalse();
            assertThat(shortWay(server, connection, Server.bulk("GET", "key").repeat(2)))
                    .isFalse();
            server.executor.endBursts();
        }
    }

    @Test
    void ofABurstAllGoTheShortWayAndAreCounted() {
        try (Server server = new Server();
                Server.Connection connection = server.connect()) {
            connection.command("SET", "key", "value");
            assertThat(shortWay(server, connection)).isFalse(); // not together with others
            server.executor.beginBursts();
            assertThat(shortWay(server, connection)).isTrue();
            connection.command("GET", "key");
            assertThat(shortWay(server, connection)).isTrue();
            server.executor.endBursts();
            assertThat(connection.command("INFO", "commandstats")).contains("cmdstat_get:calls=3,");
        }
    }

    /// The first of a burst is timed on its own: what came before it in the burst is not laid to it.
    @Test
    void timeBeforeTheFirstOfABurstIsNotItsOwn() throws InterruptedException {
        try (Server server = new Server();
                Server.Connection connection = server.connect()) {
            connection.command("SET", "key", "value");
            connection.command("CONFIG", "SET", "slowlog-log-slower-than", "20000");
            connection.command("CONFIG", "RESETSTAT");
            connection.command("GET", "key");
            server.executor.beginBursts();
            Thread.sleep(40);
            assertThat(shortWay(server, connection)).isTrue();
            server.executor.endBursts();
            assertThat(connection.command("SLOWLOG", "LEN")).isEqualTo(":0\r\n");
            assertThat(connection.command("INFO", "commandstats")).contains("cmdstat_get:calls=2,");
        }
    }

    /// The reply of the shortest way, which is written where it is wanted, is that of the usual one; what does not
    /// fit is left to the usual way, which does not look the key up again, and is counted once.
    @Test
    void aReplyThatIsWrittenWhereItLeavesFromIsThatOfTheUsualWay() {
        try (Server server = new Server();
                Server.Connection connection = server.connect()) {
            for (int length : new int[] {0, 1, 9, 10, 64, 99, 100, 999, 1000, 1400}) {
                String value = "v".repeat(length);
                connection.command("SET", "key", value);
                String reply = connection.command("GET", "key");
                assertThat(reply).isEqualTo("$" + length + "\r\n" + value + "\r\n");
                assertThat(shortest(server, connection, "key", reply.length())).isEqualTo(reply);
                assertThat(shortest(server, connection, "key", reply.length() - 1))
                        .isEqualTo("left: " + reply);
            }
            assertThat(shortest(server, connection, "none", 5)).isEqualTo("$-1\r\n");
            assertThat(shortest(server, connection, "none", 4)).isEqualTo("left: $-1\r\n");
            assertThat(connection.command("INFO", "commandstats")).contains("cmdstat_get:calls=32,");
            assertThat(connection.command("INFO", "stats")).contains("keyspace_hits:30\r\n", "keyspace_misses:2\r\n");
            connection.command("HELLO", "3");
            assertThat(shortest(server, connection, "none", 5)).isEqualTo("left: _\r\n");
            assertThatThrownBy(() -> server.executor.writeLoneGet(MemorySegment.NULL, 0))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    /// The reply within so many bytes; or that of the usual way, if it is left to that.
    private static String shortest(Server server, Server.Connection connection, String key, int most) {
        byte[] request = Server.bulk("GET", key).getBytes(StandardCharsets.ISO_8859_1);
        server.worker.enter();
        server.executor.beginBursts();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(request.length);
            Words.copyFrom(request, 0, memory, 0, request.length);
            int bytes = connection.stream.loneGet(memory, 0, request.length, most);
            if (bytes == Executor.NOT_LONE) {
                assertThat(server.executor
                                .loneGets()
                                .answer(connection.stream.session(), memory, 0, request.length, connection.reply))
                        .isTrue();
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                connection.drain(out);
                return "left: " + out.toString(StandardCharsets.ISO_8859_1);
            }
            MemorySegment reply = arena.allocate(bytes + 1L);
            Words.setByte(reply, bytes, (byte) '#');
            server.executor.writeLoneGet(reply, 0);
            byte[] text = new byte[bytes + 1];
            Words.copyTo(reply, 0, text, 0, bytes + 1);
            assertThat(text[bytes]).isEqualTo((byte) '#');
            return new String(text, 0, bytes, StandardCharsets.ISO_8859_1);
        } finally {
            server.executor.endBursts();
            server.worker.exit();
        }
    }

    @Test
    void whatMakesACommandSpecialClosesTheShortWay() {
        List<String[]> reasons = List.of(
                new String[] {"CLIENT", "TRACKING", "ON"},
                new String[] {"MONITOR"},
                new String[] {"MULTI"},
                new String[] {"ACL", "SETUSER", "default", "-get"});
        for (String[] reason : reasons) {
            try (Server server = new Server();
                    Server.Connection connection =
                            server.new Connection(server.executor, server.keyspace.newSession(new SilentPeer()))) {
                connection.command("HELLO", "3");
                server.executor.beginBursts();
                connection.command("SET", "key", "value");
                assertThat(shortWay(server, connection)).isTrue();
                connection.command(reason);
                assertThat(shortWay(server, connection)).as("%s", reason[0]).isFalse();
                server.executor.endBursts();
            }
        }
    }

    /// Statistics that were reset in the middle of a burst begin anew with the next command, whichever way it
    /// goes.
    @Test
    void aResetOfTheStatisticsClosesTheShortWayForOne() {
        try (Server server = new Server();
                Server.Connection connection = server.connect()) {
            connection.command("SET", "key", "value");
            server.executor.beginBursts();
            connection.command("GET", "key");
            connection.command("CONFIG", "RESETSTAT");
            assertThat(shortWay(server, connection)).isFalse();
            connection.command("GET", "key");
            assertThat(shortWay(server, connection)).isTrue();
            server.executor.endBursts();
            assertThat(connection.command("INFO", "commandstats")).contains("cmdstat_get:calls=2,");
        }
    }

    private static boolean shortWay(Server server, Server.Connection connection) {
        return shortWay(server, connection, Server.bulk("GET", "key"));
    }

    private static boolean shortWay(Server server, Server.Connection connection, String text) {
        byte[] request = text.getBytes(StandardCharsets.ISO_8859_1);
        server.worker.enter();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(request.length);
            Words.copyFrom(request, 0, memory, 0, request.length);
            boolean answered = server.executor
                    .loneGets()
                    .answer(connection.stream.session(), memory, 0, request.length, connection.reply);
            long length = connection.reply.length();
            connection.reply.clear();
            assertThat(length).isEqualTo(answered ? "$5\r\nvalue\r\n".length() : 0);
            return answered;
        } finally {
            server.worker.exit();
        }
    }
}
