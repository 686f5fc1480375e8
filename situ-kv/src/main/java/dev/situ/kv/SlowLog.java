package dev.situ.kv;

import dev.situ.resp.Command;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The last commands that took long: `SLOWLOG`. Safe for all threads; only what is slow already comes here.
final class SlowLog {
    /// Below so many microseconds, brief commands of a pipeline must be timed one by one.
    private static final long COARSE_MICROS = 1000;

    private static final int MOST_ARGUMENTS = 32;
    private static final int MOST_BYTES = 128;
    private static final int MOST_LINE_BYTES = 1024;

    /// One slow command.
    ///
    /// @param arguments as they are shown: long ones and many are cut
    record Entry(long id, long seconds, long micros, List<String> arguments, String address, String clientName) {}

    private final Attention attention;
    private final Deque<Entry> newestFirst = new ArrayDeque<>();
    private long nextId;
    private long mostEntries = 128;
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
                            : spec.isSecret(command, i) ? CommandSpec.REDACTED : shown(command, i));
        }
        add(session, arguments, nanos);
    }

    void add(Session session, List<String> arguments, long nanos) {
        Peer peer = session.peer();
        String address = peer == null ? "" : peer.address();
        long seconds = TimeUnit.MILLISECONDS.toSeconds(System.currentTimeMillis());
        synchronized (this) {
            newestFirst.addFirst(new Entry(
                    nextId++,
                    seconds,
                    TimeUnit.NANOSECONDS.toMicros(nanos),
                    List.copyOf(arguments),
                    address,
                    shown(session.name())));
            trim();
        }
    }

    /// The newest entries, at most so many.
    synchronized List<Entry> newest(long most) {
        return newestFirst.stream().limit(most).toList();
    }

    synchronized int size() {
        return newestFirst.size();
    }

    synchronized void clear() {
        newestFirst.clear();
    }

    long thresholdMicros() {
        return thresholdMicros;
    }

    /// Negative: nothing is slow.
    void setThresholdMicros(long micros) {
        thresholdMicros = micros;
        attention.set(Attention.TIMED, micros >= 0 && micros < COARSE_MICROS);
    }

    synchronized long mostEntries() {
        return mostEntries;
    }

    synchronized void setMostEntries(long most) {
        mostEntries = most;
        trim();
    }

    private void trim() {
        while (newestFirst.size() > mostEntries) {
            newestFirst.removeLast();
        }
    }

    /// An argument as it is shown: its first bytes, and how many there are more. Those of a value that is in its
    /// record already are not looked for.
    static String shown(Command command, int argument) {
        int length = command.length(argument);
        if (command.isExternal(argument)) {
            return "... (" + length + " more bytes)";
        }
        return cut(Text.of(command.memory(), command.offset(argument), Math.min(length, MOST_BYTES)), length);
    }

    /// A name as logs keep it, cut in the same way.
    static String shown(String name) {
        return shown(name, MOST_BYTES);
    }

    /// A line of a client as logs keep it: with names, which may be of any length.
    static String shownLine(String line) {
        return shown(line, MOST_LINE_BYTES);
    }

    private static String shown(String text, int most) {
        return cut(text.length() <= most ? text : text.substring(0, most), text.length());
    }

    private static String cut(String text, int length) {
        return text.length() == length ? text : text + "... (" + (length - text.length()) + " more bytes)";
    }
}
