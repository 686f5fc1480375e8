package dev.situ.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SizesTest {
    private static final int DRAWS = 100_000;

    private static int[] draw(Sizes sizes) {
        SplittableRandom random = new SplittableRandom(ZipfTest.seed());
        int[] drawn = new int[DRAWS];
        Arrays.setAll(drawn, _ -> sizes.next(random));
        Arrays.sort(drawn);
        return drawn;
    }

    private static double share(int[] sorted, int size) {
        return (double) Arrays.stream(sorted).filter(each -> each == size).count() / sorted.length;
    }

    @Test
    void fixedSizesAreFixed() {
        assertThat(draw(Sizes.parse("fixed:64"))).containsOnly(64);
    }

    @Test
    void theMedianOfLogNormalSizesIsThePowerOfTheMean() {
        int[] drawn = draw(Sizes.parse("lognormal:6,1"));

        assertThat((double) drawn[DRAWS / 2]).isCloseTo(Math.exp(6), within(12.0));
        // One deviation below and above: 15.87 % and 84.13 %.
        assertThat((double) drawn[(int) (DRAWS * 0.1587)]).isCloseTo(Math.exp(5), within(6.0));
        assertThat((double) drawn[(int) (DRAWS * 0.8413)]).isCloseTo(Math.exp(7), within(40.0));
    }

    @Test
    void aTraceIsTakenInTurnAndBeginsAnew(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("sizes"), "10\n\n200\n 3 \n");
        Sizes trace = Sizes.parse("trace:" + file);
        SplittableRandom random = new SplittableRandom(1);

        int[] taken = new int[7];
        Arrays.setAll(taken, _ -> trace.next(random));
        assertThat(taken).containsExactly(10, 200, 3, 10, 200, 3, 10);
    }

    @Test
    void whatIsNoDistributionIsTheUsersMistake(@TempDir Path folder) throws Exception {
        Path empty = Files.writeString(folder.resolve("empty"), "\n");
        Path words = Files.writeString(folder.resolve("words"), "10\nmany\n");
        for (String bad : new String[] {
            "fixed",
            "fixed:x",
            "fixed:-1",
            "fixed:99999999999",
            "lognormal:1",
            "lognormal:1,-1",
            "lognormal:1,2,3",
            "64",
            "trace:" + folder.resolve("nothing"),
            "trace:" + empty,
            "trace:" + words
        }) {
            assertThatThrownBy(() -> Sizes.parse(bad)).as(bad).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void etcHasTheSizesOfThePaper() {
        int[] values = draw(Preset.ETC.workload().valueSizes());
        assertThat(share(values, 2)).isCloseTo(0.17820, within(0.006));
        assertThat(share(values, 3)).isCloseTo(0.09239, within(0.005));
        assertThat(share(values, 11)).isCloseTo(0.08989, within(0.005));
        // The table has 44.155 %; half of the rest lies below the median of the Pareto distribution.
        int median = (int) Math.round(15 + 214.476 * (Math.pow(0.5, -0.348238) - 1) / 0.348238);
        long below = Arrays.stream(values).filter(each -> each <= median).count();
        assertThat((double) below / DRAWS).isCloseTo(0.44155 + 0.55845 / 2, within(0.008));

        int[] keys = draw(Preset.ETC.workload().keySizes());
        double keyMedian = 30.7984 + 8.20449 * (Math.pow(-Math.log(0.5), -0.078688) - 1) / 0.078688;
        assertThat((double) keys[DRAWS / 2]).isCloseTo(keyMedian, within(1.0));
        assertThat(keys[0]).isGreaterThanOrEqualTo(Keys.LEAST_BYTES);
    }

    @Test
    void usrHasValuesOfTwoBytes() {
        assertThat(draw(Preset.USR.workload().valueSizes())).containsOnly(2);
        assertThat(draw(Preset.USR.workload().keySizes())).containsOnly(16, 21);
        assertThat(Preset.USR.workload().mix().share(Operation.GET)).isCloseTo(0.998, within(1e-9));
    }
}
