package dev.situ.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class RegionTest {
    @Test
    void reservingSixtyFourGigabytesTouchesNothing() throws IOException {
        long before = residentPages();
        try (Region region = Region.reserve(64L << 30, HugePages.NONE)) {
            assertThat(region.size()).isEqualTo(64L << 30);
            Words.setLong(region.memory(), region.size() - 8, 42);
            assertThat(Words.getLong(region.memory(), region.size() - 8)).isEqualTo(42);
            assertThat(Words.getLong(region.memory(), 0)).isZero();
            assertThat(residentPages() - before).isLessThan(64 * 256); // far below 64 MiB
        }
    }

    @Test
    void aDiscardedRangeReadsAsZero() {
        try (Region region = Region.reserve(1 << 20, HugePages.NONE)) {
            MemorySegment memory = region.memory();
            memory.fill((byte) 7);
            region.discard(8192, 4096);
            assertThat(Words.getByte(memory, 8191)).isEqualTo((byte) 7);
            assertThat(Words.getLong(memory, 8192)).isZero();
            assertThat(Words.getLong(memory, 12280)).isZero();
            assertThat(Words.getByte(memory, 12288)).isEqualTo((byte) 7);
        }
    }

    @Test
    void accessAfterCloseIsAnExceptionNotACrash() {
        Region region = Region.reserve(4096, HugePages.NONE);
        MemorySegment memory = region.memory();
        region.close();
        region.close();
        assertThatIllegalStateException().isThrownBy(() -> Words.getLong(memory, 0));
    }

    @Test
    void accessOutsideIsAnException() {
        try (Region region = Region.reserve(4096, HugePages.NONE)) {
            MemorySegment memory = region.memory();
            assertThatThrownBy(() -> Words.getLong(memory, 4096)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void tooMuchMemoryIsRefusedInOneLine() {
        assertThatThrownBy(() -> Region.reserve(1L << 60, HugePages.NONE))
                .isInstanceOf(RegionException.class)
                .hasMessage("cannot reserve 1152921504606846976 bytes of memory: Cannot allocate memory");
    }

    @Test
    void hugePagesThatAreNotThereAreRefusedInOneLine() {
        assertThatThrownBy(() -> Region.reserve(1L << 45, HugePages.RESERVED))
                .isInstanceOf(RegionException.class)
                .hasMessageContaining("cannot reserve 35184372088832 bytes of memory in huge pages: ");
    }

    @Test
    void aRegionOfTransparentHugePagesServes() {
        try (Region region = Region.reserve(1, HugePages.TRANSPARENT)) {
            assertThat(region.size()).isEqualTo(2 << 20);
            Words.setLong(region.memory(), 0, 1);
            region.discard(0, 4096);
            assertThat(Words.getLong(region.memory(), 0)).isZero();
        }
    }

    private static long residentPages() throws IOException {
        return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ", -1)[1]);
    }
}
