package dev.situ.kv;

import java.util.concurrent.atomic.AtomicInteger;

/// Why every command has to be looked at more closely just now, for all connections: a word that is zero nearly
/// always, so that all of this costs a command one load and one branch that is predicted.
///
/// Safe for all threads. A change is seen by the commands that begin after it.
final class Attention {
    /// Somebody monitors.
    static final int MONITORED = 1;

    /// Clients are paused.
    static final int PAUSED = 1 << 1;

    /// Each command is timed on its own.
    static final int TIMED = 1 << 2;

    /// Somebody is told of keys that readers do not find.
    static final int MISSES = 1 << 3;

    private final AtomicInteger reasons = new AtomicInteger();

    Attention() {}

    int reasons() {
        return reasons.get();
    }

    boolean has(int reason) {
        return (reasons.get() & reason) != 0;
    }

    void set(int reason, boolean on) {
        reasons.getAndUpdate(all -> on ? all | reason : all & ~reason);
    }
}
