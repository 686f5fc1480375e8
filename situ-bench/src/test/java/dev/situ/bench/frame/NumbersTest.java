package dev.situ.bench.frame;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"0|0", "1.944|1.94", "2|2", "0.03123|0.0312", "43.06|43.1", "12345.6|12,346", "-9.5|-9.5"})
    void threeDigitsAreShown(double value, String text) {
        assertThat(Numbers.text(value)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"8192,8192", "10000,10 k", "4000000,4 M", "1150000,1.15 M"})
    void countsAreShort(long count, String text) {
        assertThat(Numbers.count(count)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"40,40 s", "99,99 s", "170,3 min"})
    void durationsAreRounded(long seconds, String text) {
        assertThat(Numbers.duration(seconds)).isEqualTo(text);
    }
}
