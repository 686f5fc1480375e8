package dev.situ.store;

import dev.situ.memory.BufferSource;

/// When a value stays in the buffers that it arrived in, and when it is copied into a record.
///
/// A buffer is larger than what came in it, and few values are as large as their packets: a small value that stays
/// wastes most of its buffer, and copying it costs less than a cache miss. And buffers that values stay in are not
/// there to receive with.
///
/// @param minBytesAPacket how many bytes of the value each of its packets has at least, on average; 0: adopt
///     whatever can be, as long as buffers are not short
public record AdoptionPolicy(int minBytesAPacket) {
    /// Adopts whatever can be, for measurements.
    public static final AdoptionPolicy ALWAYS = new AdoptionPolicy(0);

    /// Copies every value.
    public static final AdoptionPolicy NEVER = new AdoptionPolicy(Integer.MAX_VALUE);

    /// From about a kilobyte a packet on.
    public static final AdoptionPolicy DEFAULT = new AdoptionPolicy(1024);

    /// Of the memory that the buffers hold back, the value is at least one part in so many.
    private static final int MOST_WASTE = 3;

    /// Checks the value.
    ///
    /// @throws StoreOpenException if it is negative
    public AdoptionPolicy {
        if (minBytesAPacket < 0) {
            throw new StoreOpenException("a packet cannot bring " + minBytesAPacket + " bytes of a value");
        }
    }

    /// Whether a value should be adopted.
    ///
    /// @param bytes of the value
    /// @param packets that it came in, 1 or more
    /// @param heldBytes what all their buffers together hold back
    public boolean adopts(long bytes, int packets, long heldBytes, BufferSource source) {
        if (bytes < (long) packets * minBytesAPacket || bytes == 0) {
            return false;
        }
        return (minBytesAPacket == 0 || heldBytes <= bytes * MOST_WASTE) && !source.isShort();
    }
}
