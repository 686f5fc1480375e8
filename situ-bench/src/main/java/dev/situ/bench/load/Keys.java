package dev.situ.bench.load;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;
import java.util.random.RandomGenerator;

/// Keys from numbers: `key:000000000042`, and as many `x` as a longer one needs. A number always gives the same
/// key.
final class Keys {
    /// The shortest key.
    static final int LEAST_BYTES = 16;

    /// The longest key.
    static final int MOST_BYTES = 1024;

    /// How many there are at most.
    static final long MOST = 1_000_000_000_000L;

    private static final int PREFIX = 'k' | 'e' << 8 | 'y' << 16 | ':' << 24;

    private final Sizes sizes;
    private final Seeded seeded = new Seeded();

    Keys(Sizes sizes) {
        this.sizes = sizes;
    }

    /// Numbers that follow from a seed, again and again.
    private static final class Seeded implements RandomGenerator {
        private long state;

        @Override
        public long nextLong() {
            state += 0x9E3779B97F4A7C15L;
            long mixed = (state ^ state >>> 30) * 0xBF58476D1CE4E5B9L;
            mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
            return mixed ^ mixed >>> 31;
        }
    }

    /// The bytes of key `number`.
    int length(long number) {
        seeded.state = number;
        return Math.clamp(sizes.next(seeded), LEAST_BYTES, MOST_BYTES);
    }

    /// Writes key `number`, which has `length` bytes.
    static void write(MemorySegment memory, long at, long number, int length) {
        Words.setInt(memory, at, PREFIX);
        long rest = number;
        for (int i = LEAST_BYTES - 1; i >= Integer.BYTES; i--) {
            Words.setByte(memory, at + i, (byte) ('0' + rest % 10));
            rest /= 10;
        }
        for (int i = LEAST_BYTES; i < length; i++) {
            Words.setByte(memory, at + i, (byte) 'x');
        }
    }
}
