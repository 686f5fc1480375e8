package dev.situ.testkit;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;

/// The checksum that UDP guards a datagram with (RFC 768, RFC 1071), over the payload alone: the one's complement
/// sum of its 16-bit words. Pure functions.
final class UdpChecksum {
    private static final int MASK = 0xFFFF;

    private UdpChecksum() {}

    static int of(MemorySegment bytes) {
        long sum = 0;
        long even = bytes.byteSize() & ~1L;
        for (long i = 0; i < even; i += Short.BYTES) {
            sum += Words.getUnsignedShortBe(bytes, i);
        }
        if (even < bytes.byteSize()) {
            sum += (Words.getByte(bytes, even) & 0xFF) << Byte.SIZE;
        }
        while (sum > MASK) {
            sum = (sum & MASK) + (sum >>> Short.SIZE);
        }
        return (int) sum;
    }
}
