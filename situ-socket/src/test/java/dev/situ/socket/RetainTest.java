package dev.situ.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.situ.memory.Words;
import dev.situ.udp.PeerAddress;
import dev.situ.udp.UdpBurst;
import dev.situ.udp.UdpHandler;
import dev.situ.udp.UdpSender;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RetainTest {
    /// A datagram that was kept past its burst.
    private record Kept(UdpBurst burst, long handle, MemorySegment memory, long offset, int length) {
        static Kept of(UdpBurst burst, int i) {
            long handle = burst.retain(i);
            return new Kept(burst, handle, burst.memory(i), burst.offset(i), burst.length(i));
        }

        int mark() {
            return Words.getInt(memory, offset);
        }

        void release() {
            burst.release(handle);
        }
    }

    private final List<Kept> kept = new ArrayList<>();
    private final List<Integer> refused = new ArrayList<>();
    private final UdpHandler keepAll = (burst, _) -> {
        for (int i = 0; i < burst.size(); i++) {
            Kept datagram = Kept.of(burst, i);
            if (datagram.handle == UdpBurst.NOT_RETAINED) {
                refused.add(datagram.mark());
            } else {
                kept.add(datagram);
            }
        }
    };

    private static SocketUdpStack client() throws IOException {
        SocketUdpStack client = new SocketUdpStack(SocketStackOptions.defaults());
        client.bind(PlainPeer.ANY_PORT, Handlers.IGNORE);
        return client;
    }

    /// Sends datagrams as one message, their numbers inside.
    private static void send(SocketUdpStack client, InetSocketAddress to, int count, int length, int firstMark) {
        UdpSender sender = client.queue(0).sender();
        for (int i = 0; i < count; i++) {
            long at = sender.claim(PeerAddress.of(to), length);
            Words.setInt(sender.memory(), at, firstMark + i);
            sender.commit();
        }
        sender.flush();
    }

    private static void pollUntil(SocketUdpStack stack, int datagrams) {
        for (int received = 0; received < datagrams; ) {
            received += stack.queue(0).poll();
        }
    }

    @Test
    void retainedDatagramsKeepTheirBytesWhileOthersComeAndGo() throws Exception {
        try (SocketUdpStack server = new SocketUdpStack(SocketStackOptions.defaults());
                SocketUdpStack client = client()) {
            InetSocketAddress to = server.bind(PlainPeer.ANY_PORT, keepAll);
            for (int message = 0; message < 20; message++) {
                send(client, to, 40, 1400, message * 40);
                pollUntil(server, 40);
            }
            for (int i = 0; i < 800; i++) {
                assertThat(kept.get(i).mark()).isEqualTo(i);
            }
            // 40 x 1400 bytes are one message: one buffer.
            assertThat(server.statistics().retained()).isEqualTo(20);
            kept.forEach(Kept::release);
            assertThat(server.statistics().retained()).isZero();
        }
    }

    @Test
    void aLoneDatagramIsMovedToASmallBuffer() throws Exception {
        // More than there are large buffers.
        int count = 1000;
        try (SocketUdpStack server = new SocketUdpStack(SocketStackOptions.defaults());
                SocketUdpStack client = client()) {
            InetSocketAddress to = server.bind(PlainPeer.ANY_PORT, keepAll);
            for (int i = 0; i < count; i++) {
                send(client, to, 1, 1472, i);
                pollUntil(server, 1);
            }
            assertThat(refused).isEmpty();
            for (int i = 0; i < count; i++) {
                assertThat(kept.get(i).mark()).isEqualTo(i);
            }
            assertThat(server.statistics().retained()).isEqualTo(count);
            kept.forEach(Kept::release);
            assertThat(server.statistics().retained()).isZero();
        }
    }

    @Test
    void aDatagramRetainedTwiceIsReleasedTwice() throws Exception {
        try (SocketUdpStack server = new SocketUdpStack(SocketStackOptions.defaults())) {
            UdpHandler twice = (burst, _) -> {
                for (int i = 0; i < burst.size(); i++) {
                    kept.add(Kept.of(burst, i));
                    kept.add(Kept.of(burst, i));
                    // Kept and given back at once: still readable in this burst.
                    burst.release(burst.retain(i));
                    assertThat(Words.getInt(burst.memory(i), burst.offset(i))).isEqualTo(5);
                }
            };
            InetSocketAddress to = server.bind(PlainPeer.ANY_PORT, twice);
            for (int length : new int[] {100, 60_000}) {
                SocketUdpStack sender = new SocketUdpStack(
                        SocketStackOptions.defaults().withMaxPayload(SocketStackOptions.LARGEST_PAYLOAD));
                sender.bind(PlainPeer.ANY_PORT, Handlers.IGNORE);
                send(sender, to, 1, length, 5);
                sender.close();
                pollUntil(server, 1);
                assertThat(server.statistics().handlerFailures()).isZero();
                kept.get(0).release();
                assertThat(kept.get(1).mark()).isEqualTo(5);
                assertThat(server.statistics().retained()).isEqualTo(1);
                kept.get(1).release();
                assertThat(server.statistics().retained()).isZero();
                Kept last = kept.get(1);
                assertThatThrownBy(last::release).hasMessageContaining("released after its last release");
                kept.clear();
            }
        }
    }

    /// Holds everything it gets: first the large buffers run out, then the small ones, and still datagrams are
    /// received.
    @Test
    void receivingGoesOnWhenAllBuffersAreRetained() throws Exception {
        int large = 128;
        int small = 100;
        SocketStackOptions options = SocketStackOptions.defaults().withBuffers(65536, large, small);
        try (SocketUdpStack server = new SocketUdpStack(options);
                SocketUdpStack client = client()) {
            InetSocketAddress to = server.bind(PlainPeer.ANY_PORT, keepAll);
            int messages = 300;
            for (int i = 0; i < messages; i++) {
                send(client, to, 8, 1400, i * 8);
                pollUntil(server, 8);
            }
            assertThat(server.statistics().received()).isEqualTo(messages * 8L);
            assertThat(refused).isNotEmpty();
            assertThat(kept).hasSize((large - Receiver.SLOTS) * 8 + small);
            assertThat(server.socketStatistics().retainRefused()).isEqualTo(refused.size());
            for (int i = 0; i < kept.size(); i++) {
                assertThat(kept.get(i).mark()).isEqualTo(i);
            }
            kept.forEach(Kept::release);
            assertThat(server.statistics().retained()).isZero();
            kept.clear();
            send(client, to, 8, 1400, 1);
            pollUntil(server, 8);
            assertThat(kept).hasSize(8);
            kept.forEach(Kept::release);
        }
    }

    @Test
    void otherThreadsReleaseWhileThePollerReceives() throws Exception {
        BlockingQueue<List<Kept>> handed = new LinkedBlockingQueue<>();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread releaser = new Thread(() -> releaseAll(handed), "releaser");
        releaser.setUncaughtExceptionHandler((_, e) -> failure.set(e));
        releaser.start();
        try (SocketUdpStack server = new SocketUdpStack(SocketStackOptions.defaults());
                SocketUdpStack client = client()) {
            InetSocketAddress to = server.bind(PlainPeer.ANY_PORT, (burst, sender) -> {
                keepAll.onBurst(burst, sender);
                // The releaser may be slow, so that some are refused.
                if (!kept.isEmpty()) {
                    handed.add(List.copyOf(kept));
                    kept.clear();
                }
            });
            for (int i = 0; i < 2000; i++) {
                send(client, to, 30, i % 2 == 0 ? 1000 : 100, i * 30);
                pollUntil(server, 30);
            }
            handed.add(List.of());
            releaser.join();
            assertThat(failure).hasNullValue();
            assertThat(server.statistics().retained()).isZero();
        }
    }

    private static void releaseAll(BlockingQueue<List<Kept>> handed) {
        try {
            for (List<Kept> burst = handed.take(); !burst.isEmpty(); burst = handed.take()) {
                int before = burst.getFirst().mark() - 1;
                for (Kept datagram : burst) {
                    assertThat(datagram.mark()).isGreaterThan(before);
                    before = datagram.mark();
                    datagram.release();
                }
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aStackThatIsClosedWithRetainedBuffersSaysSoAndKeepsTheirBytes() throws Exception {
        try (SocketUdpStack client = client()) {
            SocketUdpStack server = new SocketUdpStack(SocketStackOptions.defaults());
            InetSocketAddress to = server.bind(PlainPeer.ANY_PORT, keepAll);
            send(client, to, 30, 1000, 0);
            pollUntil(server, 30);
            assertThatThrownBy(server::close)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("1 packet buffers were still retained when the UDP stack was closed");
            assertThat(kept.get(29).mark()).isEqualTo(29);
            kept.forEach(Kept::release);
            assertThat(server.statistics().retained()).isZero();
        }
    }

    @Test
    void aHandlerThatReleasesTwiceHarmsNeitherThePollerNorOthers() throws Exception {
        try (SocketUdpStack server = new SocketUdpStack(SocketStackOptions.defaults());
                SocketUdpStack client = client()) {
            InetSocketAddress to = server.bind(PlainPeer.ANY_PORT, (burst, _) -> {
                long handle = burst.retain(0);
                long again = handle;
                burst.release(handle);
                burst.release(again);
            });
            // A lone datagram, and one of a large message.
            for (int count : new int[] {1, 30}) {
                send(client, to, count, 1000, 0);
                pollUntil(server, count);
            }
            assertThat(server.statistics().handlerFailures()).isEqualTo(2);
            assertThat(server.statistics().retained()).isZero();
            for (int i = 0; i < 1000; i++) {
                send(client, to, 30, 1000, 0);
                pollUntil(server, 30);
            }
            assertThat(server.statistics().retained()).isZero();
        }
    }

    @Test
    void aBurstThatIsUsedAfterItsHandlerReturnedIsFoundOut() throws Exception {
        AtomicReference<UdpBurst> escaped = new AtomicReference<>();
        List<Kept> borrowed = new ArrayList<>();
        try (SocketUdpStack server = new SocketUdpStack(SocketStackOptions.defaults());
                SocketUdpStack client = client()) {
            InetSocketAddress to = server.bind(PlainPeer.ANY_PORT, (burst, _) -> {
                escaped.set(burst);
                borrowed.add(new Kept(burst, 0, burst.memory(0), burst.offset(0), burst.length(0)));
            });
            send(client, to, 1, 1000, 77);
            pollUntil(server, 1);
            assertThatThrownBy(() -> escaped.get().offset(0)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThat(borrowed.getFirst().mark()).isNotEqualTo(77);
        }
    }
}
