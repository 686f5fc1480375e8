package dev.situ.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Every place in main sources that is taken on trust stands in one list, `trusted.txt`, so that a new one is seen in
/// review.
class SuppressionsTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private static final Pattern SUPPRESSION = Pattern.compile("@SuppressWarnings\\([^)]*\\)");
    private static final Pattern CHECK = Pattern.compile("\"(Immutable|UseAfterGivingAway|(?:resourceleak|mustcall|"
            + "required\\.method|missing\\.creates)[^\"]*)\"");

    @Test
    void whatIsTakenOnTrustIsListed() throws IOException {
        var found = new TreeMap<String, Integer>();
        try (Stream<Path> modules = Files.list(ROOT)) {
            modules.map(module -> module.resolve("src/main/java"))
                    .filter(Files::isDirectory)
                    .forEach(sources -> count(sources, found));
        }
        List<String> lines = found.entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .toList();
        List<String> listed = Files.readAllLines(Path.of("trusted.txt")).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
        assertThat(lines)
                .as("suppressions in main sources, against trusted.txt")
                .containsExactlyInAnyOrderElementsOf(listed);
    }

    /// A build that only warns stops nobody, and the switches are easily turned for a look and left so.
    @Test
    void theBuildRefusesWhatTheChecksFind() throws IOException {
        String pom = Files.readString(ROOT.resolve("pom.xml"));
        assertThat(pom).contains("-Xep:NullAway:ERROR", "-Xep:UseAfterGivingAway:ERROR", "-Xep:Immutable:ERROR");
        assertThat(pom.split("<arg>-Werror</arg>", -1))
                .as("in every build, and in that of the leak checker")
                .hasSize(3);
    }

    private static void count(Path sources, Map<String, Integer> found) {
        try (Stream<Path> files = Files.walk(sources)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                String name = ROOT.relativize(file).toString();
                Matcher suppression = SUPPRESSION.matcher(Files.readString(file));
                while (suppression.find()) {
                    Matcher check = CHECK.matcher(Objects.requireNonNull(suppression.group()));
                    while (check.find()) {
                        found.merge(
                                name + " "
                                        + Objects.requireNonNull(check.group()).replace("\"", ""),
                                1,
                                Integer::sum);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
