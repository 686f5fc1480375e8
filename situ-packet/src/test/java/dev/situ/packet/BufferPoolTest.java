package dev.situ.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.situ.memory.Consumes;
import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BufferPoolTest {
    private final Arena arena = Arena.ofAuto();

    private BufferPool pool(int buffers, int bytes) {
        return new BufferPool(3, arena.allocate(BufferPool.memoryBytes(buffers, bytes), 64), buffers, bytes);
    }

    @Test
    void everyBufferIsTakenOnceAndLiesApartFromTheOthers() {
        BufferPool pool = pool(100, 1000);
        Set<Long> offsets = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            long ref = pool.take();
            assertThat(ref).isPositive();
            assertThat(BufferRef.pool(ref)).isEqualTo(3);
            offsets.add(pool.offset(ref));
            Words.setByte(pool.memory(), pool.offset(ref) + 999, (byte) i);
        }
        assertThat(offsets).hasSize(100);
        List<Long> sorted = offsets.stream().sorted().toList();
        for (int i = 1; i < sorted.size(); i++) {
            assertThat(sorted.get(i) - sorted.get(i - 1)).isGreaterThanOrEqualTo(1000);
        }
        assertThat(pool.take()).isEqualTo(BufferRef.NONE);
        assertThat(pool.outstanding()).isEqualTo(100);
    }

    @Test
    void theLastReleaseGivesTheBufferBack() {
        BufferPool pool = pool(1, 64);
        long ref = pool.take();
        long other = ref;
        pool.retain(other);
        assertThat(pool.references(ref)).isEqualTo(2);
        assertThat(pool.release(other)).isFalse();
        assertThat(pool.take()).isEqualTo(BufferRef.NONE);
        assertThat(pool.release(ref)).isTrue();
        assertThat(pool.outstanding()).isZero();
        assertThat(pool.take()).isGreaterThanOrEqualTo(0);
    }

    @Test
    void aReferenceThatOutlivedItsBufferIsRefused() {
        BufferPool pool = pool(1, 64);
        long ref = pool.take();
        long[] outlived = {ref};
        pool.release(ref);
        assertThatThrownBy(() -> pool.release(outlived[0]))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("released after its last release");
        long next = pool.take();
        assertThat(next).isNotEqualTo(outlived[0]);
        assertThatThrownBy(() -> pool.release(outlived[0])).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> pool.retain(outlived[0])).hasMessageContaining("retained after its last release");
        assertThatThrownBy(() -> pool.offset(outlived[0])).hasMessageContaining("used after its last release");
        assertThat(pool.references(next)).isEqualTo(1);
        assertThat(pool.outstanding()).isEqualTo(1);
    }

    @Test
    void generationsStartAgainWithoutEverBeingZero() {
        assertThat(BufferRef.nextGeneration(1)).isEqualTo(2);
        assertThat(BufferRef.nextGeneration(Integer.MAX_VALUE)).isEqualTo(1);
        long last = BufferRef.of(255, 0xFF_FFFF, Integer.MAX_VALUE);
        assertThat(last).isPositive();
        assertThat(BufferRef.pool(last)).isEqualTo(255);
        assertThat(BufferRef.index(last)).isEqualTo(0xFF_FFFF);
        assertThat(BufferRef.generation(last)).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void aReferenceOfAnotherPoolIsRefused() {
        BufferPool pool = pool(1, 64);
        BufferPool other = new BufferPool(4, arena.allocate(BufferPool.memoryBytes(9, 64), 64), 9, 64);
        assertThatThrownBy(() -> pool.release(other.take())).hasMessageContaining("is not of pool 3");
        assertThatThrownBy(() -> pool.release(BufferRef.NONE)).hasMessageContaining("no buffer is not of pool 3");
    }

    @Test
    void aReleasedBufferIsOverwrittenInCheckedMode() {
        BufferPool pool = pool(1, 64);
        long ref = pool.take();
        long at = pool.offset(ref);
        Words.setLong(pool.memory(), at, 42);
        pool.release(ref);
        assertThat(Words.getLong(pool.memory(), at)).isNotEqualTo(42);
    }

    @Test
    void tooLittleMemoryIsRefused() {
        assertThatThrownBy(() -> new BufferPool(0, arena.allocate(100), 2, 64))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 buffers of 64 bytes need 128 bytes");
    }

    /// Threads take, pass on to each other, retain and release; in the end nothing is held, and no buffer was
    /// ever held twice.
    @Test
    void threadsThatShareBuffersLeaveNoneOutstanding() throws InterruptedException {
        int threads = 4;
        int buffers = 16;
        BufferPool pool = pool(buffers, 64);
        List<AtomicReference<Long>> mailboxes = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            mailboxes.add(new AtomicReference<>(BufferRef.NONE));
        }
        List<Throwable> failures = new ArrayList<>();
        List<Thread> running = new ArrayList<>();
        long seed = System.nanoTime();
        for (int t = 0; t < threads; t++) {
            Random random = new Random(seed + t);
            Thread thread = new Thread(() -> shuffle(pool, mailboxes, random));
            thread.setUncaughtExceptionHandler((_, e) -> {
                synchronized (failures) {
                    failures.add(e);
                }
            });
            running.add(thread);
            thread.start();
        }
        for (Thread thread : running) {
            thread.join();
        }
        for (AtomicReference<Long> mailbox : mailboxes) {
            releaseIfAny(pool, mailbox.getAndSet(BufferRef.NONE));
        }
        assertThat(failures).as("seed %d", seed).isEmpty();
        assertThat(pool.outstanding()).isZero();
        assertThat(pool.free()).isEqualTo(buffers);
    }

    private static void shuffle(BufferPool pool, List<AtomicReference<Long>> mailboxes, Random random) {
        for (int i = 0; i < 100_000; i++) {
            long ref = pool.take();
            if (ref == BufferRef.NONE) {
                continue;
            }
            long mark = random.nextLong();
            Words.setLong(pool.memory(), pool.offset(ref), mark);
            pool.retain(ref);
            long before = mailboxes.get(random.nextInt(mailboxes.size())).getAndSet(ref);
            releaseIfAny(pool, before);
            if (Words.getLong(pool.memory(), pool.offset(ref)) != mark) {
                throw new AssertionError("the buffer was given to another thread while it was held");
            }
            pool.release(ref);
        }
    }

    private static void releaseIfAny(BufferPool pool, @Consumes long ref) {
        if (ref != BufferRef.NONE) {
            pool.release(ref);
        }
    }
}
