package dev.situ.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.SliceList;
import dev.situ.store.AdoptionPolicy;
import dev.situ.store.StoreOptions;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Values that stay in the packets that brought them, and replies that are sent from there.
class AdoptedValuesTest {
    private final Server server =
            new Server(StoreOptions.ofMemory(Server.MEMORY).withAdoption(AdoptionPolicy.ALWAYS));
    private final Server.Connection client = server.connect();
    private final PacketRequests packets = new PacketRequests();
    private final Random random = new Random(1);

    @AfterEach
    void close() {
        client.close();
        server.worker.enter();
        server.worker.clear();
        server.worker.exit();
        server.worker.trim();
        assertThat(packets.outstanding()).as("packets that nobody gave back").isZero();
        server.close();
    }

    private String send(String request) {
        byte[] bytes = request.getBytes(StandardCharsets.ISO_8859_1);
        return new String(packets.send(server, client, bytes, random), StandardCharsets.ISO_8859_1);
    }

    private static String value(int length, int seed) {
        StringBuilder text = new StringBuilder(length);
        Random random = new Random(seed);
        for (int i = 0; i < length; i++) {
            text.append((char) random.nextInt(256));
        }
        return text.toString();
    }

    private static String bulkReply(String value) {
        return "$" + value.length() + "\r\n" + value + "\r\n";
    }

    @Test
    void aValueInPacketsOfAnySizesIsAdoptedAndReadBackEqual() {
        for (int i = 0; i < 400; i++) {
            String value = value(600 + random.nextInt(i % 4 == 0 ? 40_000 : 3000), i);
            assertThat(send(Server.bulk("SET", "key", value))).isEqualTo("+OK\r\n");
            assertThat(server.store.statistics().adoptedKeys()).isOne();
            assertThat(client.command("GET", "key")).isEqualTo(bulkReply(value));
            int from = random.nextInt(value.length());
            assertThat(client.command("GETRANGE", "key", "" + from, "-1")).isEqualTo(bulkReply(value.substring(from)));
            assertThat(client.command("STRLEN", "key")).isEqualTo(":" + value.length() + "\r\n");
        }
    }

    @Test
    void theReplyIsThePacketsThemselvesWithTheirFrame() {
        String value = value(5000, 1);
        send(Server.bulk("SET", "key", value));
        server.worker.enter();
        byte[] get = Server.bulk("GET", "key").getBytes(StandardCharsets.ISO_8859_1);
        try (java.lang.foreign.Arena arena = java.lang.foreign.Arena.ofConfined()) {
            java.lang.foreign.MemorySegment in = arena.allocate(get.length);
            dev.situ.memory.Words.copyFrom(get, 0, in, 0, get.length);
            client.stream.feed(in, 0, get.length, client.reply);
        }
        SliceList slices = client.reply.slices();
        assertThat(slices.length()).isEqualTo(bulkReply(value).length());
        for (int i = 0; i < slices.size(); i++) {
            assertThat(slices.memory(i)).isSameAs(packets.memory());
        }
        client.reply.clear();
        server.worker.exit();
    }

    @Test
    void twoValuesInOnePacketAreStoredBothAlthoughOneCanKeepThePacket() {
        String request = Server.bulk("SET", "a", value(100, 1)) + Server.bulk("SET", "b", value(100, 2));
        for (int i = 0; i < 200; i++) {
            assertThat(send(request)).isEqualTo("+OK\r\n+OK\r\n");
            assertThat(client.command("MGET", "a", "b"))
                    .isEqualTo("*2\r\n" + bulkReply(value(100, 1)) + bulkReply(value(100, 2)));
        }
    }

    @Test
    void optionsBehindTheValueDecideWhetherItIsStored() {
        String value = value(3000, 1);
        assertThat(send(Server.bulk("SET", "key", value, "XX"))).isEqualTo("$-1\r\n");
        assertThat(send(Server.bulk("SET", "key", value, "NX"))).isEqualTo("+OK\r\n");
        assertThat(send(Server.bulk("SET", "key", value, "NO"))).isEqualTo("-ERR syntax error\r\n");
        assertThat(send(Server.bulk("SET", "key", value(10, 2), "GET"))).isEqualTo(bulkReply(value));
        assertThat(send(Server.bulk("SET", "key", value, "KEEPTTL"))).isEqualTo("+OK\r\n");
        assertThat(send(Server.bulk("GETSET", "key", "x"))).isEqualTo(bulkReply(value));
        assertThat(send(Server.bulk("PSETEX", "key", "100000", value))).isEqualTo("+OK\r\n");
        assertThat(client.command("GETDEL", "key")).isEqualTo(bulkReply(value));
    }

    @Test
    void aNumberThatIsAdoptedCanBeCounted() {
        assertThat(send(Server.bulk("SET", "key", "41"))).isEqualTo("+OK\r\n");
        assertThat(client.command("INCR", "key")).isEqualTo(":42\r\n");
        assertThat(send(Server.bulk("SET", "key", value(50, 1)))).isEqualTo("+OK\r\n");
        assertThat(client.command("INCR", "key")).isEqualTo("-ERR value is not an integer or out of range\r\n");
    }

    @Test
    void aFrameThatIsNotAsInAReplyIsNotKept() {
        assertThat(send("*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$5\r\nvalueXY")).isEqualTo("+OK\r\n");
        assertThat(client.command("GET", "key")).isEqualTo("$5\r\nvalue\r\n");
        assertThat(server.store.statistics().adoptedKeys()).isZero();
        assertThat(send("SET key inline\r\n")).isEqualTo("+OK\r\n");
        assertThat(client.command("GET", "key")).isEqualTo("$6\r\ninline\r\n");
        assertThat(server.store.statistics().adoptedKeys()).isZero();
    }

    @Test
    void whenBuffersAreShortValuesAreCopied() {
        packets.isShort = true;
        String value = value(3000, 1);
        assertThat(send(Server.bulk("SET", "key", value))).isEqualTo("+OK\r\n");
        assertThat(server.store.statistics().adoptedKeys()).isZero();
        assertThat(client.command("GET", "key")).isEqualTo(bulkReply(value));
    }

    @Test
    void aRequestThatEndsInTheMiddleOfAValueAdoptsNothing() {
        String whole = Server.bulk("SET", "key", value(30_000, 1));
        send(whole.substring(0, 20_000));
        client.stream.reset();
        assertThat(client.command("EXISTS", "key")).isEqualTo(":0\r\n");
    }

    @Test
    void randomCommandsInPacketsAreAnsweredAsThoseInOnePiece() {
        long seed = Long.getLong("situ.adopted.seed", System.nanoTime());
        System.out.println("seed " + seed + " (-Dsitu.adopted.seed)");
        Random commands = new Random(seed);
        try (Server plain = new Server();
                Server.Connection other = plain.connect()) {
            for (int i = 0; i < 3000; i++) {
                StringBuilder request = new StringBuilder();
                for (int n = commands.nextInt(4); n >= 0; n--) {
                    request.append(command(commands));
                }
                assertThat(send(request.toString())).as("request %d", i).isEqualTo(other.send(request.toString()));
            }
        }
    }

    private static String command(Random random) {
        String key = "k" + random.nextInt(5);
        String value = value(random.nextInt(random.nextInt(10) == 0 ? 30_000 : 2500), random.nextInt());
        String place = "" + random.nextInt(3000);
        String other = "k" + random.nextInt(5);
        return switch (random.nextInt(26)) {
            case 22 -> Server.bulk("COPY", key, other, "REPLACE");
            case 23 -> Server.bulk("RENAME", key, other);
            case 24 -> Server.bulk("BITOP", random.nextBoolean() ? "AND" : "XOR", "k0", key, other);
            case 25 -> Server.bulk("MSET", key, value, other, value);
            case 20 -> Server.bulk("EXPIRE", key, "1000");
            case 21 -> Server.bulk("DUMP", key);
            case 10 -> Server.bulk("APPEND", key, value(random.nextInt(50), 1));
            case 11 -> Server.bulk("SETRANGE", key, place, value(random.nextInt(2000), 2));
            case 12 -> Server.bulk("SETBIT", key, place, "" + random.nextInt(2));
            case 13 -> Server.bulk("GETBIT", key, place);
            case 14 ->
                Server.bulk("BITCOUNT", key, place, "-" + random.nextInt(500), random.nextBoolean() ? "BIT" : "BYTE");
            case 15 -> Server.bulk("BITPOS", key, "" + random.nextInt(2), place);
            case 16 -> Server.bulk("DIGEST", key);
            case 17 -> Server.bulk("BITFIELD", key, "GET", "i64", place, "INCRBY", "u33", place, "77");
            case 18 -> Server.bulk("GETEX", key, "EX", "1000");
            case 19 -> Server.bulk(random.nextInt(30) == 0 ? "LCS" : "MGET", key, "k" + random.nextInt(5));
            case 0, 1, 2 -> Server.bulk("SET", key, value);
            case 3 -> Server.bulk("SET", key, value, random.nextBoolean() ? "NX" : "GET");
            case 4 -> Server.bulk("GETSET", key, value);
            case 5 -> Server.bulk("GETRANGE", key, "" + random.nextInt(100), "" + random.nextInt(3000));
            case 6 -> Server.bulk("DEL", key);
            case 7 -> Server.bulk("INCR", key);
            default -> Server.bulk("GET", key);
        };
    }
}
