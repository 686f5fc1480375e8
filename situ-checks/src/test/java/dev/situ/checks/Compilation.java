package dev.situ.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/// A run of the compiler over one source in memory, with the flags of the root pom and Situ's own sources around it.
///
/// @param errors what makes the build fail: errors, and warnings too, by `-Werror`
record Compilation(List<Diagnostic<? extends JavaFileObject>> errors) {
    /// What the compiler says at the end when there were warnings.
    private static final String WARNINGS_ARE_ERRORS = "compiler.err.warnings.and.werror";

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    /// With what every build runs: Error Prone, NullAway, the own checks.
    static Compilation of(String source) {
        return run(source, Pom.arguments(ROOT.resolve("pom.xml")));
    }

    /// With what `-Pleaks` runs: the Resource Leak Checker.
    static Compilation withLeaks(String source) {
        return run(source, Pom.leakArguments(ROOT.resolve("pom.xml")));
    }

    /// The errors from line `first` to before line `end`.
    Compilation between(long first, long end) {
        return new Compilation(errors.stream()
                .filter(error -> error.getLineNumber() >= first && error.getLineNumber() < end)
                .collect(Collectors.toUnmodifiableList()));
    }

    /// Asserts that there is exactly one error, with all of these words, the name of the check among them.
    void fails(String... words) {
        assertThat(errors.stream().map(Compilation::message))
                .singleElement()
                .satisfies(message -> assertThat(message).contains(words));
    }

    /// Asserts that exactly this line of the source has an error, with all of these words.
    void failsInLine(long line, String... words) {
        fails(words);
        assertThat(errors.getFirst().getLineNumber()).as("line of the error").isEqualTo(line);
    }

    /// Asserts that the source compiles.
    void passes() {
        assertThat(errors.stream().map(Compilation::message)).isEmpty();
    }

    private static String message(Diagnostic<? extends JavaFileObject> error) {
        return error.getCode() + ": " + error.getMessage(Locale.ROOT) + " (line " + error.getLineNumber() + ")";
    }

    private static Compilation run(String source, List<String> pomArguments) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        var diagnostics = new DiagnosticCollector<JavaFileObject>();
        var out = new StringWriter();
        List<String> arguments = new ArrayList<>(pomArguments);
        String classPath = Objects.requireNonNull(System.getProperty("java.class.path"));
        // Sources on the class path are compiled when they are named, and their module-info files are not looked at.
        arguments.addAll(List.of("-implicit:none", "-processorpath", classPath));
        arguments.addAll(List.of("-classpath", sources() + File.pathSeparator + classPath));
        try (StandardJavaFileManager files = compiler.getStandardFileManager(diagnostics, Locale.ROOT, null)) {
            Path output = Files.createDirectories(Path.of("target", "must-not-compile"));
            arguments.addAll(List.of("-d", output.toString()));
            compiler.getTask(out, files, diagnostics, arguments, null, List.of(new Source(source)))
                    .call();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        assertThat(out.toString()).as("what the compiler printed").isEmpty();
        return new Compilation(diagnostics.getDiagnostics().stream()
                .filter(diagnostic -> diagnostic.getKind() != Diagnostic.Kind.NOTE)
                .filter(diagnostic -> !diagnostic.getCode().equals(WARNINGS_ARE_ERRORS))
                .collect(Collectors.toUnmodifiableList()));
    }

    private static String sources() {
        return Stream.of("memory", "packet", "udp", "r2p2")
                .map(module -> ROOT.resolve("situ-" + module + "/src/main/java").toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /// A source in memory, of a class `dev.situ.packet.example.Example`: in a package that every check looks at.
    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String text) {
            super(URI.create("string:///dev/situ/packet/example/Example.java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
