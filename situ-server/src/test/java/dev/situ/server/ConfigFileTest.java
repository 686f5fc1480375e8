package dev.situ.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.tcp.TlsOptions;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A configuration file: what it sets, what goes before it, what is wrong with it, and how it is written.
class ConfigFileTest {
    @TempDir
    Path folder;

    private static InetSocketAddress address(SituProcess situ) throws Exception {
        Matcher ready = situ.awaitReady();
        return new InetSocketAddress(ready.group("tcp"), Integer.parseInt(ready.group("port")));
    }

    @Test
    void theFileSetsOptionsAndParameters_theCommandLineGoesBeforeIt() throws Exception {
        Path file = Files.writeString(folder.resolve("situ.conf"), """
                # ports
                port 0
                R2P2-PORT 0
                  maxmemory   64mb
                maxmemory-policy "allkeys-lru"
                workers 1
                r2p2-compatible no
                appendonly no
                save ""
                slowlog-max-len 17
                timeout 90
                client-output-buffer-limit normal 1gb 2mb 30
                client-output-buffer-limit pubsub 1mb 0 0
                enable-debug-command yes
                """);
        try (SituProcess situ = SituProcess.start(
                        "serve",
                        file.toString(),
                        "--maxmemory",
                        "128mb",
                        "--set",
                        "timeout=60",
                        "--set",
                        "maxclients=77");
                RespSocket client = new RespSocket(address(situ))) {
            assertThat(get(client, "maxmemory")).isEqualTo(Integer.toString(128 << 20));
            assertThat(get(client, "maxmemory-policy")).isEqualTo("allkeys-lru");
            assertThat(get(client, "workers")).isEqualTo("1");
            assertThat(get(client, "slowlog-max-len")).isEqualTo("17");
            assertThat(get(client, "timeout")).isEqualTo("60");
            assertThat(get(client, "maxclients")).isEqualTo("77");
            assertThat(get(client, "client-output-buffer-limit"))
                    .isEqualTo("normal 1073741824 2097152 30 slave 268435456 67108864 60 pubsub 1048576 0 0");
            assertThat(client.call("DEBUG", "SLEEP", "0")).isEqualTo("+OK");
            assertThat(client.call("INFO", "server")).contains("config_file:" + file);
        }
    }

    private static String get(RespSocket client, String name) throws Exception {
        assertThat(client.call("CONFIG", "GET", name)).isEqualTo("*2");
        assertThat(client.read()).asString().isEqualTo(name);
        byte[] value = client.read();
        return value == null ? "" : new String(value, StandardCharsets.UTF_8);
    }

    @Test
    void aRewriteKeepsCommentsAndOrder() throws Exception {
        Path file = Files.writeString(folder.resolve("situ.conf"), """
                # mine
                port 0

                slowlog-max-len 17
                # policy
                maxmemory-policy allkeys-lru
                r2p2-port 0
                client-output-buffer-limit normal 1gb 2mb 30
                client-output-buffer-limit pubsub 1mb 0 0
                maxmemory 64mb
                """);
        try (SituProcess situ = SituProcess.start("serve", "--config", file.toString());
                RespSocket client = new RespSocket(address(situ))) {
            assertThat(client.call("CONFIG", "SET", "slowlog-max-len", "18", "latency-monitor-threshold", "5"))
                    .isEqualTo("+OK");
            assertThat(client.call("CONFIG", "SET", "client-output-buffer-limit", "pubsub 2mb 0 0"))
                    .isEqualTo("+OK");
            assertThat(client.call("CONFIG", "REWRITE")).isEqualTo("+OK");
            assertThat(Files.readAllLines(file))
                    .isEqualTo(List.of(
                            "# mine",
                            "port 0",
                            "",
                            "slowlog-max-len 18",
                            "# policy",
                            "maxmemory-policy allkeys-lru",
                            "r2p2-port 0",
                            "client-output-buffer-limit normal 1073741824 2097152 30 slave 268435456 67108864 60 pubsub"
                                    + " 2097152 0 0",
                            "maxmemory 64mb",
                            "# Added by CONFIG REWRITE",
                            "latency-monitor-threshold 5"));
            assertThat(client.call("CONFIG", "SET", "slowlog-max-len", "19")).isEqualTo("+OK");
            assertThat(client.call("CONFIG", "REWRITE")).isEqualTo("+OK");
            assertThat(Files.readAllLines(file)).contains("slowlog-max-len 19").hasSize(11);
            client.send("SHUTDOWN".getBytes(StandardCharsets.US_ASCII));
            assertThat(situ.awaitExit()).isZero();
        }
        try (SituProcess again = SituProcess.start("serve", file.toString());
                RespSocket client = new RespSocket(address(again))) {
            assertThat(get(client, "latency-monitor-threshold")).isEqualTo("5");
            assertThat(get(client, "slowlog-max-len")).isEqualTo("19");
        }
    }

    @Test
    void aRewriteKeepsEveryByte() throws Exception {
        Random random = new Random(1);
        Path path = folder.resolve("situ.conf");
        for (int i = 0; i < 2000; i++) {
            Files.writeString(path, "requirepass first\ntimeout 5\n");
            String value = random(random, " \t\n\r\"'\\#x\u0000\u0007\b\u007f\u00ff");
            String word = random(random, "\t\n\"'\\#x\u00ff");
            String added = random(random, " \"x");
            ConfigFile.read(path)
                    .rewrite(
                            Map.of("requirepass", value, "masterauth", added),
                            List.of("user ann on >" + word, "user " + word + "- (~a +get)"));
            List<ConfigFile.Entry> entries = ConfigFile.read(path).entries();
            assertThat(entries.get(0).value()).isEqualTo(value);
            assertThat(entries.get(1).value()).isEqualTo("5");
            assertThat(entries.get(2).value()).isEqualTo(added);
            assertThat(entries.get(3).words()).containsExactly("ann", "on", ">" + word);
            assertThat(entries.get(4).words()).containsExactly(word + "-", "(~a", "+get)");
        }
    }

    /// Few bytes, half of them of those that are difficult.
    private static String random(Random random, String difficult) {
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(8); left > 0; left--) {
            text.append(
                    random.nextBoolean()
                            ? difficult.charAt(random.nextInt(difficult.length()))
                            : (char) (' ' + 1 + random.nextInt(255 - ' ')));
        }
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-------", "rw-r-----", "r--r--r--"})
    void aRewriteKeepsPermissions_andFollowsNoLinkThatWaitsForIt(String permissions) throws Exception {
        Path path = Files.writeString(folder.resolve("situ.conf"), "timeout 5\n");
        Path other = Files.writeString(folder.resolve("other"), "not to be changed");
        Path link = Files.createSymbolicLink(folder.resolve("situ.conf.new"), other);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
        ConfigFile.read(path).rewrite(Map.of("timeout", "6", "requirepass", "x"), null);
        assertThat(Files.readString(path)).startsWith("timeout 6\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo(permissions);
        assertThat(other).hasContent("not to be changed");
        try (Stream<Path> all = Files.list(folder)) {
            assertThat(all).containsExactlyInAnyOrder(path, other, link);
        }
    }

    @Test
    void aPasswordOfAnyBytesOutlivesARewriteAndARestart() throws Exception {
        byte[] password = " two  words \" \\ ' \n\0\u00ff\u00e4 ".getBytes(StandardCharsets.ISO_8859_1);
        Path file = Files.writeString(folder.resolve("situ.conf"), "port 0\nr2p2-port 0\nmaxmemory 64mb\n");
        try (SituProcess situ = SituProcess.start("serve", file.toString());
                RespSocket client = new RespSocket(address(situ))) {
            assertThat(client.call(bytes("CONFIG"), bytes("SET"), bytes("requirepass"), password))
                    .isEqualTo(bytes("+OK"));
            assertThat(client.call("CONFIG", "REWRITE")).isEqualTo("+OK");
            assertThat(Files.readString(file))
                    .contains("requirepass \" two  words \\\" \\\\ ' \\n\\x00\\xff\\xe4 \"\n");
            client.send(bytes("SHUTDOWN"));
            assertThat(situ.awaitExit()).isZero();
        }
        try (SituProcess again = SituProcess.start("serve", file.toString());
                RespSocket client = new RespSocket(address(again))) {
            assertThat(client.call("PING")).startsWith("-NOAUTH");
            assertThat(client.call(bytes("AUTH"), password)).isEqualTo(bytes("+OK"));
        }
    }

    private static byte[] bytes(String word) {
        return word.getBytes(StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @CsvSource({
        "maxmemroy 64mb, 'situ.conf line 3: there is no parameter ''maxmemroy''; did you mean ''maxmemory''?'",
        "slowlog-max-length 5, 'did you mean ''slowlog-max-len''?'",
        "what-is-this 5, 'situ.conf line 3: there is no parameter ''what-is-this'''",
        "port abc, 'situ.conf line 3: '",
        "busy-poll maybe, 'situ.conf line 3: ''busy-poll'' must be ''yes'' or ''no'''",
        "timeout abc, 'situ.conf line 3: ''timeout'' cannot be ''abc'': argument couldn''t be parsed into an integer'",
        "appendonly yes, 'situ.conf line 3: ''appendonly'' cannot be ''yes'': '",
        "requirepass x y, 'situ.conf line 3: wrong number of arguments for ''requirepass'': a value with blanks'",
        "workers 1 2, 'situ.conf line 3: wrong number of arguments for ''workers'': a value with blanks'",
        "save 3600 1, 'situ.conf line 3: ''save'' cannot be ''3600 1'': '",
        "timeout, 'situ.conf line 3: ''timeout'' has no value'",
        "'timeout \"5', 'situ.conf line 3: the quotes do not match'"
    })
    void whatIsWrongIsOneClearLine(String line, String message) throws Exception {
        Path file = Files.writeString(folder.resolve("situ.conf"), "port 0\nr2p2-port 0\n" + line + "\n");
        try (SituProcess situ = SituProcess.start("serve", file.toString())) {
            assertThat(situ.awaitExit()).isEqualTo(Main.USER_ERROR);
            assertThat(situ.stderr().lines())
                    .singleElement()
                    .asString()
                    .startsWith("situ: ")
                    .contains(message);
        }
    }

    @Test
    void optionsAsTextHaveNoSecret() throws Exception {
        Path text = Files.writeString(folder.resolve("situ.conf"), "requirepass sesame1\nuser ann on >sesame2\n");
        ConfigFile file = ConfigFile.read(text);
        Parameters parameters =
                new Parameters(file, file.entries(), List.of(), Map.of("requirepass", "sesame3", "timeout", "5"));
        TlsOptions tls = new TlsOptions(0, text, text, "sesame4", null, TlsOptions.Clients.ANY, List.of());
        assertThat(TestServers.with(tls, parameters).toString())
                .contains("requirepass", "user", "timeout")
                .doesNotContain("sesame");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "user ann on >x\n", "user defaults on\n"})
    void aPasswordAndUsersWithoutADefaultOneAreOneClearLine(String users) throws Exception {
        Path acl = Files.writeString(folder.resolve("users.acl"), users);
        List<String> options = List.of("serve", "--port=0", "--r2p2-port=0", "--maxmemory=64mb");
        Stream<String> set = Stream.of("--set", "aclfile=" + acl, "--set", "requirepass=x");
        String[] both = Stream.concat(options.stream(), set).toArray(String[]::new);
        try (SituProcess situ = SituProcess.start(both)) {
            assertThat(situ.awaitExit()).isEqualTo(Main.USER_ERROR);
            assertThat(situ.stderr().lines())
                    .singleElement()
                    .asString()
                    .contains("'aclfile': " + acl + " has no line 'user default'");
        }
        Files.writeString(acl, "user default on >y ~* &* +@all\n");
        try (SituProcess situ = SituProcess.start(both);
                RespSocket client = new RespSocket(address(situ))) {
            assertThat(client.call("AUTH", "y")).isEqualTo("+OK");
        }
    }

    @Test
    void aMissingFileIsOneClearLine() throws Exception {
        try (SituProcess situ =
                SituProcess.start("serve", folder.resolve("none").toString())) {
            assertThat(situ.awaitExit()).isEqualTo(Main.USER_ERROR);
            assertThat(situ.stderr().lines()).singleElement().asString().contains("there is no file");
        }
    }
}
