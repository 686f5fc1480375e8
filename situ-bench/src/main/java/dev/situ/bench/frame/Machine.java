package dev.situ.bench.frame;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a figure depends on besides the code: processor, memory, kernel, JVM.
public final class Machine {
    private Machine() {}

    static void describe(Map<String, Object> facts) {
        facts.put(
                "date",
                OffsetDateTime.now(ZoneId.systemDefault())
                        .truncatedTo(ChronoUnit.SECONDS)
                        .toString());
        facts.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        facts.put("cpu", field(Path.of("/proc/cpuinfo"), "model name"));
        facts.put("cores", Cpus.allowed().size());
        facts.put("memory_bytes", kibibytes("MemTotal") * 1024);
        facts.put("transparent_huge_pages", line(Path.of("/sys/kernel/mm/transparent_hugepage/enabled")));
        facts.put("load_at_start", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        facts.put("jvm", System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
    }

    /// Bytes of memory that can be used without swapping.
    public static long availableBytes() {
        return kibibytes("MemAvailable") * 1024;
    }

    private static long kibibytes(String name) {
        String value = field(Path.of("/proc/meminfo"), name);
        return value.isEmpty() ? 0 : Long.parseLong(value.split(" ", 2)[0]);
    }

    /// The version of a library, as its file is called: `caffeine-3.3.1`.
    public static String library(Class<?> member) {
        @Nullable CodeSource source = member.getProtectionDomain().getCodeSource();
        if (source == null || source.getLocation() == null) {
            return "unknown";
        }
        Path file = Path.of(source.getLocation().getPath()).getFileName();
        return file == null ? "unknown" : file.toString().replaceAll("\\.jar$", "");
    }

    /// The value of the first line `name: value` of a file of /proc; empty if there is none.
    public static String field(Path file, String name) {
        try {
            return Files.readAllLines(file).stream()
                    .filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("");
        } catch (IOException _) {
            return "";
        }
    }

    private static String line(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException _) {
            return "none";
        }
    }
}
