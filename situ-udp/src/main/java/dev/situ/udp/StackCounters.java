package dev.situ.udp;

import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The counts of one poller of a [PortUdpStack]: written by it, read by any thread. Off-heap, on cache lines of
/// their own, so that a poller's counting never slows another one down.
@SuppressWarnings("EnumOrdinal") // an index of words that only this process knows
final class StackCounters {
    static final int RECEIVED = 0;
    static final int RECEIVED_BYTES = 8;
    static final int SENT = 16;
    static final int SENT_BYTES = 24;
    static final int HANDLER_FAILURES = 32;
    static final int RETAINED = 40;
    static final int PINGS = 48;
    static final int ARP_ASKED = 56;
    static final int ARP_ANSWERED = 64;

    static final int SHARED_BYTES = 72;
    static final int COPIED_BYTES = 80;

    private static final int DROPS = 88;
    private static final int APART = 128;

    private final MemorySegment words =
            Arena.ofAuto().allocate(DROPS + (long) DropReason.values().length * Long.BYTES + APART, APART);

    void add(int counter, long delta) {
        Words.setLongOpaque(words, counter, Words.getLong(words, counter) + delta);
    }

    long get(int counter) {
        return Words.getLongOpaque(words, counter);
    }

    void drop(DropReason reason) {
        add(DROPS + reason.ordinal() * Long.BYTES, 1);
    }

    long dropped(DropReason reason) {
        return get(DROPS + reason.ordinal() * Long.BYTES);
    }
}
