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
    /// Measured for nothing, until the code is compiled.
    private static final int FIRST = 10;

    private static final int SPINS_A_LOOK = 1 << 20;
    /// Words that share no line, nor two that are fetched together.
    private static final int QUESTION = 32;

    private static final int ANSWER = 64;
    private static final int ASLEEP = 96;
    private static final int WORDS = 128;
    private static final long END = -1;

    private final AtomicLongArray words = new AtomicLongArray(WORDS);
    private final Thread other;
    private long asked;

    private DistanceMeter(int cpu) {
        words.set(ASLEEP, 1);
        other = Thread.ofPlatform().daemon().name("distance to " + cpu).start(() -> answerAll(cpu));
    }

    /// To a processor. Measures for some milliseconds until that is done as fast as it will be.
    ///
    /// @throws IllegalStateException if no thread can be bound to it
    public static DistanceMeter to(int cpu) {
        DistanceMeter meter = new DistanceMeter(cpu);
        for (int i = 0; i < FIRST; i++) {
            meter.nanos();
        }
        return meter;
    }

    /// Measures for a millisecond.
    ///
    /// @throws IllegalStateException if the thread at the other processor has died
    public Distance measure() {
        return nanos() < FAR_FROM_NANOS ? Distance.NEAR : Distance.FAR;
    }

    /// The median of several series.
    private double nanos() {
        words.setRelease(ASLEEP, 0);
        LockSupport.unpark(other);
        exchange(1);
        double[] series = new double[SERIES];
        for (int i = 0; i < SERIES; i++) {
            long begin = System.nanoTime();
            exchange(EXCHANGES);
            series[i] = (double) (System.nanoTime() - begin) / EXCHANGES;
        }
        words.setRelease(ASLEEP, 1);
        Arrays.sort(series);
        return series[SERIES / 2];
    }

    private void exchange(int times) {
        long question = asked;
        for (int i = 0; i < times; i++) {
            question++;
            words.setRelease(QUESTION, question);
            await(question);
        }
        asked = question;
    }

    /// Waits for the word of the other processor.
    private void await(long question) {
        for (int spins = 1; words.getAcquire(ANSWER) != question; spins++) {
            if (spins % SPINS_A_LOOK == 0 && !other.isAlive()) {
                throw new IllegalStateException("the thread that measures the " + other.getName() + " has died");
            }
        }
    }

    private void answerAll(int cpu) {
        Cpus.bindThread(cpu);
        long answered = 0;
        while (answered != END) {
            if (words.getAcquire(ASLEEP) != 0) {
                LockSupport.park(this);
            }
            answered = answer(answered);
        }
    }

    private long answer(long answered) {
        long question = words.getAcquire(QUESTION);
        if (question != answered) {
            words.setRelease(ANSWER, question);
        }
        return question;
    }

    @Override
    public void close() {
        words.setRelease(QUESTION, END);
        words.setRelease(ASLEEP, 0);
        LockSupport.unpark(other);
    }
}
