package dev.situ.dpdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.situ.dpdk.ffi.BurstFunctions;
import dev.situ.memory.Words;
import dev.situ.packet.Packet;
import dev.situ.packet.PacketBurst;
import dev.situ.packet.PacketCache;
import dev.situ.packet.PacketLayout;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Mbufs taken, shared and given back from Java. Each pool is closed at the end of its test, which fails unless
/// exactly all of its packets are back.
@Timeout(120)
class DpdkPacketPoolTest {
    private static final int PACKETS = 511;

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
    void everyPacketIsTakenOnceAndNoneAfterThat() {
        try (DpdkPacketPool pool = DpdkPacketPool.create(eal, PACKETS)) {
            Set<Long> taken = new HashSet<>();
            for (long packet = pool.take(); packet != Packet.NONE; packet = pool.take()) {
                assertThat(taken.add(packet)).isTrue();
            }
            assertThat(taken).hasSize(PACKETS);
            assertThat(pool.outstanding()).isEqualTo(PACKETS);
            assertThat(pool.isShort()).isTrue();
            taken.forEach(pool::release);
            assertThat(pool.outstanding()).isZero();
            assertThat(pool.isShort()).isFalse();
        }
    }

    @Test
    void aCacheTakesAndGivesManyAtATime() {
        try (DpdkPacketPool pool = DpdkPacketPool.create(eal, PACKETS)) {
            PacketCache cache = pool.newCache(128);
            PacketBurst burst = new PacketBurst(PACKETS);
            assertThat(cache.take(burst, PACKETS)).isEqualTo(PACKETS);
            assertThat(pool.outstanding()).isEqualTo(PACKETS);
            cache.releaseAll(burst);
            assertThat(pool.outstanding()).isZero();
            cache.flush();
        }
    }

    @Test
    void aFreshPacketIsEmptyWithHeadroomWhateverItWasBefore() {
        try (DpdkPacketPool pool = DpdkPacketPool.create(eal, 1)) {
            MemorySegment m = pool.memory();
            for (int life = 0; life < 3; life++) {
                long packet = pool.take();
                assertThat(Packet.totalLength(m, packet)).isZero();
                assertThat(Packet.headroom(m, packet)).isEqualTo(PacketLayout.HEADROOM);
                assertThat(Packet.tailroom(m, packet)).isEqualTo(pool.packetBytes());
                assertThat(Packet.segments(m, packet)).isOne();
                assertThat(Packet.isMutable(m, packet)).isTrue();
                Packet.setLength(m, packet, 100);
                Packet.trimFront(m, packet, 60);
                Packet.addFlags(m, packet, PacketLayout.TX_IPV4);
                pool.release(packet);
            }
        }
    }

    @Test
    void thePacketOfEveryByteIsFound() {
        try (DpdkPacketPool pool = DpdkPacketPool.create(eal, 63)) {
            PacketBurst all = new PacketBurst(63);
            pool.take(all, 63);
            for (int i = 0; i < all.size(); i++) {
                long packet = all.packet(i);
                long buffer = Packet.data(pool.memory(), packet) - PacketLayout.HEADROOM;
                assertThat(pool.packetAt(buffer)).isEqualTo(packet);
                assertThat(pool.packetAt(buffer + 1000)).isEqualTo(packet);
                assertThat(pool.packetAt(buffer + DpdkPacketPool.DEFAULT_BUFFER_BYTES - 1))
                        .isEqualTo(packet);
                assertThat(pool.packetAt(buffer - 1)).isEqualTo(Packet.NONE);
                assertThat(pool.packetAt(buffer + DpdkPacketPool.DEFAULT_BUFFER_BYTES))
                        .isNotEqualTo(packet);
            }
            assertThat(pool.packetAt(-1)).isEqualTo(Packet.NONE);
            assertThat(pool.packetAt(pool.memory().byteSize())).isEqualTo(Packet.NONE);
            pool.releaseAll(all);
        }
    }

    @Test
    void aCloneReadsTheOthersBytesAndKeepsThemAlive() {
        try (DpdkPacketPool pool = DpdkPacketPool.create(eal, 3)) {
            MemorySegment m = pool.memory();
            long packet = Frames.take(pool, 7, 500);
            long clone = pool.clone(packet, 14, 4);
            long cloneOfClone = pool.clone(clone, 2, 2);
            assertThat(Packet.references(m, packet)).isEqualTo(3);
            pool.release(packet);
            assertThat(pool.outstanding()).isEqualTo(3);
            assertThat(Words.getIntBe(m, Packet.data(m, clone))).isEqualTo(7);
            pool.release(clone);
            assertThat(Words.getUnsignedShortBe(m, Packet.data(m, cloneOfClone)))
                    .isEqualTo(7);
            pool.release(cloneOfClone);
            assertThat(pool.outstanding()).isZero();
        }
    }

    @Test
    void aClosedPoolCannotBeReadAndAHeldOneNotClosed() {
        DpdkPacketPool pool = DpdkPacketPool.create(eal, 63);
        long packet = Frames.take(pool, 1, 100);
        assertThatIllegalStateException().isThrownBy(pool::close).withMessageContaining("1 packets");
        long data = Packet.data(pool.memory(), packet);
        pool.release(packet);
        pool.close();
        pool.close();
        assertThatIllegalStateException().isThrownBy(() -> Words.getByte(pool.memory(), data));
        assertThatIllegalStateException().isThrownBy(pool::take);
        assertThatIllegalStateException().isThrownBy(pool::outstanding);
    }

    @Test
    void sizesThatCannotBeAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> DpdkPacketPool.create(eal, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> DpdkPacketPool.create(eal, 10, 128, true));
        assertThatIllegalArgumentException().isThrownBy(() -> DpdkPacketPool.create(eal, 10, 65536, true));
    }

    @Test
    void manyPoolsComeAndGo() {
        for (int i = 0; i < 50; i++) {
            try (DpdkPacketPool small = DpdkPacketPool.create(eal, 63);
                    DpdkPacketPool large = DpdkPacketPool.create(eal, 255, 9216, false)) {
                long packet = Frames.take(small, i, 200);
                long copy = large.copy(small.memory(), packet);
                assertThat(Frames.check(large.memory(), copy)).isEqualTo(i);
                large.release(copy);
                small.release(packet);
            }
        }
    }

    @Test
    void threadsOfAllKindsTakeShareAndReleaseAtOnce() throws Exception {
        long seed = Long.getLong("seed", new Random().nextLong());
        System.out.println("seed " + seed);
        int threads = 4;
        try (DpdkPacketPool pool = DpdkPacketPool.create(eal, PACKETS, DpdkPacketPool.DEFAULT_BUFFER_BYTES, false);
                ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            long[] shared = new long[64];
            List<Future<?>> runs = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                boolean registered = i % 2 == 0;
                Random random = new Random(seed + i);
                runs.add(executor.submit(() -> {
                    EalThread thread = registered ? eal.register() : null;
                    churn(pool, shared, random);
                    if (thread != null) {
                        thread.close();
                    }
                }));
            }
            for (Future<?> run : runs) {
                run.get(100, TimeUnit.SECONDS);
            }
            for (long packet : shared) {
                if (packet != Packet.NONE) {
                    pool.release(packet);
                }
            }
            assertThat(pool.outstanding()).isZero();
        }
    }

    /// More threads than processors, so that the kernel stops some in the middle of taking: what others took and
    /// bring back meanwhile must find room. They hold less than the eighth of the pool that can be kept so.
    @Test
    void whatComesBackWhileAThreadIsStoppedInTheMiddleIsNotLost() throws Exception {
        int threads = Math.min(Runtime.getRuntime().availableProcessors() + 2, 6);
        try (DpdkPacketPool pool = DpdkPacketPool.create(eal, 16_383, 256, false);
                ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            List<Future<?>> runs = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                boolean driver = i % 2 == 0;
                runs.add(executor.submit(() -> {
                    try (EalThread _ = eal.register()) {
                        takeAndGive(pool, driver);
                    }
                }));
            }
            for (Future<?> run : runs) {
                run.get(100, TimeUnit.SECONDS);
            }
            assertThat(pool.outstanding()).isZero();
        }
    }

    /// Takes many and gives them back, as Java does or as a driver does: by C, through the thread's own cache.
    private static void takeAndGive(DpdkPacketPool pool, boolean asDriver) {
        PacketBurst burst = new PacketBurst(64);
        PacketCache cache = pool.newCache(64);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
        while (System.nanoTime() - end < 0) {
            cache.take(burst, burst.room());
            if (asDriver) {
                for (int i = 0; i < burst.size(); i++) {
                    BurstFunctions.release(pool.memory().address() + pool.surrender(burst.packet(i)));
                }
                burst.forget();
            } else {
                cache.releaseAll(burst);
            }
            cache.flush();
        }
    }

    /// Exchanges packets with other threads through `shared`, so that most are released by another than took them.
    private static void churn(DpdkPacketPool pool, long[] shared, Random random) {
        PacketCache cache = pool.newCache(16);
        MemorySegment m = pool.memory();
        for (int i = 0; i < 20_000; i++) {
            int number = random.nextInt();
            long packet = random.nextBoolean() ? cache.take() : pool.take();
            if (packet != Packet.NONE) {
                Packet.setLength(m, packet, 8);
                Words.setLong(m, Packet.data(m, packet), (number & 0xFFFF_FFFFL) * 0x1_0000_0001L);
                if (random.nextInt(3) == 0) {
                    long clone = cache.clone(packet, 0, 8);
                    cache.release(packet);
                    packet = clone;
                }
            }
            long other;
            synchronized (shared) {
                int slot = random.nextInt(shared.length);
                other = shared[slot];
                shared[slot] = packet;
            }
            if (other != Packet.NONE) {
                long word = Words.getLong(m, Packet.data(m, other));
                assertThat((int) word).isEqualTo((int) (word >>> 32));
                if (random.nextBoolean()) {
                    cache.release(other);
                } else {
                    pool.release(other);
                }
            }
        }
        cache.flush();
    }
}
