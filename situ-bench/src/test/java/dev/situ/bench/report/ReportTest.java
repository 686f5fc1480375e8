package dev.situ.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.bench.frame.Experiment;
import dev.situ.bench.frame.Measurement;
import dev.situ.bench.frame.Result;
import dev.situ.bench.frame.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    /// Draws whatever is given to it, in each of the ways.
    private static final class Drawing implements Experiment {
        @Override
        public String name() {
            return "drawing";
        }

        @Override
        public Measurement measure(Run run) {
            throw new AssertionError("a report measures nothing");
        }

        @Override
        public Page page(Measurement measurement) {
            Result result = measurement.results().getFirst();
            double x = result.number("keys");
            return new Page(
                    "Drawing",
                    "Is a < b & c?",
                    List.of("set-up"),
                    List.of(
                            new Figure(
                                    "drawing-line",
                                    "a line",
                                    new LineChart(
                                            "line",
                                            "x",
                                            "y",
                                            true,
                                            false,
                                            List.of(
                                                    new LineChart.Point(
                                                            "s", x, result.value(), result.low(), result.high()),
                                                    new LineChart.Point("s", 10 * x, 2, 1, 3)),
                                            Optional.of(1.0))),
                            new Figure(
                                    "drawing-logarithmic-line",
                                    "a line, both axes logarithmic",
                                    new LineChart(
                                            "line",
                                            "x",
                                            "y",
                                            true,
                                            true,
                                            List.of(
                                                    new LineChart.Point(
                                                            "s", x, result.value(), result.low(), result.high()),
                                                    new LineChart.Point("s", 10 * x, 2, 1, 3)),
                                            Optional.of(1.0))),
                            new Figure(
                                    "drawing-bar",
                                    "a bar",
                                    new BarChart("bar", "y", List.of(new BarChart.Bar("g", "s", 2, 1, 3)))),
                            new Figure(
                                    "drawing-box",
                                    "a box",
                                    new BoxChart("box", "ns", List.of(new BoxChart.Box("g", "s", 1, 2, 3, 4, 5))))),
                    List.of("meaning " + measurement.summaryText("half")));
        }
    }

    @TempDir
    private Path folder;

    @Test
    void aReportIsMadeFromWhatIsKeptAlone() throws Exception {
        Result result = new Result("s", "speed", "1/s", 2, 1, 3, Map.of("keys", 8192));
        Measurement measurement = new Measurement(
                "drawing",
                Map.of("scale", "quick", "left_out", List.of("somebody: absent")),
                List.of(result),
                Map.of("half", 0.5));
        new Report(folder).keep(measurement);

        Report later = new Report(folder);
        later.write(List.of(new Drawing()));

        assertThat(Files.readString(later.index()))
                .contains("Is a &lt; b &amp; c?", "meaning 0.5", "Left out: somebody: absent", "A quick run")
                .contains("./situ bench drawing --quick");
        for (String figure : List.of("line", "bar", "box")) {
            assertThat(Files.readString(folder.resolve("drawing-" + figure + ".svg")))
                    .startsWith("<svg")
                    .contains("viewBox=\"0 0 " + Svg.WIDTH + " " + Svg.HEIGHT + "\"", ">" + figure + "</text");
        }
    }

    @Test
    void figuresOfOnePageShareNoIdentifier() throws Exception {
        new Report(folder)
                .keep(new Measurement(
                        "drawing",
                        Map.of(),
                        List.of(new Result("s", "speed", "1/s", 2, 1, 3, Map.of("keys", 8192))),
                        Map.of()));
        Report report = new Report(folder);
        report.write(List.of(new Drawing()));

        List<String> identifiers = Pattern.compile(" id=\"([^\"]+)\"")
                .matcher(Files.readString(report.index()))
                .results()
                .map(match -> match.group(1))
                .toList();
        assertThat(identifiers).isNotEmpty().doesNotHaveDuplicates();
    }
}
