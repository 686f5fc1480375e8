package dev.situ.packet;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;

/// What checked mode notes down about each packet, in the private area behind its descriptor.
///
/// ```
///  descriptor + 128: generation : 32 | state : 32       state: 1 in use, 0 free or with a driver
/// ```
///
/// The generation goes up when a packet is taken and when it is given away, so that a word which outlived its
/// packet is always recognised (until 8 million lives later). Where the packet was taken and released last is in
/// [PacketTraces].
final class PacketCheck {
    private static final int STAMP = PacketLayout.BYTES;
    private static final int GENERATION_SHIFT = 40;
    private static final long GENERATION_MASK = 0x7F_FFFF;
    private static final long OFFSET_MASK = (1L << GENERATION_SHIFT) - 1;
    private static final int STATE_SHIFT = 32;

    private PacketCheck() {}

    static long offset(long packet) {
        return packet & OFFSET_MASK;
    }

    /// The word for the life that the descriptor is in now.
    static long reference(MemorySegment memory, long at) {
        return at | (Words.getLongAcquire(memory, at + STAMP) & GENERATION_MASK) << GENERATION_SHIFT;
    }

    /// Gives the descriptor of a packet in use.
    static long requireLive(MemorySegment memory, long packet) {
        long at = offset(packet);
        if (at == 0) {
            throw new IllegalStateException("no packet");
        }
        long stamp = Words.getLongAcquire(memory, at + STAMP);
        boolean live = stamp >>> STATE_SHIFT != 0 && (stamp & GENERATION_MASK) == packet >>> GENERATION_SHIFT;
        if (!live) {
            throw PacketTraces.usedAfterRelease(memory, packet);
        }
        return at;
    }

    static void begin(MemorySegment memory, long at) {
        stamp(memory, at, 1);
    }

    static void end(MemorySegment memory, long at) {
        stamp(memory, at, 0);
    }

    private static void stamp(MemorySegment memory, long at, long state) {
        long generation = Words.getLongOpaque(memory, at + STAMP) + 1 & GENERATION_MASK;
        Words.setLongRelease(memory, at + STAMP, state << STATE_SHIFT | generation);
    }
}
