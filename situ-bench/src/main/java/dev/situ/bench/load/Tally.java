package dev.situ.bench.load;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

/// What one loop has seen. Written by the loop's thread, read by any.
public final class Tally {
    private static final int DIGITS = 3;

    private final AtomicLong sent = new AtomicLong();
    private final Map<Answer, AtomicLong> ended = new EnumMap<>(Answer.class);
    private final SingleWriterRecorder latencies = new SingleWriterRecorder(DIGITS);
    private final SingleWriterRecorder lags = new SingleWriterRecorder(DIGITS);

    Tally() {
        for (Answer answer : Answer.values()) {
            ended.put(answer, new AtomicLong());
        }
    }

    void sent(long lagNanos) {
        add(sent);
        lags.recordValue(Math.max(0, lagNanos));
    }

    void answered(Answer answer, long nanos) {
        add(of(answer));
        latencies.recordValue(Math.max(0, nanos));
    }

    private AtomicLong of(Answer answer) {
        return Objects.requireNonNull(ended.get(answer));
    }

    private static void add(AtomicLong count) {
        count.setRelease(count.getPlain() + 1);
    }

    /// Requests that were sent.
    public long sent() {
        return sent.getAcquire();
    }

    /// Requests that have ended so.
    public long answered(Answer answer) {
        return of(answer).getAcquire();
    }

    /// Requests that have ended.
    public long ended() {
        long all = 0;
        for (AtomicLong count : ended.values()) {
            all += count.getAcquire();
        }
        return all;
    }

    /// The latencies, in nanoseconds, since this was called last. One reader only.
    public Histogram takeLatencies() {
        return latencies.getIntervalHistogram();
    }

    /// By how much requests were sent later than they were due, in nanoseconds, since this was called last. One
    /// reader only.
    public Histogram takeLags() {
        return lags.getIntervalHistogram();
    }
}
