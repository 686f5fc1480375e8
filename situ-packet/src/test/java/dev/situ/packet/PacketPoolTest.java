package dev.situ.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.situ.memory.Consumes;
import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PacketPoolTest {
    private static final int PACKETS = 64;

    private final SoftwarePacketPool pool = SoftwarePacketPool.of(PACKETS);
    private final MemorySegment m = pool.memory();

    @AfterEach
    void noPacketIsLost() {
        assertThat(pool.outstanding()).isZero();
        pool.close();
    }

    @Test
    void aFreshPacketIsEmptyAndHasHeadroom() {
        long packet = pool.take();
        assertThat(Packet.length(m, packet)).isZero();
        assertThat(Packet.totalLength(m, packet)).isZero();
        assertThat(Packet.segments(m, packet)).isEqualTo(1);
        assertThat(Packet.next(m, packet)).isEqualTo(Packet.NONE);
        assertThat(Packet.headroom(m, packet)).isEqualTo(128);
        assertThat(Packet.tailroom(m, packet)).isEqualTo(2048).isEqualTo(pool.packetBytes());
        assertThat(Packet.references(m, packet)).isEqualTo(1);
        assertThat(Packet.isMutable(m, packet)).isTrue();
        assertThat(Packet.address(m, packet)).isEqualTo(m.address() + Packet.descriptor(m, packet));
        pool.release(packet);
    }

    /// What a driver would read: the offsets of `rte_mbuf_core.h`, as numbers.
    @Test
    void theDescriptorIsAnMbuf() {
        long packet = pool.take();
        Packet.setLength(m, packet, 300);
        long at = Packet.descriptor(m, packet);
        assertThat(at % 64).isZero();
        assertThat(Words.getLong(m, at)).isEqualTo(Packet.data(m, packet) - 128 + m.address());
        assertThat(Words.getLong(m, at + 16)).isEqualTo(0xFFFF_0001_0001_0080L);
        assertThat(Words.getLong(m, at + 24)).isZero();
        assertThat(Words.getInt(m, at + 36)).isEqualTo(300);
        assertThat(Words.getShort(m, at + 40)).isEqualTo((short) 300);
        assertThat(Words.getShort(m, at + 54)).isEqualTo((short) 2176);
        assertThat(Words.getLong(m, at + 64)).isZero();
        assertThat(Words.getShort(m, at + 88)).isEqualTo((short) PacketLayout.PRIVATE_BYTES);
        pool.release(packet);
    }

    @Test
    void everyPacketIsTakenOnce() {
        Set<Long> descriptors = new HashSet<>();
        PacketBurst all = new PacketBurst(PACKETS + 1);
        assertThat(pool.take(all, PACKETS + 1)).isEqualTo(PACKETS);
        for (int i = 0; i < all.size(); i++) {
            descriptors.add(Packet.descriptor(m, all.packet(i)));
        }
        assertThat(descriptors).hasSize(PACKETS);
        assertThat(pool.take()).isEqualTo(Packet.NONE);
        assertThat(pool.isShort()).isTrue();
        assertThat(pool.outstanding()).isEqualTo(PACKETS);
        pool.releaseAll(all);
        assertThat(all.isEmpty()).isTrue();
        assertThat(pool.isShort()).isFalse();
    }

    @Test
    void theLastReleaseGivesThePacketBack() {
        long packet = pool.take();
        long other = packet;
        pool.retain(other);
        assertThat(Packet.isMutable(m, packet)).isFalse();
        pool.release(other);
        assertThat(Packet.isMutable(m, packet)).isTrue();
        assertThat(pool.outstanding()).isEqualTo(1);
        pool.release(packet);
    }

    @Test
    void aSharedPacketCannotBeChanged() {
        long packet = Frames.packet(pool, Frames.payload(100));
        long clone = pool.clone(packet, 10, 20);
        for (Runnable change : List.<Runnable>of(
                () -> Packet.setLength(m, packet, 1),
                () -> Packet.prepend(m, packet, 1),
                () -> Packet.trimFront(m, packet, 1),
                () -> Packet.addFlags(m, packet, 1))) {
            assertThatThrownBy(change::run).hasMessageContaining("a shared packet cannot be changed");
        }
        assertThatThrownBy(() -> Packet.setLength(m, clone, 1)).hasMessageContaining("the bytes of a clone");
        pool.release(clone);
        Packet.trimFront(m, packet, 1);
        pool.release(packet);
    }

    @Test
    void aCloneHoldsTheBytesItPointsInto() {
        byte[] bytes = Frames.payload(1000);
        long packet = Frames.packet(pool, bytes);
        long clone = pool.clone(packet, 100, 50);
        long cloneOfClone = pool.clone(clone, 10, 40);
        assertThat(Packet.isClone(m, clone)).isTrue();
        assertThat(Packet.references(m, packet)).isEqualTo(3);
        assertThat(Packet.data(m, clone)).isEqualTo(Packet.data(m, packet) + 100);
        pool.release(packet);
        pool.release(clone);
        assertThat(pool.outstanding()).as("the bytes and the last clone").isEqualTo(2);
        assertThat(Frames.bytes(pool, cloneOfClone)).isEqualTo(java.util.Arrays.copyOfRange(bytes, 110, 150));
        pool.release(cloneOfClone);
        assertThat(pool.outstanding()).isZero();
        // What was a clone has its own buffer again.
        PacketBurst all = new PacketBurst(PACKETS);
        pool.take(all, PACKETS);
        for (int i = 0; i < PACKETS; i++) {
            long at = Packet.descriptor(m, all.packet(i));
            assertThat(Packet.data(m, all.packet(i))).isEqualTo(at + PacketLayout.BUFFER + 128);
            assertThat(Packet.tailroom(m, all.packet(i))).isEqualTo(2048);
        }
        pool.releaseAll(all);
    }

    @Test
    void aChainIsOnePacket() {
        long head = Frames.packet(pool, Frames.payload(42));
        long value = Frames.packet(pool, Frames.payload(1400));
        long clone = pool.clone(value, 200, 1000);
        Packet.chain(m, head, clone);
        Packet.chain(m, head, Frames.packet(pool, new byte[] {13, 10}));
        assertThat(Packet.segments(m, head)).isEqualTo(3);
        assertThat(Packet.totalLength(m, head)).isEqualTo(1044);
        byte[] copied = new byte[1044];
        MemorySegment to = java.lang.foreign.Arena.ofAuto().allocate(1044);
        assertThat(Packet.copyTo(m, head, 0, to, 0, 2000)).isEqualTo(1044);
        Words.copyTo(to, 0, copied, 0, 1044);
        assertThat(copied).isEqualTo(Frames.bytes(pool, head));
        assertThat(Packet.copyTo(m, head, 41, to, 0, 1002)).isEqualTo(1002);
        assertThat(Words.getByte(to, 0)).isEqualTo(copied[41]);
        assertThat(Words.getByte(to, 1001)).isEqualTo(copied[1042]);
        long copy = pool.copy(m, head);
        assertThat(Frames.bytes(pool, copy)).isEqualTo(copied);
        pool.release(copy);
        long other = head;
        pool.retain(other);
        pool.release(other);
        assertThat(Frames.bytes(pool, head)).as("still held").isEqualTo(copied);
        pool.release(head);
        assertThat(pool.outstanding()).as("the value itself").isEqualTo(1);
        pool.release(value);
    }

    @Test
    void headersArePutBeforeAndTakenOff() {
        byte[] bytes = Frames.payload(10);
        long packet = Frames.packet(pool, bytes);
        long at = Packet.prepend(m, packet, 8);
        Words.setLong(m, at, 0);
        assertThat(Packet.length(m, packet)).isEqualTo(18);
        assertThatThrownBy(() -> Packet.prepend(m, packet, 121)).isInstanceOf(IllegalArgumentException.class);
        Packet.trimFront(m, packet, 8);
        assertThat(Frames.bytes(pool, packet)).isEqualTo(bytes);
        assertThatThrownBy(() -> Packet.trimFront(m, packet, 11)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Packet.setLength(m, packet, 2049)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> pool.clone(packet, 5, 6)).isInstanceOf(IndexOutOfBoundsException.class);
        pool.release(packet);
    }

    @Test
    void bytesLeadBackToTheirPacket() {
        long packet = Frames.packet(pool, Frames.payload(100));
        long data = Packet.data(m, packet);
        assertThat(pool.packetAt(data)).isEqualTo(packet);
        assertThat(pool.packetAt(data + 2047)).isEqualTo(packet);
        assertThat(pool.packetAt(data + 2048)).isEqualTo(Packet.NONE);
        assertThat(pool.packetAt(Packet.descriptor(m, packet))).isEqualTo(Packet.NONE);
        assertThat(pool.packetAt(0)).isEqualTo(Packet.NONE);
        assertThat(pool.packetAt(m.byteSize())).isEqualTo(Packet.NONE);
        pool.release(packet);
    }

    @Test
    void usingAPacketAfterItsLastReleaseTellsWhereBothHappened() {
        long packet = pool.take();
        long[] outlived = {packet};
        releaseIt(packet);
        assertThatThrownBy(() -> Packet.data(m, outlived[0]))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is used after its last release")
                .hasStackTraceContaining("usingAPacketAfterItsLastReleaseTellsWhereBothHappened")
                .cause()
                .hasMessageContaining("released here")
                .hasStackTraceContaining("releaseIt");
        // Its descriptor lives again, as another packet.
        PacketBurst all = new PacketBurst(PACKETS);
        pool.take(all, PACKETS);
        assertThatThrownBy(() -> pool.release(outlived[0])).hasMessageContaining("is used after its last release");
        assertThatThrownBy(() -> pool.retain(outlived[0])).hasMessageContaining("is used after its last release");
        assertThatThrownBy(() -> pool.clone(outlived[0], 0, 0)).hasMessageContaining("is used after its last release");
        assertThatThrownBy(() -> Packet.data(m, Packet.NONE)).hasMessageContaining("no packet");
        pool.releaseAll(all);
    }

    private void releaseIt(@Consumes long packet) {
        pool.release(packet);
    }

    @Test
    void aPoolWithHeldPacketsIsNotClosed() {
        long packet = pool.take();
        assertThatThrownBy(pool::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("1 packets of the pool are still held")
                .cause()
                .hasStackTraceContaining("aPoolWithHeldPacketsIsNotClosed");
        pool.release(packet);
    }

    @Test
    void whatADriverTakesAndGivesIsAPacketOfAnotherLife() {
        long packet = Frames.packet(pool, Frames.payload(10));
        long[] outlived = {packet};
        long descriptor = pool.surrender(packet);
        assertThatThrownBy(() -> Packet.data(m, outlived[0])).hasMessageContaining("is used after its last release");
        long again = pool.adopt(descriptor);
        assertThat(Packet.length(m, again)).isEqualTo(10);
        pool.release(again);
    }

    @Test
    void aSharedPacketThatADriverRefusesLivesOnForWhoElseHoldsIt() {
        long packet = Frames.packet(pool, Frames.payload(10));
        long other = packet;
        pool.retain(other);
        long descriptor = pool.surrender(packet);
        assertThat(Packet.length(m, other)).as("somebody else holds it").isEqualTo(10);
        long refused = pool.adopt(descriptor);
        assertThat(Packet.length(m, other)).as("the life has not changed").isEqualTo(10);
        pool.release(refused);
        pool.release(other);
        assertThat(pool.outstanding()).isZero();
    }

    @Test
    void aCacheTakesAndGivesManyAtATime() {
        PacketCache cache = pool.newCache(16);
        PacketBurst burst = new PacketBurst(PACKETS);
        assertThat(cache.take(burst, PACKETS)).isEqualTo(PACKETS);
        assertThat(cache.take()).isEqualTo(Packet.NONE);
        assertThat(pool.outstanding()).isEqualTo(PACKETS);
        cache.releaseAll(burst);
        assertThat(pool.outstanding()).isZero();
        assertThat(cache.free()).isBetween(1, 16);
        assertThat(pool.taken()).isEqualTo(cache.free());
        cache.flush();
        assertThat(pool.taken()).isZero();
        assertThatThrownBy(() -> pool.newCache(1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aPoolHasAtLeastOnePacketThatHoldsSomething() {
        assertThatThrownBy(() -> SoftwarePacketPool.of(0)).hasMessageContaining("a pool has 1 to");
        assertThatThrownBy(() -> SoftwarePacketPool.of(1, 128, true)).hasMessageContaining("a buffer has 129 to 65535");
        assertThatThrownBy(() -> SoftwarePacketPool.of(1, 65536, true))
                .hasMessageContaining("a buffer has 129 to 65535");
    }

    /// Threads with a cache each take, clone, retain and hand packets to each other through mailboxes; in the end
    /// nothing is held, and no packet ever belonged to two.
    @Test
    void threadsThatShareThroughCachesLeaveNothingOutstanding() throws InterruptedException {
        try (SoftwarePacketPool shared = SoftwarePacketPool.of(200, 256, false)) {
            long seed = Long.getLong("situ.seed", System.nanoTime());
            AtomicLong[] mailboxes = {new AtomicLong(), new AtomicLong(), new AtomicLong()};
            List<Throwable> failures = new ArrayList<>();
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                Random random = new Random(seed + t);
                Thread thread = new Thread(() -> shuffle(shared, mailboxes, random));
                thread.setUncaughtExceptionHandler((_, e) -> {
                    synchronized (failures) {
                        failures.add(e);
                    }
                });
                threads.add(thread);
                thread.start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            for (AtomicLong mailbox : mailboxes) {
                releaseIfAny(shared, mailbox.getAndSet(Packet.NONE));
            }
            assertThat(failures).as("-Dsitu.seed=%d", seed).isEmpty();
            assertThat(shared.outstanding()).as("-Dsitu.seed=%d", seed).isZero();
        }
    }

    private static void shuffle(PacketPool pool, AtomicLong[] mailboxes, Random random) {
        PacketCache cache = pool.newCache(8);
        MemorySegment m = pool.memory();
        for (int i = 0; i < 50_000; i++) {
            long packet = cache.take();
            if (packet == Packet.NONE) {
                continue;
            }
            Packet.setLength(m, packet, 8);
            long mark = random.nextLong();
            Words.setLong(m, Packet.data(m, packet), mark);
            long other = random.nextBoolean() ? cache.clone(packet, 0, 8) : Packet.NONE;
            if (other == Packet.NONE) {
                cache.retain(packet);
                other = packet;
            }
            long before = mailboxes[random.nextInt(mailboxes.length)].getAndSet(other);
            releaseIfAny(random.nextBoolean() ? cache : pool, before);
            if (Words.getLong(m, Packet.data(m, packet)) != mark) {
                throw new AssertionError("the packet was given to another thread while it was held");
            }
            cache.release(packet);
        }
        cache.flush();
    }

    private static void releaseIfAny(PacketSupply supply, @Consumes long packet) {
        if (packet != Packet.NONE) {
            supply.release(packet);
        }
    }
}
