package dev.situ.kv;

/// Tells how long commands take, for at most three readings of the clock a burst of brief ones.
///
/// ```
///   burst begins      GET        INCR  SET  INCR  GETDEL        KEYS              burst ends
///        |             |                             |            |                    |
///      read          read     shared: the mean of    read         read               read, if some are shared
///                             what the four took
/// ```
///
/// A command is **brief** if the work that it may do is bounded by its own bytes (Redis's `fast`, and `SET`). The
/// first command of a burst is timed on its own, whatever it is: so without a pipeline each is. So is each that is
/// not brief. Brief ones behind the first share the time of their run: any of them is as likely to have taken it.
/// The end of one measurement is the beginning of the next. A run of lookups or of plain `SET`s counts as one thing, of
/// which each took its part. Requests that came together over R2P2 are one burst; what lies between two that share
/// their time, their packets, is theirs.
///
/// With [Attention#TIMED] every command is timed on its own.
///
/// Confined to the executor's thread. Allocates nothing.
final class Stopwatch {
    private static final int MOST_SHARED = 16;

    private final CommandStats[] shared = new CommandStats[MOST_SHARED];
    private final int[] times = new int[MOST_SHARED];
    private int kinds;
    private long total;
    private long mark;
    private boolean first;
    private boolean stale;
    private boolean tracks;

    Stopwatch() {}

    /// A burst begins.
    ///
    /// @param tracksLatency whether times go into histograms
    /// @return the time of `System.nanoTime`
    long begin(boolean tracksLatency) {
        forget();
        tracks = tracksLatency;
        first = true;
        stale = false;
        mark = System.nanoTime();
        return mark;
    }

    /// A burst ends.
    void end() {
        if (total > 0) {
            settle(System.nanoTime());
        }
    }

    /// Whether the next command is to be timed on its own.
    boolean timesAlone(CommandSpec spec) {
        return first || !spec.isBrief;
    }

    /// Begins to time what comes next on its own.
    ///
    /// @return for [#stop]
    long start() {
        first = false;
        if (total > 0) {
            settle(System.nanoTime());
        } else if (stale) {
            mark = System.nanoTime();
        }
        stale = false;
        return mark;
    }

    /// The same for what has begun before it was known whether it is to be timed.
    ///
    /// @param nanos when it began, by `System.nanoTime`
    /// @return for [#stop]
    long startedAt(long nanos) {
        first = false;
        stale = false;
        if (total > 0) {
            settle(nanos);
        }
        return nanos;
    }

    /// Another request of the burst begins: what lies between it and the one before is not to be laid to what is
    /// timed on its own.
    long next() {
        stale = true;
        return mark;
    }

    /// Ends it: gives how many nanoseconds it took.
    long stop(long start) {
        mark = System.nanoTime();
        return Math.max(0, mark - start);
    }

    /// A command has run so many times, and shares its time with its neighbours.
    void share(CommandStats stats, int runs) {
        int kind = kindOf(stats);
        times[kind] += runs;
        total += runs;
    }

    private int kindOf(CommandStats stats) {
        for (int i = 0; i < kinds; i++) {
            if (shared[i] == stats) {
                return i;
            }
        }
        if (kinds == MOST_SHARED) {
            settle(System.nanoTime());
        }
        shared[kinds] = stats;
        times[kinds] = 0;
        return kinds++;
    }

    boolean tracks() {
        return tracks;
    }

    private void settle(long now) {
        long each = Math.max(0, now - mark) / total;
        for (int i = 0; i < kinds; i++) {
            shared[i].called(each, times[i], tracks);
        }
        mark = now;
        forget();
    }

    private void forget() {
        kinds = 0;
        total = 0;
    }
}
