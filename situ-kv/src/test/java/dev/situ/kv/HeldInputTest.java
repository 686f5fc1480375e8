package dev.situ.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.Words;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HeldInputTest {
    @Test
    void whatIsAppendedIsThereUntilItIsConsumed() {
        long seed = System.nanoTime();
        System.out.println("HeldInputTest seed " + seed);
        Random random = new Random(seed);
        try (Arena arena = Arena.ofConfined();
                HeldInput held = new HeldInput()) {
            MemorySegment from = arena.allocate(50_000);
            ByteArrayOutputStream model = new ByteArrayOutputStream();
            for (int i = 0; i < 3000; i++) {
                int length = random.nextInt(random.nextInt(10) == 0 ? 50_000 : 300);
                byte[] bytes = new byte[length];
                random.nextBytes(bytes);
                Words.copyFrom(bytes, 0, from, 0, length);
                assertThat(held.append(from, 0, length)).isTrue();
                model.writeBytes(bytes);
                if (random.nextInt(3) == 0 && !held.isEmpty()) {
                    int at = random.nextInt(held.length());
                    int cut = random.nextInt(held.length() - at);
                    held.cut(at, cut);
                    remove(model, at, cut);
                }
                int consumed = random.nextInt(4) == 0 ? held.length() : random.nextInt(held.length() + 1);
                held.consume(consumed);
                remove(model, 0, consumed);
                byte[] there = new byte[held.length()];
                Words.copyTo(held.memory(), held.start(), there, 0, there.length);
                assertThat(there).as("seed %d step %d", seed, i).isEqualTo(model.toByteArray());
                if (held.isEmpty()) {
                    assertThat(held.memory().byteSize()).isLessThanOrEqualTo(HeldInput.KEPT_BYTES);
                }
            }
        }
    }

    private static void remove(ByteArrayOutputStream model, int at, int bytes) {
        byte[] before = model.toByteArray();
        model.reset();
        model.write(before, 0, at);
        model.write(before, at + bytes, before.length - at - bytes);
    }

    @Test
    void anotherThreadMayCloseWhatIsSmall() throws InterruptedException {
        HeldInput held = new HeldInput();
        try (Arena arena = Arena.ofConfined()) {
            held.append(arena.allocate(HeldInput.KEPT_BYTES), 0, HeldInput.KEPT_BYTES);
        }
        Thread closer = new Thread(held::close);
        closer.start();
        closer.join();
        assertThat(held.isEmpty()).isTrue();
        assertThat(held.memory()).isEqualTo(MemorySegment.NULL);
    }
}
