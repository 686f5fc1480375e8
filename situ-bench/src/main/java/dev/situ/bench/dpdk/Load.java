package dev.situ.bench.dpdk;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// Keeps questions under way on a [Line]: closed loops.
///
/// What is not answered within a second is taken for lost, and asked anew. A memif does not lose; a processor that
/// others use, too, may come late.
final class Load {
    private static final long LOST_AFTER_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long DEAD_AFTER_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final int DIGITS = 3;
    /// A look at the clock may cost more than a poll, and would be measured with it.
    private static final int POLLS_A_LOOK = 32;

    private final Line line;
    private long lost;

    Load(Line line) {
        this.line = line;
    }

    /// Questions that were never answered.
    long lost() {
        return lost;
    }

    /// Answers a second with so many questions under way, over so many nanoseconds, and until there was one.
    ///
    /// @throws IllegalStateException if none comes at all
    double perSecond(int outstanding, long nanos) {
        line.send(outstanding);
        int underWay = outstanding;
        long answered = 0;
        long before = 0;
        long begin = System.nanoTime();
        long last = begin;
        long now = begin;
        while (now - begin < nanos || answered == 0) {
            for (int i = 0; i < POLLS_A_LOOK; i++) {
                int came = line.poll();
                answered += came;
                underWay -= came;
                // One that came late was replaced already.
                int more = came > 0 ? outstanding - underWay : 0;
                if (more > 0) {
                    line.send(more);
                    underWay += more;
                }
            }
            now = System.nanoTime();
            if (answered > before) {
                before = answered;
                last = now;
            } else if (now - last > LOST_AFTER_NANOS) {
                requireAlive(begin, now);
                lost += underWay;
                line.send(outstanding);
                underWay = outstanding;
                last = now;
            }
        }
        drain(underWay);
        return answered * 1e9 / (now - begin);
    }

    private static void requireAlive(long begin, long now) {
        if (now - begin > DEAD_AFTER_NANOS) {
            throw new IllegalStateException("the server does not answer");
        }
    }

    /// How long a question takes, one under way, in nanoseconds: of one at least.
    ///
    /// @throws IllegalStateException if none is answered
    Histogram roundTrips(long nanos) {
        Histogram trips = new Histogram(DIGITS);
        long begin = System.nanoTime();
        long sent = begin;
        while (sent - begin < nanos || trips.getTotalCount() == 0) {
            requireAlive(begin, trips.getTotalCount() == 0 ? sent : begin);
            line.send(1);
            if (drain(1)) {
                trips.recordValue(System.nanoTime() - sent);
            }
            sent = System.nanoTime();
        }
        return trips;
    }

    /// Sends so many questions, each when the one before was answered.
    ///
    /// @throws IllegalStateException if one was lost
    void oneByOne(int count) {
        for (int i = 0; i < count; i++) {
            line.send(1);
            if (!drain(1)) {
                throw new IllegalStateException("question " + i + " was not answered");
            }
        }
    }

    /// Waits for answers that are due, and says whether they came.
    private boolean drain(int due) {
        int left = due - line.poll();
        if (left <= 0) {
            return true;
        }
        long begin = System.nanoTime();
        for (int polls = 1; left > 0; polls++) {
            left -= line.poll();
            if (left > 0 && polls % POLLS_A_LOOK == 0 && System.nanoTime() - begin > LOST_AFTER_NANOS) {
                lost += left;
                return false;
            }
        }
        return true;
    }
}
