package dev.situ.dpdk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Other processes of this test. In a network of its own, a process's interfaces are seen by nobody else, and vanish
/// with it.
final class Child {
    private Child() {}

    /// Whether this process may make such networks.
    static boolean networksWork() throws IOException, InterruptedException {
        return run("unshare", "-n", "ip", "link", "add", "situ0", "type", "veth", "peer", "name", "situ1")
                .isEmpty();
    }

    /// Runs the main method of `program` in a new network.
    ///
    /// @return what it printed, if it failed; else nothing
    static String runInNewNetwork(Class<?> program, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("unshare", "-n"));
        command.addAll(java(program));
        command.addAll(List.of(arguments));
        return run(command.toArray(String[]::new));
    }

    /// The command that runs the main method of `program` as this process runs.
    static List<String> java(Class<?> program) {
        return java(program, true);
    }

    /// The same, in checked mode or not.
    static List<String> java(Class<?> program, boolean checked) {
        return List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-ea",
                "-Dsitu.checked=" + checked,
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName());
    }

    /// In a child: waits until its parent has nothing more to say, or is gone.
    static void awaitEndOfInput() throws IOException {
        while (System.in.read() >= 0) {
            // Nothing is said to it.
        }
    }

    /// Runs a command.
    ///
    /// @return what it printed, if it failed; else nothing
    static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();
        return code == 0 ? "" : command[command.length - 1] + " exited with " + code + "\n" + output;
    }
}
