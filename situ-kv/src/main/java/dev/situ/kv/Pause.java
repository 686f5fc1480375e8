package dev.situ.kv;

import java.util.concurrent.TimeUnit;

/// `CLIENT PAUSE`: until when commands wait, and which.
///
/// While it lasts, a stream keeps its command and says [StreamStatus#PAUSED]; its transport stops reading, and
/// tries again when the time is over or it is woken. Safe for all threads.
final class Pause {
    private final Attention attention;
    private long until; // System.nanoTime
    private boolean writesOnly;
    private boolean on;

    Pause(Attention attention) {
        this.attention = attention;
    }

    /// Begins, or makes longer: the later end stays, and of two kinds the stricter one, as in Redis.
    synchronized void begin(long millis, boolean onlyWrites) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        boolean wasOn = remainingNanos() > 0;
        until = wasOn && until - end > 0 ? until : end;
        writesOnly = onlyWrites && (!wasOn || writesOnly);
        on = true;
        attention.set(Attention.PAUSED, true);
    }

    synchronized void end() {
        on = false;
        attention.set(Attention.PAUSED, false);
    }

    /// Says whether a command waits now.
    synchronized boolean holds(boolean isWrite) {
        return remainingNanos() > 0 && (isWrite || !writesOnly);
    }

    /// How long it still lasts; not positive if it is over.
    synchronized long remainingNanos() {
        if (!on) {
            return 0;
        }
        long remaining = until - System.nanoTime();
        if (remaining <= 0) {
            end();
        }
        return remaining;
    }

    synchronized String kind() {
        return remainingNanos() <= 0 ? "none" : writesOnly ? "write" : "all";
    }
}
