package dev.situ.kv;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// What others have for a connection, on its way.
class MailboxTest {
    private static String delivered(Server.Connection client) {
        return new String(client.deliver(), StandardCharsets.ISO_8859_1);
    }

    private static Server.Connection connect(Server server, SilentPeer peer) {
        return server.new Connection(server.executor, server.keyspace.newSession(peer));
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
