package dev.situ.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Memory that is given back wrongly, which checked mode is there to find.
class CheckedFreeTest {
    private final Region region = Region.reserve(8 << 20, HugePages.NONE);
    private final SlabAllocator allocator = new SlabAllocator(region, 4 << 20);
    private final SlabCache cache = new SlabCache(allocator);

    @AfterEach
    void unmap() {
        region.close();
    }

    @Test
    @SuppressWarnings("UseAfterGivingAway") // what must not be done is tried
    void aCellThatIsFreedTwiceInARowIsFound() {
        long cell = cache.allocate(64);
        cache.free(cell);
        assertThatIllegalStateException().isThrownBy(() -> cache.free(cell)).withMessageContaining("freed twice");
    }

    @Test
    void thePlaceInTheMiddleOfACellIsNoCell() {
        long cell = cache.allocate(64);
        assertThatIllegalStateException().isThrownBy(() -> cache.free(cell + 8)).withMessageContaining("not a cell");
    }

    @Test
    @SuppressWarnings("UseAfterGivingAway") // what must not be done is tried
    void aRunThatIsFreedTwiceOrFromItsMiddleIsFound() {
        long run = cache.allocate(100_000);
        assertThatIllegalStateException()
                .isThrownBy(() -> allocator.freeRun(run + Region.PAGE_BYTES))
                .withMessageContaining("not a run");
        cache.free(run);
        assertThatIllegalStateException()
                .isThrownBy(() -> allocator.freeRun(run))
                .withMessageContaining("not a run");
    }

    @Test
    @SuppressWarnings("UseAfterGivingAway") // what must not be done is tried
    void whatIsFreedIsPoisonFromItsSeventeenthByteOn() {
        long cell = cache.allocate(64);
        Words.setLong(region.memory(), cell + 16, 5);
        cache.free(cell);
        assertThat(Words.getLong(region.memory(), cell + 16)).isEqualTo(0xDBDB_DBDB_DBDB_DBDBL);
    }
}
