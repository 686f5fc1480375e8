package dev.situ.bench.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WarmUpTest {
    @Test
    void itEndsWhenThreeWindowsAgreeWithinFivePercent() throws Exception {
        Iterator<Double> windows = List.of(10.0, 50.0, 96.0, 100.0, 99.0, 1.0).iterator();

        assertThat(WarmUp.run(windows::next, Long.MAX_VALUE)).isTrue();
        assertThat(windows.next()).as("the window after the last that ran").isEqualTo(1.0);
    }

    @Test
    void itGivesUpWhenTheTimeIsOverButLooksAtThreeWindows() throws Exception {
        AtomicInteger windows = new AtomicInteger();

        assertThat(WarmUp.run(() -> Math.pow(2, windows.incrementAndGet()), 0)).isFalse();
        assertThat(windows).hasValue(3);
    }
}
