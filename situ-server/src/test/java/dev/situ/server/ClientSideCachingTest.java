package dev.situ.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.TrackingArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.support.caching.CacheAccessor;
import io.lettuce.core.support.caching.CacheFrontend;
import io.lettuce.core.support.caching.ClientSideCaching;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.params.SetParams;

/// Clients that cache, and subscribers of keyspace notifications: ordinary ones, unmodified, against a whole server.
class ClientSideCachingTest {
    @SuppressWarnings("NullAway.Init")
    private static SituServer server;

    @BeforeAll
    static void start() {
        server = SituServer.start(TestServers.onFreePorts());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static int port() {
        return server.tcpAddress().getPort();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void lettuceForgetsWhatChanges(boolean broadcasts) throws Exception {
        RedisClient client = RedisClient.create(RedisURI.create("127.0.0.1", port()));
        try (StatefulRedisConnection<String, String> connection = client.connect();
                Jedis other = new Jedis("127.0.0.1", port())) {
            other.flushAll();
            // Before anybody tracks them: word of it could come behind the first reading, and that would be forgotten.
            other.set("cached:a", "1");
            other.set("cached:b", "1");
            Map<String, String> kept = new ConcurrentHashMap<>();
            TrackingArgs how = TrackingArgs.Builder.enabled(true);
            if (broadcasts) {
                how.bcast().prefixes("cached:");
            }
            CacheFrontend<String, String> cache = ClientSideCaching.enable(CacheAccessor.forMap(kept), connection, how);
            assertThat(cache.get("cached:b")).isEqualTo("1");
            for (int i = 0; i < 100; i++) {
                String value = Integer.toString(i);
                other.set("cached:a", value);
                Await.until("a new value", () -> value.equals(cache.get("cached:a")));
                assertThat(kept).containsEntry("cached:a", value);
            }
            assertThat(kept).containsEntry("cached:b", "1");
            other.set("cached:b", "2", SetParams.setParams().px(300));
            Await.until("a value that will expire", () -> "2".equals(cache.get("cached:b")));
            Await.until("word of the sweep, which alone meets it", () -> !kept.containsKey("cached:b"));
            other.del("cached:a"); // this client does not understand the null that a FLUSHDB sends
            Await.until("word that all is gone", kept::isEmpty);
            assertThat(cache.get("cached:a")).isNull();
            assertThat(other.info("clients")).contains("tracking_clients:1\r\n");
        } finally {
            client.shutdown();
        }
        try (Jedis other = new Jedis("127.0.0.1", port())) {
            Await.until("the end of tracking", () -> other.info("clients").contains("tracking_clients:0\r\n"));
        }
    }

    @Test
    void jedisHearsOfKeysThatChangeAndExpire() throws InterruptedException {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        JedisPubSub listener = new JedisPubSub() {
            @Override
            public void onPSubscribe(String pattern, int channels) {
                heard.add("subscribed");
            }

            @Override
            public void onPMessage(String pattern, String channel, String message) {
                heard.add(channel + " " + message);
            }
        };
        try (Jedis subscriber = new Jedis("127.0.0.1", port());
                Jedis writer = new Jedis("127.0.0.1", port())) {
            writer.configSet("notify-keyspace-events", "KEA");
            Thread thread = Thread.ofPlatform().start(() -> subscriber.psubscribe(listener, "__key*__:*"));
            assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("subscribed");
            writer.set("heard", "v", SetParams.setParams().px(20));
            for (String event : new String[] {"set", "expire", "expired"}) {
                assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("__keyspace@0__:heard " + event);
                assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("__keyevent@0__:" + event + " heard");
            }
            listener.punsubscribe();
            thread.join();
            writer.configSet("notify-keyspace-events", "");
        }
    }
}
