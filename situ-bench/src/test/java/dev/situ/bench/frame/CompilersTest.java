package dev.situ.bench.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class CompilersTest {
    @Test
    @EnabledOnOs(OS.LINUX)
    void thoseOfThisProcessHaveTakenTime() {
        warmSomething();

        assertThat(Compilers.of(ProcessHandle.current().pid()).nanos()).isPositive();
    }

    @Test
    void aProcessThatIsNotThereHasNone() {
        assertThat(Compilers.of(0, Long.MAX_VALUE).nanos()).isZero();
    }

    private static void warmSomething() {
        assertThat(IntStream.range(0, 1_000_000).map(i -> i % 7).sum()).isPositive();
    }
}
