package dev.situ.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MixTest {
    @Test
    void operationsAreChosenByTheirShares() {
        long seed = ZipfTest.seed();
        SplittableRandom random = new SplittableRandom(seed);
        Mix mix = Mix.parse("get:30,set:10,rmw:60");
        Map<Operation, Integer> chosen = new EnumMap<>(Operation.class);
        for (int i = 0; i < 100_000; i++) {
            chosen.merge(mix.next(random), 1, Integer::sum);
        }

        assertThat(chosen).containsOnlyKeys(Operation.GET, Operation.SET, Operation.RMW);
        assertThat((double) chosen.getOrDefault(Operation.GET, 0)).isCloseTo(30_000, within(1_000.0));
        assertThat((double) chosen.getOrDefault(Operation.SET, 0)).isCloseTo(10_000, within(700.0));
    }

    @Test
    void sharesArePartsOfTheirSum() {
        assertThat(Mix.parse("get:3,set:1").share(Operation.GET)).isEqualTo(0.75);
        assertThat(Mix.parse("GET:3, set:1").share(Operation.SET)).isEqualTo(0.25);
        assertThat(Mix.parse("get:3").share(Operation.SET)).isZero();
    }

    @Test
    void whatIsNoMixIsTheUsersMistake() {
        for (String bad :
                new String[] {"", "get", "get:", "get:x", "get:-1", "fly:1", "get:0", "get:1,set", "get:NaN"}) {
            assertThatThrownBy(() -> Mix.parse(bad)).as(bad).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
