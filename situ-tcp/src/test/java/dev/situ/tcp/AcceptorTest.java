package dev.situ.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.situ.kv.CommandStream;
import dev.situ.kv.Peer;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.netty.handler.ssl.SslContext;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSessionContext;
import org.junit.jupiter.api.Test;

/// Connections that cannot begin.
class AcceptorTest {
    private static final LogLimiter LOG = new LogLimiter(System.getLogger("dev.situ.tcp"));

    private final TcpLimits limits = new TcpLimits(TcpServerOptions.DEFAULT);
    private final AtomicInteger current = new AtomicInteger();
    private final AtomicInteger sessions = new AtomicInteger();

    @Test
    void overTcpWhoHasNoAddressIsRefused() {
        Acceptor acceptor =
                new Acceptor(TcpTransport.NIO, new TcpLoop[0], limits, Admission.ALL, null, current, LOG, _ -> {});
        EmbeddedChannel unknown = new EmbeddedChannel(); // its address is none of TCP
        new EmbeddedChannel(acceptor).writeInbound(unknown);
        assertThat(unknown.isOpen()).isFalse();
        assertThat(acceptor.rejected()).isEqualTo(1);
        assertThat(acceptor.accepted()).isZero();
        assertThat(current.get()).isZero();
    }

    @Test
    void aSessionBeginsBehindAllOfTlsThatCanFail() {
        EmbeddedChannel channel = new EmbeddedChannel();
        try (Worker worker = new Worker()) {
            TcpLoop loop = new TcpLoop(channel.eventLoop(), worker, limits, "", current, LOG, _ -> {});
            assertThatThrownBy(() -> TlsWire.open(loop, channel, new BrokenContext()))
                    .hasMessage("thrown by a test");
            assertThat(sessions.get()).isZero();
            loop.close();
        }
    }

    private static final class BrokenContext extends SslContext {
        @Override
        public SSLEngine newEngine(ByteBufAllocator memory) {
            throw new IllegalStateException("thrown by a test");
        }

        @Override
        public SSLEngine newEngine(ByteBufAllocator memory, String host, int port) {
            return newEngine(memory);
        }

        @Override
        public boolean isClient() {
            return false;
        }

        @Override
        public List<String> cipherSuites() {
            return List.of();
        }

        @Override
        @SuppressWarnings("deprecation") // in Netty too, where it is abstract
        public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
            throw new IllegalStateException("nobody asks");
        }

        @Override
        public SSLSessionContext sessionContext() {
            throw new IllegalStateException("nobody asks");
        }
    }

    private final class Worker implements TcpWorker {
        @Override
        public void enter() {}

        @Override
        public void exit() {}

        @Override
        public void pin(long record) {}

        @Override
        public void unpin(long record) {}

        @Override
        public void trim() {}

        @Override
        public void countClosedByLimit() {}

        @Override
        public CommandStream connect(Peer peer) {
            sessions.incrementAndGet();
            throw new IllegalStateException("not to be called");
        }

        @Override
        public void close() {}
    }
}
