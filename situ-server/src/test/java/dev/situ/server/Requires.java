package dev.situ.server;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/// What a test needs of the machine. Where it is missing the test is skipped, and the reason is printed.
final class Requires {
    private Requires() {}

    /// Skips the test unless `program` is on the `PATH`.
    static void program(String program, String debianPackage) {
        require(
                List.of(System.getenv("PATH").split(":")).stream()
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program))),
                program + " is not installed (Debian: apt install " + debianPackage + ")");
    }

    /// Skips the test with `reason` unless `met`.
    static void require(boolean met, String reason) {
        if (!met) {
            System.out.println("SKIPPED: " + reason);
        }
        Assumptions.assumeTrue(met, reason);
    }
}
