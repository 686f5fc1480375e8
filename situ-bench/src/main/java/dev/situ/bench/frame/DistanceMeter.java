package dev.situ.bench.frame;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/// Measures how near the processor of the calling thread is to another: how long a word takes there and back. A thread
/// of its own answers there; it sleeps in between, and takes its turn beside whatever else runs there.
///
/// Seen on one machine of two virtual processors: 40 to 140 ns within a level 3 cache, 380 to 520 between two.
/// Confined to one thread, which is bound to its processor.
public final class DistanceMeter implements AutoCloseable {
    private static final long FAR_FROM_NANOS = 250;
    private static final int EXCHANGES = 100;
    private static final int SERIES = 21;
    /// Words that share no line, nor two that are fetched together.
    private static final int QUESTION = 32;

    private static final int ANSWER = 64;
    private static final int WORDS = 96;
    private static final long END = -1;

    private final AtomicLongArray words = new AtomicLongArray(WORDS);
    private final Thread other;
    private volatile boolean measuring;
    private long asked;

    private DistanceMeter(int cpu) {
        other = Thread.ofPlatform().daemon().name("distance").start(() -> answer(cpu));
    }

    /// To a processor.
    public static DistanceMeter to(int cpu) {
        return new DistanceMeter(cpu);
    }

    /// Measures for a few milliseconds.
    public Distance measure() {
        return nanos() < FAR_FROM_NANOS ? Distance.NEAR : Distance.FAR;
    }

    /// The median of several series.
    private double nanos() {
        measuring = true;
        LockSupport.unpark(other);
        exchange();
        double[] series = new double[SERIES];
        for (int i = 0; i < SERIES; i++) {
            long begin = System.nanoTime();
            for (int k = 0; k < EXCHANGES; k++) {
                exchange();
            }
            series[i] = (double) (System.nanoTime() - begin) / EXCHANGES;
        }
        measuring = false;
        Arrays.sort(series);
        return series[SERIES / 2];
    }

    private void exchange() {
        asked++;
        words.setRelease(QUESTION, asked);
        while (words.getAcquire(ANSWER) != asked) {
            // The other processor has the word.
        }
    }

    private void answer(int cpu) {
        Cpus.bindThread(cpu);
        long answered = 0;
        while (answered != END) {
            if (!measuring) {
                LockSupport.park(this);
            }
            long question = words.getAcquire(QUESTION);
            if (question != answered) {
                words.setRelease(ANSWER, question);
                answered = question;
            }
        }
    }

    @Override
    public void close() {
        words.setRelease(QUESTION, END);
        measuring = true;
        LockSupport.unpark(other);
    }
}
