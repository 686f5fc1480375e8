package dev.situ.bench.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.situ.bench.tcp.BatchLoop.Exchange;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BatchLoopTest {
    private static final Exchange GET = Exchange.get(3);
    private static final int KEYS = 1000;
    private static final int DEPTH = 4;
    private static final long WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final String VALUE = "$3\r\nabc\r\n";

    private ServerSocket listening;

    @BeforeEach
    void listen() throws IOException {
        listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void stop() throws IOException {
        listening.close();
    }

    /// Answers each request of each batch, batch after batch, until the client goes.
    private void answer(String reply) {
        Thread.ofVirtual().start(() -> {
            try (Socket client = listening.accept()) {
                int batchBytes = GET.request().length() * DEPTH;
                byte[] replies = reply.repeat(DEPTH).getBytes(StandardCharsets.US_ASCII);
                while (client.getInputStream().readNBytes(batchBytes).length == batchBytes) {
                    client.getOutputStream().write(replies);
                }
            } catch (IOException _) {
                // The client has gone.
            }
        });
    }

    private BatchLoop loop() throws IOException {
        return new BatchLoop(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), listening.getLocalPort()), GET, KEYS, 1, DEPTH);
    }

    @Test
    void itSendsTheNextBatchWhenAllOfTheLastWasAnswered() throws IOException {
        answer(VALUE);
        try (BatchLoop loop = loop()) {
            assertThat(loop.perSecond(WINDOW_NANOS)).isPositive();
            assertThat(loop.perSecond(WINDOW_NANOS)).isPositive();
        }
    }

    @Test
    void aReplyThatIsNotTheValueEndsIt() throws IOException {
        answer("$-1\r\n");
        try (BatchLoop loop = loop()) {
            assertThatThrownBy(() -> loop.perSecond(WINDOW_NANOS))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("not the expected reply: $-1");
        }
    }

    @Test
    void moreThanWasAskedForEndsIt() throws IOException {
        answer(VALUE + VALUE);
        try (BatchLoop loop = loop()) {
            assertThatThrownBy(() -> loop.perSecond(WINDOW_NANOS))
                    .isInstanceOf(IOException.class)
                    .hasMessage("more was answered than was asked");
        }
    }

    @Test
    void aServerThatGoesEndsIt() throws IOException {
        try (BatchLoop loop = loop()) {
            listening.accept().close();
            assertThatThrownBy(() -> loop.perSecond(WINDOW_NANOS)).isInstanceOf(IOException.class);
        }
    }
}
