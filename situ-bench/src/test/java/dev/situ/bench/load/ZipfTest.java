package dev.situ.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZipfTest {
    private static final int DRAWS = 200_000;

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 0.99, 1, 1.5, 3})
    void ranksAreDrawnAsOftenAsTheFormulaSays(double exponent) {
        int count = 50;
        long seed = seed();
        SplittableRandom random = new SplittableRandom(seed);
        Zipf zipf = new Zipf(count, exponent);
        int[] drawn = new int[count];
        for (int i = 0; i < DRAWS; i++) {
            drawn[(int) zipf.next(random)]++;
        }

        double sum = 0;
        for (int k = 1; k <= count; k++) {
            sum += Math.pow(k, -exponent);
        }
        for (int k = 1; k <= count; k++) {
            double chance = Math.pow(k, -exponent) / sum;
            double deviation = Math.sqrt(DRAWS * chance * (1 - chance));
            assertThat((double) drawn[k - 1])
                    .as("rank %d, seed %d", k, seed)
                    .isCloseTo(DRAWS * chance, within(6 * deviation + 1));
        }
    }

    @Test
    void aTrillionRanksNeedNoTable() {
        SplittableRandom random = new SplittableRandom(seed());
        Zipf zipf = new Zipf(1_000_000_000_000L, 0.99);
        for (int i = 0; i < 10_000; i++) {
            assertThat(zipf.next(random)).isBetween(0L, 999_999_999_999L);
        }
    }

    @Test
    void oneRankIsAlwaysTheFirst() {
        assertThat(new Zipf(1, 0.99).next(new SplittableRandom(1))).isZero();
    }

    @Test
    void theCommandLinesWordsAreRead() {
        assertThat(Ranks.parse("zipf:0.99", 10)).isInstanceOf(Zipf.class);
        assertThat(Ranks.parse("uniform", 1).next(new SplittableRandom(1))).isZero();
        for (String bad : new String[] {"zipf", "zipf:", "zipf:x", "zipf:-1", "pareto", ""}) {
            assertThatThrownBy(() -> Ranks.parse(bad, 10)).as(bad).isInstanceOf(IllegalArgumentException.class);
        }
    }

    static long seed() {
        long seed = Long.getLong("situ.seed", System.nanoTime());
        System.out.println("-Dsitu.seed=" + seed);
        return seed;
    }
}
