package dev.situ.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.store.AdoptionPolicy;
import dev.situ.store.StoreInvariants;
import dev.situ.store.StoreOptions;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Transactions of one client and of two. That the answers are Redis's is the [DifferentialTest]'s to show.
class TransactionsTest {
    private static final String ABORTED = "-EXECABORT Transaction discarded because of previous errors.";

    private final AtomicLong clock = new AtomicLong(1_700_000_000_000L);
    private final Server server = new Server(
            StoreOptions.ofMemory(Server.MEMORY).withClock(clock::get).withAdoption(AdoptionPolicy.ALWAYS));
    private final Server.Connection client = server.connect();
    private final Server.Connection other = server.connect();

    @AfterEach
    void nothingIsLeft() {
        client.close();
        other.close();
        StoreInvariants.check(server.store);
        server.close();
    }

    private void assertReply(String reply, String... command) {
        assertThat(client.command(command)).isEqualTo(reply + "\r\n");
    }

    private void others(String reply, String... command) {
        assertThat(other.command(command)).isEqualTo(reply + "\r\n");
    }

    private void assertExecuted() {
        assertReply("+OK", "MULTI");
        assertReply("+QUEUED", "PING");
        assertReply("*1\r\n+PONG", "EXEC");
    }

    private void assertNotExecuted() {
        assertReply("+OK", "MULTI");
        assertReply("+QUEUED", "SET", "executed", "yes");
        assertReply("*-1", "EXEC");
        assertReply("$-1", "GET", "executed");
    }

    private static String value(int length) {
        StringBuilder text = new StringBuilder(length);
        Random random = new Random(length);
        for (int i = 0; i < length; i++) {
            text.append((char) random.nextInt(256));
        }
        return text.toString();
    }

    // ---- queueing -------------------------------------------------------------------------------------------------

    @Test
    void commandsWaitForExecAndAnErrorOfOneStopsNoOther() {
        assertReply("+OK", "MULTI");
        assertReply("+QUEUED", "SET", "a", "x");
        assertReply("+QUEUED", "INCR", "a");
        assertReply("+QUEUED", "MSET", "b", "1", "c", "2");
        assertReply("+QUEUED", "RENAME", "c", "d");
        assertReply("+QUEUED", "MGET", "a", "b", "c", "d");
        others(":0", "EXISTS", "a", "b", "c", "d");
        assertReply(
                "*5\r\n+OK\r\n-ERR value is not an integer or out of range\r\n+OK\r\n+OK\r\n"
                        + "*4\r\n$1\r\nx\r\n$1\r\n1\r\n$-1\r\n$1\r\n2",
                "EXEC");
        assertReply("-ERR EXEC without MULTI", "EXEC");
        assertReply("-ERR DISCARD without MULTI", "DISCARD");
        assertReply("+OK", "MULTI");
        assertReply("*0", "EXEC");
    }

    @Test
    void aPipelineOfLookupsIsQueuedToo() {
        client.command("SET", "k", "v");
        String get = Server.bulk("GET", "k");
        String reply = "$1\r\nv\r\n";
        assertThat(client.send(get + "MULTI\r\n" + get.repeat(3) + "EXEC\r\n" + get))
                .isEqualTo(reply + "+OK\r\n" + "+QUEUED\r\n".repeat(3) + "*3\r\n" + reply.repeat(4));
    }

    @Test
    void anErrorInQueueingAborts() {
        for (String[] wrong :
                new String[][] {{"foo"}, {"GET"}, {"CLIENT", "foo"}, {"WATCH"}, {"DISCARD", "x"}, {"MULTI", "x"}}) {
            assertReply("+OK", "MULTI");
            assertReply("+QUEUED", "SET", "k", "v");
            assertThat(client.command(wrong)).startsWith("-ERR ");
            assertReply("+QUEUED", "SET", "k", "w");
            assertReply(ABORTED, "EXEC");
            assertReply("-ERR EXEC without MULTI", "EXEC");
            assertReply("$-1", "GET", "k");
        }
        String arity = "-EXECABORT Transaction discarded because of: wrong number of arguments for 'exec' command";
        assertReply(arity, "EXEC", "x");
        assertReply("+OK", "MULTI");
        assertReply(arity, "EXEC", "x");
        assertReply("-ERR EXEC without MULTI", "EXEC");
    }

    @Test
    void whatIsOnlyRefusedDoesNotAbort() {
        assertReply("+OK", "MULTI");
        assertReply("-ERR MULTI calls can not be nested", "MULTI");
        assertReply("-ERR WATCH inside MULTI is not allowed", "WATCH", "k");
        assertReply("+QUEUED", "PING");
        assertReply("*1\r\n+PONG", "EXEC");
    }

    @Test
    void discardAndResetForgetTheQueue() {
        assertReply("+OK", "MULTI");
        assertReply("+QUEUED", "SET", "k", "v");
        assertReply("+OK", "DISCARD");
        assertReply("-ERR EXEC without MULTI", "EXEC");
        client.command("HELLO", "3");
        assertReply("+OK", "CLIENT", "SETNAME", "me");
        assertReply("+OK", "MULTI");
        assertReply("+QUEUED", "SET", "k", "v");
        assertReply("+RESET", "RESET");
        assertReply("-ERR EXEC without MULTI", "EXEC");
        assertReply("$-1", "GET", "k");
        assertReply("$-1", "CLIENT", "GETNAME");
    }

    @Test
    void theProtocolMayChangeInside() {
        assertReply("+OK", "MULTI");
        assertReply("+QUEUED", "GET", "none");
        assertReply("+QUEUED", "HELLO", "3");
        assertReply("+QUEUED", "GET", "none");
        assertThat(client.command("EXEC")).startsWith("*3\r\n$-1\r\n%7\r\n").endsWith("*0\r\n_\r\n");
        assertReply("+OK", "WATCH", "k");
        others("+OK", "SET", "k", "v");
        assertReply("+OK", "MULTI");
        assertReply("_", "EXEC");
    }

    @Test
    void quitIsNotQueued() {
        assertReply("+OK", "MULTI");
        assertReply("+QUEUED", "SET", "k", value(20_000));
        assertReply("+OK", "QUIT");
        assertThat(client.status).isEqualTo(StreamStatus.CLOSE);
        others(":0", "EXISTS", "k");
    }

    @Test
    void aRequestMayNotEndInside() {
        client.send("MULTI\r\n");
        assertThat(client.stream.isBetweenCommands()).isFalse();
        client.send("SET k v\r\n");
        client.stream.reset();
        assertThat(client.stream.isBetweenCommands()).isTrue();
        assertReply("-ERR EXEC without MULTI", "EXEC");
        assertThat(client.send("WATCH k\r\nMULTI\r\nSET k v\r\nEXEC\r\n"))
                .isEqualTo("+OK\r\n+OK\r\n+QUEUED\r\n*1\r\n+OK\r\n");
        assertThat(client.stream.isBetweenCommands()).isTrue();
        assertThat(client.stream.session().isWatching()).isFalse();
        client.send("WATCH k none\r\n");
        assertThat(client.stream.session().isWatching()).isTrue();
        client.stream.reset();
        assertThat(client.stream.session().isWatching()).isFalse();
        assertThat(server.keyspace.absences().areWatched()).isFalse();
    }

    // ---- large values and memory ----------------------------------------------------------------------------------

    private void sendInPieces(String request) {
        int half = request.length() / 2;
        client.send(request.substring(0, half));
        assertThat(client.send(request.substring(half))).isEqualTo("+QUEUED\r\n");
    }

    @Test
    void aLargeValueWaitsInItsRecord() {
        String value = value(100_000);
        assertReply("+OK", "MULTI");
        sendInPieces(Server.bulk("SET", "k", value, "EX", "100"));
        assertThat(server.store.statistics().claimedRecords()).isOne();
        sendInPieces(Server.bulk("SET", "k", value, "NX"));
        sendInPieces(Server.bulk("APPEND", "j", value));
        assertReply("+QUEUED", "GET", "k");
        assertReply("+QUEUED", "TTL", "k");
        String read = "$100000\r\n" + value + "\r\n";
        assertReply("*5\r\n+OK\r\n$-1\r\n:100000\r\n" + read + ":100", "EXEC");
        assertReply("$100000\r\n" + value, "GET", "j");
    }

    @Test
    void aLargeValueIsGivenUpWithTheTransaction() {
        String request = Server.bulk("SET", "k", value(100_000));
        assertReply("+OK", "MULTI");
        sendInPieces(request);
        assertReply("+OK", "DISCARD");
        assertThat(server.store.statistics().claimedRecords()).isZero();

        assertReply("+OK", "MULTI");
        sendInPieces(request);
        assertThat(client.command("foo")).startsWith("-ERR unknown command");
        sendInPieces(request);
        assertReply(ABORTED, "EXEC");
        assertThat(server.store.statistics().claimedRecords()).isZero();

        assertReply("+OK", "WATCH", "w");
        others("+OK", "SET", "w", "v");
        assertReply("+OK", "MULTI");
        sendInPieces(request);
        assertReply("*-1", "EXEC");
        assertThat(server.store.statistics().claimedRecords()).isZero();

        assertReply("+OK", "WATCH", "w", "none");
        assertReply("+OK", "MULTI");
        sendInPieces(request);
        client.send(request.substring(0, 50_000));
        client.stream.close();
        assertThat(server.store.statistics().claimedRecords()).isZero();
        assertThat(server.keyspace.absences().areWatched()).isFalse();
    }

    @Test
    void valuesInPacketsWaitThere() {
        PacketRequests packets = new PacketRequests();
        Random random = new Random(1);
        String large = value(5000);
        String small = value(600);
        String request = "MULTI\r\n" + Server.bulk("SET", "a", large) + Server.bulk("SET", "b", small, "PX", "1000000")
                + Server.bulk("MGET", "a", "b");
        byte[] executed =
                packets.send(server, client, (request + "EXEC\r\n").getBytes(StandardCharsets.ISO_8859_1), random);
        assertThat(new String(executed, StandardCharsets.ISO_8859_1))
                .isEqualTo("+OK\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n*3\r\n+OK\r\n+OK\r\n*2\r\n$5000\r\n" + large
                        + "\r\n$600\r\n" + small + "\r\n");
        assertThat(server.store.statistics().adoptedKeys()).isPositive();
        client.command("FLUSHALL");
        packets.send(server, client, request.getBytes(StandardCharsets.ISO_8859_1), random);
        client.stream.reset();
        server.worker.trim();
        assertThat(packets.outstanding()).isZero();
    }

    @Test
    void whenMemoryIsFullWhatNeedsSomeIsRefusedAtOnce() {
        String value = value(1 << 20);
        int stored = 0;
        while (client.command("SET", "k" + stored, value).equals("+OK\r\n")) {
            stored++;
        }
        assertReply("+OK", "MULTI");
        assertReply("+QUEUED", "GET", "none");
        String full = "-OOM command not allowed when used memory > 'maxmemory'.";
        assertReply(full, "SET", "large", value);
        assertReply(ABORTED, "EXEC");
        assertReply("+OK", "MULTI");
        assertReply(full, "MSET", "a", value, "b", value);
        assertReply(ABORTED, "EXEC");
        assertReply("+OK", "MULTI");
        assertReply("+QUEUED", "DEL", "k0", "k1", "k2");
        assertReply("*1\r\n:3", "EXEC");
    }

    @Test
    void aTransactionHoldsSoManyBytesAndNoMore() {
        Session session = new Session(1, server.keyspace.absences(), 150_000);
        try (Server.Connection small = server.new Connection(server.executor, session)) {
            String request = Server.bulk("SET", "k", value(100_000));
            String tooLarge = "-ERR the transaction is larger than one connection may hold\r\n";
            for (int i = 0; i < 2; i++) {
                small.send("MULTI\r\n" + request.substring(0, 50_000));
                assertThat(small.send(request.substring(50_000))).isEqualTo("+QUEUED\r\n");
                small.send(request.substring(0, 50_000));
                assertThat(small.send(request.substring(50_000))).isEqualTo(tooLarge);
                assertThat(small.command("EXEC")).isEqualTo(ABORTED + "\r\n");
            }
            assertThat(small.send("MULTI\r\n" + Server.bulk("ECHO", value(150_000))))
                    .isEqualTo("+OK\r\n" + tooLarge);
            assertThat(small.command("DISCARD")).isEqualTo("+OK\r\n");
        }
    }

    @Test
    void keysOfOtherNodesAbort() {
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
        try (Server.Connection one = server.connect(new Executor(shared, server.worker))) {
            assertThat(one.send("MULTI\r\nGET a\r\nGET long\r\nWATCH long\r\nEXEC\r\n"))
                    .isEqualTo("+OK\r\n+QUEUED\r\n" + "-MOVED 7 10.0.0.2:6379\r\n".repeat(2) + ABORTED + "\r\n");
        }
    }

    // ---- watching -------------------------------------------------------------------------------------------------

    @Test
    void aChangeByAnotherAborts() {
        client.command("SET", "k", "1");
        assertReply("+OK", "WATCH", "j", "k", "k");
        others(":2", "INCR", "k");
        assertNotExecuted();
        assertExecuted();
    }

    @Test
    void aChangeByOneselfAborts() {
        assertReply("+OK", "WATCH", "k");
        assertReply("+OK", "SET", "k", "1");
        assertNotExecuted();
    }

    @Test
    void whatChangesNothingDoesNotAbort() {
        client.command("SET", "k", "1", "EX", "100");
        assertReply("+OK", "WATCH", "k", "none");
        others("$1\r\n1", "GET", "k");
        others("$-1", "SET", "k", "2", "NX");
        others(":0", "DEL", "none");
        others("+OK", "SET", "another", "2");
        clock.addAndGet(99_999);
        assertExecuted();
    }

    @Test
    void theSameValueAgainAborts() {
        client.command("SET", "k", "1");
        assertReply("+OK", "WATCH", "k");
        others("+OK", "SET", "k", "1");
        assertNotExecuted();
        for (int i = 0; i < 1000; i++) { // so often that memory comes back for the same record
            assertReply("+OK", "WATCH", "k");
            others(":1", "DEL", "k");
            others("+OK", "SET", "k", "1");
            assertReply("+OK", "MULTI");
            assertReply("*-1", "EXEC");
        }
    }

    @Test
    void anExpiryAbortsButNotThatOfWhatHadExpiredBefore() {
        client.command("SET", "k", "1", "PX", "1000");
        assertReply("+OK", "WATCH", "k");
        clock.addAndGet(1000);
        assertNotExecuted();
        client.command("SET", "k", "1", "PX", "1000");
        clock.addAndGet(1000);
        assertReply("+OK", "WATCH", "k");
        others(":0", "DEL", "k");
        assertExecuted();
        client.command("SET", "k", "1", "PX", "1000");
        assertReply("+OK", "WATCH", "k");
        others(":1", "PEXPIRE", "k", "5000");
        assertNotExecuted();
    }

    @Test
    void aKeyThatWasAbsentAbortsIfItWasThereInBetween() {
        assertReply("+OK", "WATCH", "k");
        others("+OK", "SET", "k", "1");
        assertNotExecuted();
        others(":1", "DEL", "k");
        assertReply("+OK", "WATCH", "k");
        others("+OK", "MSET", "j", "2", "k", "1");
        others(":1", "DEL", "k");
        assertNotExecuted();
        assertReply("+OK", "WATCH", "k");
        others("+OK", "MULTI");
        others("+QUEUED", "RENAME", "j", "k");
        others("+QUEUED", "GETDEL", "k");
        others("*2\r\n+OK\r\n$1\r\n2", "EXEC");
        assertNotExecuted();
        assertExecuted();
    }

    @Test
    void flushallTouchesWhatIsThere() {
        client.command("SET", "k", "1");
        assertReply("+OK", "WATCH", "k");
        others("+OK", "FLUSHALL");
        others("+OK", "SET", "k", "1");
        assertNotExecuted();
        assertReply("+OK", "WATCH", "none");
        others("+OK", "FLUSHALL");
        assertExecuted();
    }

    @Test
    void toAppendNothingIsAChange() {
        assertReply("+OK", "SET", "k", "v");
        assertReply("+OK", "WATCH", "k");
        others(":1", "APPEND", "k", "");
        assertReply("+OK", "MULTI");
        assertReply("+QUEUED", "GET", "k");
        assertReply("*-1", "EXEC");
    }

    @Test
    void watchedKeysAreForgotten() {
        for (String by : new String[] {"UNWATCH", "DISCARD", "EXEC", "RESET"}) {
            assertReply("+OK", "WATCH", "k");
            if (by.equals("DISCARD") || by.equals("EXEC")) {
                assertReply("+OK", "MULTI");
            }
            client.command(by);
            others("+OK", "SET", "k", "1");
            others(":1", "DEL", "k");
            assertExecuted();
        }
        assertReply("+OK", "WATCH", "k");
        assertReply("+OK", "MULTI");
        assertReply("+QUEUED", "UNWATCH");
        others("+OK", "SET", "k", "1");
        assertReply("*-1", "EXEC");
    }

    @Test
    void aRecordThatOnlyMovedIsUnchanged() {
        try (Server small = new Server(StoreOptions.ofMemory(16 << 20));
                Server.Connection watching = small.connect();
                Server.Connection changing = small.connect()) {
            int keys = 0;
            while (changing.command("SET", "small " + keys, "x".repeat(100)).equals("+OK\r\n")) {
                keys++;
            }
            String[] watch = new String[2001];
            watch[0] = "WATCH";
            for (int i = 1; i < watch.length; i++) {
                watch[i] = "small " + (i * (keys / watch.length) | 1);
            }
            assertThat(watching.command(watch)).isEqualTo("+OK\r\n");
            for (int i = 0; i < keys; i += 2) {
                changing.command("DEL", "small " + i);
            }
            for (int i = 0; i < 10_000; i++) { // memory comes back at the end of bursts
                small.worker.enter();
                small.worker.exit();
            }
            // Which records move, to make room for others, is the store's choice.
            for (int i = 0;
                    changing.command("SET", "large " + i, "y".repeat(10_000)).equals("+OK\r\n");
                    i++) {
                assertThat(i).isLessThan(100_000);
            }
            assertThat(small.store.statistics().relocated()).isPositive();
            assertThat(small.store.statistics().pinnedRecords())
                    .as("watched records that moved")
                    .isPositive();
            assertThat(watching.send("MULTI\r\nEXEC\r\n")).isEqualTo("+OK\r\n*0\r\n");
            watching.command(watch);
            changing.command("SET", watch[1000], "x".repeat(100));
            assertThat(watching.send("MULTI\r\nEXEC\r\n")).isEqualTo("+OK\r\n*-1\r\n");
        }
    }

    @Test
    void aConnectionWatchesSoManyKeysAndNoMore() {
        String[] watch = new String[WatchedKeys.MOST_KEYS + 1];
        watch[0] = "WATCH";
        for (int i = 1; i < watch.length; i++) {
            watch[i] = "k" + i;
        }
        assertReply("+OK", watch);
        assertReply("-ERR a connection may watch 4096 keys at most", "WATCH", "one more");
        assertExecuted();
        client.command("SET", "k", "v");
        for (int i = 0; i < 3; i++) {
            Arrays.fill(watch, 1, watch.length, "k");
            assertReply("+OK", watch); // one key, however often
        }
        assertExecuted();
    }
}
