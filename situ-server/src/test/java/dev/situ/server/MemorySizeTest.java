package dev.situ.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemorySizeTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "17, 17",
        "5b, 5",
        "1k, 1000",
        "1kb, 1024",
        "3m, 3000000",
        "3mb, 3145728",
        "1gb, 1073741824",
        "2G, 2000000000",
        "1TB, 1099511627776",
        "' 64mb ', 67108864"
    })
    void readsTheUnitsOfRedisConf(String text, long bytes) {
        assertThat(MemorySize.parse(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "mb", "-1", "1.5gb", "1 gb", "0x10", "1gib", "12kbs"})
    void refusesWhatIsNoSize(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MemorySize.parse(text))
                .withMessageContaining(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"99999999999999999999", "9999999999tb"})
    void refusesMoreThanCanBeCounted(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MemorySize.parse(text))
                .withMessageContaining(text);
    }

    @Test
    void writesWholeUnits() {
        assertThat(MemorySize.format(1L << 30)).isEqualTo("1gb");
        assertThat(MemorySize.format(1536L << 20)).isEqualTo("1536mb");
        assertThat(MemorySize.format(1000)).isEqualTo("1000b");
        assertThat(MemorySize.format(23_456_789_012L)).isEqualTo("21gb");
    }
}
