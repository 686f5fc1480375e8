package dev.situ.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.situ.memory.Words;
import dev.situ.udp.PeerAddress;
import dev.situ.udp.UdpSender;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Claims, appends, aborts, and datagrams that the kernel really refuses.
@Timeout(60)
class SendTest {
    private static final int SOL_SOCKET = 1;
    private static final int SO_NO_CHECK = 11;

    private final Arena arena = Arena.ofConfined();
    private SocketUdpStack stack;
    private PlainPeer peer;
    private UdpSender sender;
    private long to;

    @BeforeEach
    void open() throws Exception {
        stack = new SocketUdpStack(SocketStackOptions.defaults());
        peer = new PlainPeer(stack.bind(PlainPeer.ANY_PORT, Handlers.IGNORE));
        sender = stack.queue(0).sender();
        to = PeerAddress.of(peer.address());
    }

    @AfterEach
    void close() {
        peer.close();
        stack.close();
        arena.close();
    }

    private MemorySegment random(int bytes, long seed) {
        MemorySegment memory = arena.allocate(bytes);
        byte[] content = PlainPeer.random(bytes, new Random(seed));
        Words.copyFrom(content, 0, memory, 0, bytes);
        return memory;
    }

    private static byte[] bytes(MemorySegment memory, long offset, int length) {
        byte[] bytes = new byte[length];
        Words.copyTo(memory, offset, bytes, 0, length);
        return bytes;
    }

    @Test
    void piecesFromManyPlacesMakeOneDatagram() throws Exception {
        MemorySegment foreign = random(10_000, 1);
        MemorySegment expected = arena.allocate(1472);
        int[] lengths = {200, 1, 0, 1025, 100, 30};
        long at = sender.claim(to, 16);
        Words.setLong(sender.memory(), at, 42);
        Words.setLong(expected, 0, 42);
        Words.setLong(sender.memory(), at + 8, 43);
        Words.setLong(expected, 8, 43);
        int length = 16;
        for (int i = 0; i < lengths.length; i++) {
            sender.append(foreign, i * 1000L, lengths[i]);
            Words.copy(foreign, i * 1000L, expected, length, lengths[i]);
            length += lengths[i];
        }
        sender.commit();
        sender.flush();
        assertThat(peer.receive()).isEqualTo(bytes(expected, 0, length));
    }

    @Test
    void theLastOfManyPiecesAreCopied() throws Exception {
        MemorySegment foreign = random(50 * 1200, 2);
        SocketStackOptions options = SocketStackOptions.defaults().withMaxPayload(SocketStackOptions.LARGEST_PAYLOAD);
        try (SocketUdpStack large = new SocketUdpStack(options)) {
            large.bind(PlainPeer.ANY_PORT, Handlers.IGNORE);
            UdpSender from = large.queue(0).sender();
            byte[] expected = new byte[63 * 1025 + 9 * 100];
            from.claim(to, 0);
            int at = 0;
            for (int i = 0; i < 72; i++) {
                int length = i < 63 ? 1025 : 100;
                from.append(foreign, i * 800L, length);
                Words.copyTo(foreign, i * 800L, expected, at, length);
                at += length;
            }
            from.commit();
            from.flush();
            assertThat(peer.receive()).isEqualTo(expected);
        }
    }

    @Test
    void bytesOfTheHeapAreCopied() throws Exception {
        byte[] payload = PlainPeer.random(1000, new Random(3));
        sender.claim(to, 0);
        sender.append(MemorySegment.ofArray(payload), 0, payload.length);
        sender.commit();
        sender.flush();
        assertThat(peer.receive()).isEqualTo(payload);
    }

    @Test
    void datagramsWithAppendedBytesAreCoalescedToo() throws Exception {
        MemorySegment value = random(40 * 1464, 4);
        for (int i = 0; i < 40; i++) {
            long at = sender.claim(to, 8);
            Words.setLong(sender.memory(), at, i);
            sender.append(value, i * 1464L, 1464);
            sender.commit();
        }
        sender.flush();
        for (int i = 0; i < 40; i++) {
            byte[] datagram = peer.receive();
            assertThat(datagram).hasSize(1472).startsWith((byte) i);
            assertThat(datagram).endsWith(bytes(value, i * 1464L, 1464));
        }
        assertThat(stack.socketStatistics().sentMessages()).isEqualTo(1);
    }

    @Test
    void anAbortedDatagramLeavesNoTrace() throws Exception {
        MemorySegment foreign = random(1000, 5);
        for (int i = 0; i < 3; i++) {
            long at = sender.claim(to, 1);
            Words.setByte(sender.memory(), at, (byte) i);
            sender.append(foreign, 0, 500);
            if (i == 1) {
                sender.abort();
            } else {
                sender.commit();
            }
        }
        sender.flush();
        assertThat(peer.receive()).hasSize(501).startsWith(0);
        assertThat(peer.receive()).hasSize(501).startsWith(2);
        assertThat(stack.statistics().sent()).isEqualTo(2);
    }

    @Test
    void aDatagramOverTheLimitIsRefused() {
        assertThat(sender.claim(to, 1473)).isEqualTo(UdpSender.NO_ROOM);
        assertThat(sender.claim(to, -1)).isEqualTo(UdpSender.NO_ROOM);
        assertThat(stack.statistics().sendDropped()).isEqualTo(2);
        MemorySegment foreign = random(1000, 6);
        assertThat(sender.claim(to, 1000)).isNotEqualTo(UdpSender.NO_ROOM);
        assertThatThrownBy(() -> sender.append(foreign, 0, 473)).hasMessageContaining("1473 bytes is over the limit");
        assertThatThrownBy(() -> sender.append(foreign, 999, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        sender.append(foreign, 0, 472);
        sender.abort();
        sender.flush();
        assertThat(stack.statistics().sent()).isZero();
    }

    @Test
    void claimsAndCommitsMustAlternate() {
        assertThatThrownBy(sender::commit).hasMessage("no datagram is claimed");
        assertThatThrownBy(sender::abort).hasMessage("no datagram is claimed");
        sender.claim(to, 1);
        assertThatThrownBy(() -> sender.claim(to, 1)).hasMessageContaining("neither committed nor aborted");
        assertThatThrownBy(sender::flush).hasMessage("flush between claim and commit");
        sender.abort();
    }

    /// Port 0 (EINVAL) and broadcast without permission (EACCES), between datagrams for a good peer.
    @Test
    void whatTheKernelRefusesTakesNothingElseWithIt() throws Exception {
        long[] bad = {PeerAddress.of(0x7f000001, 0), PeerAddress.of(0xffffffff, 9)};
        for (int i = 0; i < 200; i++) {
            commit(to, (byte) i);
            commit(bad[i % 2], (byte) i);
            // Another size, so that the good datagrams are not all one message.
            commit(to, (byte) i, (byte) i);
        }
        sender.flush();
        for (int i = 0; i < 200; i++) {
            assertThat(peer.receive()).containsExactly(i);
            assertThat(peer.receive()).containsExactly(i, i);
        }
        assertThat(stack.statistics().sent()).isEqualTo(400);
        assertThat(stack.statistics().sendDropped()).isEqualTo(200);
    }

    private void commit(long peer, byte... payload) {
        long at = sender.claim(peer, payload.length);
        Words.copyFrom(payload, 0, sender.memory(), at, payload.length);
        sender.commit();
    }

    /// A socket without checksums: the kernel sends its datagrams, but does not cut messages apart for it.
    @Test
    void aMessageThatTheKernelDoesNotCutGoesOneByOne() throws Exception {
        int fd = ((SocketQueue) stack.queue(0)).sockets()[0].fd();
        MemorySegment one = arena.allocate(4, 4);
        Words.setInt(one, 0, 1);
        assertThat(KernelCalls.setsockopt(KernelCalls.newErrno(), fd, SOL_SOCKET, SO_NO_CHECK, one.address(), 4))
                .isZero();
        MemorySegment value = random(20_000, 7);
        for (int i = 0; i < 30; i++) {
            sender.claim(to, 0);
            sender.append(value, i * 600L, 1030);
            sender.append(value, i * 600L + 301, i == 29 ? 20 : 400);
            sender.commit();
        }
        sender.flush();
        for (int i = 0; i < 30; i++) {
            byte[] datagram = peer.receive();
            assertThat(datagram).hasSize(i == 29 ? 1050 : 1430).startsWith(bytes(value, i * 600L, 1030));
            assertThat(datagram).endsWith(bytes(value, i * 600L + 301, i == 29 ? 20 : 400));
        }
        assertThat(stack.socketStatistics().segmentationRefused()).isEqualTo(1);
        assertThat(stack.statistics().sent()).isEqualTo(30);
        assertThat(stack.statistics().sendDropped()).isZero();

        // Next time it is known.
        for (int i = 0; i < 30; i++) {
            sender.claim(to, 0);
            sender.append(value, i * 600L, 1430);
            sender.commit();
        }
        sender.flush();
        for (int i = 0; i < 30; i++) {
            assertThat(peer.receive()).isEqualTo(bytes(value, i * 600L, 1430));
        }
        assertThat(stack.socketStatistics().segmentationRefused()).isEqualTo(1);
    }
}
