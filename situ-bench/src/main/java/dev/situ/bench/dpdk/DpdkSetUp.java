package dev.situ.bench.dpdk;

import dev.situ.bench.frame.Cpus;
import dev.situ.bench.frame.Machine;
import dev.situ.dpdk.EalOptions;
import dev.situ.udp.PortStackOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// How DPDK is started for measurements, in every process alike.
public final class DpdkSetUp {
    private static final int MEGABYTES = 64;
    /// Two processes of as many megabytes, in pages of 2 MiB.
    private static final int HUGE_PAGES = 64;

    /// The network of both ends.
    static final String NETWORK = "/24";

    private DpdkSetUp() {}

    /// On huge pages if there are enough for two processes, else on ordinary ones.
    public static EalOptions eal() {
        return hasHugePages() ? EalOptions.inMemory(MEGABYTES) : EalOptions.withoutHugePages(MEGABYTES);
    }

    /// What [#eal] says, in the words of a report.
    public static String pages() {
        return hasHugePages() ? "huge pages" : "ordinary pages";
    }

    /// The UDP stack of one end of a memif: without checksums of datagrams, which never leave the memory of this
    /// machine. The kernel computes none on its loopback either, over which the others are measured.
    static PortStackOptions stack(String address) {
        return PortStackOptions.at(address + NETWORK).withUdpChecksums(false);
    }

    /// How near two processors are to each other, which decides what a packet's way from one to the other costs.
    static String distance(int cpu, int other) {
        if (cpu == other) {
            return "the same processor";
        }
        Path siblings = Path.of("/sys/devices/system/cpu/cpu" + cpu + "/topology/thread_siblings_list");
        if (lists(siblings, other)) {
            return "two threads of a core";
        }
        Path cache = Path.of("/sys/devices/system/cpu/cpu" + cpu + "/cache/index3/shared_cpu_list");
        if (!Files.isReadable(cache)) {
            return "two cores";
        }
        return lists(cache, other) ? "two cores with one level 3 cache" : "two cores with a level 3 cache each";
    }

    private static boolean lists(Path list, int cpu) {
        try {
            return Cpus.parse(Files.readString(list).strip()).contains(cpu);
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean hasHugePages() {
        String free = Machine.field(Path.of("/proc/meminfo"), "HugePages_Free");
        String size = Machine.field(Path.of("/proc/meminfo"), "Hugepagesize");
        return size.equals("2048 kB") && !free.isEmpty() && Long.parseLong(free) >= HUGE_PAGES;
    }
}
