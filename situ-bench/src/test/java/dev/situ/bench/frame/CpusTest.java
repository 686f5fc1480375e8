package dev.situ.bench.frame;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CpusTest {
    @Test
    void listsOfTheKernelAreRead() {
        assertThat(Cpus.parse("0-2,5,7-8")).containsExactly(0, 1, 2, 5, 7, 8);
        assertThat(Cpus.parse("")).isEmpty();
    }

    @Test
    void thisProcessMayUseSome() {
        assertThat(Cpus.allowed()).isNotEmpty();
        assertThat(Cpus.first(1)).hasSize(1);
        assertThat(Cpus.allowed()).containsAll(Cpus.client()).containsAll(Cpus.server());
    }
}
