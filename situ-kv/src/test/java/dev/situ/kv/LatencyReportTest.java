package dev.situ.kv;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LatencyReportTest {
    /// A column each, the lowest at the bottom of the lowest row, and below it how long ago that was.
    @Test
    void samplesAreDrawnFromLowToHigh() {
        LatencyEvents.History history = new LatencyEvents.History(
                List.of(
                        new LatencyEvents.Sample(100, 10),
                        new LatencyEvents.Sample(4000, 55),
                        new LatencyEvents.Sample(7690, 100)),
                300);
        assertThat(LatencyReport.graph("command", history, 7700))
                .isEqualTo("command - high 100 ms, low 10 ms (all time high 300 ms)\n" + "-".repeat(80) + "\n"
                        + "  #\n"
                        + " _|\n"
                        + " ||\n"
                        + "_||\n"
                        + "211\n"
                        + "hh0\n"
                        + "  s\n");
    }

    @Test
    void theDoctorTellsWhatWasLate() {
        LatencyEvents events = new LatencyEvents();
        assertThat(LatencyReport.of(events)).contains("latency-monitor-threshold");
        events.setThresholdMillis(5);
        assertThat(LatencyReport.of(events)).isEqualTo("No command took 5 ms or longer.\n");
        events.add("command", 20_000_000);
        assertThat(LatencyReport.of(events))
                .contains("command: late in 1 of the last seconds, on average by 20 ms, 20 ms at most.", "SLOWLOG");
    }
}
