package dev.situ.r2p2;

import java.util.concurrent.atomic.AtomicLongArray;

/// Counts of one poller, one for each constant of an enum: written by the poller alone, read by any thread.
///
/// The single writer needs no atomic addition: it stores what it last stored and one more. Readers see each count
/// whole and never going back, but not all counts of one moment.
@SuppressWarnings("EnumOrdinal") // an index that nothing outside this process sees, on the data path
final class Counters<E extends Enum<E>> {
    private final AtomicLongArray counts;

    /// @param names all constants of the enum
    Counters(E[] names) {
        counts = new AtomicLongArray(names.length);
    }

    /// Counts one. The poller only.
    void add(E name) {
        add(name, 1);
    }

    /// Counts `delta`. The poller only.
    void add(E name, long delta) {
        int i = name.ordinal();
        counts.setOpaque(i, counts.getPlain(i) + delta);
    }

    /// Replaces a count that goes up and down. The poller only.
    void set(E name, long value) {
        counts.setOpaque(name.ordinal(), value);
    }

    long get(E name) {
        return counts.getOpaque(name.ordinal());
    }
}
