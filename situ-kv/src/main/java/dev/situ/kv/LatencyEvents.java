package dev.situ.kv;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Moments when something took longer than `latency-monitor-threshold`, by kinds of events: `LATENCY LATEST`,
/// `HISTORY`. There are two kinds: `fast-command` for what Redis calls fast, `command` for the others.
///
/// Safe for all threads; only what is late already comes here.
final class LatencyEvents {
    private static final int MOST_SAMPLES = 160;

    /// One sample of an event.
    record Sample(long seconds, long millis) {}

    /// What is kept of one kind.
    ///
    /// @param maxMillis the longest ever, also if its sample is gone
    record History(List<Sample> samples, long maxMillis) {}

    private static final class Series {
        private final Deque<Sample> samples = new ArrayDeque<>();
        private long maxMillis;
    }

    private final Map<String, Series> byEvent = new TreeMap<>();
    private volatile long thresholdMillis;

    LatencyEvents() {}

    /// Says whether something that took so long is an event.
    boolean isLate(long nanos) {
        long threshold = thresholdMillis;
        return threshold > 0 && nanos >= TimeUnit.MILLISECONDS.toNanos(threshold);
    }

    /// Notes an event. Of two in one second the longer one stays, as in Redis.
    synchronized void add(String event, long nanos) {
        Sample sample = new Sample(
                TimeUnit.MILLISECONDS.toSeconds(System.currentTimeMillis()), TimeUnit.NANOSECONDS.toMillis(nanos));
        Series series = byEvent.computeIfAbsent(event, _ -> new Series());
        series.maxMillis = Math.max(series.maxMillis, sample.millis());
        @Nullable Sample last = series.samples.peekLast();
        if (last != null && last.seconds() == sample.seconds()) {
            if (sample.millis() <= last.millis()) {
                return;
            }
            series.samples.removeLast();
        }
        series.samples.addLast(sample);
        if (series.samples.size() > MOST_SAMPLES) {
            series.samples.removeFirst();
        }
    }

    /// What is kept of each kind.
    synchronized Map<String, History> all() {
        Map<String, History> all = new TreeMap<>();
        byEvent.forEach((event, series) -> all.put(event, new History(List.copyOf(series.samples), series.maxMillis)));
        return all;
    }

    /// Forgets one kind. Says whether there was something.
    synchronized boolean clear(String event) {
        return byEvent.remove(event) != null;
    }

    long thresholdMillis() {
        return thresholdMillis;
    }

    /// 0: nothing is an event.
    void setThresholdMillis(long millis) {
        thresholdMillis = millis;
    }
}
