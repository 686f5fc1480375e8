package dev.situ.socket;

import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The counts of one queue: written by its poller, read by any thread.
///
/// They lie off-heap on cache lines of their own, so that a poller's counting never slows another one down.
final class SocketCounters {
    static final int RECEIVED = 0;
    static final int RECEIVED_BYTES = 8;
    static final int SENT = 16;
    static final int SENT_BYTES = 24;
    static final int RECEIVE_TRUNCATED = 32;
    static final int SEND_DROPPED = 40;
    static final int HANDLER_FAILURES = 48;
    static final int RECEIVE_CALLS = 56;
    static final int RECEIVED_MESSAGES = 64;
    static final int RECEIVE_ERRORS = 72;
    static final int SEND_CALLS = 80;
    static final int SENT_MESSAGES = 88;
    static final int SEND_WAITS = 96;
    static final int SEGMENTATION_REFUSED = 104;
    static final int SLEEPS = 112;
    static final int RETAIN_REFUSED = 120;

    private static final int BYTES = 128;
    private static final int APART = 128;

    private final MemorySegment memory = Arena.ofAuto().allocate(BYTES + APART, APART);

    /// Adds to a counter. For the queue's poller only.
    void add(int counter, long delta) {
        Words.setLongOpaque(memory, counter, Words.getLong(memory, counter) + delta);
    }

    long get(int counter) {
        return Words.getLongOpaque(memory, counter);
    }
}
