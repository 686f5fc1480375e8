package dev.situ.kv;

import dev.situ.store.StoreStatistics;

/// The figures of `INFO stats` that others count from the start of the server: here they begin anew with `CONFIG
/// RESETSTAT`. Safe for all threads.
final class ServerTotals {
    private static final double NANOS = 1e9;
    private static final double KILO = 1024;

    /// What was counted at some moment.
    ///
    /// @param nanos of `System.nanoTime`
    record Figures(
            long nanos,
            long connections,
            long rejected,
            long bytesIn,
            long bytesOut,
            long expired,
            long evicted,
            long commands) {
        Figures since(Figures base) {
            return new Figures(
                    nanos - base.nanos,
                    connections - base.connections,
                    rejected - base.rejected,
                    bytesIn - base.bytesIn,
                    bytesOut - base.bytesOut,
                    expired - base.expired,
                    evicted - base.evicted,
                    commands - base.commands);
        }
    }

    /// What has happened a second, between the last time that somebody asked, at least a second ago, and now.
    record Rates(long commands, double kilobytesIn, double kilobytesOut) {}

    private final Keyspace keyspace;
    private volatile int generation;
    private Figures base = new Figures(System.nanoTime(), 0, 0, 0, 0, 0, 0, 0);
    private Figures asked = base;
    private Rates rates = new Rates(0, 0, 0);

    ServerTotals(Keyspace keyspace) {
        this.keyspace = keyspace;
    }

    /// How often everything has begun anew.
    int generation() {
        return generation;
    }

    /// What has happened since the last reset.
    synchronized Figures sinceReset() {
        return now().since(base);
    }

    synchronized Rates rates() {
        Figures now = now();
        Figures passed = now.since(asked);
        if (passed.nanos >= NANOS) {
            double seconds = passed.nanos / NANOS;
            rates = new Rates(
                    Math.max(0, (long) (passed.commands / seconds)),
                    passed.bytesIn / seconds / KILO,
                    passed.bytesOut / seconds / KILO);
            asked = now;
        }
        return rates;
    }

    synchronized void reset() {
        base = now();
        asked = base;
        generation++;
    }

    private Figures now() {
        ServerInfo info = keyspace.info();
        StoreStatistics store = keyspace.store().statistics();
        return new Figures(
                System.nanoTime(),
                info.connectionsReceived(),
                info.connectionsRejected(),
                info.bytesReceived(),
                info.bytesSent(),
                store.expired(),
                store.evicted(),
                keyspace.totals().commands);
    }
}
