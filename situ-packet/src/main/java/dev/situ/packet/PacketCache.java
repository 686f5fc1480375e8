package dev.situ.packet;

import dev.situ.memory.Consumes;
import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;

/// One poller's stock of free packets: taking and releasing touches nothing that other threads touch, but for every
/// half stock.
///
/// Confined to one thread, but for what concerns the packets of other threads: a packet taken here may be released
/// anywhere, and the other way round.
public final class PacketCache extends PacketSupply {
    private final PacketPool pool;
    private final long[] free;
    private final MemorySegment count;
    private int size;

    PacketCache(PacketPool pool, int capacity, MemorySegment count) {
        super(pool.memory, pool.bufferBytes, pool.traces);
        this.pool = pool;
        this.free = new long[capacity];
        this.count = count;
    }

    /// The pool that it is a cache of.
    public PacketPool pool() {
        return pool;
    }

    /// Gives all free packets back to the pool.
    public void flush() {
        pool.giveFree(free, 0, size);
        resize(0);
    }

    /// The free packets in it. Any thread.
    int free() {
        return Words.getIntOpaque(count, 0);
    }

    @Override
    long takeFree() {
        if (size == 0) {
            resize(pool.takeFree(free, 0, free.length / 2));
            if (size == 0) {
                return 0;
            }
        }
        long at = free[size - 1];
        resize(size - 1);
        return at;
    }

    @Override
    void giveFree(@Consumes long at) {
        if (size == free.length) {
            int half = size / 2;
            pool.giveFree(free, size - half, half);
            resize(size - half);
        }
        free[size] = at;
        resize(size + 1);
    }

    private void resize(int packets) {
        size = packets;
        Words.setIntOpaque(count, 0, packets);
    }
}
