package dev.situ.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.store.StoreOptions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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
    /// and
    /// with so many that they are brought to the cache.
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
        try (Server server = new Server();
                Server.Connection connection = server.connect()) {
            connection.command("CONFIG", "SET", "slowlog-log-slower-than", "0"); // each on its own
            String pipeline = Server.bulk("SET", "key", "v".repeat(200)) + Server.bulk("SET", "other", "short");
            connection.send(pipeline);
            String alone = connection.command("SLOWLOG", "GET");
            assertThat(alone).contains("v".repeat(128) + "... (72 more bytes)", "other", "short");
        }
    }

    /// Nobody who wants to know of changes misses one.
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
                other.send(sets + Server.bulk("SET", "absent", "3"));
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
            connection.command("CONFIG", "SET", "notify-keyspace-events", "KEA");
            listener.command("PSUBSCRIBE", "__keyevent*:set");
            connection.send(Server.bulk("SET", "a", "1") + Server.bulk("SET", "b", "2"));
            String told = new String(listener.deliver(), StandardCharsets.ISO_8859_1);
            assertThat(told).contains("\r\na\r\n", "\r\nb\r\n");
        }
    }
}
