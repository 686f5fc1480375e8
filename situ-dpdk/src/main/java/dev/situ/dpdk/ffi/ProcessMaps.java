package dev.situ.dpdk.ffi;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/// What lies where in the address space of this process (`/proc/self/maps`): asked before a pointer that was read
/// from a foreign structure is believed.
final class ProcessMaps {
    private final NavigableMap<Long, Mapping> mappings;

    private record Mapping(long end, String permissions, String file) {}

    private ProcessMaps(NavigableMap<Long, Mapping> mappings) {
        this.mappings = mappings;
    }

    /// Reads the mappings of this moment.
    static ProcessMaps read() {
        NavigableMap<Long, Mapping> mappings = new TreeMap<>(Long::compareUnsigned);
        for (String line : lines()) {
            // start-end permissions offset device inode file
            String[] fields = line.split(" +", 6);
            int dash = fields[0].indexOf('-');
            mappings.put(
                    Long.parseUnsignedLong(fields[0].substring(0, dash), 16),
                    new Mapping(
                            Long.parseUnsignedLong(fields[0].substring(dash + 1), 16),
                            fields[1],
                            fields.length == 6 ? fields[5] : ""));
        }
        return new ProcessMaps(mappings);
    }

    private static List<String> lines() {
        try {
            return Files.readAllLines(Path.of("/proc/self/maps"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read /proc/self/maps", e);
        }
    }

    /// Whether the address is in the code of a library whose file name contains `library`.
    boolean isCodeOf(long address, String library) {
        Map.Entry<Long, Mapping> entry = mappings.floorEntry(address);
        return entry != null
                && Long.compareUnsigned(address, entry.getValue().end) < 0
                && entry.getValue().permissions.startsWith("r-x")
                && entry.getValue().file.contains(library);
    }

    /// Whether `bytes` bytes from the address on can be read.
    boolean isReadable(long address, long bytes) {
        Map.Entry<Long, Mapping> entry = mappings.floorEntry(address);
        return address != 0
                && entry != null
                && Long.compareUnsigned(address + bytes, entry.getValue().end) <= 0
                && entry.getValue().permissions.startsWith("r");
    }
}
