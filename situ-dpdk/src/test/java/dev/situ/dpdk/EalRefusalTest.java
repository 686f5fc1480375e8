package dev.situ.dpdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the user reads when DPDK cannot be started.
@Timeout(60)
class EalRefusalTest {
    @Test
    void aRefusalNamesReasonAndArguments() {
        String missing = Eal.missing();
        TestEal.require(missing == null, missing);
        // More memory than there are addresses.
        assertThatExceptionOfType(DpdkException.class)
                .isThrownBy(() -> Eal.start(EalOptions.withoutHugePages(200_000_000)))
                .withMessageContaining("did not start with --no-pci --no-huge")
                .withMessageContaining("-m 200000000")
                .withMessageNotContaining("\n");
    }

    @Test
    void aMissingLibraryNamesThePackageToInstall() throws Exception {
        List<Path> libraries = List.of("23", "24", "25").stream()
                .map(abi -> Path.of("/usr/lib/x86_64-linux-gnu/librte_eal.so." + abi))
                .filter(Files::exists)
                .toList();
        TestEal.require(
                "root".equals(System.getProperty("user.name")) && mountNamespacesWork(),
                "hiding DPDK's libraries needs root and a mount namespace");
        StringBuilder script = new StringBuilder("set -e; ");
        for (Path library : libraries) {
            script.append("mount --bind /dev/null ")
                    .append(library.toRealPath())
                    .append("; ");
        }
        script.append("exec ")
                .append(ProcessHandle.current().info().command().orElseThrow())
                .append(" --enable-native-access=ALL-UNNAMED -cp '")
                .append(System.getProperty("java.class.path"))
                .append("' '")
                .append(Start.class.getName())
                .append("'");
        Process process = new ProcessBuilder("unshare", "-m", "sh", "-c", script.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isEqualTo(2);
        assertThat(output.strip())
                .startsWith("DPDK is not installed")
                .contains("librte_eal.so.23 (22.11)", "packages dpdk")
                .doesNotContain("\n");
    }

    private static boolean mountNamespacesWork() throws IOException, InterruptedException {
        return new ProcessBuilder("unshare", "-m", "true").start().waitFor() == 0;
    }

    /// Starts DPDK as a program would.
    static final class Start {
        private Start() {}

        public static void main(String[] arguments) {
            try (Eal _ = Eal.start(EalOptions.withoutHugePages(64))) {
                System.out.println("started");
            } catch (DpdkException e) {
                System.err.println(e.getMessage());
                System.exit(2);
            }
        }
    }
}
