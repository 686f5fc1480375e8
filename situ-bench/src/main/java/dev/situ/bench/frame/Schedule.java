package dev.situ.bench.frame;

/// When each operation of an open loop is due: at a fixed rate, whatever the system does.
///
/// Who is late does not move what is due afterwards: latencies count from there, so a system that stalls is charged
/// with every operation that it delays.
///
/// @param beginNanos when operation 0 is due, on the clock of [System#nanoTime]
/// @param perSecond how many are due in a second; 0: as fast as it goes, each is due when it is asked for
public record Schedule(long beginNanos, double perSecond) {
    /// Checks the rate.
    ///
    /// @throws IllegalArgumentException if it is negative or no number
    public Schedule {
        if (!(perSecond >= 0) || perSecond == Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException("a rate is 0 or more a second, not " + perSecond);
        }
    }

    /// A schedule whose first operation is due now.
    public static Schedule startingNow(double perSecond) {
        return new Schedule(System.nanoTime(), perSecond);
    }

    /// Whether operations are due at a rate.
    public boolean isOpen() {
        return perSecond > 0;
    }

    /// When an operation is due. Computed from its number, so that errors do not add up.
    ///
    /// @param number from 0
    public long due(long number) {
        return beginNanos + (long) (number * 1e9 / perSecond);
    }

    /// Spins until an operation is due.
    ///
    /// @return when it was due
    public long await(long number) {
        long now = System.nanoTime();
        if (!isOpen()) {
            return now;
        }
        long due = due(number);
        while (now - due < 0) {
            Thread.onSpinWait();
            now = System.nanoTime();
        }
        return due;
    }
}
