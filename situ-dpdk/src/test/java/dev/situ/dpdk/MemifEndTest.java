package dev.situ.dpdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The end of memifs and of DPDK, beside the interrupt thread that has the end of their other ends to do. Each
/// process ends DPDK once; what goes wrong in it is a crash, or a word of DPDK's about memory that it does not know.
@Timeout(120)
class MemifEndTest {
    private static final int PROCESSES = 2;
    private static final int MEMIFS = 5;

    @Test
    void bothEndsCloseAndDpdkEndsRightAfter() throws Exception {
        String missing = Eal.missing();
        TestEal.require(missing == null, missing);
        for (int i = 0; i < PROCESSES; i++) {
            Process process = new ProcessBuilder(Child.java(Ends.class))
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(output).isZero();
            assertThat(output).isEqualToIgnoringNewLines("ended");
        }
    }

    /// Opens and closes memifs, and ends DPDK.
    static final class Ends {
        private Ends() {}

        public static void main(String[] arguments) throws IOException {
            try (Eal eal = Eal.start(EalOptions.withoutHugePages(64))) {
                for (int i = 0; i < MEMIFS; i++) {
                    try (DpdkPacketPool pool = DpdkPacketPool.create(eal, 1023);
                            Memif memif = new Memif(eal, pool, pool, 2)) {
                        assertThat(memif.server().isLinkUp()).isTrue();
                    }
                }
            }
            System.out.println("ended");
        }
    }
}
