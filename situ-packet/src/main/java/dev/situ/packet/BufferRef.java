package dev.situ.packet;

/// The word that names one life of one packet buffer, so that buffers are kept, queued and compared without an
/// object.
///
/// ```
///  63  62            32 31    24 23                     0
/// +---+----------------+--------+------------------------+
/// | 0 |   generation   |  pool  |         index          |
/// +---+----------------+--------+------------------------+
/// ```
///
/// The generation counts the lives of the buffer: a reference that outlived its buffer is recognised by it. A
/// reference is never negative, so that -1 is free to mean "none", and never 0, the value of a forgotten
/// variable.
public final class BufferRef {
    /// No buffer.
    public static final long NONE = -1;

    /// The largest number of a pool.
    public static final int MAX_POOL = 0xFF;

    private static final int GENERATION_SHIFT = 32;
    private static final int GENERATION_MASK = 0x7FFF_FFFF;
    private static final int POOL_SHIFT = 24;
    private static final int INDEX_MASK = 0xFF_FFFF;

    private BufferRef() {}

    static long of(int pool, int index, int generation) {
        return (long) (generation & GENERATION_MASK) << GENERATION_SHIFT
                | Integer.toUnsignedLong(pool << POOL_SHIFT)
                | index;
    }

    /// The number of the pool that the buffer belongs to: 0 to 255.
    public static int pool(long ref) {
        return (int) ref >>> POOL_SHIFT;
    }

    static int index(long ref) {
        return (int) ref & INDEX_MASK;
    }

    static int generation(long ref) {
        return (int) (ref >>> GENERATION_SHIFT) & GENERATION_MASK;
    }

    /// The generation after `generation`. Never 0, so that no reference is 0.
    static int nextGeneration(int generation) {
        return Math.max(1, (generation + 1) & GENERATION_MASK);
    }

    /// The reference as people read it: `pool 1 buffer 17 life 4`.
    public static String toString(long ref) {
        return ref < 0
                ? "no buffer"
                : "pool " + pool(ref) + " buffer " + index(ref) + " life " + (generation(ref) & 0xFFFF_FFFFL);
    }
}
