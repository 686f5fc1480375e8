package dev.situ.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.store.StoreOptions;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Plain `GET`s and `SET`s of a pipeline, which are run together.
class PlainRunsTest {
    private static final String OK = "+OK\r\n";

    @Test
    void writesAndReadsOfOneKeyStayInTheirOrder() {
        try (Server server = new Server();
                Server.Connection connection = server.connect()) {
            String pipeline = Server.bulk("SET", "k", "1")
                    + Server.bulk("GET", "k")
                    + Server.bulk("SET", "k", "22")
                    + Server.bulk("SET", "k", "333")
                    + Server.bulk("GET", "k")
                    + Server.bulk("GET", "none")
                    + Server.bulk("APPEND", "k", "4")
                    + Server.bulk("GET", "k")
                    + Server.bulk("SET", "k", "5");
            assertThat(connection.send(pipeline))
                    .isEqualTo(OK + "$1\r\n1\r\n" + OK + OK + "$3\r\n333\r\n$-1\r\n:4\r\n$4\r\n3334\r\n" + OK);
            assertThat(connection.command("GET", "k")).isEqualTo("$1\r\n5\r\n");
            assertThat(connection.command("INFO", "commandstats"))
                    .contains("cmdstat_set:calls=4,", "cmdstat_get:calls=5,", "cmdstat_append:calls=1,");
        }
    }

    /// Sent at once, a pipeline has the replies and the statistics that its commands have one by one: with few keys,
    /// and with so many that they are brought to the cache.
    @Test
    void randomPipelinesAreAnsweredAsTheirCommandsOneByOne() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int keys : new int[] {20, 60_000}) {
            try (Server together = new Server();
                    Server alone = new Server();
                    Server.Connection one = together.connect();
                    Server.Connection other = alone.connect()) {
                for (int i = 0; i < keys; i++) {
                    one.command("SET", "key:" + i, "v" + i);
                    other.command("SET", "key:" + i, "v" + i);
                }
                for (int round = 0; round < 300; round++) {
                    StringBuilder pipeline = new StringBuilder();
                    StringBuilder replies = new StringBuilder();
                    int commands = 1 + random.nextInt(80);
                    boolean mixed = random.nextBoolean();
                    boolean writes = random.nextBoolean();
                    for (int i = 0; i < commands; i++) {
                        String command = command(random, keys, mixed ? random.nextInt(7) : writes ? 0 : 1);
                        pipeline.append(command);
                        replies.append(other.send(command));
                    }
                    assertThat(one.send(pipeline.toString()))
                            .as("seed %d, round %d", seed, round)
                            .isEqualTo(replies.toString());
                }
                assertThat(calls(one)).as("seed %d", seed).isEqualTo(calls(other));
            }
        }
    }

    private static String command(Random random, int keys, int kind) {
        String key = "key:" + random.nextInt(keys + keys / 10);
        return switch (kind) {
            case 0, 2 -> Server.bulk("SET", key, "w".repeat(random.nextInt(200)));
            case 1, 3 -> Server.bulk("get", key);
            case 4 -> Server.bulk("SET", key, "other", random.nextBoolean() ? "NX" : "XX");
            case 5 -> Server.bulk("SET", key + "k".repeat(100), "v".repeat(random.nextInt(6000)));
            default -> Server.bulk("DEL", key);
        };
    }

    private static List<String> calls(Server.Connection connection) {
        List<String> calls = new ArrayList<>();
        for (String line : connection.command("INFO", "commandstats").split("\r\n", -1)) {
            if (line.startsWith("cmdstat_get:") || line.startsWith("cmdstat_set:") || line.startsWith("cmdstat_del:")) {
                calls.add(line.replaceAll("usec[^,]*,", ""));
            }
        }
        for (String line : connection.command("INFO", "stats").split("\r\n", -1)) {
            if (line.startsWith("keyspace_") || line.startsWith("total_commands")) {
                calls.add(line);
            }
        }
        assertThat(calls).hasSizeGreaterThan(4);
        return calls;
    }

    @Test
    void whatFindsNoMemoryIsRefusedAndCounted() {
        StoreOptions small = StoreOptions.ofMemory(4 << 20);
        try (Server server = new Server(small);
                Server.Connection connection = server.connect()) {
            StringBuilder pipeline = new StringBuilder();
            int count = 3000;
            for (int i = 0; i < count; i++) {
                pipeline.append(Server.bulk("SET", "key:" + i, "v".repeat(3000)));
            }
            String replies = connection.send(pipeline.toString());
            int stored = (replies.length() - replies.replace(OK, "").length()) / OK.length();
            int refused = replies.split("-" + Errors.OUT_OF_MEMORY, -1).length - 1;
            assertThat(stored).isBetween(100, count - 100);
            assertThat(stored + refused).isEqualTo(count);
            assertThat(connection.command("DBSIZE")).isEqualTo(":" + stored + "\r\n");
            assertThat(connection.command("INFO", "commandstats"))
                    .contains("cmdstat_set:calls=" + count + ",")
                    .contains("rejected_calls=0,failed_calls=" + refused + "\r\n");
            assertThat(connection.command("INFO", "errorstats")).contains("errorstat_OOM:count=" + refused);
        }
    }

    @Test
    void slowOnesAreShownAsTheyCame() {
        try (NativeInput input =
                new NativeInput(Server.bulk("sEt", "key", "v".repeat(200)) + Server.bulk("SET", "other", "short"))) {
            SetRun run = new SetRun();
            assertThat(run.read(input.memory, 0, input.length)).isEqualTo(2);
            assertThat(run.shown(0)).containsExactly("sEt", "key", "v".repeat(128) + "... (72 more bytes)");
            assertThat(run.shown(1)).containsExactly("SET", "other", "short");
        }
    }

    @Test
    void theLatestIsTheCommandThatIsShownOfItsClient() {
        try (Server server = new Server();
                Server.Connection connection = connectWithPeer(server);
                Server.Connection other = connectWithPeer(server)) {
            connection.send(Server.bulk("GET", "a") + Server.bulk("SET", "a", "1"));
            assertThat(other.command("CLIENT", "LIST")).contains(" cmd=set ");
            connection.send(Server.bulk("SET", "a", "1") + Server.bulk("GET", "a"));
            assertThat(other.command("CLIENT", "LIST")).contains(" cmd=get ");
        }
    }

    private static Server.Connection connectWithPeer(Server server) {
        return server.new Connection(server.executor, server.keyspace.newSession(new SilentPeer()));
    }

    @Test
    void whatMakesCommandsSpecialIsSeenBeforeTheFirst() {
        try (Server server = new Server();
                Server.Connection connection = connectWithPeer(server)) {
            String sets = Server.bulk("SET", "a", "1") + Server.bulk("SET", "b", "2");
            assertThat(connection.send(Server.bulk("MULTI") + sets + Server.bulk("GET", "a") + Server.bulk("EXEC")))
                    .isEqualTo(OK + "+QUEUED\r\n".repeat(3) + "*3\r\n" + OK + OK + "$1\r\n1\r\n");
            assertThat(connection.send(Server.bulk("CLIENT", "REPLY", "OFF") + sets))
                    .isEmpty();
            assertThat(connection.send(Server.bulk("CLIENT", "REPLY", "ON") + sets))
                    .isEqualTo(OK + OK + OK);
            assertThat(connection.send(Server.bulk("WATCH", "absent"))).isEqualTo(OK);
            try (Server.Connection other = server.connect()) {
                other.send(sets + Server.bulk("SET", "absent", "3") + Server.bulk("DEL", "absent"));
            }
            assertThat(connection.send(Server.bulk("MULTI") + sets + Server.bulk("EXEC")))
                    .isEqualTo(OK + "+QUEUED\r\n".repeat(2) + "*-1\r\n");
            connection.send(Server.bulk("ACL", "SETUSER", "default", "-set"));
            assertThat(connection.send(sets)).startsWith("-NOPERM").doesNotContain(OK);
        }
    }

    @Test
    void eachChangeIsNotified() {
        try (Server server = new Server();
                Server.Connection listener = connectWithPeer(server);
                Server.Connection connection = server.connect()) {
            connection.command("CONFIG", "SET", "notify-keyspace-events", "EAn");
            listener.command("PSUBSCRIBE", "__keyevent*");
            connection.send(Server.bulk("SET", "a", "1") + Server.bulk("SET", "b", "2") + Server.bulk("SET", "a", "3"));
            String told = new String(listener.deliver(), StandardCharsets.ISO_8859_1);
            List<String> events = Pattern.compile("__keyevent@0__:(\\w+)\r\n\\$1\r\n(\\w)\r\n")
                    .matcher(told)
                    .results()
                    .map(event -> event.group(1) + " " + event.group(2))
                    .toList();
            assertThat(events).containsExactly("new a", "set a", "new b", "set b", "set a");
        }
    }

    // ---- what happens between reading and storing -----------------------------------------------------------------

    /// Who asks to be told of changes, and reads a key, while `SET`s wait is told of them.
    @Test
    void whoBeginsToTrackBeforeTheyAreStoredIsTold() {
        try (Server server = new Server();
                Server.Connection writer = connectWithPeer(server);
                Server.Connection reader = other(server);
                NativeInput input = new NativeInput(Server.bulk("SET", "k", "new"))) {
            writer.command("SET", "k", "old");
            PlainRuns runs = server.executor.plainRuns();
            assertThat(runs.readSets(writer.stream.session(), input.memory, 0, input.length))
                    .isTrue();
            reader.command("HELLO", "3");
            reader.command("CLIENT", "TRACKING", "ON");
            assertThat(reader.command("GET", "k")).isEqualTo("$3\r\nold\r\n");
            store(server, writer, input.length);
            assertThat(new String(reader.deliver(), StandardCharsets.ISO_8859_1))
                    .contains("invalidate", "\r\nk\r\n");
        }
    }

    @Test
    void whoBeginsToWatchBeforeTheyAreStoredSeesThem() {
        try (Server server = new Server();
                Server.Connection writer = connectWithPeer(server);
                Server.Connection watcher = other(server);
                NativeInput input = new NativeInput(Server.bulk("SET", "absent", "1"))) {
            PlainRuns runs = server.executor.plainRuns();
            assertThat(runs.readSets(writer.stream.session(), input.memory, 0, input.length))
                    .isTrue();
            assertThat(watcher.command("WATCH", "absent")).isEqualTo(OK);
            store(server, writer, input.length);
            assertThat(writer.command("DEL", "absent")).isEqualTo(":1\r\n");
            assertThat(watcher.send(Server.bulk("MULTI") + Server.bulk("PING") + Server.bulk("EXEC")))
                    .isEqualTo(OK + "+QUEUED\r\n*-1\r\n");
        }
    }

    @Test
    void whoPausesClientsMeanwhileStopsThem() {
        try (Server server = new Server();
                Server.Connection writer = connectWithPeer(server);
                Server.Connection admin = other(server);
                NativeInput input = new NativeInput(Server.bulk("SET", "a", "1").repeat(3))) {
            PlainRuns runs = server.executor.plainRuns();
            assertThat(runs.readSets(writer.stream.session(), input.memory, 0, input.length))
                    .isTrue();
            assertThat(admin.command("CLIENT", "PAUSE", "100000", "WRITE")).isEqualTo(OK);
            store(server, writer, 0);
            assertThat(writer.command("GET", "a")).isEqualTo("$-1\r\n");
        }
    }

    /// A burst that fails leaves nothing to the next one, which another connection may have sent.
    @Test
    void whatABurstHasTakenAndNotRunIsForgottenAtItsEnd() {
        try (Server server = new Server();
                Server.Connection connection = server.connect();
                NativeInput input = new NativeInput(Server.bulk("GET", "a") + Server.bulk("SET", "a", "1"))) {
            PlainRuns runs = server.executor.plainRuns();
            Session session = connection.stream.session();
            server.executor.beginBurst(session);
            long sets = runs.joinLookups(session, input.memory, 0, input.length);
            assertThat(sets).isEqualTo(Server.bulk("GET", "a").length());
            assertThat(runs.readSets(session, input.memory, sets, input.length)).isTrue();
            server.executor.endBurst();
            assertThat(connection.command("PING")).isEqualTo("+PONG\r\n");
            assertThat(connection.command("SET", "b", "2")).isEqualTo(OK);
            assertThat(connection.command("DBSIZE")).isEqualTo(":1\r\n");
        }
    }

    /// A connection that another executor serves.
    private static Server.Connection other(Server server) {
        Executor executor = new Executor(server.keyspace, server.worker);
        return server.new Connection(executor, server.keyspace.newSession(new SilentPeer()));
    }

    private static void store(Server server, Server.Connection writer, long expectedEnd) {
        server.worker.enter();
        long end = server.executor.plainRuns().storeSets(writer.stream.session(), 0, writer.reply);
        writer.drain(new ByteArrayOutputStream());
        server.worker.exit();
        assertThat(end).isEqualTo(expectedEnd);
    }
}
