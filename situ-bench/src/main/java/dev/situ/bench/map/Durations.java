package dev.situ.bench.map;

import java.util.Arrays;

/// The durations of single operations, all of them, in nanoseconds.
final class Durations {
    private final int[] nanos;
    private int size;

    Durations(int capacity) {
        nanos = new int[capacity];
    }

    void clear() {
        size = 0;
    }

    void add(long duration) {
        nanos[size++] = (int) Math.min(duration, Integer.MAX_VALUE);
    }

    /// Those of several threads together, sorted.
    static int[] sorted(Durations... all) {
        int total = Arrays.stream(all).mapToInt(each -> each.size).sum();
        int[] sorted = new int[total];
        int at = 0;
        for (Durations each : all) {
            System.arraycopy(each.nanos, 0, sorted, at, each.size);
            at += each.size;
        }
        Arrays.parallelSort(sorted);
        return sorted;
    }

    /// The value that a share of `sorted` does not exceed.
    static int percentile(int[] sorted, double percent) {
        return sorted[(int) Math.min(sorted.length - 1, Math.round(sorted.length * percent / 100))];
    }
}
