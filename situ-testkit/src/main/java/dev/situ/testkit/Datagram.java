package dev.situ.testkit;

import dev.situ.memory.Words;
import dev.situ.packet.Checksum;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A copy of a datagram on a line: its peer, and its bytes in memory of its own.
record Datagram(long peer, MemorySegment bytes) {
    static Datagram copyOf(long peer, MemorySegment memory, long offset, int length) {
        MemorySegment bytes = Arena.ofAuto().allocate(Math.max(1, length)).asSlice(0, length);
        Words.copy(memory, offset, bytes, 0, length);
        return new Datagram(peer, bytes);
    }

    int length() {
        return (int) bytes.byteSize();
    }

    /// What UDP guards a datagram with (RFC 768), over the payload alone.
    int checksum() {
        return Checksum.sum(bytes, 0, length());
    }

    Datagram withBitTurned(int bit) {
        Datagram changed = copyOf(peer, bytes, 0, length());
        long at = bit / Byte.SIZE;
        byte turned = (byte) (Words.getByte(changed.bytes, at) ^ 1 << bit % Byte.SIZE);
        Words.setByte(changed.bytes, at, turned);
        return changed;
    }
}
