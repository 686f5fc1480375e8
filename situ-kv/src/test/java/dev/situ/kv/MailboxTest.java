package dev.situ.kv;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// What others have for a connection, on its way.
class MailboxTest {
    private static String delivered(Server.Connection client) {
        return new String(client.deliver(), StandardCharsets.ISO_8859_1);
    }

    private static Server.Connection connect(Server server, SilentPeer peer) {
        return server.new Connection(server.executor, server.keyspace.newSession(peer));
    }

    /// What is posted faster than it can be sent must not keep the thread from its other connections.
    @Test
    void veryMuchIsDeliveredInParts() {
        SilentPeer peer = new SilentPeer();
        String message = "m".repeat(1000);
        int messages = 3 * (int) (Mailbox.MOST_BYTES_AT_ONCE / 1000);
        try (Server server = new Server();
                Server.Connection client = connect(server, peer);
                Server.Connection other = server.connect()) {
            client.command("SUBSCRIBE", "c");
            for (int i = 0; i < messages; i++) {
                other.command("PUBLISH", "c", message);
            }
            assertThat(peer.woken).isEqualTo(1);
            long all = 0;
            int parts = 0;
            while (peer.woken > parts) {
                parts++;
                String part = delivered(client);
                assertThat(part.length()).isBetween(1, (int) Mailbox.MOST_BYTES_AT_ONCE + 2000);
                all += part.split("message", -1).length - 1;
            }
            assertThat(parts).isBetween(3, 5);
            assertThat(all).isEqualTo(messages);
            assertThat(mailbox(client).bytes()).isZero();
        }
    }

    private static Mailbox mailbox(Server.Connection client) {
        return Objects.requireNonNull(client.stream.session().mailbox());
    }

    /// Threads that post while another closes: nothing stays, and nothing is counted twice.
    @Test
    void whatIsPostedToOneThatEndsIsForgotten() throws InterruptedException {
        for (int round = 0; round < 300; round++) {
            Mailbox mailbox = new Mailbox(new SilentPeer(), new OutputBounds(new OutputBounds.Bound(0, 0, 0)));
            CountDownLatch begun = new CountDownLatch(2);
            AtomicLong least = new AtomicLong();
            Runnable posts = () -> {
                PublishedMessage message = new PublishedMessage("c", "x".repeat(100));
                for (int i = 0; i < 200; i++) {
                    mailbox.post(message);
                    least.accumulateAndGet(mailbox.bytes(), Math::min);
                    if (i == 50) {
                        begun.countDown();
                    }
                }
            };
            List<Thread> threads = List.of(
                    Thread.ofPlatform().start(posts), Thread.ofPlatform().start(posts));
            begun.await();
            mailbox.close();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(least.get()).as("round %d", round).isZero();
            assertThat(mailbox.bytes()).as("round %d", round).isZero();
        }
    }

    /// Who does not read what it is owed is closed at the bound, once.
    @Test
    void whoDoesNotReadIsClosedAtTheBound() {
        SilentPeer peer = new SilentPeer();
        OutputBounds bounds = new OutputBounds(new OutputBounds.Bound(0, 0, 0));
        assertThat(bounds.set("pubsub 10000 0 0")).isNull();
        Mailbox mailbox = new Mailbox(peer, bounds);
        InvalidationMessage message = new InvalidationMessage("k".repeat(36), false);
        for (int i = 0; i < 100; i++) {
            mailbox.postBesideReplies(message);
            assertThat(peer.killed).isFalse();
        }
        assertThat(mailbox.bytes()).isEqualTo(10_000);
        mailbox.postBesideReplies(message);
        mailbox.postBesideReplies(message);
        assertThat(peer.killed).isTrue();
        assertThat(bounds.closed()).isEqualTo(1);
        assertThat(mailbox.bytes()).isZero();
    }

    /// Over RESP2 a message looks like a reply: who has unsubscribed before it was delivered must not get it.
    @Test
    void aMessageThatComesTooLateIsDropped() {
        for (String end : new String[] {"UNSUBSCRIBE", "RESET"}) {
            try (Server server = new Server();
                    Server.Connection client = connect(server, new SilentPeer());
                    Server.Connection other = server.connect()) {
                client.command("SUBSCRIBE", "c");
                assertThat(other.command("PUBLISH", "c", "first")).isEqualTo(":1\r\n");
                assertThat(delivered(client)).isEqualTo("*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$5\r\nfirst\r\n");
                assertThat(other.command("PUBLISH", "c", "late")).isEqualTo(":1\r\n");
                client.command(end);
                assertThat(delivered(client)).as(end).isEmpty();
            }
        }
    }

    @Test
    void aLineOfMonitorThatComesTooLateIsDropped() {
        try (Server server = new Server();
                Server.Connection client = connect(server, new SilentPeer());
                Server.Connection other = server.connect()) {
            client.command("MONITOR");
            other.command("PING");
            client.command("RESET");
            assertThat(delivered(client)).isEmpty();
        }
    }

    @Test
    void aMonitorKeepsItsHandsOffTheKeys() {
        try (Server server = new Server();
                Server.Connection client = connect(server, new SilentPeer())) {
            client.command("MONITOR");
            for (String command : List.of("GET k", "SET k v", "PUBLISH c m")) {
                assertThat(client.command(command.split(" ", -1))).isEqualTo("-" + Errors.WHILE_MONITORING + "\r\n");
            }
            assertThat(client.command("PING")).contains("+PONG\r\n");
            client.command("RESET");
            assertThat(client.command("GET", "k")).isEqualTo("$-1\r\n");
        }
    }

    /// The same of keys to forget, which a connection gets in place of another.
    @Test
    void anInvalidationThatComesTooLateIsDropped() {
        try (Server server = new Server();
                Server.Connection listener = connect(server, new SilentPeer());
                Server.Connection reader = connect(server, new SilentPeer());
                Server.Connection other = server.connect()) {
            listener.command("SUBSCRIBE", "__redis__:invalidate");
            String id = Long.toString(listener.stream.session().id());
            assertThat(reader.command("CLIENT", "TRACKING", "ON", "REDIRECT", id))
                    .isEqualTo("+OK\r\n");
            reader.command("GET", "k");
            other.command("SET", "k", "v");
            listener.command("UNSUBSCRIBE");
            assertThat(delivered(listener)).isEmpty();
        }
    }
}
