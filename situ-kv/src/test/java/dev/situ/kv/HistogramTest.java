package dev.situ.kv;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// A histogram against the times themselves: each is told within one in 128, and never as less than it was.
class HistogramTest {
    @Test
    void percentilesAreThoseOfTheSortedTimes() {
        long seed = Long.getLong("situ.histogram.seed", System.nanoTime());
        System.out.println("HistogramTest seed " + seed);
        Random random = new Random(seed);
        Histogram histogram = new Histogram();
        long[] times = new long[10_000];
        for (int i = 0; i < times.length; i++) {
            times[i] = random.nextLong(1L << (1 + random.nextInt(29)));
            histogram.record(times[i], 1);
        }
        Arrays.sort(times);
        for (double percent : new double[] {1, 50, 90, 99, 99.9, 100}) {
            long exact = times[(int) Math.max(0, Math.round(percent / 100 * times.length) - 1)];
            assertThat(histogram.percentile(percent)).isBetween(exact, exact + exact / 128 + 1);
        }
        assertThat(histogram.total()).isEqualTo(times.length);
        for (int power = 0; power < 20; power++) {
            long bound = (1032L << power) - 1;
            long exact = Arrays.stream(times).filter(time -> time <= bound).count();
            assertThat(histogram.upTo(bound)).as("up to %d", bound).isEqualTo(exact);
        }
    }

    @Test
    void whatIsLongerThanASecondIsASecond() {
        Histogram histogram = new Histogram();
        histogram.record(Long.MAX_VALUE, 2);
        histogram.record(-1, 1);
        assertThat(histogram.total()).isEqualTo(3);
        assertThat(histogram.upTo(0)).isEqualTo(1);
        assertThat(histogram.percentile(100))
                .isEqualTo(Histogram.LAST_NANOS)
                .isGreaterThanOrEqualTo(Histogram.MOST_NANOS);
    }

    @Test
    void nothingHasNoPercentile() {
        assertThat(new Histogram().percentile(50)).isZero();
    }
}
