package dev.situ.bench.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SamplesTest {
    private static final SampleKey A = new SampleKey("a", "speed", Map.of("keys", 1, "threads", 2));
    private static final SampleKey B = new SampleKey("b", "speed", Map.of("threads", 2, "keys", 1));

    @Test
    void aRatioIsTakenRoundByRound() {
        Samples samples = new Samples();
        // The machine is ten times slower in the second round: the ratio of the medians would be 11, or a tenth.
        samples.add(1, A, "1/s", 200);
        samples.add(1, B, "1/s", 100);
        samples.add(2, A, "1/s", 22);
        samples.add(2, B, "1/s", 10);
        samples.add(3, A, "1/s", 240);
        samples.add(3, B, "1/s", 100);

        assertThat(samples.ratio(A, B)).contains(new Spread(2.2, 2, 2.4));
    }

    @Test
    void aRatioTakesOnlyRoundsThatBothHave() {
        Samples samples = new Samples();
        samples.add(1, A, "1/s", 200);
        samples.add(2, A, "1/s", 900);
        samples.add(1, B, "1/s", 100);

        assertThat(samples.ratio(A, B)).contains(new Spread(2, 2, 2));
        assertThat(samples.ratio(A, new SampleKey("c", "speed", Map.of()))).isEmpty();
    }

    @Test
    void resultsComeInTheOrderInWhichTheyWereBegun() {
        Samples samples = new Samples();
        samples.add(1, B, "1/s", 3);
        samples.add(1, A, "ns", 4);
        samples.add(2, B, "1/s", 5);

        assertThat(samples.results())
                .containsExactly(
                        new Result("b", "speed", "1/s", 4, 3, 5, B.params()),
                        new Result("a", "speed", "ns", 4, 4, 4, A.params()));
    }
}
