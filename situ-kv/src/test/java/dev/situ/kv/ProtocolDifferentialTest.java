package dev.situ.kv;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// The same broken bytes to a real redis-server and to a command stream: the same bytes back.
class ProtocolDifferentialTest {
    private static final int INPUTS = Integer.getInteger("situ.differential.inputs", 1500);

    private static final List<String> PIECES = List.of(
            "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nvalue\r\n",
            "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n",
            "*1\r\n$4\r\nPING\r\n",
            "PING\r\n",
            "ECHO \"a\\x41\\n\\\"b\"\r\n",
            "ECHO 'it\\'s \\n'\n",
            "GET k\r\n",
            "SET k \"\"\r\n",
            "\r\n",
            "  \t \r\n",
            "*0\r\n",
            "*-1\r\n",
            "*2\r\n$4\r\nECHO\r\n$0\r\n\r\n",
            "DEL k\r\n");

    private static final List<String> BROKEN = List.of(
            "*\r\n",
            "*-0\r\n",
            "*01\r\n",
            "*+1\r\n",
            "* 1\r\n",
            "*2147483648\r\n",
            "*2147483647\r\n",
            "*-9223372036854775809\r\n",
            "*1\r\n$4\r\nPINGxxPING\r\n",
            "*1\rX$4\r\nPING\r\n",
            "*1\r\nPING\r\n",
            "*1\r\n\r\n",
            "*1\r\n\0\r\n",
            "*1\r\n\n\r\n",
            "*1\r\n$-1\r\n",
            "*1\r\n$536870913\r\n",
            "*1\r\n$536870912\r\n",
            "*1\r\n$\r\n",
            "*1\r\n$04\r\nPING\r\n",
            "PING \"a\r\n",
            "PING \"a\"b\r\n",
            "PING a\"b\"\r\n",
            "PI\0NG\r\nPING\r\n",
            "PING a\rb\r\n",
            "\"\" a\r\n",
            "\"\r\n",
            "*1\r\n\u00ff\r\n",
            "*1\r\n*\r\n",
            "*1\r\n\u00005\r\n",
            "PING\u0080\u00ff\r\n",
            "PING '\\'\r\n",
            "PING \"\\\r\n");

    /// In one piece, because replies that were sent before are not taken back.
    private static final List<String> HTTP = List.of(
            "POST / HTTP/1.1\r\nHost: x\r\n\r\nPING\r\n",
            "PING\r\nHost: x\r\nPING\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\n",
            "*2\r\n$5\r\nhOsT:\r\n$1\r\na\r\nPING\r\n",
            "*1\r\n$6\r\nPOST\0x\r\nPING\r\n",
            "HOST\r\nHost:x\r\nPOSTS\r\nHEAD\r\n");

    private static final String ALPHABET = "*$\r\n\r\n\r\n0123456789- \"'\\GETa\0\t\u000b\u00ff";

    @Test
    void brokenBytesAreAnsweredAsByRedis() throws IOException, InterruptedException {
        Optional<Path> program = RedisServer.installed();
        if (program.isEmpty()) {
            System.out.println("ProtocolDifferentialTest skipped: redis-server is not installed");
        }
        Assumptions.assumeTrue(program.isPresent(), "redis-server is not installed");
        long seed = Long.getLong("situ.differential.seed", System.nanoTime());
        System.out.println("ProtocolDifferentialTest seed " + seed);
        Random random = new Random(seed);
        try (RedisServer redis = RedisServer.start(program.get());
                Server situ = new Server()) {
            for (String http : HTTP) {
                assertThat(askSitu(situ, http, 0)).as("input %s", http).isEqualTo(askRedis(redis, http));
            }
            for (String broken : BROKEN) {
                compare(redis, situ, "SET k v\r\n" + broken + "PING\r\n", random);
            }
            for (int i = 0; i < INPUTS; i++) {
                compare(redis, situ, "SET k v\r\n" + randomInput(random), random);
            }
        }
    }

    private static String randomInput(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(6); i >= 0; i--) {
            StringBuilder piece = new StringBuilder(PIECES.get(random.nextInt(PIECES.size())));
            for (int changes = random.nextInt(4) - 1; changes > 0; changes--) {
                int at = random.nextInt(piece.length());
                char c = ALPHABET.charAt(random.nextInt(ALPHABET.length()));
                switch (random.nextInt(3)) {
                    case 0 -> piece.setCharAt(at, c);
                    case 1 -> piece.insert(at, c);
                    default -> {
                        piece.deleteCharAt(at);
                        piece.append(c);
                    }
                }
            }
            text.append(piece);
        }
        return text.toString();
    }

    private static void compare(RedisServer redis, Server situ, String input, Random random) throws IOException {
        assertThat(askSitu(situ, input, random.nextInt(input.length() + 1)))
                .as("input %s", input)
                .isEqualTo(askRedis(redis, input));
    }

    private static String askRedis(RedisServer redis, String input) throws IOException {
        try (SocketChannel channel = redis.connect()) {
            RedisServer.write(channel, input.getBytes(StandardCharsets.ISO_8859_1));
            channel.shutdownOutput();
            return readAll(channel);
        }
    }

    private static String askSitu(Server situ, String input, int cut) {
        try (Server.Connection connection = situ.connect()) {
            return connection.send(input.substring(0, cut)) + connection.send(input.substring(cut));
        }
    }

    private static String readAll(SocketChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        while (channel.read(buffer) >= 0 && buffer.hasRemaining()) {
            // Until the other side closes.
        }
        return new String(buffer.array(), 0, buffer.position(), StandardCharsets.ISO_8859_1);
    }
}
