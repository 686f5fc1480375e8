package dev.situ.socket;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NativeAccessTest {
    /// What runs in a process of its own.
    public static final class Main {
        private Main() {}

        public static void main(String[] arguments) throws IOException {
            try (SocketUdpStack _ = new SocketUdpStack(SocketStackOptions.defaults())) {
                System.out.println("opened");
            } catch (UnsupportedOperationException e) {
                System.out.println(e.getMessage());
            }
            try (SocketUdpStack _ = new SocketUdpStack(SocketStackOptions.defaults())) {
                System.out.println("opened");
            } catch (UnsupportedOperationException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @Test
    void deniedNativeAccessIsToldWithTheFlagThatAllowsIt() throws Exception {
        String line = "situ-socket calls the kernel through native access, which is denied: start java with"
                + " --enable-native-access=ALL-UNNAMED";
        assertThat(run("--illegal-native-access=deny")).endsWith(line, line);
    }

    @Test
    void anotherSystemIsRefused() throws Exception {
        String line = "kernel UDP sockets of situ-socket need Linux, this is Plan 9";
        assertThat(run("-Dos.name=Plan 9")).endsWith(line, line);
    }

    private static String[] run(String option) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        option,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output.lines().toArray(String[]::new);
    }
}
