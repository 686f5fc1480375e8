package dev.situ.store;

import dev.situ.store.EvictionPolicy.Order;
import java.lang.foreign.MemorySegment;

/// The byte in which a record remembers how it was used, for eviction.
///
/// ```
///   LRU   7         0          LFU   7     4 3     0
///         +---------+                +------+------+
///         |  tick   |                | log  | half |   log: used about 2^log times, of late
///         +---------+                +------+------+
/// ```
///
/// A **tick** is not a time: the clock goes on by one whenever a 64th of the keys was replaced by new ones. So 8
/// bits reach back four turnovers of the whole store, and a record that was never used in so long is long gone.
///
/// A hit writes only if the byte changes: for LRU once in a tick, for LFU ever more seldom (the counter is
/// raised with probability 2^-log, after Morris 1978, and loses one for each 32 ticks, half a turnover). The
/// write is plain, and may be lost; it is a hint.
final class Use {
    private static final int NEW_LOG = 1;

    private Use() {}

    /// What a new record starts with.
    static int initial(Order order, int tick) {
        return order == Order.LFU ? (NEW_LOG << 4) | half(tick) : tick & 0xFF;
    }

    /// Notes a hit.
    static void touch(MemorySegment memory, long record, Order order, int tick, int random) {
        int old = Record.use(memory, record) & 0xFF;
        int use;
        if (order == Order.LRU) {
            use = tick & 0xFF;
        } else {
            int log = decayed(old, tick);
            boolean raise = log < 15 && (random & ((1 << log) - 1)) == 0;
            use = ((raise ? log + 1 : log) << 4) | half(tick);
        }
        if (use != old) {
            Record.setUse(memory, record, use);
        }
    }

    /// How much a record is to be evicted: the larger, the sooner.
    static long score(MemorySegment memory, long record, Order order, int tick) {
        int use = Record.use(memory, record) & 0xFF;
        return switch (order) {
            case LRU -> (tick - use) & 0xFF;
            case LFU -> 15 - decayed(use, tick);
            case TTL -> -Record.expireAtMillis(memory, record);
            case RANDOM, NONE -> 0;
        };
    }

    /// How often a record was used of late: about the logarithm to base 2.
    ///
    /// @param use what the record remembers, of LFU
    static int frequency(int use, int tick) {
        return decayed(use & 0xFF, tick);
    }

    /// Which half turnover it is, of the last eight.
    private static int half(int tick) {
        return (tick >>> 5) & 15;
    }

    private static int decayed(int use, int tick) {
        return Math.max(0, (use >>> 4) - ((half(tick) - use) & 15));
    }
}
