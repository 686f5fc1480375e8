package dev.situ.bench.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class GapsTest {
    @Test
    void eachMicrosecondCountsOnceHoweverLongOneLookAtTheClockTakes() {
        Histogram waits = Gaps.measure(TimeUnit.MILLISECONDS.toNanos(20));

        assertThat(waits.getTotalCount()).isBetween(20_000L, 20_000L + waits.getMaxValue() / 1_000 + 1);
    }
}
