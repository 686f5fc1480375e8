package dev.situ.packet;

import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The counts of one queue of a port: each written by one thread, read by any. On cache lines of their own, so that
/// a poller's counting never slows another one down.
///
/// What a queue counts is for its poller; what the other end of a wire counts for it
/// ([#MISSED], when it found no room) is for that end's thread.
final class PortCounters {
    static final int RECEIVED = 0;
    static final int RECEIVED_BYTES = 8;
    static final int SENT = 16;
    static final int SENT_BYTES = 24;
    static final int ERRORS = 32;
    static final int SEND_ERRORS = 40;
    /// On a line of its own.
    static final int MISSED = 128;

    private static final int APART = 128;

    private final MemorySegment words = Arena.ofAuto().allocate(3L * APART, APART);

    void add(int counter, long delta) {
        Words.setLongOpaque(words, counter, Words.getLong(words, counter) + delta);
    }

    /// Adds from any thread.
    void addShared(int counter, long delta) {
        Words.getAndAddLong(words, counter, delta);
    }

    PortStatistics statistics() {
        return new PortStatistics(
                get(RECEIVED),
                get(RECEIVED_BYTES),
                get(SENT),
                get(SENT_BYTES),
                get(MISSED),
                get(ERRORS),
                get(SEND_ERRORS));
    }

    private long get(int counter) {
        return Words.getLongOpaque(words, counter);
    }
}
