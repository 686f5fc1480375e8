package dev.situ.kv;

import dev.situ.resp.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The last commands that took long: `SLOWLOG`. Safe for all threads; only what is slow already comes here.
final class SlowLog extends NewestEntries<SlowLog.Entry> {
    /// Below so many microseconds, brief commands of a pipeline must be timed one by one.
    private static final long COARSE_MICROS = 1000;

    private static final int MOST_ARGUMENTS = 32;

    /// One slow command.
    ///
    /// @param arguments as they are shown: long ones and many are cut
    record Entry(long id, long seconds, long micros, List<String> arguments, String address, String clientName) {}

    private final Attention attention;
    private long nextId;
    private volatile long thresholdMicros = 10_000;

    SlowLog(Attention attention) {
        this.attention = attention;
    }

    /// Says whether a command that took so long is slow.
    boolean isSlow(long nanos) {
        long threshold = thresholdMicros;
        return threshold >= 0 && nanos >= TimeUnit.MICROSECONDS.toNanos(threshold);
    }

    /// Notes a command.
    ///
    /// @param command borrowed for the call
    void add(Session session, Command command, CommandSpec spec, long nanos) {
        List<String> arguments = new ArrayList<>();
        int shown = Math.min(command.count(), MOST_ARGUMENTS);
        for (int i = 0; i < shown; i++) {
            arguments.add(
                    i == MOST_ARGUMENTS - 1 && command.count() > MOST_ARGUMENTS
                            ? "... (" + (command.count() - MOST_ARGUMENTS + 1) + " more arguments)"
                            : spec.isSecret(command, i) ? CommandSpec.REDACTED : Excerpt.of(command, i));
        }
        add(session, arguments, nanos);
    }

    void add(Session session, List<String> arguments, long nanos) {
        Peer peer = session.peer();
        String address = peer == null ? "" : peer.address();
        long seconds = TimeUnit.MILLISECONDS.toSeconds(System.currentTimeMillis());
        synchronized (this) {
            add(new Entry(
                    nextId++,
                    seconds,
                    TimeUnit.NANOSECONDS.toMicros(nanos),
                    List.copyOf(arguments),
                    address,
                    Excerpt.ofName(session.name())));
        }
    }

    long thresholdMicros() {
        return thresholdMicros;
    }

    /// Negative: nothing is slow.
    void setThresholdMicros(long micros) {
        thresholdMicros = micros;
        attention.set(Attention.TIMED, micros >= 0 && micros < COARSE_MICROS);
    }
}
