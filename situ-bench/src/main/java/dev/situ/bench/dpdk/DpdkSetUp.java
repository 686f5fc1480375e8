package dev.situ.bench.dpdk;

import dev.situ.bench.frame.Machine;
import dev.situ.dpdk.EalOptions;
import java.nio.file.Path;

/// How DPDK is started for measurements, in every process alike.
public final class DpdkSetUp {
    private static final int MEGABYTES = 64;
    /// Two processes of as many megabytes, in pages of 2 MiB.
    private static final int HUGE_PAGES = 64;

    private DpdkSetUp() {}

    /// On huge pages if there are enough for two processes, else on ordinary ones.
    public static EalOptions eal() {
        return hasHugePages() ? EalOptions.inMemory(MEGABYTES) : EalOptions.withoutHugePages(MEGABYTES);
    }

    /// What [#eal] says, in the words of a report.
    public static String pages() {
        return hasHugePages() ? "huge pages" : "ordinary pages";
    }

    private static boolean hasHugePages() {
        String free = Machine.field(Path.of("/proc/meminfo"), "HugePages_Free");
        String size = Machine.field(Path.of("/proc/meminfo"), "Hugepagesize");
        return size.equals("2048 kB") && !free.isEmpty() && Long.parseLong(free) >= HUGE_PAGES;
    }
}
