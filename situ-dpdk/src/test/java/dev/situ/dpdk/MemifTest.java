package dev.situ.dpdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.situ.packet.Packet;
import dev.situ.packet.PacketBurst;
import dev.situ.packet.PortQueue;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Packets between the two ends of a memif: copied through memory that two processes would share, so that they
/// arrive in other buffers than they left.
@Timeout(120)
class MemifTest {
    private static Eal eal;

    @BeforeAll
    static void start() {
        eal = TestEal.start();
    }

    @AfterAll
    static void end() {
        if (eal != null) {
            eal.close();
        }
    }

    @Test
    void packetsOfAllSizesArriveWholeInOrderAndAreCounted() throws Exception {
        try (DpdkPacketPool pool = DpdkPacketPool.create(eal, 1023);
                Memif memif = new Memif(eal, pool, pool, 1)) {
            long bytes = 0;
            int number = 0;
            for (int length = Frames.MIN_BYTES; length <= Frames.MAX_BYTES; length += 31) {
                PacketBurst burst = new PacketBurst(1);
                burst.add(Frames.take(pool, number, length));
                Frames.sendAll(memif.client().queue(0), burst);
                bytes += length;
                receive(memif.server().queue(0), pool, burst, 1);
                assertThat(Packet.totalLength(pool.memory(), burst.packet(0))).isEqualTo(length);
                assertThat(Frames.check(pool.memory(), burst.packet(0))).isEqualTo(number);
                pool.releaseAll(burst);
                number++;
            }
            assertThat(memif.client().statistics().sent()).isEqualTo(number);
            assertThat(memif.client().statistics().sentBytes()).isEqualTo(bytes);
            assertThat(memif.server().statistics().received()).isEqualTo(number);
            assertThat(memif.server().statistics().receivedBytes()).isEqualTo(bytes);
            assertThat(pool.outstanding()).isZero();
        }
    }

    private static void receive(PortQueue queue, DpdkPacketPool pool, PacketBurst into, int count) {
        while (into.size() < count) {
            queue.receive(into);
        }
        assertThat(into.size()).isEqualTo(count);
        assertThat(pool.outstanding()).isGreaterThanOrEqualTo(count);
    }

    @Test
    void chainsArriveWholeAndGiveTheirPayloadBack() throws Exception {
        try (DpdkPacketPool pool = DpdkPacketPool.create(eal, 1023);
                Memif memif = new Memif(eal, pool, pool, 1)) {
            assertThat(memif.client().capabilities().multiSegmentSend()).isTrue();
            MemorySegment m = pool.memory();
            // One stored value, sent to many.
            long value = Frames.take(pool, 4711, 1400);
            PacketBurst burst = new PacketBurst(32);
            for (int i = 0; i < 32; i++) {
                long header = pool.take();
                Packet.setLength(m, header, 42);
                MemorySegment.copy(m, Packet.data(m, value), m, Packet.data(m, header), 42);
                Packet.chain(m, header, pool.clone(value, 42, 1400 - 42));
                burst.add(header);
            }
            assertThat(Packet.references(m, value)).isEqualTo(33);
            Frames.sendAll(memif.client().queue(0), burst);
            assertThat(Packet.references(m, value)).isOne();
            receive(memif.server().queue(0), pool, burst, 32);
            for (int i = 0; i < 32; i++) {
                assertThat(Frames.check(m, burst.packet(i))).isEqualTo(4711);
            }
            pool.releaseAll(burst);
            assertThat(pool.outstanding()).isOne();
            pool.release(value);
        }
    }

    @Test
    void manySegmentsArriveWhole() throws Exception {
        try (DpdkPacketPool pool = DpdkPacketPool.create(eal, 1023);
                Memif memif = new Memif(eal, pool, pool, 1)) {
            PacketBurst burst = new PacketBurst(16);
            // The server sends into buffers that the client offers when it is polled.
            assertThat(memif.client().queue(0).receive(burst)).isZero();
            for (int i = 0; i < 16; i++) {
                burst.add(Frames.takeChain(pool, i, 1500, 14, i + 1));
            }
            Frames.sendAll(memif.server().queue(0), burst);
            receive(memif.client().queue(0), pool, burst, 16);
            for (int i = 0; i < 16; i++) {
                assertThat(Frames.check(pool.memory(), burst.packet(i))).isEqualTo(i);
            }
            pool.releaseAll(burst);
        }
    }

    @Test
    void whatNobodyReceivesIsRefusedAndStaysOurs() throws Exception {
        try (DpdkPacketPool pool = DpdkPacketPool.create(eal, 2047);
                Memif memif = new Memif(eal, pool, pool, 1)) {
            PortQueue queue = memif.client().queue(0);
            PacketBurst burst = new PacketBurst(64);
            int number = 0;
            int refusals = 0;
            while (refusals < 10) {
                while (burst.room() > 0) {
                    burst.add(Frames.take(pool, number++, Frames.MIN_BYTES));
                }
                refusals = queue.transmit(burst) == 0 ? refusals + 1 : 0;
            }
            int sent = number - burst.size();
            assertThat(memif.client().statistics().sent()).isEqualTo(sent);
            assertThat(Frames.check(pool.memory(), burst.packet(0))).isEqualTo(sent);
            pool.releaseAll(burst);
            int received = 0;
            while (received < sent) {
                memif.server().queue(0).receive(burst);
                for (int i = 0; i < burst.size(); i++) {
                    assertThat(Frames.check(pool.memory(), burst.packet(i))).isEqualTo(received++);
                }
                pool.releaseAll(burst);
            }
            assertThat(memif.server().queue(0).receive(burst)).isZero();
        }
    }

    @Test
    void receiversWithoutABufferLoseNothingThatAnotherTryDoesNotBring() throws Exception {
        try (DpdkPacketPool serverPool = DpdkPacketPool.create(eal, 63);
                DpdkPacketPool clientPool = DpdkPacketPool.create(eal, 511);
                Memif memif = new Memif(eal, serverPool, clientPool, 1)) {
            PacketBurst burst = new PacketBurst(200);
            for (int i = 0; i < 200; i++) {
                burst.add(Frames.take(clientPool, i, 100));
            }
            Frames.sendAll(memif.client().queue(0), burst);
            PacketBurst held = new PacketBurst(64);
            int next = 0;
            while (next < 200) {
                // Until no buffer is free, or nothing is there any more.
                while (held.room() > 0 && memif.server().queue(0).receive(held) > 0) {
                    assertThat(held.isEmpty()).isFalse();
                }
                for (int i = 0; i < held.size(); i++) {
                    assertThat(Frames.check(serverPool.memory(), held.packet(i)))
                            .isEqualTo(next++);
                }
                serverPool.releaseAll(held);
            }
        }
    }

    @Test
    void twoPollersExchangeForAWhile() throws Exception {
        long seed = Long.getLong("seed", new Random().nextLong());
        System.out.println("seed " + seed);
        int queues = 2;
        int packets = 20_000;
        try (DpdkPacketPool pool = DpdkPacketPool.create(eal, 4095, DpdkPacketPool.DEFAULT_BUFFER_BYTES, false);
                Memif memif = new Memif(eal, pool, pool, queues);
                ExecutorService executor = Executors.newFixedThreadPool(2)) {
            List<Future<?>> runs = new ArrayList<>();
            // One thread polls both queues of one end: more spinning threads than cores test the scheduler.
            runs.add(executor.submit(() -> exchange(memif.client(), packets, new Random(seed))));
            runs.add(executor.submit(() -> exchange(memif.server(), packets, new Random(seed + 1))));
            for (Future<?> run : runs) {
                run.get(100, TimeUnit.SECONDS);
            }
            assertThat(memif.client().statistics().sent()).isEqualTo((long) queues * packets);
            assertThat(memif.server().statistics().sent()).isEqualTo((long) queues * packets);
            assertThat(pool.outstanding()).isZero();
        }
    }

    /// Sends `packets` frames by each queue and receives as many, in order.
    private static void exchange(DpdkPort port, int packets, Random random) {
        try (EalThread _ = eal.register()) {
            int queues = port.queues();
            int[] sent = new int[queues];
            int[] received = new int[queues];
            PacketBurst in = new PacketBurst(32);
            PacketBurst[] out = {new PacketBurst(32), new PacketBurst(32)};
            int open = queues;
            while (open > 0) {
                open = 0;
                for (int q = 0; q < queues; q++) {
                    PortQueue queue = port.queue(q);
                    queue.receive(in);
                    for (int i = 0; i < in.size(); i++) {
                        assertThat(Frames.check(port.pool().memory(), in.packet(i)))
                                .isEqualTo(received[q]++);
                    }
                    queue.cache().releaseAll(in);
                    int burst = random.nextInt(33);
                    while (sent[q] < packets && out[q].room() > 0 && burst-- > 0) {
                        int length = Frames.MIN_BYTES + random.nextInt(200);
                        out[q].add(
                                random.nextInt(4) == 0
                                        ? Frames.takeChain(queue.cache(), sent[q], length, 42, 2)
                                        : Frames.take(queue.cache(), sent[q], length));
                        sent[q]++;
                    }
                    queue.transmit(out[q]);
                    if (sent[q] < packets || received[q] < packets || !out[q].isEmpty()) {
                        open++;
                    }
                }
            }
        }
    }

    private static DpdkPortOptions serverAt(Path socket) {
        return DpdkPortOptions.of("net_memif0,role=server,socket=" + socket + ",socket-abstract=no");
    }

    @Test
    void aSocketThatAKilledServerLeftIsReplaced(@TempDir Path folder) throws IOException {
        Path socket = folder.resolve("s");
        try (ServerSocketChannel gone = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            gone.bind(UnixDomainSocketAddress.of(socket));
        }
        assertThat(socket).exists();
        try (DpdkPacketPool pool = DpdkPacketPool.create(eal, 1023);
                DpdkPort port = DpdkPort.open(eal, pool, serverAt(socket))) {
            assertThat(port.driver()).isEqualTo("net_memif");
            assertThat(socket).exists();
        }
    }

    @Test
    void aSocketThatAnotherListensAtAndAFileThatIsNoneAreLeftAlone(@TempDir Path folder) throws IOException {
        Path taken = folder.resolve("taken");
        Path file = Files.writeString(folder.resolve("file"), "precious");
        try (DpdkPacketPool pool = DpdkPacketPool.create(eal, 1023);
                ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            other.bind(UnixDomainSocketAddress.of(taken));
            assertThatExceptionOfType(DpdkException.class)
                    .isThrownBy(() -> DpdkPort.open(eal, pool, serverAt(taken)))
                    .withMessage("another process serves a memif at " + taken);
            assertThat(taken).exists();
            assertThatExceptionOfType(DpdkException.class)
                    .isThrownBy(() -> DpdkPort.open(eal, pool, serverAt(file)))
                    .withMessageStartingWith(file + " is there, and is no socket");
            assertThat(file).hasContent("precious");
        }
    }
}
