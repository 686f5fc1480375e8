package dev.situ.bench.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ScheduleTest {
    @Test
    void operationsAreDueAtEqualDistances() {
        Schedule schedule = new Schedule(1_000, 250_000);

        assertThat(schedule.due(0)).isEqualTo(1_000);
        assertThat(schedule.due(1)).isEqualTo(5_000);
        assertThat(schedule.due(10)).isEqualTo(41_000);
    }

    @Test
    void errorsOfARateThatDividesNothingDoNotAddUp() {
        Schedule schedule = new Schedule(0, 3);

        assertThat(schedule.due(3L * 3600)).isEqualTo(3_600_000_000_000L);
    }

    @Test
    void aLateOperationIsDueWhenItWasDue() {
        Schedule schedule = new Schedule(System.nanoTime() - 1_000_000_000, 1_000);

        assertThat(schedule.await(0)).isEqualTo(schedule.beginNanos());
        assertThat(schedule.await(1)).isEqualTo(schedule.beginNanos() + 1_000_000);
    }

    @Test
    void withoutARateAnOperationIsDueWhenItIsAskedFor() {
        long before = System.nanoTime();
        Schedule schedule = new Schedule(before, 0);

        assertThat(schedule.isOpen()).isFalse();
        assertThat(schedule.await(1_000_000) - before).isNotNegative();
    }

    @Test
    void aRateIsNotNegative() {
        assertThatThrownBy(() -> new Schedule(0, -1)).hasMessageContaining("-1");
        assertThatThrownBy(() -> new Schedule(0, Double.NaN)).hasMessageContaining("NaN");
    }
}
