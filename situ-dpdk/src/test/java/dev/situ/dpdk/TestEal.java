package dev.situ.dpdk;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/// The EAL of a test class, which has a process of its own.
final class TestEal {
    private static final int MEGABYTES = 64;

    private TestEal() {}

    /// Starts DPDK unprivileged and without huge pages, or skips the tests if it is not installed.
    static Eal start() {
        String missing = Eal.missing();
        require(missing == null, missing);
        return Eal.start(EalOptions.withoutHugePages(MEGABYTES));
    }

    /// Skips the test unless `condition` holds, and prints why.
    static void require(boolean condition, String reason) {
        if (!condition) {
            System.out.println("skipped: " + reason);
        }
        assumeTrue(condition, reason);
    }
}
