package dev.situ.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.tcp.TlsOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/// Ordinary Redis clients, unmodified, against a whole server.
class RedisClientsTest {
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

    @Test
    void jedisReadsWhatItWrote() {
        try (Jedis jedis = new Jedis("127.0.0.1", port())) {
            assertThat(jedis.ping()).isEqualTo("PONG");
            assertThat(jedis.set("jedis", "value")).isEqualTo("OK");
            assertThat(jedis.get("jedis")).isEqualTo("value");
            assertThat(jedis.exists("jedis", "nothing", "jedis")).isEqualTo(2);
            assertThat(jedis.del("jedis", "nothing")).isEqualTo(1);
            assertThat(jedis.get("jedis")).isNull();
            byte[] large = new byte[5_000_000];
            new Random(7).nextBytes(large);
            assertThat(jedis.set("jedis:large".getBytes(StandardCharsets.UTF_8), large))
                    .isEqualTo("OK");
            assertThat(jedis.get("jedis:large".getBytes(StandardCharsets.UTF_8)))
                    .isEqualTo(large);
            assertThat(jedis.info("server")).contains("redis_version");
        }
    }

    @Test
    void lettuceReadsWhatItWrote() {
        RedisClient client = RedisClient.create(RedisURI.create("127.0.0.1", port()));
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            RedisCommands<String, String> redis = connection.sync();
            assertThat(redis.ping()).isEqualTo("PONG");
            assertThat(redis.set("lettuce", "value")).isEqualTo("OK");
            assertThat(redis.get("lettuce")).isEqualTo("value");
            assertThat(redis.del("lettuce")).isEqualTo(1);
            assertThat(redis.get("lettuce")).isNull();
        } finally {
            client.shutdown();
        }
    }

    @Test
    void ioredisReadsWhatItWrote(@TempDir Path folder) throws Exception {
        Requires.program("node", "nodejs");
        Requires.program("npm", "npm");
        Requires.require(installs(folder, "ioredis@6.0.0"), "npm could not install ioredis (no network?)");
        Path script = Files.writeString(folder.resolve("client.mjs"), """
                import Redis from 'ioredis';
                const redis = new Redis(Number(process.argv[2]), '127.0.0.1');
                const replies = [await redis.ping(), await redis.set('ioredis', 'value'), await redis.get('ioredis')];
                replies.push(...(await redis.pipeline().set('a', '1').get('a').del('a').get('a').exec()).flat());
                redis.disconnect();
                console.log(JSON.stringify(replies));
                """);
        assertThat(run(folder, "node", script.toString(), Integer.toString(port())))
                .isEqualTo("[\"PONG\",\"OK\",\"value\",null,\"OK\",null,\"1\",null,1,null,null]");
    }

    @Test
    void redisCliReadsWhatItWrote(@TempDir Path folder) throws Exception {
        Requires.program("redis-cli", "redis-tools");
        String cliPort = Integer.toString(port());
        assertThat(run(folder, "redis-cli", "-p", cliPort, "set", "cli", "a value"))
                .isEqualTo("OK");
        assertThat(run(folder, "redis-cli", "-p", cliPort, "get", "cli")).isEqualTo("a value");
        assertThat(run(folder, "redis-cli", "-3", "-p", cliPort, "get", "none")).isEmpty();
    }

    @Test
    void redisBenchmarkRuns(@TempDir Path folder) throws Exception {
        Requires.program("redis-benchmark", "redis-tools");
        for (String depth : List.of("1", "16")) {
            assertThat(run(
                            folder,
                            "redis-benchmark",
                            "-p",
                            Integer.toString(port()),
                            "-t",
                            "set,get",
                            "-n",
                            "20000",
                            "-P",
                            depth,
                            "--csv"))
                    .contains("\"SET\"", "\"GET\"")
                    .doesNotContain("WARNING", "rror");
        }
    }

    @Test
    void nodeRedisReadsWritesAndSubscribes(@TempDir Path folder) throws Exception {
        Requires.program("node", "nodejs");
        Requires.program("npm", "npm");
        Requires.require(installs(folder, "redis@6.3.1"), "npm could not install redis (no network?)");
        Path script = Files.writeString(folder.resolve("client.mjs"), """
                import { createClient } from 'redis';
                const url = 'redis://127.0.0.1:' + process.argv[2];
                const client = await createClient({ url, RESP: Number(process.argv[3]), name: 'node' }).connect();
                const subscriber = await client.duplicate().connect();
                const replies = [await client.ping(), await client.set('node', 'value', { EX: 60 }), await client.get('node')];
                const got = new Promise(resolve => subscriber.subscribe('news', message => resolve(message)));
                while (await client.publish('news', 'hello') === 0);
                replies.push(await got);
                replies.push(...await client.multi().incr('node:n').get('node:n').del(['node:n', 'node']).exec());
                replies.push(await client.clientGetName(), (await client.configGet('slowlog-max-len'))['slowlog-max-len']);
                await subscriber.unsubscribe('news');
                client.destroy();
                subscriber.destroy();
                console.log(JSON.stringify(replies));
                """);
        for (String protocol : List.of("2", "3")) {
            assertThat(run(folder, "node", script.toString(), Integer.toString(port()), protocol))
                    .isEqualTo("[\"PONG\",\"OK\",\"value\",\"hello\",1,\"1\",2,\"node\",\"128\"]");
        }
    }

    @Test
    void npmClientsSpeakTlsForAUser(@TempDir Path folder) throws Exception {
        Requires.program("node", "nodejs");
        Requires.program("npm", "npm");
        Requires.program("openssl", "openssl");
        Requires.require(
                installs(folder, "ioredis@6.0.0") && installs(folder, "redis@6.3.1"),
                "npm could not install ioredis and redis (no network?)");
        Path script = Files.writeString(folder.resolve("client.mjs"), """
                import Redis from 'ioredis';
                import { createClient } from 'redis';
                import { readFileSync } from 'fs';
                const [port, authority] = [Number(process.argv[2]), readFileSync(process.argv[3])];
                const user = { username: 'bob', password: 'a secret' };
                const replies = [];
                const denied = error => replies.push(error.message.slice(0, 6));
                const io = new Redis({ port, host: 'localhost', ...user, tls: { ca: authority } });
                replies.push(await io.set('b:1', 'io'), await io.get('b:1'), await io.acl('WHOAMI'));
                await io.get('a:1').catch(denied);
                io.disconnect();
                for (const RESP of [2, 3]) {
                    const socket = { port, host: 'localhost', tls: true, ca: authority };
                    const client = await createClient({ ...user, socket, RESP }).connect();
                    replies.push(await client.set('b:2', 'node'), await client.get('b:2'));
                    await client.get('a:1').catch(denied);
                    client.destroy();
                }
                console.log(JSON.stringify(replies));
                """);
        Certificates certificates = Certificates.in(folder);
        try (SituServer secure =
                SituServer.start(TestServers.withTls(certificates.options(TlsOptions.Clients.ANY), "auto"))) {
            try (Jedis jedis = new Jedis("127.0.0.1", secure.tcpAddress().getPort())) {
                String[] rules = {"on", ">a secret", "~b:*", "+@all", "-@dangerous", "+info"};
                assertThat(jedis.aclSetUser("bob", rules)).isEqualTo("OK");
            }
            String port = Integer.toString(secure.tlsAddress().getPort());
            String authority = certificates.file("ca.crt").toString();
            assertThat(run(folder, "node", script.toString(), port, authority))
                    .isEqualTo(
                            "[\"OK\",\"io\",\"bob\",\"NOPERM\",\"OK\",\"node\",\"NOPERM\",\"OK\",\"node\",\"NOPERM\"]");
        }
    }

    @Test
    void jedisAndLettuceSubscribe() throws Exception {
        RedisClient client = RedisClient.create(RedisURI.create("127.0.0.1", port()));
        CompletableFuture<String> message = new CompletableFuture<>();
        try (StatefulRedisPubSubConnection<String, String> subscriber = client.connectPubSub();
                Jedis jedis = new Jedis("127.0.0.1", port())) {
            subscriber.addListener(new RedisPubSubAdapter<>() {
                @Override
                public void message(String pattern, String channel, String text) {
                    message.complete(pattern + " " + channel + " " + text);
                }
            });
            subscriber.sync().psubscribe("lettuce:*");
            assertThat(jedis.publish("lettuce:news", "hello")).isEqualTo(1);
            assertThat(message.get(30, TimeUnit.SECONDS)).isEqualTo("lettuce:* lettuce:news hello");
        } finally {
            client.shutdown();
        }
    }

    private static boolean installs(Path folder, String npmPackage) throws Exception {
        return new ProcessBuilder("npm", "install", "--no-audit", "--no-fund", "--silent", npmPackage)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("npm.log").toFile())
                        .start()
                        .waitFor(120, TimeUnit.SECONDS)
                && Files.isDirectory(folder.resolve("node_modules/" + npmPackage.replaceFirst("@.*", "")));
    }

    /// What the program prints, without the last line break.
    private static String run(Path folder, String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(folder, "output", ".txt");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("did not end: " + String.join(" ", command));
        }
        return Files.readString(output).stripTrailing();
    }
}
