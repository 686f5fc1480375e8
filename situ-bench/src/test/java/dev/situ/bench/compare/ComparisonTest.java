package dev.situ.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.bench.compare.Change.Verdict;
import dev.situ.bench.frame.Measurement;
import dev.situ.bench.frame.Outcome;
import dev.situ.bench.frame.Run;
import dev.situ.bench.frame.SampleKey;
import dev.situ.bench.frame.Samples;
import dev.situ.bench.frame.Scale;
import dev.situ.bench.report.Report;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ComparisonTest {
    /// A measurement of a ratio with these rounds, to a peer that is always 1, and of the same as a time.
    private static Measurement measurement(double... rounds) {
        Samples samples = new Samples();
        SampleKey ours = new SampleKey("Situ", "speed", Map.of());
        SampleKey peers = new SampleKey("peer", "speed", Map.of());
        for (int round = 0; round < rounds.length; round++) {
            samples.add(round, ours, "us", rounds[round]);
            samples.add(round, peers, "us", 1);
        }
        Outcome outcome = new Outcome(samples);
        outcome.summarizeRatio("ours_vs_peer", ours, peers);
        outcome.summarize("ours_us", ours);
        Run run = new Run("test", Scale.QUICK, new PrintStream(new ByteArrayOutputStream()));
        return outcome.measurement("test", run);
    }

    private static Change change(Measurement before, Measurement after, String name) {
        List<Change> changes = Comparison.of(Map.of("test", before), Map.of("test", after));
        return changes.stream()
                .filter(change -> change.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void roundsThatOverlapAreNoise() {
        Change change = change(measurement(1.0, 1.1, 1.2), measurement(1.15, 1.3, 1.4), "ours_vs_peer");

        assertThat(change.verdict()).isEqualTo(Verdict.WITHIN_NOISE);
        assertThat(change.percent().orElseThrow()).isCloseTo(18.18, Offset.offset(0.01));
    }

    @Test
    void roundsThatAreApartAreAChange() {
        Measurement slow = measurement(1.0, 1.1, 1.2);
        Measurement fast = measurement(1.3, 1.25, 1.4);

        assertThat(change(slow, fast, "ours_vs_peer").verdict()).isEqualTo(Verdict.HIGHER);
        assertThat(change(fast, slow, "ours_vs_peer").verdict()).isEqualTo(Verdict.LOWER);
    }

    @Test
    void aTimeIsShownButNotJudged() {
        Change change = change(measurement(1.0, 1.1), measurement(5.0, 6.0), "ours_us");

        assertThat(change.verdict()).isEqualTo(Verdict.NOT_JUDGED);
        assertThat(change.percent()).isPresent();
    }

    @Test
    void aValueWithoutASpreadIsNotJudged() {
        Measurement old = new Measurement("test", Map.of(), List.of(), Map.of("ours_vs_peer", 0.5));

        assertThat(change(old, measurement(1.0, 1.1), "ours_vs_peer").verdict()).isEqualTo(Verdict.NOT_JUDGED);
    }

    @Test
    void whatOneRunHasNotIsMissing() {
        Measurement old = new Measurement("test", Map.of(), List.of(), Map.of("gone", 0.5));

        assertThat(change(old, measurement(1.0), "gone").verdict()).isEqualTo(Verdict.MISSING);
        assertThat(change(old, measurement(1.0), "ours_us").verdict()).isEqualTo(Verdict.MISSING);
        assertThat(Comparison.of(Map.of(), Map.of("test", old)))
                .extracting(Change::verdict)
                .containsExactly(Verdict.MISSING);
    }

    @Test
    void machinesThatDifferAreNamed() {
        Measurement a = new Measurement("test", Map.of("cpu", "one", "cores", 2), List.of(), Map.of());
        Measurement b = new Measurement("test", Map.of("cpu", "other", "cores", 2), List.of(), Map.of());

        assertThat(Comparison.differences(Map.of("test", a), Map.of("test", b)))
                .containsExactly("cpu: one, then other");
    }

    private static Path keep(Path folder, Measurement measurement) throws IOException {
        new Report(folder).keep(measurement);
        return folder;
    }

    private static String compare(Object... words) {
        StringWriter out = new StringWriter();
        String[] texts = Arrays.stream(words).map(Object::toString).toArray(String[]::new);
        CommandLine command = new CommandLine(new CompareCommand()).setOut(new PrintWriter(out));
        assertThat(command.execute(texts)).isZero();
        return out.toString();
    }

    @Test
    void theCommandComparesFolders(@TempDir Path folder) throws Exception {
        Path before = keep(folder.resolve("a"), measurement(1.0, 1.1));
        Path after = keep(folder.resolve("b"), measurement(2.0, 2.1));

        assertThat(compare(before, after))
                .contains("ours_vs_peer", "+95.2 %", "higher", "1 of 2 entries changed beyond noise")
                .doesNotContain("ours_us");
        assertThat(compare(before, after, "--all")).contains("ours_us", "not judged");
        assertThat(compare(before, before)).contains("0 of 2 entries");
        assertThat(new CommandLine(new CompareCommand())
                        .execute(before.toString(), folder.resolve("nowhere").toString()))
                .as("a folder that is not there is the user's mistake")
                .isEqualTo(2);
    }
}
