package dev.situ.r2p2;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LongIndexTest {
    @Test
    void agreesWithAHashMap() {
        for (long seed = 1; seed <= 20; seed++) {
            Random random = new Random(seed);
            LongIndex index = new LongIndex(64, random.nextLong());
            Map<Long, Integer> model = new HashMap<>();
            for (int step = 0; step < 20_000; step++) {
                long key = random.nextInt(100) * (random.nextBoolean() ? 1L : 1L << 40);
                Integer value = model.get(key);
                assertThat(index.get(key)).as("seed %d", seed).isEqualTo(value == null ? LongIndex.NONE : value);
                if (value != null) {
                    assertThat(index.remove(key)).as("seed %d", seed).isEqualTo(value);
                    model.remove(key);
                } else if (model.size() < 64) {
                    index.put(key, step);
                    model.put(key, step);
                } else {
                    assertThat(index.remove(key)).as("seed %d", seed).isEqualTo(LongIndex.NONE);
                }
            }
        }
    }
}
