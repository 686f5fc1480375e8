package dev.situ.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SizeClassesTest {
    @Test
    void everySizeFitsItsClassAndNoSmallerOne() {
        for (int bytes = 0; bytes <= SizeClasses.MAX_BYTES; bytes++) {
            int sizeClass = SizeClasses.classOf(bytes);
            assertThat(SizeClasses.bytesOf(sizeClass)).isGreaterThanOrEqualTo(bytes);
            if (sizeClass > 0) {
                assertThat(SizeClasses.bytesOf(sizeClass - 1)).isLessThan(bytes);
            }
        }
    }

    @Test
    void classesAreMultiplesOfEightAndAtMostAnEighthApartFromSixtyFourBytesOn() {
        for (int i = 1; i < SizeClasses.COUNT; i++) {
            int bytes = SizeClasses.bytesOf(i);
            int before = SizeClasses.bytesOf(i - 1);
            assertThat(bytes % 8).isZero();
            assertThat(bytes).isGreaterThan(before);
            if (before >= 64) {
                assertThat(bytes - before).isLessThanOrEqualTo(before / 8);
            }
        }
        assertThat(SizeClasses.bytesOf(SizeClasses.COUNT - 1)).isEqualTo(SizeClasses.MAX_BYTES);
    }
}
