package dev.situ.kv;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// The same random commands to a real redis-server and to an executor: the same replies, byte for byte, but for
/// the [IntendedDifferences].
class DifferentialTest {
    private static final int SEQUENCES = Integer.getInteger("situ.differential.sequences", 250);
    private static final int COMMANDS = 60;

    @Test
    void repliesAreThoseOfRedis() throws IOException, InterruptedException {
        withBoth((redis, situ, seed) -> {
            for (int i = 0; i < SEQUENCES; i++) {
                compare(redis, situ, seed + i, commands(new RandomCommands(seed + i), i % 2 + 2));
            }
        });
    }

    @Test
    void sumsOfFractionsAreThoseOfRedis() throws IOException, InterruptedException {
        withBoth((redis, situ, seed) -> {
            for (int i = 0; i < SEQUENCES; i++) {
                RandomCommands source = new RandomCommands(seed + i);
                List<List<String>> commands = new ArrayList<>();
                while (commands.size() < COMMANDS) {
                    commands.add(List.of("SET", "n", source.number()));
                    commands.add(List.of("INCRBYFLOAT", "n", source.number()));
                    commands.add(List.of("INCRBYFLOAT", "n", source.number()));
                }
                compare(redis, situ, seed + i, commands);
            }
        });
    }

    /// A test that sends the same to both.
    interface Comparison {
        void run(RedisServer redis, Server situ, long seed) throws IOException;
    }

    static void withBoth(Comparison comparison) throws IOException, InterruptedException {
        Optional<Path> program = RedisServer.installed();
        if (program.isEmpty()) {
            System.out.println("DifferentialTest skipped: redis-server is not installed");
        }
        Assumptions.assumeTrue(program.isPresent(), "redis-server is not installed");
        long seed = Long.getLong("situ.differential.seed", System.nanoTime());
        System.out.println("DifferentialTest seed " + seed);
        try (RedisServer redis = RedisServer.start(program.get());
                Server situ = new Server()) {
            comparison.run(redis, situ, seed);
        }
    }

    private static List<List<String>> commands(RandomCommands source, int protocol) {
        List<List<String>> commands = new ArrayList<>();
        commands.add(List.of("HELLO", String.valueOf(protocol)));
        commands.add(List.of("FLUSHALL"));
        boolean isWatching = false;
        while (commands.size() < COMMANDS) {
            for (List<String> command : source.next()) {
                isWatching |= command.getFirst().equalsIgnoreCase("watch");
                if (!IntendedDifferences.isLeftOut(command, isWatching)) {
                    commands.add(command);
                }
            }
        }
        return commands;
    }

    private static void compare(RedisServer redis, Server situ, long seed, List<List<String>> commands)
            throws IOException {
        StringBuilder request = new StringBuilder();
        for (List<String> command : commands) {
            request.append(Server.bulk(command.toArray(new String[0])));
        }
        byte[] bytes = request.toString().getBytes(StandardCharsets.ISO_8859_1);
        List<String> theirs = askRedis(redis, bytes, commands.size());
        List<String> ours = askSitu(situ, bytes, new Random(seed));
        List<List<String>> queued = new ArrayList<>();
        for (int i = 0; i < Math.min(ours.size(), theirs.size()); i++) {
            List<String> command = commands.get(i);
            assertThat(IntendedDifferences.normalised(command, queued, ours.get(i)))
                    .as("seed %d, command %d: %s", seed, i, shown(commands.subList(Math.max(0, i - 12), i + 1)))
                    .isEqualTo(IntendedDifferences.normalised(command, queued, theirs.get(i)));
            String name = command.getFirst().toLowerCase(Locale.ROOT);
            if (theirs.get(i).equals("+QUEUED\r\n")) {
                queued.add(command);
            } else if (name.equals("exec")
                    || (name.equals("multi") && theirs.get(i).startsWith("+"))) {
                queued.clear(); // also if DISCARD or RESET has ended the one before
            }
        }
        assertThat(ours).as("seed %d: replies", seed).hasSameSizeAs(theirs);
    }

    private static String shown(List<List<String>> commands) {
        StringBuilder text = new StringBuilder();
        for (List<String> command : commands) {
            text.append('\n');
            for (String argument : command) {
                text.append(argument.length() <= 40 ? argument : argument.charAt(0) + " x " + argument.length());
                text.append(" | ");
            }
        }
        return text.toString();
    }

    static List<String> askRedis(RedisServer redis, byte[] request, int replies) throws IOException {
        List<String> all = new ArrayList<>();
        ReplyFrames frames = new ReplyFrames();
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        try (SocketChannel channel = redis.connect()) {
            // Replies are read while the request is still being written, or both sides would wait for ever.
            Thread writer = Thread.ofVirtual().start(() -> {
                try {
                    RedisServer.write(channel, request);
                } catch (IOException _) {
                    // It closed the connection before it had read all: the replies show why.
                }
            });
            while (all.size() < replies && channel.read(buffer.clear()) >= 0) {
                frames.add(buffer.array(), buffer.position());
                for (Optional<String> reply = frames.next(); reply.isPresent(); reply = frames.next()) {
                    all.add(reply.get());
                }
            }
            writer.interrupt();
        }
        return all;
    }

    static List<String> askSitu(Server situ, byte[] request, Random random) {
        return askSitu(situ, situ.keyspace.newSession(), request, random);
    }

    static List<String> askSitu(Server situ, Session session, byte[] request, Random random) {
        List<String> all = new ArrayList<>();
        ReplyFrames frames = new ReplyFrames();
        try (Server.Connection connection = situ.new Connection(situ.executor, session)) {
            int at = 0;
            while (at < request.length) {
                int to = Math.min(request.length, at + 1 + random.nextInt(random.nextBoolean() ? 50 : 50_000));
                byte[] piece = new byte[to - at];
                System.arraycopy(request, at, piece, 0, piece.length);
                byte[] reply = connection.send(piece);
                frames.add(reply, reply.length);
                for (Optional<String> one = frames.next(); one.isPresent(); one = frames.next()) {
                    all.add(one.get());
                }
                at = to;
            }
        }
        return all;
    }
}
