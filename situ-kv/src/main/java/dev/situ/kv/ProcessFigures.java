package dev.situ.kv;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What Linux tells of this process in `/proc` (proc(5)): memory and time that it takes. 0 for what cannot be read.
/// For what is rare.
final class ProcessFigures {
    private static final long PAGE_BYTES = 4096;
    private static final double TICKS_A_SECOND = 100;
    // Positions behind the name of the program in /proc/self/stat.
    private static final int USER_TICKS = 11;
    private static final int SYSTEM_TICKS = 12;
    private static final int CHILDREN_USER_TICKS = 13;
    private static final int CHILDREN_SYSTEM_TICKS = 14;

    private final List<String> stat;

    /// Reads the figures as they are now.
    ProcessFigures() {
        String text = read("/proc/self/stat");
        stat = List.of(text.substring(text.lastIndexOf(')') + 1).trim().split(" ", -1));
    }

    double userSeconds() {
        return seconds(USER_TICKS);
    }

    double systemSeconds() {
        return seconds(SYSTEM_TICKS);
    }

    double childrenUserSeconds() {
        return seconds(CHILDREN_USER_TICKS);
    }

    double childrenSystemSeconds() {
        return seconds(CHILDREN_SYSTEM_TICKS);
    }

    /// The bytes of memory that the process has now.
    static long residentBytes() {
        String[] words = read("/proc/self/statm").split(" ", -1);
        return words.length < 2 ? 0 : Long.parseLong(words[1]) * PAGE_BYTES;
    }

    /// The bytes of memory that the machine has.
    static long machineBytes() {
        String first = read("/proc/meminfo").lines().findFirst().orElse("");
        String digits = first.replaceAll("[^0-9]", "");
        return digits.isEmpty() ? 0 : Long.parseLong(digits) * 1024;
    }

    private double seconds(int position) {
        return position < stat.size() ? Long.parseLong(stat.get(position)) / TICKS_A_SECOND : 0;
    }

    private static String read(String path) {
        try {
            return Files.readString(Path.of(path));
        } catch (IOException e) {
            return "";
        }
    }
}
