package dev.situ.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.situ.tcp.TcpTransport;
import dev.situ.tcp.TlsOptions;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPubSub;

/// RESP over TLS: every transport, ordinary clients, certificates of clients, and what goes wrong.
class TlsTest {
    private static final int LARGE = 5_000_000;
    private static final int PATIENCE_MILLIS = 30_000;

    @TempDir
    static Path folder;

    @SuppressWarnings("NullAway.Init")
    private static Certificates certificates;

    @BeforeAll
    static void certify() throws Exception {
        certificates = Certificates.in(folder);
    }

    static Stream<String> transports() {
        return Stream.of(TcpTransport.values())
                .filter(transport -> transport != TcpTransport.AUTO && transport.available())
                .map(transport -> transport.name().toLowerCase(Locale.ROOT));
    }

    private static SituServer serve(TlsOptions.Clients clients, String transport) {
        return SituServer.start(TestServers.withTls(certificates.options(clients), transport));
    }

    private static SSLSocket connect(InetSocketAddress address, @Nullable String client) throws Exception {
        SSLSocket socket =
                (SSLSocket) certificates.context(client).getSocketFactory().createSocket();
        socket.connect(new InetSocketAddress("localhost", address.getPort()), PATIENCE_MILLIS);
        socket.setSoTimeout(PATIENCE_MILLIS);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        return socket;
    }

    private static String ping(SSLSocket socket) throws IOException {
        socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
        return new String(socket.getInputStream().readNBytes(7), StandardCharsets.US_ASCII);
    }

    private static void awaitNothingLeft(SituServer server) throws Exception {
        Await.until("nothing is left", () -> server.outstanding().isNothing());
    }

    @ParameterizedTest
    @MethodSource("transports")
    void valuesOfAllSizesComeAndGo(String transport) throws Exception {
        try (SituServer server = serve(TlsOptions.Clients.ANY, transport)) {
            try (SSLSocket socket = connect(server.tlsAddress(), null)) {
                assertThat(ping(socket)).isEqualTo("+PONG\r\n");
                for (int length : new int[] {0, 1, 15_000, 16_384, 100_000, LARGE}) {
                    byte[] value = new byte[length];
                    new Random(length).nextBytes(value);
                    byte[] head =
                            ("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$" + length + "\r\n").getBytes(StandardCharsets.US_ASCII);
                    OutputStream out = socket.getOutputStream();
                    out.write(head);
                    out.write(value);
                    out.write("\r\nGET k\r\nPING\r\n".getBytes(StandardCharsets.US_ASCII));
                    DataInputStream in = new DataInputStream(socket.getInputStream());
                    String start = "+OK\r\n$" + length + "\r\n";
                    assertThat(new String(in.readNBytes(start.length()), StandardCharsets.US_ASCII))
                            .isEqualTo(start);
                    assertThat(in.readNBytes(length)).isEqualTo(value);
                    assertThat(new String(in.readNBytes(9), StandardCharsets.US_ASCII))
                            .isEqualTo("\r\n+PONG\r\n");
                }
            }
            awaitNothingLeft(server);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void whoDoesNotReadHoldsNoMoreThanWithoutTls(String transport) throws Exception {
        try (SituServer server = serve(TlsOptions.Clients.ANY, transport)) {
            try (SSLSocket socket = connect(server.tlsAddress(), null)) {
                OutputStream out = socket.getOutputStream();
                byte[] value = new byte[1 << 20];
                new Random(1).nextBytes(value);
                out.write(("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$" + value.length + "\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                out.write(value);
                out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(socket.getInputStream().readNBytes(5))
                        .isEqualTo("+OK\r\n".getBytes(StandardCharsets.US_ASCII));
                out.write("GET k\r\n".repeat(300).getBytes(StandardCharsets.US_ASCII)); // 300 MiB of replies
                try (Jedis other = new Jedis("127.0.0.1", server.tcpAddress().getPort())) {
                    Await.until("replies wait", () -> mostUnread(other) > 0);
                    Thread.sleep(300);
                    assertThat(mostUnread(other)).isBetween(1L, 3L << 20);
                    other.set("k", "v"); // what waits leads to the old value
                    Await.until("only pins keep it", () -> server.outstanding().pinnedRecords() == 1);
                    other.set("k".getBytes(StandardCharsets.US_ASCII), value);
                }
                DataInputStream in = new DataInputStream(socket.getInputStream());
                for (int i = 0; i < 300; i++) { // some may have been run while the value was the short one
                    String head = line(in);
                    assertThat(head).isIn("$1048576", "$1");
                    in.skipNBytes(Integer.parseInt(head.substring(1)) + 2);
                }
                assertThat(ping(socket)).isEqualTo("+PONG\r\n");
                out.write("GET k\r\n".repeat(50).getBytes(StandardCharsets.US_ASCII)); // and is closed in the middle
            }
            awaitNothingLeft(server);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void theEndOfEitherSideIsSeen(String transport) throws Exception {
        try (SituServer server = serve(TlsOptions.Clients.ANY, transport)) {
            try (SSLSocket socket = connect(server.tlsAddress(), null)) {
                socket.getOutputStream().write("PING\r\nQUIT\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                        .isEqualTo("+PONG\r\n+OK\r\n");
            }
            try (SSLSocket socket = connect(server.tlsAddress(), null)) {
                socket.getOutputStream().write("*1\r\n$-7\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                        .isEqualTo("-ERR Protocol error: invalid bulk length\r\n");
            }
            try (Socket silent = new Socket(
                    InetAddress.getLoopbackAddress(), server.tlsAddress().getPort())) {
                silent.getOutputStream().write(22); // the first byte of a handshake, and no more
            }
            awaitNothingLeft(server);
            Await.until("nothing is left", () -> connections(server) == 0);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void whoWasKilledRunsNothingMore_thoughItsSocketIsFull(String transport) throws Exception {
        try (SituServer server = serve(TlsOptions.Clients.ANY, transport)) {
            expectNothingOfAKilledOne(server);
            awaitNothingLeft(server);
        }
    }

    private static void expectNothingOfAKilledOne(SituServer server) throws Exception {
        try (RespSocket admin = new RespSocket(server.tcpAddress());
                SSLSocket socket = (SSLSocket)
                        certificates.context(null).getSocketFactory().createSocket()) {
            assertThat(admin.call("SET", "k", "v".repeat(30_000))).isEqualTo("+OK");
            socket.setReceiveBufferSize(4096);
            socket.connect(server.tlsAddress(), PATIENCE_MILLIS);
            OutputStream out = socket.getOutputStream();
            // Some replies do not fit into the socket, but not so many that the client is not read any more.
            Await.until("replies wait", () -> {
                out.write("GET k\r\n".getBytes(StandardCharsets.US_ASCII));
                Thread.sleep(10);
                if (stuck(admin).isEmpty()) {
                    return false;
                }
                Thread.sleep(100);
                return !stuck(admin).isEmpty();
            });
            assertThat(admin.call("CLIENT", "KILL", "ID", stuck(admin))).isEqualTo(":1");
            Thread.sleep(100); // the kill is done, but the end of TLS waits behind the replies
            out.write("SET killed no\r\n".getBytes(StandardCharsets.US_ASCII));
            Await.until(
                    "it is closed", () -> admin.call("CLIENT", "LIST").lines().count() == 1);
            assertThat(admin.call("GET", "killed")).isEqualTo("(nil)");
        }
    }

    /// The id of the client that has not taken all replies, or empty.
    private static String stuck(RespSocket admin) throws IOException {
        return admin.call("CLIENT", "LIST")
                .lines()
                .filter(line -> !line.contains(" omem=0 "))
                .map(line -> line.replaceFirst("^id=([0-9]+) .*", "$1"))
                .findFirst()
                .orElse("");
    }

    private static String line(DataInputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (char c = (char) in.readByte(); c != '\r'; c = (char) in.readByte()) {
            line.append(c);
        }
        in.readByte();
        return line.toString();
    }

    /// The most bytes of replies that a client has not taken.
    private static long mostUnread(Jedis jedis) {
        return jedis.clientList()
                .lines()
                .mapToLong(line -> Long.parseLong(line.replaceFirst(".* omem=([0-9]+) .*", "$1")))
                .max()
                .orElse(0);
    }

    private static int connections(SituServer server) {
        try (Jedis jedis = new Jedis("127.0.0.1", server.tcpAddress().getPort())) {
            return (int) jedis.clientList().lines().count() - 1;
        }
    }

    @Test
    void whoSpeaksNoTlsIsClosed() throws Exception {
        try (SituServer server = serve(TlsOptions.Clients.ANY, "auto")) {
            try (Socket socket = new Socket(
                    InetAddress.getLoopbackAddress(), server.tlsAddress().getPort())) {
                socket.setSoTimeout(PATIENCE_MILLIS);
                socket.getOutputStream().write("SET a b\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                        .doesNotContain("OK");
            }
            try (Jedis jedis = new Jedis("127.0.0.1", server.tcpAddress().getPort())) {
                assertThat(jedis.get("a")).isNull();
                assertThat(jedis.configGet("tls-port").get("tls-port"))
                        .isEqualTo(Integer.toString(server.tlsAddress().getPort()));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void whoIsRefusedIsClosedWithoutAHandshake_whoIsLetInCountsBeforeIt(String transport) throws Exception {
        try (SituServer server = serve(TlsOptions.Clients.ANY, transport);
                RespSocket admin = new RespSocket(server.tcpAddress())) {
            assertThat(admin.call("CONFIG", "SET", "maxclients", "2")).isEqualTo("+OK");
            try (Socket _ = silent(server, admin);
                    Socket refused = new Socket(
                            InetAddress.getLoopbackAddress(),
                            server.tlsAddress().getPort())) {
                refused.setSoTimeout(5_000); // less than a handshake may take
                assertThat(refused.getInputStream().read()).isEqualTo(-1);
                assertThat(admin.call("INFO", "stats")).contains("rejected_connections:1\r\n");
            }
            Await.until("it is gone", () -> admin.call("INFO", "clients").contains("connected_clients:1\r\n"));
            try (SSLSocket socket = connect(server.tlsAddress(), null)) {
                assertThat(ping(socket)).isEqualTo("+PONG\r\n");
            }
        }
    }

    @Test
    void whoDoesNotShakeHandsIsClosed() throws Exception {
        try (SituServer server = serve(TlsOptions.Clients.ANY, "auto");
                RespSocket admin = new RespSocket(server.tcpAddress());
                Socket silent = silent(server, admin)) {
            silent.setSoTimeout(PATIENCE_MILLIS);
            assertThat(silent.getInputStream().readAllBytes()).hasSizeLessThan(100); // an alert at most
            Await.until("it is gone", () -> admin.call("INFO", "clients").contains("connected_clients:1\r\n"));
        }
    }

    /// A client that was let in and says nothing.
    private static Socket silent(SituServer server, RespSocket admin) throws Exception {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.tlsAddress().getPort());
        Await.until("it is counted", () -> admin.call("INFO", "clients").contains("connected_clients:2\r\n"));
        return socket;
    }

    @Test
    void certificatesOfClientsAreLookedAt() throws Exception {
        try (SituServer server = serve(TlsOptions.Clients.CERTIFIED, "auto")) {
            try (SSLSocket socket = connect(server.tlsAddress(), "client")) {
                assertThat(ping(socket)).isEqualTo("+PONG\r\n");
            }
            for (String client : new String[] {null, "stranger"}) {
                try (SSLSocket socket = connect(server.tlsAddress(), client)) {
                    assertThatThrownBy(() -> assertThat(ping(socket)).isEqualTo(""))
                            .isInstanceOf(IOException.class);
                }
            }
        }
        try (SituServer server = serve(TlsOptions.Clients.CERTIFIED_OR_NONE, "auto")) {
            for (String client : new String[] {null, "client"}) {
                try (SSLSocket socket = connect(server.tlsAddress(), client)) {
                    assertThat(ping(socket)).isEqualTo("+PONG\r\n");
                }
            }
            try (SSLSocket socket = connect(server.tlsAddress(), "stranger")) {
                assertThatThrownBy(() -> assertThat(ping(socket)).isEqualTo("")).isInstanceOf(IOException.class);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void onlyTheVersionsThatAreSaidAreSpoken(String version) throws Exception {
        String other = version.equals("TLSv1.2") ? "TLSv1.3" : "TLSv1.2";
        try (SituServer server =
                SituServer.start(TestServers.withTls(certificates.options(TlsOptions.Clients.ANY, version), "auto"))) {
            try (SSLSocket socket = connect(server.tlsAddress(), null)) {
                assertThat(ping(socket)).isEqualTo("+PONG\r\n");
                assertThat(socket.getSession().getProtocol()).isEqualTo(version);
            }
            try (SSLSocket socket = connect(server.tlsAddress(), null)) {
                socket.setEnabledProtocols(new String[] {other});
                assertThatThrownBy(socket::startHandshake).isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void aClientCannotBeginAnotherHandshake() throws Exception {
        try (SituServer server = serve(TlsOptions.Clients.ANY, "auto");
                SSLSocket socket = connect(server.tlsAddress(), null)) {
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            assertThat(ping(socket)).isEqualTo("+PONG\r\n");
            assertThatThrownBy(() -> {
                        socket.startHandshake();
                        assertThat(ping(socket)).isEqualTo("");
                    })
                    .isInstanceOf(IOException.class);
            try (SSLSocket other = connect(server.tlsAddress(), null)) {
                assertThat(ping(other)).isEqualTo("+PONG\r\n");
            }
        }
    }

    @Test
    @SuppressWarnings("deprecation") // what Jedis has in its place reads files only
    void jedisSetsGetsAndSubscribes() throws Exception {
        try (SituServer server = serve(TlsOptions.Clients.CERTIFIED, "auto")) {
            DefaultJedisClientConfig config = DefaultJedisClientConfig.builder()
                    .ssl(true)
                    .sslSocketFactory(certificates.context("client").getSocketFactory())
                    .build();
            HostAndPort address =
                    new HostAndPort("localhost", server.tlsAddress().getPort());
            try (Jedis jedis = new Jedis(address, config);
                    Jedis subscriber = new Jedis(address, config)) {
                assertThat(jedis.set("k", "v".repeat(LARGE))).isEqualTo("OK");
                assertThat(jedis.get("k")).isEqualTo("v".repeat(LARGE));
                CompletableFuture<String> got = new CompletableFuture<>();
                Thread thread = Thread.ofVirtual()
                        .start(() -> subscriber.subscribe(
                                new JedisPubSub() {
                                    @Override
                                    public void onMessage(String channel, String message) {
                                        got.complete(message);
                                        unsubscribe();
                                    }
                                },
                                "news"));
                Await.until("nothing is left", () -> jedis.publish("news", "hello") == 1);
                assertThat(got.get(30, TimeUnit.SECONDS)).isEqualTo("hello");
                thread.join();
            }
        }
    }

    @Test
    void lettuceSetsAndGets() throws Exception {
        try (SituServer server = serve(TlsOptions.Clients.CERTIFIED, "auto")) {
            RedisClient client = RedisClient.create(RedisURI.builder()
                    .withHost("localhost")
                    .withPort(server.tlsAddress().getPort())
                    .withSsl(true)
                    .build());
            client.setOptions(ClientOptions.builder()
                    .sslOptions(SslOptions.builder()
                            .trustManager(certificates.file("ca.crt").toFile())
                            .keyManager(
                                    certificates.file("client.crt").toFile(),
                                    certificates.file("client.key").toFile(),
                                    new char[0])
                            .build())
                    .build());
            try (StatefulRedisConnection<String, String> connection = client.connect()) {
                assertThat(connection.sync().set("k", "v")).isEqualTo("OK");
                assertThat(connection.sync().get("k")).isEqualTo("v");
            } finally {
                client.shutdown();
            }
        }
    }

    @Test
    void aFileTurnsItOn_andRedisCliUsesIt() throws Exception {
        Requires.program("redis-cli", "redis-tools");
        Path file = Files.writeString(
                folder.resolve("situ.conf"), """
                port 0
                r2p2-port 0
                maxmemory 64mb
                requirepass "open sesame"
                tls-port 0
                tls-cert-file server.crt
                tls-key-file server.locked.key
                tls-key-file-pass sesame
                tls-ca-cert-file ca.crt
                tls-auth-clients optional
                tls-protocols "TLSv1.2 TLSv1.3"
                """.replaceAll("-file (?=[sc])", "-file " + folder + "/"));
        try (SituProcess situ = SituProcess.start("serve", file.toString())) {
            Matcher ready = situ.awaitReady();
            Process cli = new ProcessBuilder(
                            "redis-cli",
                            "--tls",
                            "--cacert",
                            "ca.crt",
                            "--cert",
                            "client.crt",
                            "--key",
                            "client.key",
                            "-h",
                            "localhost",
                            "-p",
                            ready.group("tls"),
                            "--no-auth-warning",
                            "-a",
                            "open sesame",
                            "ping")
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .start();
            assertThat(new String(cli.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("PONG\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1", "TLSv1.1", "SSLv3", "TLSv1.2,TLSv1.1"})
    void versionsThatJavaDoesNotSpeakAreOneLine(String versions) throws Exception {
        try (SituProcess situ = SituProcess.start(
                "serve",
                "--port=-1",
                "--r2p2-port=-1",
                "--tls-port=0",
                "--tls-cert-file=" + certificates.file("server.crt"),
                "--tls-key-file=" + certificates.file("server.key"),
                "--tls-auth-clients=no",
                "--tls-protocols=" + versions)) {
            assertThat(situ.awaitExit()).isEqualTo(Main.USER_ERROR);
            assertThat(situ.stderr().lines()).singleElement().asString().contains("is none of TLSv1.2, TLSv1.3");
        }
    }

    @Test
    void whatIsMissingIsOneLine() {
        Path none = folder.resolve("none.pem");
        for (List<Path> files : List.of(
                List.of(none, certificates.file("server.key")),
                List.of(certificates.file("server.crt"), none),
                List.of(certificates.file("server.key"), certificates.file("server.crt")),
                List.of(certificates.file("server.crt"), certificates.file("server.locked.key")))) {
            TlsOptions tls = new TlsOptions(0, files.get(0), files.get(1), "", null, TlsOptions.Clients.ANY, List.of());
            assertThatThrownBy(() -> SituServer.start(TestServers.withTls(tls, "auto")))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("TLS: ")
                    .hasMessageNotContaining("\n");
        }
    }

    @Test
    void aKeyOfAnotherCertificateIsOneLineWithBothFiles() throws Exception {
        certificates.rsa("one");
        certificates.rsa("other");
        for (List<String> names : List.of(
                List.of("server", "client"),
                List.of("one", "other"),
                List.of("one", "server"),
                List.of("server", "one"))) {
            Path certificate = certificates.file(names.get(0) + ".crt");
            Path key = certificates.file(names.get(1) + ".key");
            TlsOptions tls = new TlsOptions(0, certificate, key, "", null, TlsOptions.Clients.ANY, List.of());
            assertThatThrownBy(() -> SituServer.start(TestServers.withTls(tls, "auto")))
                    .isInstanceOf(UserError.class)
                    .hasMessageEndingWith("TLS: the key " + key + " is not that of the certificate " + certificate);
        }
        TlsOptions rsa = new TlsOptions(
                0,
                certificates.file("one.crt"),
                certificates.file("one.key"),
                "",
                null,
                TlsOptions.Clients.ANY,
                List.of());
        SituServer.start(TestServers.withTls(rsa, "auto")).close();
    }
}
