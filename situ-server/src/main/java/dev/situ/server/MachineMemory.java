package dev.situ.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// How much memory this machine has. The store's region is only reserved at start, so without this check a server
/// that asks for more than there is would start, and be killed when it fills.
final class MachineMemory {
    private static final Path MEMINFO = Path.of("/proc/meminfo");
    private static final String TOTAL = "MemTotal:";

    private MachineMemory() {}

    /// @throws UserError if `--maxmemory` asks for more than the machine has
    static void require(long maxMemory) {
        long total = total();
        if (maxMemory > total) {
            throw new UserError("--maxmemory " + MemorySize.format(maxMemory) + " is more than this machine has: "
                    + MemorySize.format(total));
        }
    }

    /// The bytes of the machine's memory; where that is not known, as many as a `long` can count.
    private static long total() {
        try {
            List<String> lines = Files.readAllLines(MEMINFO);
            for (String line : lines) {
                if (line.startsWith(TOTAL)) {
                    String kilobytes = line.substring(TOTAL.length()).strip().split(" ", 2)[0];
                    return Long.parseLong(kilobytes) << 10;
                }
            }
            return Long.MAX_VALUE;
        } catch (IOException | NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }
}
