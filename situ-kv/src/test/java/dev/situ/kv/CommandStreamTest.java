package dev.situ.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import dev.situ.resp.ArgumentBudget;
import dev.situ.store.Record;
import dev.situ.store.StoreOptions;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CommandStreamTest {
    private final Server server = new Server();
    private final Server.Connection client = server.connect();

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    private static String value(int length) {
        StringBuilder text = new StringBuilder(length);
        Random random = new Random(length);
        for (int i = 0; i < length; i++) {
            text.append((char) random.nextInt(256));
        }
        return text.toString();
    }

    private static String bulkReply(String value) {
        return "$" + value.length() + "\r\n" + value + "\r\n";
    }

    @Test
    void aClientWhoseInputIsHeldBeyondTheLimitIsClosed() {
        String most = "1048576";
        assertThat(client.command("CONFIG", "SET", "client-query-buffer-limit", "1mb"))
                .isEqualTo("+OK\r\n");
        assertThat(client.command("CONFIG", "GET", "client-query-buffer-limit")).endsWith("$7\r\n" + most + "\r\n");
        assertThat(client.command("CONFIG", "SET", "client-query-buffer-limit", "1000"))
                .contains("argument must be between " + most);
        client.send("*2\r\n$3\r\nGET\r\n$2000000\r\n");
        for (int i = 0; i < 10; i++) {
            client.send("x".repeat(100_000));
        }
        assertThat(client.status).isEqualTo(StreamStatus.OPEN);
        client.send("x".repeat(100_000));
        assertThat(client.status).isEqualTo(StreamStatus.CLOSE);
    }

    @Test
    void aPipelineIsAnsweredInOrder() {
        assertThat(client.send(Server.bulk("SET", "k", "v") + "GET k\r\n" + Server.bulk("get", "nope")
                        + "\r\nDEL k nope k\r\n"))
                .isEqualTo("+OK\r\n$1\r\nv\r\n$-1\r\n:1\r\n");
    }

    @Test
    void lookupsThatAreRunTogetherAreAnsweredInOrder() {
        StringBuilder request = new StringBuilder();
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            request.append(Server.bulk("SET", "k" + i % 7, "v" + i));
            expected.append("+OK\r\n");
            for (int j = 0; j < i; j++) {
                int key = j % 9;
                request.append(j % 50 == 49 ? "GET k" + key + "\r\n" : Server.bulk("GET", "k" + key));
                int last = i - Math.floorMod(i - key, 7);
                expected.append(key < 7 && last >= 0 ? bulkReply("v" + last) : "$-1\r\n");
            }
        }
        request.append("HELLO 3\r\n").append(Server.bulk("GET", "none")).append("*1\r\nx\r\n");
        assertThat(client.send(request.toString()))
                .startsWith(expected.toString())
                .endsWith("_\r\n-ERR Protocol error: expected '$', got 'x'\r\n");
    }

    @Test
    void keysAndValuesMayBeAnyBytesAlsoNone() {
        String binary = value(300);
        assertThat(client.command("SET", "", binary)).isEqualTo("+OK\r\n");
        assertThat(client.command("SET", binary, "")).isEqualTo("+OK\r\n");
        assertThat(client.command("GET", "")).isEqualTo(bulkReply(binary));
        assertThat(client.command("GET", binary)).isEqualTo("$0\r\n\r\n");
        assertThat(client.command("EXISTS", "", binary, "x")).isEqualTo(":2\r\n");
    }

    @Test
    void cutsAtEveryByteGiveTheSameReplies() {
        String large = value(CommandStream.LARGE_VALUE_BYTES);
        String request = Server.bulk("SET", "k", "v") + "GET k\r\n" + Server.bulk("SET", "large", large, "NX")
                + Server.bulk("GET", "k") + "ECHO hi\r\n";
        String expected = "+OK\r\n$1\r\nv\r\n+OK\r\n$1\r\nv\r\n$2\r\nhi\r\n";
        for (int cut = 0; cut <= request.length(); cut++) {
            if (cut > 200 && cut < request.length() - 200 && cut % 701 != 0) {
                continue;
            }
            assertThat(client.send(request.substring(0, cut)) + client.send(request.substring(cut)))
                    .as("cut at %d", cut)
                    .isEqualTo(expected);
            assertThat(client.command("GET", "large")).isEqualTo(bulkReply(large));
            assertThat(client.command("DEL", "large")).isEqualTo(":1\r\n");
        }
    }

    @Test
    void randomCutsGiveTheSameReplies() {
        long seed = System.nanoTime();
        System.out.println("CommandStreamTest seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            StringBuilder request = new StringBuilder();
            StringBuilder expected = new StringBuilder();
            for (int i = 0; i < 12; i++) {
                String key = "key" + random.nextInt(5);
                String value = value(random.nextInt(4) == 0 ? 16_000 + random.nextInt(60_000) : random.nextInt(200));
                request.append(Server.bulk("SET", key, value)).append(Server.bulk("GET", key));
                expected.append("+OK\r\n").append(bulkReply(value));
            }
            byte[] bytes = request.toString().getBytes(StandardCharsets.ISO_8859_1);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            int at = 0;
            int most = 1 + random.nextInt(random.nextBoolean() ? 100 : 70_000);
            while (at < bytes.length) {
                int to = Math.min(bytes.length, at + 1 + random.nextInt(most));
                byte[] piece = new byte[to - at];
                System.arraycopy(bytes, at, piece, 0, piece.length);
                out.writeBytes(random.nextBoolean() ? sendDirect(piece) : client.send(piece));
                at = to;
            }
            assertThat(out.toString(StandardCharsets.ISO_8859_1).equals(expected.toString()))
                    .as("seed %d round %d", seed, round)
                    .isTrue();
        }
    }

    /// Sends as a transport does that reads large values straight into their records.
    private byte[] sendDirect(byte[] piece) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int at = 0;
        CommandStream stream = client.stream;
        while (stream.direct() && at < piece.length) {
            int part = (int) Math.min(stream.directRemaining(), piece.length - at);
            server.worker.enter();
            Words.copyFrom(piece, at, stream.directMemory(), stream.directOffset(), part);
            assertThat(stream.directAdvance(part, client.reply)).isEqualTo(StreamStatus.OPEN);
            client.drain(out);
            server.worker.exit();
            at += part;
        }
        byte[] rest = new byte[piece.length - at];
        System.arraycopy(piece, at, rest, 0, rest.length);
        out.writeBytes(client.send(rest));
        return out.toByteArray();
    }

    @Test
    void aLargeValueIsReceivedIntoItsRecordAndSentFromIt() {
        String value = value(300_000);
        String request = Server.bulk("SET", "k", value);
        client.send(request.substring(0, 20_000));
        assertThat(client.stream.direct()).isTrue();
        assertThat(client.stream.directMemory()).isSameAs(server.store.memory());
        assertThat(client.command("GET", "k")).isEmpty(); // It is part of the value.
        client.stream.reset();
        assertThat(client.stream.direct()).isFalse();
        assertThat(server.store.statistics().claimedRecords()).isZero();
        assertThat(new String(sendDirect(request.getBytes(StandardCharsets.ISO_8859_1)), StandardCharsets.ISO_8859_1))
                .isEqualTo("+OK\r\n");

        server.worker.enter();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment in = arena.allocateFrom("GET k\r\n");
            client.stream.feed(in, 0, 7, client.reply);
            SliceList slices = client.reply.slices();
            assertThat(slices.size()).isOne();
            assertThat(slices.memory(0)).isSameAs(server.store.memory());
            assertThat(slices.length(0)).isEqualTo("$300000\r\n".length() + 300_000 + 2);
            assertThat(Record.frameOffset(server.store.memory(), slices.owner(0)))
                    .isEqualTo(slices.offset(0));
            client.reply.clear();
        } finally {
            server.worker.exit();
        }
    }

    @Test
    void whatFollowsALargeValueMayForbidIt() {
        String value = value(100_000);
        client.command("SET", "k", "old");
        for (String[] options : new String[][] {{"NX"}, {"XX", "NX"}, {"EX", "0"}, {"EX"}, {"what"}}) {
            String[] command = new String[3 + options.length];
            command[0] = "SET";
            command[1] = "k";
            command[2] = value;
            System.arraycopy(options, 0, command, 3, options.length);
            String request = Server.bulk(command);
            client.send(request.substring(0, 50_000));
            assertThat(client.send(request.substring(50_000))).doesNotStartWith("+");
            assertThat(client.command("GET", "k")).isEqualTo("$3\r\nold\r\n");
        }
        String request = Server.bulk("SET", "k", value, "GET", "KEEPTTL");
        client.send(request.substring(0, 50_000));
        assertThat(client.send(request.substring(50_000))).isEqualTo("$3\r\nold\r\n");
        assertThat(client.command("GET", "k")).isEqualTo(bulkReply(value));
    }

    @Test
    void everyCommandThatStoresAValueReceivesItIntoItsRecord() {
        String value = value(100_000);
        String[][] commands = {
            {"SET", "a", value}, {"SETNX", "b", value}, {"SETEX", "c", "100", value}, {"PSETEX", "d", "100000", value},
            {"GETSET", "e", value}, {"GETSET", "e", value}, {"SETNX", "b", value}, {"SET", "a", value, "KEEPTTL", "XX"}
        };
        String[] replies = {"+OK", ":1", "+OK", "+OK", "$-1", "$100000\r\n" + value, ":0", "+OK"};
        for (int i = 0; i < commands.length; i++) {
            String request = Server.bulk(commands[i]);
            assertThat(client.send(request.substring(0, 50_000))).isEmpty();
            assertThat(client.stream.direct()).isTrue();
            assertThat(client.send(request.substring(50_000))).isEqualTo(replies[i] + "\r\n");
            assertThat(client.command("GET", commands[i][1])).isEqualTo(bulkReply(value));
            assertThat(server.store.statistics().claimedRecords()).isZero();
        }
        client.send(Server.bulk("SETNX", "b", value, "more").substring(0, 50_000));
        assertThat(client.stream.direct()).isFalse();
    }

    @Test
    void aValueThatDoesNotFitIsSkippedAndRefused() {
        int length = 200 << 20;
        client.command("SET", "k", "old");
        assertThat(client.send("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$" + length + "\r\n"))
                .isEmpty();
        assertThat(client.stream.direct()).isFalse();
        byte[] piece = new byte[1 << 20];
        for (int i = 0; i < 200; i++) {
            assertThat(client.send(piece)).isEmpty();
        }
        assertThat(client.send("\r\nGET k\r\n"))
                .isEqualTo("-OOM command not allowed when used memory > 'maxmemory'.\r\n$3\r\nold\r\n");
    }

    /// What it would take might be what others have stored.
    @Test
    void aHeaderThatAnnouncesALargeValueTakesNoMemoryForIt() {
        long before = server.store.statistics().allocatedBytes();
        client.send("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$20000000\r\nabc");
        assertThat(server.store.statistics().claimedRecords()).isZero();
        assertThat(server.store.statistics().allocatedBytes()).isEqualTo(before);
        String part = "x".repeat(100_000);
        client.send(part);
        client.send(part);
        assertThat(server.store.statistics().claimedRecords()).isZero();
        client.send(part);
        assertThat(server.store.statistics().claimedRecords()).isEqualTo(1);
        assertThat(client.stream.direct()).isTrue();
        String rest = "x".repeat(20_000_000 - 3 * part.length() - 3);
        assertThat(client.send(rest + "\r\n")).isEqualTo("+OK\r\n");
        assertThat(client.command("GETRANGE", "k", "0", "4")).isEqualTo("$5\r\nabcxx\r\n");
        assertThat(client.command("STRLEN", "k")).isEqualTo(":20000000\r\n");
    }

    /// Over R2P2 a request is there as a whole: what it announces and does not hold does not come any more.
    @Test
    void aRequestThatAnnouncesMoreThanItHoldsTakesNoMemoryForIt() {
        long before = server.store.statistics().allocatedBytes();
        byte[] request = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$20000000\r\nabc".getBytes(StandardCharsets.ISO_8859_1);
        server.worker.enter();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(request.length);
            Words.copyFrom(request, 0, memory, 0, request.length);
            SliceList slices = new SliceList();
            int header = request.length - 3;
            slices.add(memory, 0, header, SliceList.NO_OWNER);
            slices.add(memory, header, 3, SliceList.NO_OWNER);
            for (int i = 0; i < slices.size(); i++) {
                assertThat(client.stream.feed(slices, i, client.reply)).isEqualTo(StreamStatus.OPEN);
                assertThat(server.store.statistics().claimedRecords()).isZero();
            }
            assertThat(server.store.statistics().allocatedBytes()).isEqualTo(before);
        } finally {
            server.worker.exit();
        }
    }

    @Test
    void aConnectionThatEndsInALargeValueLeavesNothing() {
        client.send("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$100000\r\n" + "x".repeat(7000));
        assertThat(server.store.statistics().claimedRecords()).isEqualTo(1);
        client.close();
        assertThat(server.store.statistics().claimedRecords()).isZero();
        assertThat(client.send("PING\r\n")).isEmpty();
        assertThat(client.status).isEqualTo(StreamStatus.CLOSE);
    }

    @Test
    void aLargeKeyIsHeldAndItsMemoryGivenBack() {
        String key = value(3_000_000);
        String request = Server.bulk("SET", key, "v");
        for (int at = 0; at < request.length(); at += 65_536) {
            client.send(request.substring(at, Math.min(request.length(), at + 65_536)));
        }
        assertThat(client.stream.isBetweenCommands()).isTrue();
        assertThat(client.command("GET", key)).isEqualTo("$1\r\nv\r\n");
    }

    @Test
    void aCommandOfManyArgumentsLeavesNothingWithItsConnection() {
        ArgumentBudget budget = server.keyspace.argumentBudget();
        String[] command = new String[100_000];
        Arrays.fill(command, "k");
        command[0] = "DEL";
        String request = Server.bulk(command);
        assertThat(client.send(request)).isEqualTo(":0\r\n");
        assertThat(budget.taken()).isZero();
        assertThat(client.send(request.substring(0, request.length() - 1))).isEmpty();
        assertThat(budget.taken()).isPositive();
        assertThat(client.send("\n")).isEqualTo(":0\r\n");
        assertThat(budget.taken()).isZero();
        client.send(request.substring(0, request.length() - 1));
        client.stream.reset();
        assertThat(budget.taken()).isZero();
        client.send(request.substring(0, request.length() - 1));
        client.close();
        assertThat(budget.taken()).isZero();
    }

    @Test
    void halfReceivedCommandsOfAllClientsHaveOneBound() {
        Keyspace narrow = new Keyspace(server.store, new FixedServerInfo(0), SlotOwner.EVERY_KEY, 50_000 * 8);
        Executor executor = new Executor(narrow, server.worker);
        String half = "*20000\r\n$3\r\nDEL\r\n" + "$1\r\nk\r\n".repeat(17_000);
        String rest = "$1\r\nk\r\n".repeat(2999);
        try (Server.Connection first = server.connect(executor);
                Server.Connection second = server.connect(executor)) {
            assertThat(first.send(half)).isEmpty();
            assertThat(second.send("PING\r\n" + half + rest))
                    .isEqualTo("+PONG\r\n-ERR Protocol error: too many arguments held by all clients\r\n");
            assertThat(second.status).isEqualTo(StreamStatus.CLOSE);
            try (Server.Connection usual = server.connect(executor)) {
                assertThat(usual.send(Server.bulk("SET", "k", "v") + "GET k\r\n"))
                        .isEqualTo("+OK\r\n$1\r\nv\r\n");
            }
            assertThat(first.send(rest)).isEqualTo(":1\r\n");
            assertThat(narrow.argumentBudget().taken()).isZero();
        }
    }

    @Test
    void aLongReplyIsAskedForInParts() {
        String value = value(200_000);
        client.command("SET", "k", value);
        StringBuilder request = new StringBuilder();
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            request.append("GET k\r\nECHO ").append(i).append("\r\n");
            expected.append(bulkReply(value)).append(bulkReply(Integer.toString(i)));
        }
        server.worker.enter();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment in = arena.allocateFrom(request.toString());
            assertThat(client.stream.feed(in, 0, request.length(), client.reply))
                    .isEqualTo(StreamStatus.MORE);
            assertThat(client.reply.length())
                    .isBetween(CommandStream.SOFT_REPLY_BYTES, CommandStream.SOFT_REPLY_BYTES + 201_000);
            client.stream.reset();
            client.reply.clear();
        } finally {
            server.worker.exit();
        }
        assertThat(client.send(request.toString())).isEqualTo(expected.toString());
        assertThat(client.stream.isBetweenCommands()).isTrue();
    }

    @Test
    void lookupsThatAreRunTogetherStopAtALongReply() {
        String value = value(700_000);
        client.command("SET", "k", value);
        client.command("SET", "n", "0");
        String get = Server.bulk("GET", "k");
        String increment = Server.bulk("INCR", "n");
        for (String behind : List.of("", "\r\n", increment, "*2\r\n$3\r\nGE", "*1\r\nx\r\n")) {
            String request = get.repeat(11) + behind;
            List<Integer> lengths = new ArrayList<>();
            StringBuilder replies = new StringBuilder();
            server.worker.enter();
            try (Arena arena = Arena.ofConfined();
                    Server.Connection reader = server.connect()) {
                StreamStatus status =
                        reader.stream.feed(arena.allocateFrom(request), 0, request.length(), reader.reply);
                while (true) {
                    ByteArrayOutputStream out = new ByteArrayOutputStream();
                    lengths.add((int) reader.reply.length());
                    reader.drain(out);
                    replies.append(out.toString(StandardCharsets.ISO_8859_1));
                    if (status != StreamStatus.MORE) {
                        break;
                    }
                    status = reader.stream.resume(reader.reply);
                }
            } finally {
                server.worker.exit();
            }
            assertThat(lengths).hasSize(6).allMatch(length -> length < CommandStream.SOFT_REPLY_BYTES + 701_000);
            assertThat(replies.toString()).startsWith(bulkReply(value).repeat(11));
            assertThat(replies.substring(bulkReply(value).length() * 11))
                    .isEqualTo(
                            switch (behind.length()) {
                                case 7 -> "-ERR Protocol error: expected '$', got 'x'\r\n";
                                case 21 -> ":1\r\n";
                                default -> "";
                            });
        }
    }

    @Test
    void anErrorOfTheProtocolIsAnsweredAndEndsTheConnection() {
        assertThat(client.send("PING\r\n*1\r\nx\r\nPING\r\n"))
                .isEqualTo("+PONG\r\n-ERR Protocol error: expected '$', got 'x'\r\n");
        assertThat(client.status).isEqualTo(StreamStatus.CLOSE);
        assertThat(client.send("PING\r\n")).isEmpty();
    }

    @Test
    void whatABrowserSendsEndsTheConnectionWithoutAReply() {
        for (String request : List.of("POST / HTTP/1.1\r\n", "PING\r\nhOsT: x\r\n", Server.bulk("Post"))) {
            try (Server.Connection browser = server.connect()) {
                assertThat(browser.send(request + "SET k v\r\n")).isEmpty();
                assertThat(browser.status).isEqualTo(StreamStatus.CLOSE);
            }
            try (Server.Connection browser = server.connect()) {
                int cut = request.length() - 1;
                browser.send(request.substring(0, cut));
                assertThat(browser.send(request.substring(cut) + "SET k v\r\n")).isEmpty();
                assertThat(browser.status).isEqualTo(StreamStatus.CLOSE);
            }
        }
        assertThat(client.send("EXISTS k\r\n")).isEqualTo(":0\r\n");
        assertThat(client.send("Host\r\n")).isEqualTo("-ERR unknown command 'Host', with args beginning with: \r\n");
    }

    @Test
    void quitEndsTheConnection() {
        assertThat(client.send("QUIT\r\nPING\r\n")).isEqualTo("+OK\r\n");
        assertThat(client.status).isEqualTo(StreamStatus.CLOSE);
    }

    @Test
    void fullMemoryRefusesWritesAndNothingElse() {
        try (Server small = new Server(StoreOptions.ofMemory(2 << 20));
                Server.Connection connection = small.connect()) {
            String value = value(10_000);
            int stored = 0;
            String last = connection.command("SET", "k0", value);
            while (stored < 1000 && last.equals("+OK\r\n")) {
                stored++;
                last = connection.command("SET", "k" + stored, value);
            }
            assertThat(last).isEqualTo("-OOM command not allowed when used memory > 'maxmemory'.\r\n");
            assertThat(stored).isBetween(50, 250);
            for (int i = 0; i < stored; i++) {
                assertThat(connection.command("GET", "k" + i)).isEqualTo(bulkReply(value));
            }
            assertThat(connection.command("DBSIZE")).isEqualTo(":" + stored + "\r\n");
        }
    }

    @Test
    void randomBytesNeverThrow() {
        long seed = System.nanoTime();
        System.out.println("CommandStreamTest fuzz seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            try (Server.Connection connection = server.connect()) {
                for (int i = 0; i < 20 && connection.status != StreamStatus.CLOSE; i++) {
                    byte[] bytes = new byte[random.nextInt(300)];
                    random.nextBytes(bytes);
                    if (random.nextBoolean()) {
                        for (int j = 0; j < bytes.length; j++) {
                            bytes[j] = (byte) "*$\r\n\r\n123 \"'SETGETx".charAt(Math.floorMod(bytes[j], 19));
                        }
                    }
                    connection.send(bytes);
                }
            }
        }
        assertThat(server.store.statistics().claimedRecords()).isZero();
    }

    @Test
    void getAndSetAllocateNothingInSteadyState() {
        String request = Server.bulk("SET", "key:000000000001", "xyz").repeat(10)
                + Server.bulk("GET", "key:000000000001").repeat(10)
                + Server.bulk("GET", "none")
                + Server.bulk("DEL", "key:000000000001") + Server.bulk("EXISTS", "a", "b") + "PING\r\n"
                + Server.bulk("SET", "k", "v", "EX", "100", "NX") + Server.bulk("SET", "k", "v", "GET");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment in = arena.allocateFrom(request);
            // Some objects are optimised away only once the compiler has seen enough: steady state comes then.
            long allocated = Long.MAX_VALUE;
            for (int round = 0; round < 60 && allocated > 20_000; round++) {
                long before = allocatedBytes();
                run(in, request.length(), 1000);
                allocated = allocatedBytes() - before;
            }
            assertThat(allocated).as("bytes for 26 000 commands").isLessThan(20_000);
        }
    }

    private void run(MemorySegment in, int length, int times) {
        for (int i = 0; i < times; i++) {
            server.worker.enter();
            int cut = i % length;
            client.stream.feed(in, 0, cut, client.reply);
            client.stream.feed(in, cut, length - cut, client.reply);
            client.reply.slices();
            client.reply.clear();
            server.worker.exit();
        }
    }

    private static long allocatedBytes() {
        return ((com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean())
                .getCurrentThreadAllocatedBytes();
    }
}
