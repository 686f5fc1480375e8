package dev.situ.bench.store;

import dev.situ.memory.Words;
import java.lang.foreign.Arena;

/// The bound: requests are received and values copied, but nothing is looked up.
final class NoLane implements Lane {
    private final Arena arena = Arena.ofShared();
    private final Wire wire;

    NoLane(long keys, int number) {
        wire = new Wire(arena, keys, number);
    }

    @Override
    public void fill(long from, long to) {}

    @Override
    public int get() {
        for (int i = 0; i < Wire.BURST; i++) {
            wire.receive(i);
            Words.copy(wire.value, 0, wire.reply, 0, Wire.VALUE_BYTES);
        }
        return Wire.BURST;
    }

    @Override
    public int getTogether() {
        return get();
    }

    @Override
    public int put() {
        return get();
    }

    @Override
    public int putTogether() {
        return put();
    }

    @Override
    public void close() {
        arena.close();
    }
}
