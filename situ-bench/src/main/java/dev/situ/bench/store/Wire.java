package dev.situ.bench.store;

import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The requests of a burst as one thread has just received them: keys and values as bytes of native memory, small
/// enough to stay in the first cache. And room for a reply.
///
/// Each key is written right before it is looked up, by every system alike; what that costs is part of every
/// figure and is measured on its own as the bound.
final class Wire {
    /// How many requests there are in a burst.
    static final int BURST = 32;

    static final int KEY_BYTES = 32;
    static final int VALUE_BYTES = 64;

    final MemorySegment keys;
    final MemorySegment value;
    final MemorySegment reply;

    private final long keyCount;
    private long state;

    /// @param keyCount keys that are asked for: those with the numbers below it
    Wire(Arena arena, long keyCount, long seed) {
        keys = arena.allocate((long) BURST * KEY_BYTES, 64);
        value = arena.allocate(VALUE_BYTES, 64);
        reply = arena.allocate(VALUE_BYTES, 64);
        this.keyCount = keyCount;
        state = seed;
        for (int i = 0; i < VALUE_BYTES; i++) {
            Words.setByte(value, i, (byte) ('a' + i % 26));
        }
    }

    /// Receives a request for a random key in place `slot` of the burst.
    ///
    /// @return where its key's bytes are in [#keys]
    long receive(int slot) {
        state += 0x9E3779B97F4A7C15L;
        return receive(slot, Math.unsignedMultiplyHigh(mix(state), keyCount));
    }

    /// The same as [#receive(int)] for the key `number`.
    long receive(int slot, long number) {
        long at = (long) slot * KEY_BYTES;
        long word = mix(number);
        Words.setLong(keys, at, word);
        Words.setLong(keys, at + 8, word * 0x9E3779B97F4A7C15L);
        Words.setLong(keys, at + 16, number);
        Words.setLong(keys, at + 24, word ^ number);
        return at;
    }

    /// Splitmix64's last step: spreads a number over 64 bits, each number to another one.
    private static long mix(long number) {
        long mixed = (number ^ number >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 31;
    }
}
