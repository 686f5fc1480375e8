package dev.situ.kv;

/// How long commands take, and who is told: their statistics, and the latency events. What is slow its caller
/// logs, who knows its arguments.
///
/// One an executor; confined to its thread.
final class CommandTimes {
    /// Tells the time of the bursts that the executor runs.
    final Stopwatch stopwatch = new Stopwatch();
    private final Counters counters;
    private final LatencyEvents latencyEvents;
    private final SlowLog slowLog;

    CommandTimes(Keyspace keyspace, Counters counters) {
        this.counters = counters;
        this.latencyEvents = keyspace.latencyEvents();
        this.slowLog = keyspace.slowLog();
    }

    /// Some calls of a command took so long each.
    ///
    /// @return whether that is slow, so that they are to be logged
    boolean note(CommandSpec spec, int calls, long nanosEach) {
        counters.of(spec).called(nanosEach, calls, stopwatch.tracks());
        if (latencyEvents.isLate(nanosEach)) {
            latencyEvents.add(spec.isFast ? "fast-command" : "command", nanosEach);
        }
        return slowLog.isSlow(nanosEach);
    }

    /// Some calls of a command share the time of their neighbours.
    void share(CommandSpec spec, int calls) {
        stopwatch.share(counters.of(spec), calls);
    }
}
