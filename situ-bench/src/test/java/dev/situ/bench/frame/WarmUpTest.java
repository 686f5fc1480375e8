package dev.situ.bench.frame;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.bench.frame.WarmUp.Pace;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WarmUpTest {
    @Test
    void itEndsWhenThreeWindowsAgreeWithinFivePercent() throws Exception {
        Iterator<Double> windows = List.of(10.0, 50.0, 96.0, 100.0, 99.0, 1.0).iterator();

        assertThat(new WarmUp(1, Long.MAX_VALUE).run(() -> new Pace(1, windows.next()), WarmUpTest::still))
                .isTrue();
        assertThat(windows.next()).as("the window after the last that ran").isEqualTo(1.0);
    }

    @Test
    void itGivesUpWhenTheTimeIsOverButLooksAtThreeWindows() throws Exception {
        AtomicInteger windows = new AtomicInteger();

        assertThat(new WarmUp(1, 0).run(() -> new Pace(1, Math.pow(2, windows.incrementAndGet())), WarmUpTest::still))
                .isFalse();
        assertThat(windows).hasValue(3);
    }

    @Test
    void itDoesTheLeastNumberOfOperationsThoughWindowsAgreeAndTheTimeIsOver() throws Exception {
        AtomicInteger windows = new AtomicInteger();

        assertThat(new WarmUp(70, 0)
                        .run(
                                () -> {
                                    windows.incrementAndGet();
                                    return new Pace(10, 5);
                                },
                                WarmUpTest::still))
                .isTrue();
        assertThat(windows).hasValue(7);
    }

    @Test
    void itGoesOnWhileCompilersWork() throws Exception {
        AtomicInteger windows = new AtomicInteger();
        AtomicLong compilerNanos = new AtomicLong();

        assertThat(new WarmUp(1, Long.MAX_VALUE)
                        .run(
                                () -> new Pace(windows.incrementAndGet(), 5),
                                () -> compilerNanos.addAndGet(windows.get() < 5 ? 1_000_000_000 : 0)))
                .isTrue();
        assertThat(windows)
                .as("the fourth was the last of which they had a second")
                .hasValue(7);
    }

    /// Compilers that do nothing.
    private static long still() {
        return 0;
    }

    @Test
    void aChildIsToldHowToWarmUp() {
        WarmUp warmUp = new WarmUp(50_000, 3_000_000_000L).with(4711);

        Parameters words = Parameters.parse(warmUp.into(Parameters.of("a", 1)).words());

        assertThat(WarmUp.of(words)).isEqualTo(warmUp);
        assertThat(words.number("a")).isEqualTo(1);
    }
}
