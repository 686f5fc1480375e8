package dev.situ.bench.store;

import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/// A map on the Java heap, used as a server would: each operation makes a key object from the bytes that were
/// received, since those are overwritten by the next; a PUT makes an array for the value; a GET copies the value
/// into the reply.
final class HeapLane implements Lane {
    /// A key: its bytes, and their hash code, which the JDK computes by vector instructions.
    static final class Key {
        private final byte[] bytes;
        private final int hash;

        Key(byte[] bytes) {
            this.bytes = bytes;
            hash = Arrays.hashCode(bytes);
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key key && hash == key.hash && Arrays.equals(bytes, key.bytes);
        }
    }

    private final Arena arena = Arena.ofShared();
    private final ConcurrentMap<Key, byte[]> map;
    private final Wire wire;

    HeapLane(ConcurrentMap<Key, byte[]> map, long keys, int number) {
        this.map = map;
        wire = new Wire(arena, keys, number);
    }

    private Key key(long at) {
        byte[] bytes = new byte[Wire.KEY_BYTES];
        Words.copyTo(wire.keys, at, bytes, 0, bytes.length);
        return new Key(bytes);
    }

    private byte[] value() {
        byte[] bytes = new byte[Wire.VALUE_BYTES];
        Words.copyTo(wire.value, 0, bytes, 0, bytes.length);
        return bytes;
    }

    @Override
    public void fill(long from, long to) {
        for (long number = from; number < to; number++) {
            map.put(key(wire.receive(0, number)), value());
        }
    }

    @Override
    public int get() {
        int found = 0;
        for (int i = 0; i < Wire.BURST; i++) {
            byte[] value = map.get(key(wire.receive(i)));
            if (value != null) {
                Words.copyFrom(value, 0, wire.reply, 0, value.length);
                found++;
            }
        }
        return found;
    }

    @Override
    public int getTogether() {
        return get();
    }

    @Override
    public int put() {
        int stored = 0;
        for (int i = 0; i < Wire.BURST; i++) {
            if (map.put(key(wire.receive(i)), value()) != null) {
                stored++;
            }
        }
        return stored;
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
