package dev.situ.kv;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Users that others change: what a rule forbids is forbidden by the time of the reply, on every thread.
class UsersTest {
    private static final int ROUNDS = 3000;

    @Test
    void whoIsDeletedOrForbiddenRunsNothingMore() throws InterruptedException {
        try (Server server = new Server();
                Server.Connection client = server.connect()) {
            Users users = server.keyspace.users();
            Session admin = server.keyspace.newSession();
            assertThat(users.change("default", List.of("-echo"), admin)).isNull();
            AtomicInteger phase = new AtomicInteger(); // even: maybe allowed, odd: not allowed
            Thread other = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < ROUNDS; i++) {
                    users.change("bob", List.of("on", "nopass", "+echo"), admin);
                    pause(i % 50);
                    if (i % 2 == 0) {
                        users.delete("bob", admin);
                    } else {
                        users.change("bob", List.of("-echo"), admin);
                    }
                    phase.incrementAndGet();
                    pause(i % 50);
                    phase.incrementAndGet();
                }
            });
            int allowed = 0;
            int checked = 0;
            while (other.isAlive()) {
                client.command("AUTH", "bob", "any");
                int before = phase.get();
                String reply = client.command("ECHO", "x");
                allowed += reply.equals("$1\r\nx\r\n") ? 1 : 0;
                if (before % 2 == 1) {
                    checked++;
                    // What began in an odd phase may have ended in the next one, but not so what it said.
                    assertThat(phase.get() == before && reply.startsWith("$"))
                            .as(reply)
                            .isFalse();
                }
            }
            other.join();
            assertThat(allowed).isPositive();
            assertThat(checked).isPositive();
        }
    }

    private static void pause(int micros) {
        long end = System.nanoTime() + micros * 1000L;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    /// Who subscribes, or says who it is, at the moment at which that is forbidden, is refused or closed.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoIsForbiddenMeanwhileIsRefusedOrClosed(boolean deletes)
            throws InterruptedException, BrokenBarrierException, ExecutionException {
        int refused = 0;
        int closed = 0;
        try (Server server = new Server();
                ExecutorService thread = Executors.newSingleThreadExecutor()) {
            Users users = server.keyspace.users();
            Session admin = server.keyspace.newSession();
            CyclicBarrier barrier = new CyclicBarrier(2);
            for (int round = 0; round < ROUNDS; round++) {
                int micros = round % 30;
                SilentPeer peer = new SilentPeer();
                assertThat(users.change("bob", List.of("on", "nopass", "+@all", "allchannels"), admin))
                        .isNull();
                Future<?> other = thread.submit(() -> {
                    barrier.await();
                    pause(micros);
                    if (deletes) {
                        users.delete("bob", admin);
                    } else {
                        users.change("bob", List.of("resetchannels"), admin);
                    }
                    return null;
                });
                try (Server.Connection client =
                        server.new Connection(server.executor, server.keyspace.newSession(peer))) {
                    String reply;
                    if (deletes) {
                        barrier.await();
                        pause(10);
                        reply = client.command("AUTH", "bob", "x");
                    } else {
                        client.command("AUTH", "bob", "x");
                        barrier.await();
                        pause(10);
                        reply = client.command("SUBSCRIBE", "c");
                    }
                    other.get();
                    assertThat(reply.startsWith("-") || peer.killed)
                            .as("round %d: %s", round, reply)
                            .isTrue();
                    refused += reply.startsWith("-") ? 1 : 0;
                    closed += peer.killed ? 1 : 0;
                }
            }
            assertThat(server.keyspace.channels().isEmpty()).isTrue();
        }
        System.out.println("refused " + refused + ", closed " + closed);
        assertThat(refused).isPositive();
        assertThat(closed).isPositive();
    }

    /// A file of users is new rules for the default user too, and for its subscribers.
    @Test
    void subscribersOfTheDefaultUserAreClosedIfAFileForbidsWhatTheyHear(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("users.acl"), "user default on nopass ~* +@all &news\n");
        SilentPeer allowed = new SilentPeer();
        SilentPeer forbidden = new SilentPeer();
        try (Server server = new Server();
                Server.Connection first = server.new Connection(server.executor, server.keyspace.newSession(allowed));
                Server.Connection second =
                        server.new Connection(server.executor, server.keyspace.newSession(forbidden))) {
            server.keyspace.users().setFile(file.toString());
            first.command("SUBSCRIBE", "news");
            second.command("SUBSCRIBE", "news", "other");
            assertThat(server.keyspace.users().loadFile()).isNull();
            assertThat(allowed.killed).isFalse();
            assertThat(forbidden.killed).isTrue();
        }
    }

    /// Whether a value is another one is told to nobody who may not read it: to ask for all would be to read it.
    @Test
    void aConditionOnTheValueNeedsReadAccess() {
        String refused = "-NOPERM this user has no permissions to access one of the keys used as arguments\r\n";
        try (Server server = new Server();
                Server.Connection client = server.connect()) {
            server.keyspace.users().change("bob", List.of("on", "nopass", "+@all", "%W~*"), client.stream.session());
            client.command("SET", "k", "v");
            client.command("AUTH", "bob", "x");
            assertThat(client.command("SET", "k", "v", "EX", "100")).isEqualTo("+OK\r\n");
            for (String condition : List.of("IFEQ", "IFNE", "IFDEQ", "ifdne")) {
                String digest = "0000000000000000";
                assertThat(client.command("SET", "k", "v", condition, digest)).isEqualTo(refused);
                assertThat(client.command("SET", "k", "v", "EX", "100", condition, digest))
                        .isEqualTo(refused);
                assertThat(client.command("DELEX", "k", condition, digest)).isEqualTo(refused);
            }
            assertThat(client.command("DELEX", "k")).isEqualTo(":1\r\n");
        }
    }

    /// Memory for a large value is taken, or not, before its command is whole: by the same rules.
    @Test
    void aLargeValueIsStoredByWhoMayStoreIt() {
        String large = "v".repeat(CommandStream.LARGE_VALUE_BYTES + 1000);
        try (Server server = new Server();
                Server.Connection client = server.connect()) {
            Users users = server.keyspace.users();
            Session admin = server.keyspace.newSession();
            assertThat(users.change("bob", List.of("on", "nopass", "~*", "+auth", "+set|k"), admin))
                    .isNull();
            client.command("AUTH", "bob", "x");
            assertThat(inParts(client, Server.bulk("SET", "k", large), () -> {}))
                    .isEqualTo("+OK\r\n");
            assertThat(inParts(client, Server.bulk("SET", "j", large), () -> {}))
                    .isEqualTo("-NOPERM this user has no permissions to run the 'set' command\r\n");
            users.change("bob", List.of("+@all", "resetkeys"), admin);
            String late =
                    inParts(client, Server.bulk("SET", "k", large), () -> users.change("bob", List.of("~*"), admin));
            assertThat(late)
                    .isEqualTo("-NOPERM this user has no permissions to access one of the keys used as arguments\r\n");
            assertThat(client.command("STRLEN", "k")).isEqualTo(":" + large.length() + "\r\n");
        }
    }

    private static String inParts(Server.Connection client, String request, Runnable between) {
        assertThat(client.send(request.substring(0, 2000))).isEmpty();
        between.run();
        return client.send(request.substring(2000));
    }

    /// Nothing of a selector in a selector is forgotten: it is an error, and the user stays as it was.
    @Test
    void aSelectorInASelectorIsASyntaxError() {
        try (Server server = new Server();
                Server.Connection client = server.connect()) {
            String error = "-ERR Error in ACL SETUSER modifier '(%s)': Syntax error\r\n";
            assertThat(client.command("ACL", "SETUSER", "bob", "on", "(+get", "(+set", "~a)"))
                    .isEqualTo(error.formatted("+get (+set ~a"));
            assertThat(client.command("ACL", "SETUSER", "bob", "(+get", "(+set)"))
                    .isEqualTo(error.formatted("+get (+set"));
            assertThat(client.command("ACL", "SETUSER", "bob", "(+get", "(+set", "~a"))
                    .isEqualTo("-ERR Unmatched parenthesis in acl selector starting at '(+get'.\r\n");
            assertThat(server.keyspace.users().find("bob")).isNull();
        }
    }

    /// What was refused is kept, but not all bytes of it: a log of keys of a megabyte each would fill the heap.
    @Test
    void theLogCutsWhatItKeeps() {
        String name = "n".repeat(1000);
        try (Server server = new Server();
                Server.Connection client = server.connect()) {
            Users users = server.keyspace.users();
            users.change("bob", List.of("on", "nopass", "+@all", "~a"), client.stream.session());
            client.command("AUTH", name, "x");
            client.command("CLIENT", "SETNAME", "m".repeat(100_000));
            client.command("AUTH", "bob", "x");
            client.command("GET", "k".repeat(100_000));
            client.command("PUBLISH", "c".repeat(100_000), "x");
            List<AclLog.Entry> entries = users.log().newest(10);
            assertThat(entries)
                    .extracting(AclLog.Entry::object)
                    .containsExactly(
                            "c".repeat(128) + "... (99872 more bytes)",
                            "k".repeat(128) + "... (99872 more bytes)",
                            "AUTH");
            assertThat(entries.getLast().username()).isEqualTo("n".repeat(128) + "... (872 more bytes)");
            assertThat(entries).allMatch(entry -> entry.client().length() < 1100);
        }
    }

    @Test
    void rulesThatAreShownMakeTheSameUser() {
        try (Server server = new Server();
                Server.Connection client = server.connect()) {
            Users users = server.keyspace.users();
            for (String rules : List.of(
                    "on nopass ~* &* +@all -@dangerous +config|get",
                    "off >a >b ~x %R~y %W~z &c +@string -set +@connection (+@all ~q) (+get &w)",
                    "on #2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b +@all -@all +select|0 +select|1",
                    "reset skip-sanitize-payload +@read -@slow +@admin -client +client|id",
                    "on +@all -client|kill -acl -@write +set")) {
                users.change("first", List.of(rules.split(" ", -1)), client.stream.session());
                User first = Objects.requireNonNull(users.find("first"));
                String line = first.line(server.keyspace.commands());
                List<String> words = List.of(line.split(" ", -1));
                assertThat(users.change("second", words.subList(2, words.size()), client.stream.session()))
                        .isNull();
                User second = Objects.requireNonNull(users.find("second"));
                assertThat(second.line(server.keyspace.commands())).isEqualTo(line.replace("first", "second"));
                for (int i = 0; i < second.permissions().size(); i++) {
                    assertThat(second.permissions().get(i).commands())
                            .as(rules)
                            .isEqualTo(first.permissions().get(i).commands());
                }
                users.delete("first", client.stream.session());
                users.delete("second", client.stream.session());
            }
        }
    }
}
