package dev.situ.store;

import dev.situ.store.EvictionPolicy.Order;
import java.lang.foreign.MemorySegment;

/// What holds for one burst of a worker's operations: the time, and how use is noted. One a worker, confined to
/// it.
final class Burst {
    private final Store store;
    private final MemorySegment memory;

    private boolean inside;
    private long nowMillis;
    private Order order = Order.NONE;
    private int tick;

    Burst(Store store) {
        this.store = store;
        this.memory = store.memory();
    }

    void begin() {
        inside = true;
        nowMillis = 0;
        order = store.policy().order();
        tick = store.tick();
    }

    void end() {
        inside = false;
    }

    boolean isInside() {
        return inside;
    }

    /// Read once in each burst, when first needed.
    long nowMillis() {
        if (nowMillis == 0) {
            nowMillis = store.clockMillis();
        }
        return nowMillis;
    }

    boolean isExpired(long record) {
        long at = Record.expireAtMillis(memory, record);
        return at != 0 && at <= nowMillis();
    }

    /// Whether records are evicted, and so their use matters.
    boolean evicts() {
        return order != Order.NONE;
    }

    /// What a new record remembers of its use.
    int initialUse() {
        return Use.initial(order, tick);
    }

    /// Notes that a record was used.
    void touch(long record, Eviction eviction) {
        if (order == Order.LRU) {
            Use.touch(memory, record, order, tick, 0);
        } else if (order == Order.LFU) {
            Use.touch(memory, record, order, tick, eviction.nextRandom());
        }
    }
}
