package dev.situ.bench.frame;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Other programs on this machine.
public final class Programs {
    private Programs() {}

    /// Whether a program of this name is on the path.
    public static boolean isThere(String name) {
        String path = System.getenv("PATH");
        for (String folder : (path == null ? "" : path).split(":", -1)) {
            if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, name))) {
                return true;
            }
        }
        return false;
    }

    /// Runs a program to its end and gives what it printed.
    ///
    /// @throws IOException if it cannot be started, fails, or takes more than `seconds`
    public static String output(List<String> command, long seconds) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(seconds, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException(command.getFirst() + " failed: " + output);
            }
            return output;
        } finally {
            process.destroyForcibly();
        }
    }

    /// The first line of what `command` prints, for a version.
    public static String firstLine(String... command) {
        try {
            return output(List.of(command), 10).lines().findFirst().orElse("");
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }
}
