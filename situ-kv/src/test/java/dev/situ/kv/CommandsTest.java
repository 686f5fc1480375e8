package dev.situ.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.store.EvictionPolicy;
import dev.situ.store.StoreOptions;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What single commands answer. That the answers are Redis's is the [DifferentialTest]'s to show.
class CommandsTest {
    private final AtomicLong clock = new AtomicLong(1_700_000_000_000L);
    private final Server server =
            new Server(StoreOptions.ofMemory(Server.MEMORY).withClock(clock::get));
    private final Server.Connection client = server.connect();

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    private void assertReply(String reply, String... command) {
        assertThat(client.command(command)).isEqualTo(reply + "\r\n");
    }

    @Test
    void setHonoursItsConditions() {
        assertReply("$-1", "SET", "k", "a", "XX");
        assertReply("+OK", "SET", "k", "a", "NX");
        assertReply("$-1", "SET", "k", "b", "NX");
        assertReply("$1\r\na", "SET", "k", "b", "NX", "GET");
        assertReply("$1\r\na", "SET", "k", "c", "XX", "GET");
        assertReply("$-1", "SET", "other", "d", "GET");
        assertReply("$1\r\nc", "GET", "k");
        assertReply("-ERR syntax error", "SET", "k", "a", "NX", "XX");
    }

    @Test
    void aKeyExpiresWhenItsTimeHasCome() {
        assertReply("+OK", "SET", "seconds", "v", "EX", "10");
        assertReply("+OK", "SET", "millis", "v", "PX", "10000");
        assertReply("+OK", "SET", "kept", "v", "EXAT", "1700000010");
        assertReply("+OK", "SET", "kept", "w", "KEEPTTL");
        assertReply("+OK", "SET", "forgotten", "v", "PXAT", "1700000010000");
        assertReply("+OK", "SET", "forgotten", "w");
        clock.addAndGet(9_999);
        assertReply(":4", "EXISTS", "seconds", "millis", "kept", "forgotten");
        clock.addAndGet(1);
        assertReply(":1", "EXISTS", "seconds", "millis", "kept", "forgotten");
        assertReply("+OK", "SET", "seconds", "again", "NX");
        assertReply("-ERR invalid expire time in 'set' command", "SET", "k", "v", "EX", "0");
        assertReply("-ERR value is not an integer or out of range", "SET", "k", "v", "EX", "1.5");
    }

    @Test
    void countersKeepTheirExpiryAndRefuseWhatIsNoNumber() {
        assertReply(":1", "INCR", "n");
        assertReply("+OK", "SET", "n", "9223372036854775806", "PX", "5000");
        assertReply(":9223372036854775807", "INCR", "n");
        assertReply("-ERR increment or decrement would overflow", "INCR", "n");
        assertReply(":5000", "PTTL", "n");
        assertReply(":-1", "DECRBY", "m", "1");
        assertReply("-ERR decrement would overflow", "DECRBY", "m", "-9223372036854775808");
        assertReply("-ERR value is not an integer or out of range", "INCRBY", "m", "x");
        assertReply("+OK", "SET", "m", "1x");
        assertReply("-ERR value is not an integer or out of range", "DECR", "m");
    }

    @Test
    void valuesAreReadWholeOrInPart() {
        client.command("SET", "k", "hello");
        assertReply("*3\r\n$5\r\nhello\r\n$-1\r\n$5\r\nhello", "MGET", "k", "none", "k");
        assertReply(":5", "STRLEN", "k");
        assertReply("$3\r\nell", "GETRANGE", "k", "1", "-2");
        assertReply("$0\r\n", "SUBSTR", "k", "3", "1");
        assertReply("+string", "TYPE", "k");
        assertReply("+none", "TYPE", "none");
    }

    @Test
    void valuesAreExchangedAndTaken() {
        assertReply(":1", "SETNX", "k", "a");
        assertReply(":0", "SETNX", "k", "b");
        assertReply("$1\r\na", "GETSET", "k", "c");
        assertReply("$1\r\nc", "GETDEL", "k");
        assertReply("$-1", "GETDEL", "k");
        assertReply("+OK", "SETEX", "k", "10", "v");
        assertReply(":10", "TTL", "k");
        assertReply(":1700000010", "EXPIRETIME", "k");
        assertReply("-ERR invalid expire time in 'psetex' command", "PSETEX", "k", "-1", "v");
        assertReply(":1", "UNLINK", "k");
    }

    @Test
    void digestsAreXxh3() {
        // The examples of Redis's documentation and of others that have the command.
        client.command("SET", "k", "Hello world");
        assertReply("$16\r\nb6acb9d84a38ff74", "DIGEST", "k");
        client.command("SET", "k", "test");
        assertReply("$16\r\n9ec9f7918d7dfc40", "DIGEST", "k");
        client.command("SET", "k", "hello");
        assertReply("$16\r\n9555e8555c62dcfd", "DIGEST", "k");
        client.command("SET", "k", "Hello, Dragonfly!");
        assertReply("$16\r\n063b4909128e92b7", "DIGEST", "k");
        client.command(
                "SET",
                "k",
                "v8lf0c11xh8ymlqztfd3eeq16kfn4sspw7fqmnuuq3k3t75em5wdizgcdw7uc26nnf961u2jkfzkjytls2kwlj7626sd");
        assertReply("$16\r\n00006c38adf31777", "DIGEST", "k");
        assertReply("$-1", "DIGEST", "none");
    }

    @Test
    void setHonoursConditionsOnTheOldValue() {
        assertReply("$-1", "SET", "k", "new", "IFEQ", "old");
        assertReply("$-1", "SET", "k", "new", "IFDEQ", "9ec9f7918d7dfc40");
        assertReply(":0", "EXISTS", "k");
        assertReply("+OK", "SET", "k", "test", "IFNE", "old");
        assertReply("+OK", "SET", "other", "test", "IFDNE", "9ec9f7918d7dfc40");
        assertReply("$-1", "SET", "k", "new", "IFEQ", "tes");
        assertReply("$-1", "SET", "k", "new", "IFNE", "test");
        assertReply("$-1", "SET", "k", "new", "IFDNE", "9EC9F7918D7DFC40");
        assertReply("$4\r\ntest", "SET", "k", "new", "IFEQ", "x", "GET");
        assertReply("$4\r\ntest", "GET", "k");
        assertReply("+OK", "SET", "k", "new", "IFDEQ", "9ec9f7918d7dfc40", "PX", "5000");
        assertReply("$3\r\nnew", "SET", "k", "newer", "ifeq", "new", "GET", "KEEPTTL");
        assertReply(":5000", "PTTL", "k");
        assertReply("$5\r\nnewer", "GET", "k");
        assertReply("-ERR syntax error", "SET", "k", "v", "IFEQ");
        assertReply("-ERR syntax error", "SET", "k", "v", "NX", "IFEQ", "a");
        assertReply("-ERR syntax error", "SET", "k", "v", "IFEQ", "a", "XX");
        assertReply("-ERR syntax error", "SET", "k", "v", "IFEQ", "a", "IFNE", "b");
        assertReply("-ERR must be exactly 16 hexadecimal characters", "SET", "k", "v", "IFDEQ", "9ec9f7918d7dfc4");
        assertReply("-ERR must be exactly 16 hexadecimal characters", "SET", "k", "v", "IFDNE", "9ec9f7918d7dfc4g");
        assertReply("-ERR must be exactly 16 hexadecimal characters", "SET", "k", "v", "IFDNE", "", "GET");
        assertReply("$-1", "SET", "none", "v", "IFDEQ", "1234567890");
        assertReply("+OK", "SET", "none", "v", "IFDNE", "1234567890");
    }

    @Test
    void aLargeValueMayDependOnTheOldOne() {
        String large = "v".repeat(100_000);
        String request = Server.bulk("SET", "k", large, "IFEQ", "old");
        client.command("SET", "k", "older");
        assertThat(client.send(request.substring(0, 5000)) + client.send(request.substring(5000)))
                .isEqualTo("$-1\r\n");
        client.command("SET", "k", "old");
        assertThat(client.send(request.substring(0, 5000)) + client.send(request.substring(5000)))
                .isEqualTo("+OK\r\n");
        assertReply("$" + large.length() + "\r\n" + large, "GET", "k");
    }

    /// A request without a connection may come from anywhere.
    @Test
    void debugForLocalClientsNeedsToKnowWhereTheClientIs() {
        try (Server own = new Server();
                Server.Connection unknown = own.connect();
                Server.Connection loopback =
                        own.new Connection(own.executor, own.keyspace.newSession(new SilentPeer()))) {
            own.keyspace.settings().load("enable-debug-command", "local");
            assertThat(unknown.command("DEBUG", "SLEEP", "0")).startsWith("-ERR DEBUG command not allowed");
            assertThat(loopback.command("DEBUG", "SLEEP", "0")).isEqualTo("+OK\r\n");
        }
    }

    @Test
    void delexDeletesWhatIsAsItWas() {
        assertReply(":0", "DELEX", "k");
        assertReply(":0", "DELEX", "k", "IFNE", "x");
        client.command("SET", "k", "test");
        assertReply(":0", "DELEX", "k", "IFEQ", "x");
        assertReply(":0", "DELEX", "k", "IFNE", "test");
        assertReply(":0", "DELEX", "k", "IFDEQ", "0000000000000000");
        assertReply(":0", "DELEX", "k", "IFDNE", "9ec9f7918d7dfc40");
        assertReply(":1", "EXISTS", "k");
        for (List<String> condition :
                List.of(List.of("IFEQ", "test"), List.of("IFNE", "x"), List.of("IFDEQ", "9ec9f7918d7dfc40"))) {
            assertReply(":1", "DELEX", "k", condition.get(0), condition.get(1));
            assertReply(":0", "EXISTS", "k");
            client.command("SET", "k", "test");
        }
        assertReply("$4\r\ntest", "GETDEL", "k");
        client.command("SET", "k", "test");
        assertReply(":1", "DELEX", "k");
        assertReply("-ERR wrong number of arguments for 'delex' command", "DELEX", "k", "IFEQ");
        assertReply("-ERR Invalid condition. Use IFEQ, IFNE, IFDEQ, or IFDNE", "DELEX", "k", "NX", "a");
        assertReply(":0", "DELEX", "k", "IFDEQ", "x");
        client.command("SET", "k", "test");
        assertReply("-ERR must be exactly 16 hexadecimal characters", "DELEX", "k", "IFDEQ", "x");
        assertReply("$4\r\ntest", "GETDEL", "k");
    }

    @Test
    void aChangeOfAPartKeepsTheExpiry() {
        for (List<String> change : List.of(
                List.of("APPEND", "k", "1"),
                List.of("SETRANGE", "k", "3", "1"),
                List.of("SETBIT", "k", "7", "0"),
                List.of("INCRBYFLOAT", "k", "0.5"),
                List.of("BITFIELD", "k", "SET", "u8", "0", "49"))) {
            client.command("SET", "k", "7", "PX", "5000");
            assertThat(client.command(change.toArray(new String[0]))).doesNotStartWith("-");
            assertReply(":5000", "PTTL", "k");
        }
    }

    @Test
    void getexChangesTheExpiry() {
        client.command("SET", "k", "v");
        assertReply("$1\r\nv", "GETEX", "k", "PX", "5000");
        assertReply(":5000", "PTTL", "k");
        assertReply("$1\r\nv", "GETEX", "k");
        assertReply(":5000", "PTTL", "k");
        assertReply("$1\r\nv", "GETEX", "k", "PERSIST");
        assertReply(":-1", "PTTL", "k");
        assertReply("$1\r\nv", "GETEX", "k", "EXAT", "1000000000");
        assertReply("$-1", "GETEX", "k");
    }

    @Test
    void expireCommandsHonourTheirConditions() {
        assertReply(":0", "EXPIRE", "k", "10");
        client.command("SET", "k", "v");
        assertReply(":0", "EXPIRE", "k", "10", "XX");
        assertReply(":0", "EXPIRE", "k", "10", "GT");
        assertReply(":1", "EXPIRE", "k", "10", "LT");
        assertReply(":1700000010", "EXPIRETIME", "k");
        assertReply(":0", "PEXPIRE", "k", "20000", "NX");
        assertReply(":0", "PEXPIRE", "k", "10000", "GT");
        assertReply(":1", "PEXPIRE", "k", "10001", "GT", "XX");
        assertReply(":1700000010001", "PEXPIRETIME", "k");
        assertReply(":0", "PEXPIREAT", "k", "1700000010001", "LT");
        assertReply(":1", "PEXPIREAT", "k", "1700000010000", "lt");
        assertReply(":1", "EXPIREAT", "k", "1700000020");
        assertReply(":20000", "PTTL", "k");
        assertReply("$1\r\nv", "GET", "k");
        assertReply(":1", "PERSIST", "k");
        assertReply(":0", "PERSIST", "k");
        assertReply(":-1", "TTL", "k");
        assertReply("-ERR invalid expire time in 'expire' command", "EXPIRE", "k", "9223372036854775807");
        assertReply("-ERR invalid expire time in 'pexpire' command", "PEXPIRE", "k", "9223372036854775807");
        assertReply(":1", "PEXPIREAT", "k", "9223372036854775807");
        assertReply("-ERR Unsupported option EX", "EXPIRE", "k", "1", "EX");
        assertReply(
                "-ERR NX and XX, GT or LT options at the same time are not compatible", "EXPIRE", "k", "1", "NX", "GT");
        assertReply("-ERR GT and LT options at the same time are not compatible", "EXPIRE", "k", "1", "GT", "LT");
    }

    @Test
    void aKeyThatIsToExpireInThePastIsDeleted() {
        for (List<String> past : List.of(
                List.of("EXPIRE", "0"),
                List.of("EXPIRE", "-10"),
                List.of("PEXPIRE", "-9223372036854775808"),
                List.of("EXPIREAT", "0"),
                List.of("PEXPIREAT", "1700000000000"))) {
            client.command("SET", "k", "v");
            assertReply(":1", past.get(0), "k", past.get(1));
            assertReply(":0", "EXISTS", "k");
            assertReply(":0", "DBSIZE");
        }
    }

    @Test
    void scanVisitsEveryKeyOnceWhateverIsAskedFor() {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            keys.add("key" + i);
            client.command("SET", "key" + i, "v");
        }
        List<String> visited = new ArrayList<>();
        String cursor = "0";
        int calls = 0;
        do {
            String[] lines = client.command("SCAN", cursor, "COUNT", "50", "MATCH", "key*")
                    .split("\r\n", -1);
            cursor = lines[2];
            for (int i = 5; i < lines.length - 1; i += 2) {
                visited.add(lines[i]);
            }
            calls++;
        } while (!cursor.equals("0"));
        assertThat(visited).containsExactlyInAnyOrderElementsOf(keys);
        assertThat(calls).isBetween(2, 40);
        assertThat(client.command("KEYS", "*").split("\r\n")).hasSize(2001).contains("key0", "key999");
        assertThat(client.command("KEYS", "key99[0-4]").split("\r\n")).hasSize(11);
        assertThat(client.command("RANDOMKEY")).startsWith("$").contains("key");
    }

    @Test
    void objectTellsHowRedisWouldKeepAValue() {
        for (List<String> value : List.of(
                List.of("12", "int"),
                List.of("-9223372036854775808", "int"),
                List.of("9223372036854775808", "embstr"),
                List.of("x".repeat(44), "embstr"),
                List.of("x".repeat(45), "raw"))) {
            client.command("SET", "k", value.get(0));
            assertReply("$" + value.get(1).length() + "\r\n" + value.get(1), "OBJECT", "ENCODING", "k");
        }
        assertReply(":1", "OBJECT", "REFCOUNT", "k");
        assertReply(":0", "OBJECT", "IDLETIME", "k");
        assertThat(client.command("OBJECT", "FREQ", "k")).startsWith("-ERR An LFU maxmemory policy is not selected");
        assertReply("$-1", "OBJECT", "FREQ", "none");
        server.store.setPolicy(EvictionPolicy.ALLKEYS_LFU);
        assertThat(client.command("OBJECT", "IDLETIME", "k")).startsWith("-ERR An LFU maxmemory policy is selected");
    }

    @Test
    void objectTellsForHowLongAKeyWasNotUsedUnderAnLruPolicy() {
        server.store.setPolicy(EvictionPolicy.ALLKEYS_LRU);
        client.command("SET", "k", "v");
        for (int i = 0; i < 300; i++) {
            client.command("SET", "other" + i, "v");
        }
        clock.addAndGet(10_000);
        assertReply(":10", "OBJECT", "IDLETIME", "k");
        assertReply(":10", "OBJECT", "IDLETIME", "k"); // to ask is no use of the key
        client.command("GET", "k");
        assertReply(":0", "OBJECT", "IDLETIME", "k");
    }

    @Test
    void objectTellsHowOftenAKeyWasUsedUnderAnLfuPolicy() {
        server.store.setPolicy(EvictionPolicy.ALLKEYS_LFU);
        client.command("SET", "seldom", "v");
        client.command("SET", "often", "v");
        for (int i = 0; i < 5000; i++) {
            client.command("GET", "often");
        }
        assertReply(":1", "OBJECT", "FREQ", "seldom");
        String often = client.command("OBJECT", "FREQ", "often");
        assertThat(Integer.parseInt(often.substring(1).strip())).isBetween(8, 15);
    }

    @Test
    void whoHasNoConnectionIsAlwaysAnswered() {
        for (String mode : List.of("OFF", "SKIP", "ON")) {
            assertReply("-" + Errors.NO_SILENCE, "CLIENT", "REPLY", mode);
        }
        assertReply("+PONG", "PING");
    }

    @Test
    void aPauseOfWritersHoldsWhatRedisWouldPassOnToReplicas() {
        client.command("CLIENT", "PAUSE", "100000", "WRITE");
        client.send("PUBLISH channel message\r\n");
        assertThat(client.status).isEqualTo(StreamStatus.PAUSED);
        client.stream.reset();
        assertReply("$-1", "GET", "k");
        client.command("CLIENT", "UNPAUSE");
        assertReply(":0", "PUBLISH", "channel", "message");
    }

    @Test
    void aLargeValueIsDumpedAndRestored() {
        String value = "\0v".repeat(100_000);
        client.command("SET", "k", value);
        String dump = client.command("DUMP", "k");
        String payload = dump.substring(dump.indexOf('\n') + 1, dump.length() - 2);
        assertThat(payload).startsWith("\0\u0080\0\3\r@\0v\0v").hasSize(value.length() + 16);
        assertReply("-BUSYKEY Target key name already exists.", "RESTORE", "k", "0", payload);
        assertReply("+OK", "RESTORE", "other", "5000", payload);
        assertReply(":5000", "PTTL", "other");
        assertReply("$" + value.length() + "\r\n" + value, "GET", "other");
        assertReply("+OK", "RESTORE", "other", "1699999999999", payload, "REPLACE", "ABSTTL");
        assertReply(":0", "EXISTS", "other");
    }

    @Test
    void pairsAreStoredAllOrNone() {
        assertReply("+OK", "MSET", "a", "1", "b", "2", "a", "3");
        assertReply("*2\r\n$1\r\n3\r\n$1\r\n2", "MGET", "a", "b");
        assertReply(":0", "MSETNX", "c", "1", "a", "9");
        assertReply(":0", "EXISTS", "c");
        assertReply(":1", "MSETNX", "c", "1", "d", "2");
        assertReply("-" + Errors.OUT_OF_MEMORY, "MSET", "e", "1", "f", "x".repeat((int) Server.MEMORY));
        assertReply(":0", "EXISTS", "e", "f");
        assertReply("-ERR wrong number of arguments for 'mset' command", "MSET", "a", "1", "b");
    }

    @Test
    void msetexStoresPairsWithOneExpiry() {
        assertReply(":1", "MSETEX", "2", "a", "1", "b", "2", "PX", "5000");
        assertReply(":5000", "PTTL", "a");
        assertReply(":5000", "PTTL", "b");
        assertReply(":0", "MSETEX", "2", "a", "1", "c", "2", "XX");
        assertReply(":0", "MSETEX", "2", "c", "1", "b", "2", "NX", "EX", "10");
        assertReply(":0", "EXISTS", "c");
        assertReply(":1", "MSETEX", "2", "a", "3", "c", "4", "KEEPTTL");
        assertReply(":5000", "PTTL", "a");
        assertReply(":-1", "PTTL", "c");
        assertReply(":1", "MSETEX", "2", "EX", "10", "NX", "20", "EXAT", "1700000010", "NX");
        assertReply(":10", "TTL", "EX");
        assertReply(":1", "MSETEX", "1", "a", "5", "XX");
        assertReply(":-1", "PTTL", "a");
        assertReply("-ERR invalid numkeys value", "MSETEX", "0", "a", "1");
        assertReply("-ERR invalid numkeys value", "MSETEX", "x", "a", "1");
        assertReply("-ERR wrong number of key-value pairs", "MSETEX", "2", "a", "1", "b");
        assertReply("-ERR syntax error", "MSETEX", "1", "a", "1", "GET");
        assertReply("-ERR syntax error", "MSETEX", "1", "a", "1", "b", "2");
        assertReply("-ERR syntax error", "MSETEX", "1", "a", "1", "IFEQ", "5");
        assertReply("-ERR invalid expire time in 'msetex' command", "MSETEX", "1", "a", "1", "EX", "0");
        assertThat(client.command("COMMAND", "INFO", "msetex")).contains("+movablekeys", "$6\r\nkeynum\r\n");
    }

    @Test
    void copiesAndRenamedKeysKeepTheExpiry() {
        client.command("SET", "k", "v".repeat(10_000), "PX", "5000");
        assertReply(":1", "COPY", "k", "copy");
        assertReply("+OK", "RENAME", "k", "new");
        assertReply(":5000", "PTTL", "copy");
        assertReply(":5000", "PTTL", "new");
        assertReply("$10000\r\n" + "v".repeat(10_000), "GET", "new");
        assertReply(":0", "EXISTS", "k");
        assertReply(":0", "RENAMENX", "new", "copy");
        assertReply("-ERR no such key", "RENAME", "k", "copy");
    }

    @Test
    void nobodyIsWaitedFor() {
        assertReply(":0", "WAIT", "1", "0");
    }

    @Test
    void whatWouldBeTooLargeIsRefusedWithoutMemory() {
        client.command("SET", "k", "v");
        assertReply("-" + Errors.TOO_LONG, "SETRANGE", "k", "536870912", "x");
        assertReply("-" + Errors.TOO_LONG, "SETRANGE", "k", "9223372036854775807", "x");
        assertReply("-" + Errors.OUT_OF_MEMORY, "SETRANGE", "k", "400000000", "x");
        assertReply("-" + Errors.OUT_OF_MEMORY, "SETBIT", "k", "4294967295", "1");
        assertReply("-" + Errors.OUT_OF_MEMORY, "BITFIELD", "k", "SET", "u8", "4294967295", "1");
        assertReply("-" + Errors.BIT_OFFSET, "SETBIT", "k", "4294967296", "1");
        assertReply("$1\r\nv", "GET", "k");
        client.command("SET", "a", "x".repeat(20_000));
        assertReply(
                "-ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len",
                "LCS",
                "a",
                "a",
                "LEN");
    }

    @Test
    void deletedAndFlushedKeysAreGone() {
        client.command("SET", "a", "1");
        client.command("SET", "b", "2");
        assertReply(":2", "DBSIZE");
        assertReply(":1", "DEL", "a", "a", "c");
        assertReply("+OK", "FLUSHDB", "ASYNC");
        assertReply(":0", "DBSIZE");
        assertReply("-ERR syntax error", "FLUSHALL", "NOW");
    }

    @Test
    void commandsAreFoundInAnyCase() {
        assertReply("+PONG", "PiNg");
        assertReply("$1\r\nx", "ECHO", "x");
        assertReply("-ERR wrong number of arguments for 'get' command", "GeT");
        assertReply("-ERR unknown command 'G\u00e4T', with args beginning with: 'x' ", "G\u00e4T", "x");
        assertReply("-ERR unknown subcommand 'what'. Try CLIENT HELP.", "CLIENT", "what");
        assertReply("-ERR wrong number of arguments for 'client|id' command", "CLIENT", "ID", "1");
    }

    @Test
    void helloSwitchesTheProtocol() {
        assertThat(client.command("HELLO")).startsWith("*14\r\n$6\r\nserver\r\n$5\r\nredis\r\n");
        assertThat(client.command("HELLO", "3", "SETNAME", "me")).startsWith("%7\r\n$6\r\nserver\r\n");
        assertReply("_", "GET", "nothing");
        assertReply("$2\r\nme", "CLIENT", "GETNAME");
        assertThat(client.command("INFO", "keyspace")).isEqualTo("=16\r\ntxt:# Keyspace\r\n\r\n");
        assertThat(client.command("CONFIG", "GET", "save")).isEqualTo("%1\r\n$4\r\nsave\r\n$0\r\n\r\n");
        assertReply("-NOPROTO unsupported protocol version", "HELLO", "4");
        assertThat(client.command("HELLO", "2")).startsWith("*14\r\n");
        assertReply("$-1", "GET", "nothing");
    }

    @Test
    void withoutAPasswordAuthSaysSo() {
        assertReply("-" + Errors.NO_PASSWORD_SET, "AUTH", "secret");
        assertReply("+OK", "AUTH", "default", "anything");
        assertReply("-" + Errors.WRONG_PASSWORD, "AUTH", "someone", "secret");
    }

    @Test
    void clientsTellWhoTheyAre() {
        assertReply("+OK", "CLIENT", "SETINFO", "LIB-NAME", "jedis");
        assertReply("+OK", "CLIENT", "SETINFO", "lib-ver", "8.0.2");
        assertReply(
                "-ERR lib-name cannot contain spaces, newlines or special characters.",
                "CLIENT",
                "SETINFO",
                "lib-name",
                "a b");
        assertReply("-ERR Unrecognized option 'lib'", "CLIENT", "SETINFO", "lib", "x");
        assertThat(client.stream.session().libraryName()).isEqualTo("jedis");
        assertThat(client.stream.session().libraryVersion()).isEqualTo("8.0.2");
        assertReply(":1", "CLIENT", "ID");
        assertReply("-" + Errors.CLIENT_NAME, "CLIENT", "SETNAME", "a b");
    }

    @Test
    void infoHasTheSectionsThatWereAskedFor() {
        client.command("SET", "k", "v");
        assertThat(client.command("INFO"))
                .contains("# Server\r\nredis_version:7.0.15\r\n", "situ_version:0.1.0-test\r\n", "tcp_port:6379\r\n")
                .contains("uptime_in_days:1\r\n", "# Clients\r\nconnected_clients:1\r\n", "maxmemory_human:64.00M\r\n")
                .contains("# Keyspace\r\ndb0:keys=1,expires=0,avg_ttl=0\r\n");
        assertThat(client.command("INFO", "clients", "KEYSPACE", "clients"))
                .startsWith("$")
                .contains("# Clients\r\n", "\r\n\r\n# Keyspace\r\n")
                .doesNotContain("# Server");
    }

    @Test
    void configAnswersByNameAndByPattern() {
        assertReply(
                "*4\r\n$4\r\nSAVE\r\n$0\r\n\r\n$10\r\nappendonly\r\n$2\r\nno",
                "CONFIG",
                "GET",
                "SAVE",
                "appendonly",
                "save");
        assertThat(client.command("CONFIG", "GET", "max*")).startsWith("*6\r\n$10\r\nmaxclients\r\n$5\r\n10000\r\n");
        assertReply("*2\r\n$4\r\nport\r\n$4\r\n6379", "CONFIG", "GET", "p[m-p]?t");
        assertReply("*0", "CONFIG", "GET", "nope");
    }

    @Test
    void everyCommandIsDescribed() {
        int commands = server.keyspace.commands().all().size();
        assertReply(":" + commands, "COMMAND", "COUNT");
        assertThat(client.command("COMMAND")).startsWith("*" + commands + "\r\n*10\r\n");
        assertThat(client.command("COMMAND", "DOCS")).startsWith("*" + commands * 2 + "\r\n");
        assertThat(client.command("COMMAND", "LIST")).startsWith("*" + commands + "\r\n");
        assertThat(client.command("COMMAND", "INFO", "client|id", "nope"))
                .startsWith("*2\r\n*10\r\n$9\r\nclient|id\r\n:2\r\n")
                .endsWith("$-1\r\n");
    }

    @Test
    void everyCommandIsComparedWithRedis() {
        for (CommandSpec spec : server.keyspace.commands().all()) {
            boolean newer = spec.since.startsWith("8.");
            boolean closes = spec.name.equals("quit");
            boolean made = RandomCommands.NAMES.contains(spec.name)
                    || RandomCommands.BEGINNINGS.contains(spec.name)
                    || (ServerCommandsDifferentialTest.SCRIPT
                                    + PubsubDifferentialTest.SCRIPT
                                    + AclDifferentialTest.RULES)
                            .lines()
                            .anyMatch(line -> line.startsWith(spec.name + " "));
            assertThat(newer || closes || made).as(spec.name).isTrue();
        }
    }

    @Test
    void helpNamesEverySubcommandAndNoOther() {
        assertThat(client.command("CONFIG", "Help"))
                .startsWith("*11\r\n+CONFIG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:\r\n")
                .contains("\r\n+GET <pattern>\r\n+    Return parameters matching the glob-like <pattern>")
                .endsWith("\r\n+HELP\r\n+    Prints this help.\r\n");
        for (CommandSpec spec : server.keyspace.commands().all()) {
            if (spec.subcommands != null) {
                String name = spec.name.toUpperCase(Locale.ROOT);
                String[] lines = client.command(name, "HELP").split("\r\n");
                assertThat(lines[0]).isEqualTo("*" + (lines.length - 1));
                assertThat(lines[1]).startsWith("+" + name + " <subcommand>");
                assertThat(Stream.of(lines).skip(2).filter(line -> line.matches("\\+[A-Z].*")))
                        .map(line -> line.substring(1).split(" ", -1)[0].toLowerCase(Locale.ROOT))
                        .containsOnlyOnceElementsOf(List.of("help"))
                        .hasSameElementsAs(spec.subcommands.all().stream()
                                .map(subcommand -> subcommand.name)
                                .toList());
                assertReply("-ERR wrong number of arguments for '" + spec.name + "|help' command", name, "HELP", "x");
                assertReply("-ERR unknown subcommand 'foo'. Try " + name + " HELP.", name, "foo");
            }
        }
    }

    @Test
    void mgetAnswersAnyNumberOfKeysInOrder() {
        List<String> command = new ArrayList<>(List.of("MGET"));
        StringBuilder expected = new StringBuilder("*100\r\n");
        for (int i = 0; i < 100; i++) {
            command.add("k" + i);
            if (i % 3 == 0) {
                client.command("SET", "k" + i, "v");
            }
            expected.append(i % 3 == 0 ? "$1\r\nv\r\n" : "$-1\r\n");
        }
        assertThat(client.command(command.toArray(new String[0]))).isEqualTo(expected.toString());
    }

    @Test
    void theDesignPageNamesEveryCommand() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "design", "kv.md"));
        String commands = page.substring(page.indexOf("## The commands"), page.indexOf("## Finding commands"));
        for (CommandSpec spec : server.keyspace.commands().all()) {
            assertThat(commands).contains("`" + spec.name.toUpperCase(Locale.ROOT) + "`");
            if (spec.subcommands != null) {
                spec.subcommands
                        .all()
                        .forEach(sub -> assertThat(commands)
                                .containsPattern("\\b" + sub.name.toUpperCase(Locale.ROOT) + "\\b"));
            }
        }
    }

    @Test
    void aStreamWithoutAConnectionBeginsAnew() {
        client.command("HELLO", "3", "SETNAME", "me");
        client.send("QUIT\r\n");
        client.stream.reset();
        assertReply("$-1", "GET", "nothing");
        client.send("*2\r\n$3\r\nGET\r\n$1");
        client.stream.reset();
        assertReply("$-1", "CLIENT", "GETNAME");
        client.send("*1\r\nx\r\n");
        client.stream.reset();
        assertReply("+PONG", "PING");
    }

    @Test
    void keysOfOthersAreRefused() {
        SlotOwner owner = new SlotOwner() {
            @Override
            public boolean owns(MemorySegment key, long offset, int length) {
                return length < 3;
            }

            @Override
            public String refusal(MemorySegment key, long offset, int length) {
                return "MOVED 7 10.0.0.2:6379";
            }
        };
        Keyspace shared = new Keyspace(server.store, new FixedServerInfo(0), owner);
        Executor executor = new Executor(shared, server.worker);
        try (Server.Connection other = server.connect(executor)) {
            assertThat(other.command("SET", "a", "1")).isEqualTo("+OK\r\n");
            assertThat(other.command("SET", "long", "1")).isEqualTo("-MOVED 7 10.0.0.2:6379\r\n");
            assertThat(other.command("MSETEX", "1", "long", "1")).isEqualTo("-MOVED 7 10.0.0.2:6379\r\n");
            assertThat(other.command("MSETEX", "1", "a", "1", "EX", "100")).isEqualTo(":1\r\n");
            assertThat(other.command("MSETEX", "x", "long", "1")).startsWith("-ERR invalid numkeys");
            assertThat(other.command("MSET", "a", "long", "b", "2")).isEqualTo("+OK\r\n");
            assertThat(other.command("DEL", "a", "b", "long")).isEqualTo("-MOVED 7 10.0.0.2:6379\r\n");
            assertThat(other.command("DEL", "a", "b")).isEqualTo(":2\r\n");
            assertThat(other.command("PING")).isEqualTo("+PONG\r\n");
        }
    }
}
