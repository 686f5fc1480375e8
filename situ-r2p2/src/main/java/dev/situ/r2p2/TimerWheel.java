package dev.situ.r2p2;

import java.util.Arrays;

/// Many timers, each started and cancelled in a few instructions: a hashed timing wheel (Varghese and Lauck,
/// SOSP'87, scheme 6). Timers are numbers, 0 to `timers` - 1; who owns the number knows what it means. Nothing is
/// allocated after construction.
///
/// ```
///   tick      t     t+1    t+2   ...             each bucket is a ring of timers, linked by their numbers;
///          +-----+-----+-----+-----+-----+       a timer due in tick d hangs in bucket d mod buckets,
///   head   |  7  |  -  |  3  |  -  | ... |       so timers of later rounds hang between those that are due
///          +--|--+-----+--|--+-----+-----+
///             7 <-> 12    3                      due   what the passed ticks brought out, until it is taken
/// ```
///
/// A timer fires at the first tick that is not before its deadline, so up to one tick late and never early. The
/// caller brings the time; it must not go back. Confined to one thread.
final class TimerWheel {
    /// What [#expired] gives when no timer is due.
    static final int NONE = -1;

    private static final int BUCKETS = 1024;
    private static final int MASK = BUCKETS - 1;
    private static final int DUE = BUCKETS;

    private final int tickShift;
    private final int[] heads = new int[BUCKETS + 1];
    private final int[] next;
    private final int[] previous;
    /// The bucket that a timer hangs in, or [#NONE].
    private final int[] bucket;

    private final long[] dueTick;
    private long tick;
    private int size;

    /// @param tickShift a tick is two to this power nanoseconds
    /// @param now the time, in nanoseconds of any origin
    TimerWheel(int timers, int tickShift, long now) {
        this.tickShift = tickShift;
        next = new int[timers];
        previous = new int[timers];
        bucket = new int[timers];
        dueTick = new long[timers];
        Arrays.fill(heads, NONE);
        Arrays.fill(bucket, NONE);
        tick = now >> tickShift;
    }

    /// The timers that run.
    int size() {
        return size;
    }

    /// Starts a timer that does not run.
    void start(int timer, long deadline) {
        long due = Math.max((deadline >> tickShift) + 1, tick + 1);
        dueTick[timer] = due;
        link(timer, (int) (due & MASK));
        size++;
    }

    boolean isRunning(int timer) {
        return bucket[timer] != NONE;
    }

    /// Stops a timer; nothing happens if it does not run.
    void cancel(int timer) {
        if (isRunning(timer)) {
            unlink(timer);
            size--;
        }
    }

    /// Gives one timer whose deadline has passed and stops it, or [#NONE]. To be called until it gives [#NONE];
    /// timers may be started and cancelled in between.
    int expired(long now) {
        long nowTick = now >> tickShift;
        if (nowTick > tick) {
            advance(nowTick);
        }
        int timer = heads[DUE];
        if (timer != NONE) {
            unlink(timer);
            size--;
        }
        return timer;
    }

    /// The nanoseconds until a timer may be due, or [Long#MAX_VALUE] if none runs. May be too short, never too
    /// long.
    long delay(long now) {
        if (size == 0) {
            return Long.MAX_VALUE;
        }
        if (heads[DUE] != NONE) {
            return 0;
        }
        long at = tick + 1;
        while (heads[(int) (at & MASK)] == NONE) {
            at++;
        }
        return Math.max(0, (at << tickShift) - now);
    }

    private void advance(long nowTick) {
        if (size > 0) {
            for (long t = Math.max(tick + 1, nowTick - BUCKETS + 1); t <= nowTick; t++) {
                collect((int) (t & MASK), nowTick);
            }
        }
        tick = nowTick;
    }

    private void collect(int from, long nowTick) {
        int timer = heads[from];
        while (timer != NONE) {
            int after = next[timer];
            if (dueTick[timer] <= nowTick) {
                unlink(timer);
                link(timer, DUE);
            }
            timer = after;
        }
    }

    private void link(int timer, int to) {
        int head = heads[to];
        next[timer] = head;
        previous[timer] = NONE;
        if (head != NONE) {
            previous[head] = timer;
        }
        heads[to] = timer;
        bucket[timer] = to;
    }

    private void unlink(int timer) {
        int after = next[timer];
        int before = previous[timer];
        if (before == NONE) {
            heads[bucket[timer]] = after;
        } else {
            next[before] = after;
        }
        if (after != NONE) {
            previous[after] = before;
        }
        bucket[timer] = NONE;
    }
}
