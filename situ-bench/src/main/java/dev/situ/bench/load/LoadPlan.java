package dev.situ.bench.load;

/// How a load is run.
///
/// @param target where it goes
/// @param workload what is asked for
/// @param perSecond the rate of an open loop; 0: a closed loop
/// @param outstanding requests under way of all threads: exactly so many in a closed loop, at most so many in an open
/// one
/// @param threads that send, each with links of its own
/// @param connections of TCP, of all threads
/// @param nanos how long is measured
/// @param warmUpNanos how long the load runs before, at most
/// @param fill whether the keys are stored before
record LoadPlan(
        Target target,
        Workload workload,
        double perSecond,
        int outstanding,
        int threads,
        int connections,
        long nanos,
        long warmUpNanos,
        boolean fill) {
    /// What R2P2 can tell apart.
    static final int MOST_OUTSTANDING = 1 << 16;

    /// Checks the numbers.
    ///
    /// @throws IllegalArgumentException whose message says what is wrong
    LoadPlan {
        require(threads >= 1 && threads <= 1024, "--threads is 1 to 1024");
        require(outstanding >= threads, "--outstanding is at least one for each thread");
        require(outstanding / threads <= MOST_OUTSTANDING, "--outstanding is at most 65536 for each thread");
        require(connections >= threads, "--connections is at least one for each thread");
        require(perSecond >= 0 && perSecond <= 1e9, "--rate is a number of requests a second");
        require(nanos > 0, "--duration is more than 0");
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalArgumentException(what);
        }
    }

    /// Whether requests are sent at a rate, whatever comes back.
    boolean isOpen() {
        return perSecond > 0;
    }

    /// What one thread keeps under way.
    int slotsAThread() {
        return outstanding / threads;
    }
}
