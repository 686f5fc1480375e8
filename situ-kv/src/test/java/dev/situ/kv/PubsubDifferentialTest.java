package dev.situ.kv;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// One connection that subscribes and publishes, to a real redis-server and to an executor: the same bytes back,
/// messages included. What other connections get is tested over TCP.
class PubsubDifferentialTest {
    /// Redis ends several subscriptions in an order of its own: so there is one at most when all are ended.
    static final String SCRIPT = """
            unsubscribe
            punsubscribe
            punsubscribe x
            unsubscribe a b
            publish a nobody
            pubsub numpat
            pubsub channels
            subscribe
            publish a
            pubsub foo
            pubsub channels a b
            pubsub numpat x
            multi
            subscribe q
            ping
            get a
            exec
            get k
            reset
            get k
            subscribe a b a
            psubscribe a* a*
            ping
            ping x
            ping x y
            get a
            get
            nope
            client list
            multi
            publish a b
            pubsub channels
            unsubscribe zz
            unsubscribe a
            unsubscribe
            punsubscribe
            ping
            get k
            subscribe a
            quit
            """;

    static final String SCRIPT_3 = """
            hello 3
            unsubscribe
            punsubscribe
            subscribe a b
            psubscribe a*
            publish a message
            publish ab message
            publish b ''
            publish c nobody
            pubsub channels
            pubsub channels b*
            pubsub channels [^b]
            pubsub numsub
            pubsub numsub a c
            pubsub numpat
            get k
            ping
            ping x
            unsubscribe a
            publish a message
            pubsub numsub a
            unsubscribe
            punsubscribe
            publish a message
            multi
            subscribe x
            unsubscribe x
            exec
            client reply off
            publish a message
            quit
            """;

    @ParameterizedTest
    @ValueSource(strings = {SCRIPT, SCRIPT_3})
    void repliesAndMessagesAreThoseOfRedis(String script) throws IOException, InterruptedException {
        DifferentialTest.withBoth((redis, situ, _) -> {
            StringBuilder request = new StringBuilder();
            script.lines()
                    .forEach(line -> request.append(Server.bulk(
                            ServerCommandsDifferentialTest.words(line).toArray(new String[0]))));
            String theirs = ask(redis, request.toString());
            String ours;
            Session session = situ.keyspace.newSession(new SilentPeer());
            try (Server.Connection connection = situ.new Connection(situ.executor, session)) {
                ours = connection.send(request.toString());
            }
            assertThat(comparable(ours)).isEqualTo(comparable(theirs));
            assertThat(situ.keyspace.channels().channels()).isEmpty();
            assertThat(situ.keyspace.channels().patterns()).isZero();
            assertThat(situ.keyspace.clients().count()).isZero();
        });
    }

    /// Without the number of the connection, and the channels in one order: `a` comes before `b` here.
    private static String comparable(String replies) {
        return replies.replaceFirst("id\r\n:[0-9]+\r\n", "(id)")
                .replace("*2\r\n$1\r\nb\r\n$1\r\na\r\n", "*2\r\n$1\r\na\r\n$1\r\nb\r\n");
    }

    private static String ask(RedisServer redis, String request) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        try (SocketChannel channel = redis.connect()) {
            RedisServer.write(channel, request.getBytes(StandardCharsets.ISO_8859_1));
            while (channel.read(buffer) >= 0 && buffer.hasRemaining()) {
                // Until QUIT closes it.
            }
        }
        return new String(buffer.array(), 0, buffer.position(), StandardCharsets.ISO_8859_1);
    }
}
