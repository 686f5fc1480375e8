package dev.situ.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.situ.client.Reply;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisDataException;

/// Users of a whole server: ordinary clients, files, several connections, R2P2.
class AccessTest {
    @TempDir
    Path folder;

    private static SituServer serve(String... parameters) {
        Map<String, String> all = parameters.length == 0 ? Map.of() : Map.of(parameters[0], parameters[1]);
        return SituServer.start(TestServers.withParameters("127.0.0.1", all));
    }

    private static Jedis jedis(SituServer server, String user, String password) {
        return new Jedis(
                new HostAndPort("127.0.0.1", server.tcpAddress().getPort()),
                DefaultJedisClientConfig.builder().user(user).password(password).build());
    }

    private static RespSocket socket(SituServer server) throws IOException {
        return new RespSocket(server.tcpAddress());
    }

    @Test
    void jedisAndLettuceSayWhoTheyAre() {
        try (SituServer server = serve("requirepass", "secret");
                Jedis admin = jedis(server, "default", "secret")) {
            try (Jedis nobody = new Jedis("127.0.0.1", server.tcpAddress().getPort())) {
                assertThatThrownBy(() -> nobody.get("k")).hasMessage("NOAUTH Authentication required.");
            }
            assertThatThrownBy(() -> jedis(server, "default", "wrong").close())
                    .isInstanceOf(JedisAccessControlException.class);
            assertThat(admin.aclSetUser("reader", "on", ">pw", "~r:*", "+@read", "+client|setinfo", "-get"))
                    .isEqualTo("OK");
            admin.set("r:1", "abc");
            try (Jedis reader = jedis(server, "reader", "pw")) {
                assertThat(reader.strlen("r:1")).isEqualTo(3);
                assertThatThrownBy(() -> reader.get("r:1"))
                        .isInstanceOf(JedisAccessControlException.class)
                        .hasMessage("NOPERM this user has no permissions to run the 'get' command");
                assertThatThrownBy(() -> reader.strlen("x")).isInstanceOf(JedisAccessControlException.class);
                assertThat(admin.aclLog()).hasSize(3);
                assertThat(admin.aclLog().get(1).getObject()).isEqualTo("get");
                assertThat(admin.aclLog().get(1).getClientInfo()).containsEntry("user", "reader");
                assertThat(admin.aclDryRun("reader", "strlen", "r:2")).isEqualTo("OK");
                assertThat(admin.aclUsers()).containsExactly("default", "reader");
            }
            RedisClient client = RedisClient.create(RedisURI.builder()
                    .withHost("127.0.0.1")
                    .withPort(server.tcpAddress().getPort())
                    .withAuthentication("reader", "pw")
                    .build());
            try (StatefulRedisConnection<String, String> connection = client.connect()) {
                assertThat(connection.sync().strlen("r:1")).isEqualTo(3);
                assertThatThrownBy(() -> connection.sync().set("r:1", "x"))
                        .isInstanceOf(RedisCommandExecutionException.class)
                        .hasMessage("NOPERM this user has no permissions to run the 'set' command");
            } finally {
                client.shutdown();
            }
        }
    }

    @Test
    void rulesHoldForConnectionsThatAreThere_andADeletedUserIsClosed() throws Exception {
        try (SituServer server = serve();
                RespSocket admin = socket(server);
                RespSocket bob = socket(server);
                RespSocket listener = socket(server)) {
            assertThat(admin.call("ACL", "SETUSER", "bob", "on", ">x", "+@all", "~*", "&*"))
                    .isEqualTo("+OK");
            assertThat(bob.call("AUTH", "bob", "x")).isEqualTo("+OK");
            assertThat(bob.call("SET", "k", "v")).isEqualTo("+OK");
            for (int i = 0; i < 200; i++) { // on other threads: by the time of the reply it holds
                assertThat(admin.call("ACL", "SETUSER", "bob", "-get")).isEqualTo("+OK");
                assertThat(bob.call("GET", "k"))
                        .isEqualTo("-NOPERM this user has no permissions to run the 'get' command");
                assertThat(admin.call("ACL", "SETUSER", "bob", "+get")).isEqualTo("+OK");
                assertThat(bob.call("GET", "k")).isEqualTo("v");
            }
            assertThat(listener.call("AUTH", "bob", "x")).isEqualTo("+OK");
            assertThat(listener.call("SUBSCRIBE", "news")).isEqualTo("*3");
            listener.read();
            listener.read();
            listener.read();
            assertThat(admin.call("ACL", "SETUSER", "bob", "resetchannels", "&news", "&other"))
                    .isEqualTo("+OK");
            assertThat(listener.call("PING")).isEqualTo("*2"); // it may still hear them
            listener.read();
            listener.read();
            assertThat(admin.call("ACL", "SETUSER", "bob", "resetchannels")).isEqualTo("+OK");
            assertClosed(listener);
            assertThat(bob.call("PING")).isEqualTo("+PONG");
            assertThat(admin.call("CLIENT", "LIST")).contains(" user=bob ", " user=default ");
            assertThat(admin.call("ACL", "DELUSER", "bob", "nobody")).isEqualTo(":1");
            assertClosed(bob);
            assertThat(admin.call("ACL", "SETUSER", "self", "on", "nopass", "+@all"))
                    .isEqualTo("+OK");
            assertThat(admin.call("AUTH", "self", "")).isEqualTo("+OK");
            assertThat(admin.call("ACL", "DELUSER", "self")).isEqualTo(":1");
            assertClosed(admin);
        }
    }

    private static void assertClosed(RespSocket socket) {
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 1000; i++) {
                        socket.call("PING");
                        Thread.sleep(5);
                    }
                })
                .isInstanceOfAny(EOFException.class, SocketException.class);
    }

    @Test
    void clientsThatAreThereStayWhoTheyAreWhenAPasswordComes() throws Exception {
        try (SituServer server = serve();
                RespSocket before = socket(server)) {
            assertThat(before.call("CONFIG", "SET", "requirepass", "x")).isEqualTo("+OK");
            assertThat(before.call("PING")).isEqualTo("+PONG");
            try (RespSocket after = socket(server)) {
                assertThat(after.call("PING")).isEqualTo("-NOAUTH Authentication required.");
                assertThat(before.call("CONFIG", "SET", "requirepass", "")).isEqualTo("+OK");
                assertThat(after.call("PING")).isEqualTo("+PONG");
            }
        }
    }

    @Test
    void valuesOfWhoMayNotStoreThemTakeNoMemory() throws Exception {
        try (SituServer server = serve();
                RespSocket admin = socket(server);
                RespSocket bob = socket(server)) {
            assertThat(admin.call("ACL", "SETUSER", "bob", "on", "nopass", "+set", "+get", "%R~*", "~mine"))
                    .isEqualTo("+OK");
            assertThat(bob.call("AUTH", "bob", "")).isEqualTo("+OK");
            byte[] value = new byte[2_000_000];
            byte[] set = "SET".getBytes(StandardCharsets.US_ASCII);
            assertThat(bob.call(set, "other".getBytes(StandardCharsets.US_ASCII), value))
                    .asString()
                    .isEqualTo("-NOPERM this user has no permissions to access one of the keys used as arguments");
            bob.sendRaw("*3\r\n$3\r\nSET\r\n$5\r\nother\r\n$2000000\r\nabc".getBytes(StandardCharsets.US_ASCII));
            Thread.sleep(100);
            assertThat(server.outstanding().claimedRecords()).isZero();
            assertThat(admin.call("CONFIG", "SET", "requirepass", "x")).isEqualTo("+OK");
            try (RespSocket stranger = socket(server)) {
                stranger.sendRaw("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$16384\r\nabc".getBytes(StandardCharsets.US_ASCII));
                Thread.sleep(100);
                assertThat(server.outstanding().claimedRecords()).isZero();
                stranger.sendRaw(new byte[16384 - 3 + 2]);
                assertThat(stranger.read()).asString().isEqualTo("-NOAUTH Authentication required.");
            }
            try (RespSocket other = socket(server)) {
                assertThat(other.call("AUTH", "bob", "")).isEqualTo("+OK");
                assertThat(other.call(set, "mine".getBytes(StandardCharsets.US_ASCII), value))
                        .asString()
                        .isEqualTo("+OK");
                assertThat(other.call(
                                "GET".getBytes(StandardCharsets.US_ASCII), "mine".getBytes(StandardCharsets.US_ASCII)))
                        .isEqualTo(value);
            }
        }
    }

    @Test
    void requestsOverR2p2AreTheDefaultUsersUnlessTheySayMore() throws Exception {
        try (SituServer server = serve();
                RespSocket admin = socket(server);
                R2p2Channel channel = new R2p2Channel(server.r2p2Address())) {
            assertThat(call(channel, "SET", "k", "v")).contains("OK");
            assertThat(admin.call("CONFIG", "SET", "requirepass", "x")).isEqualTo("+OK");
            assertThat(call(channel, "GET", "k")).contains("NOAUTH Authentication required.");
            assertThat(call(channel, "AUTH", "x")).contains("OK");
            assertThat(call(channel, "GET", "k")).contains("NOAUTH"); // that was another request
            assertThat(admin.call("CONFIG", "SET", "requirepass", "")).isEqualTo("+OK");
            assertThat(admin.call("ACL", "SETUSER", "default", "resetkeys", "~a*"))
                    .isEqualTo("+OK");
            assertThat(call(channel, "GET", "k")).contains("NOPERM");
            assertThat(call(channel, "GET", "a")).doesNotContain("NOPERM");
        }
    }

    private static String call(R2p2Channel channel, String... words) throws IOException {
        List<byte[]> bytes = new ArrayList<>();
        for (String word : words) {
            bytes.add(word.getBytes(StandardCharsets.US_ASCII));
        }
        Reply reply = channel.call(bytes);
        return reply.toString();
    }

    @Test
    void usersStandInAConfigurationFileAndAreWrittenThere() throws Exception {
        Path file = Files.writeString(folder.resolve("situ.conf"), """
                user alice on >in-wonderland ~* +@all
                port 0
                r2p2-port 0
                # between
                user bob on #2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b ~k* (+get ~x) +set
                maxmemory 64mb
                acl-pubsub-default allchannels
                requirepass "two words \\xc3\\xa4"
                """);
        try (SituProcess situ = SituProcess.start("serve", file.toString());
                RespSocket client = new RespSocket(address(situ))) {
            assertThat(client.call("AUTH", "bob", "secret")).isEqualTo("+OK");
            assertThat(client.call("SET", "k1", "v")).isEqualTo("+OK");
            assertThat(client.call("GET", "k1")).startsWith("-NOPERM");
            assertThat(client.call("GET", "x")).isEqualTo("(nil)");
            assertThat(client.call("AUTH", "two words \u00e4")).isEqualTo("+OK");
            assertThat(client.call("ACL", "SETUSER", "carol", "on", "nopass", "+ping"))
                    .isEqualTo("+OK");
            assertThat(client.call("ACL", "SETUSER", "d\"ave", "on", "nopass", "~a'b\\", "+get"))
                    .isEqualTo("+OK");
            assertThat(client.call("CONFIG", "SET", "requirepass", "other words \u00e4"))
                    .isEqualTo("+OK");
            assertThat(client.call("CONFIG", "REWRITE")).isEqualTo("+OK");
            assertThat(Files.readAllLines(file))
                    .contains(
                            "# between",
                            "requirepass \"other words \\xc3\\xa4\"",
                            "user carol on nopass &* -@all +ping",
                            "user bob on #2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b ~k* &* -@all"
                                    + " +set (~x &* -@all +get)")
                    .filteredOn(line -> line.startsWith("user "))
                    .hasSize(5);
        }
        try (SituProcess again = SituProcess.start("serve", file.toString());
                RespSocket client = new RespSocket(address(again))) {
            assertThat(client.call("PING")).startsWith("-NOAUTH");
            assertThat(client.call("AUTH", "carol", "")).isEqualTo("+OK");
            assertThat(client.call("AUTH", "d\"ave", "")).isEqualTo("+OK");
            assertThat(client.call("GET", "a'b")).startsWith("-NOPERM");
            assertThat(client.call("GET", "a'b\\")).isEqualTo("(nil)");
            assertThat(client.call("AUTH", "alice", "in-wonderland")).isEqualTo("+OK");
            assertThat(client.call("ACL", "WHOAMI")).isEqualTo("alice");
            assertThat(client.call("AUTH", "other words \u00e4")).isEqualTo("+OK");
        }
    }

    private static InetSocketAddress address(SituProcess situ) throws Exception {
        Matcher ready = situ.awaitReady();
        return new InetSocketAddress(ready.group("tcp"), Integer.parseInt(ready.group("port")));
    }

    @Test
    void usersStandInAFileOfTheirOwn() throws Exception {
        Path file = Files.writeString(folder.resolve("users.acl"), """
                user default on nopass ~* &* +@all

                user bob on >secret ~b* resetchannels -@all +get +ping
                """);
        try (SituServer server = serve("aclfile", file.toString());
                RespSocket admin = socket(server);
                RespSocket bob = socket(server)) {
            assertThat(bob.call("AUTH", "bob", "secret")).isEqualTo("+OK");
            assertThat(bob.call("GET", "b")).isEqualTo("(nil)");
            assertThat(admin.call("ACL", "SETUSER", "carol", "on", "nopass", "+@all"))
                    .isEqualTo("+OK");
            assertThat(admin.call("ACL", "SAVE")).isEqualTo("+OK");
            assertThat(Files.readString(file)).isEqualTo("""
                    user bob on #2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b ~b* resetchannels -@all +get +ping
                    user carol on nopass resetchannels +@all
                    user default on nopass ~* &* +@all
                    """);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            Files.writeString(file, """
                    user dave on nopass
                    usr x
                    user a on +nope
                    user a ~* ~x
                    user (x (+get
                    user dave on
                    """);
            assertThat(admin.call("ACL", "LOAD"))
                    .startsWith("-ERR " + file + ":2 should start with user keyword followed by the username. ")
                    .contains(":3: Error in applying operation '+nope': Unknown command or category name in ACL. ")
                    .contains("WARNING: Duplicate user 'a' found on line 4. ")
                    .contains("WARNING: Duplicate user 'dave' found on line 6. ")
                    .endsWith(
                            "WARNING: ACL errors detected, no change to the previously active ACL rules was performed");
            assertThat(admin.call("ACL", "GETUSER", "carol")).isEqualTo("*12");
        }
        Files.writeString(file, "user dave on nopass +@all\n");
        try (SituServer server = serve("aclfile", file.toString());
                RespSocket admin = socket(server);
                RespSocket dave = socket(server)) {
            assertThat(dave.call("AUTH", "dave", "")).isEqualTo("+OK");
            Files.writeString(file, "user erin on nopass +@all\n");
            assertThat(admin.call("ACL", "LOAD")).isEqualTo("+OK");
            assertClosed(dave);
            assertThat(admin.call("AUTH", "dave", "")).startsWith("-WRONGPASS");
            assertThat(admin.call("AUTH", "erin", "")).isEqualTo("+OK");
            Files.delete(file);
            assertThat(admin.call("ACL", "LOAD"))
                    .isEqualTo("-ERR Error loading ACLs, opening file '" + file + "': No such file or directory");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "user bob +nope, 'situ.conf line 4: Error loading ACL rule ''+nope'': Unknown command or category name in ACL'",
        "user bob ~* ~x, 'situ.conf line 4: Adding a pattern after the * pattern'",
        "user bob (+get, 'situ.conf line 4: Unmatched parenthesis'",
        "user ann, 'situ.conf line 4: Duplicate user found.'",
        "user, 'situ.conf line 4: ''user'' has no value'",
        "aclfile /nowhere/users.acl, 'there are users here and an ''aclfile'': give either'",
        "protected-mode maybe, 'situ.conf line 4: ''protected-mode'' cannot be ''maybe'''",
        "tls-port 0, '--tls-port needs --tls-cert-file and --tls-key-file'",
        "tls-auth-clients maybe, 'situ.conf line 4: '",
    })
    void whatIsWrongInAFileIsOneLine(String line, String message) throws Exception {
        Path file = Files.writeString(
                folder.resolve("situ.conf"), "port 0\nr2p2-port 0\nuser ann on nopass\n" + line + "\n");
        try (SituProcess situ = SituProcess.start("serve", file.toString())) {
            assertThat(situ.awaitExit()).isEqualTo(2);
            assertThat(situ.stderr()).contains(message);
            assertThat(situ.stderr().lines().filter(text -> !text.startsWith("WARNING")))
                    .hasSize(1);
        }
    }

    @Test
    void redisCliSaysWhoItIs() throws Exception {
        Requires.program("redis-cli", "redis-tools");
        try (SituServer server = serve("requirepass", "secret")) {
            assertThat(cli(server, "ping")).isEqualTo("NOAUTH Authentication required.\n\n");
            assertThat(cli(server, "--no-auth-warning", "-a", "secret", "acl", "setuser", "bob", "on", ">pw", "+ping"))
                    .isEqualTo("OK\n");
            assertThat(cli(server, "--no-auth-warning", "--user", "bob", "--pass", "pw", "ping"))
                    .isEqualTo("PONG\n");
            assertThat(cli(server, "--no-auth-warning", "--user", "bob", "--pass", "pw", "get", "x"))
                    .isEqualTo("NOPERM this user has no permissions to run the 'get' command\n\n");
        }
    }

    private static String cli(SituServer server, String... words) throws IOException {
        List<String> command = new ArrayList<>(
                List.of("redis-cli", "-p", Integer.toString(server.tcpAddress().getPort())));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void passwordsAreInNoLog() {
        try (SituServer server = serve();
                Jedis jedis = new Jedis("127.0.0.1", server.tcpAddress().getPort())) {
            jedis.configSet("slowlog-log-slower-than", "0");
            jedis.configSet("timeout", "0", "requirepass", "hidden1");
            jedis.aclSetUser("hidden2", ">hidden3");
            jedis.auth("default", "hidden1");
            assertThatThrownBy(() -> jedis.auth("hidden4", "hidden5")).isInstanceOf(JedisDataException.class);
            assertThat(jedis.slowlogGet().toString())
                    .contains("requirepass", "(redacted)", "SETUSER", "timeout")
                    .doesNotContain("hidden");
        }
    }
}
