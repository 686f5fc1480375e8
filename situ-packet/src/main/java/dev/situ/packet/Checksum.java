package dev.situ.packet;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;

/// The Internet checksum: the one's complement of the one's complement sum of 16-bit words (RFC 1071), and its
/// change when a word changes (RFC 1624).
///
/// A **sum** is a number from 0 to 0xFFFF in network order; sums of parts are put together by [#add], and
/// [#complement] makes the checksum of a sum. Whoever sums what includes a right checksum gets 0xFFFF.
///
/// ```java
/// int sum = Checksum.add(Checksum.pseudoHeader(source, destination, Ipv4.UDP, length), Checksum.sum(memory, at,
/// length));
/// ```
///
/// One's complement addition does not care for the order of bytes as long as it is the same everywhere, so eight
/// bytes are read at a time in the machine's order, added as two 32-bit numbers whose carries pile up in the upper
/// half of a long, and only the folded result is swapped.
public final class Checksum {
    static final long LOW = 0xFFFF_FFFFL;
    private static final int UNROLLED_BYTES = 32;

    /// From so many bytes on, sums by vectors are faster: 1472 bytes in a quarter of the time, 64 in twice the time.
    private static final int VECTOR_BYTES = 192;

    private Checksum() {}

    /// The sum of `length` bytes, of any alignment. An odd last byte counts as if a zero followed.
    public static int sum(MemorySegment memory, long offset, int length) {
        long a = 0;
        long b = 0;
        int i = 0;
        if (length >= VECTOR_BYTES) {
            i = length & -Long.BYTES;
            a = Words.sumOfUnsignedInts(memory, offset, i / Long.BYTES);
        }
        // Two chains of additions, so that one need not wait for the other.
        for (; i + UNROLLED_BYTES <= length; i += UNROLLED_BYTES) {
            long w0 = Words.getLong(memory, offset + i);
            long w1 = Words.getLong(memory, offset + i + 8);
            long w2 = Words.getLong(memory, offset + i + 16);
            long w3 = Words.getLong(memory, offset + i + 24);
            a += (w0 & LOW) + (w0 >>> 32) + (w1 & LOW) + (w1 >>> 32);
            b += (w2 & LOW) + (w2 >>> 32) + (w3 & LOW) + (w3 >>> 32);
        }
        for (; i + Long.BYTES <= length; i += Long.BYTES) {
            long w = Words.getLong(memory, offset + i);
            a += (w & LOW) + (w >>> 32);
        }
        if (i + Integer.BYTES <= length) {
            a += Words.getInt(memory, offset + i) & LOW;
            i += Integer.BYTES;
        }
        if (i + Short.BYTES <= length) {
            a += Words.getShort(memory, offset + i) & 0xFFFF;
            i += Short.BYTES;
        }
        if (i < length) {
            a += Words.getByte(memory, offset + i) & 0xFF;
        }
        return swap(fold(a + b));
    }

    /// The sum of `length` bytes of a packet, out of as many segments as they lie in.
    ///
    /// @param from the first byte, counted from the start of the packet
    public static int sumOf(MemorySegment memory, long packet, int from, int length) {
        if (from + length <= Packet.length(memory, packet)) {
            return sum(memory, Packet.data(memory, packet) + from, length);
        }
        int sum = 0;
        int skip = from;
        int done = 0;
        for (long segment = packet; segment != Packet.NONE && done < length; segment = Packet.next(memory, segment)) {
            int here = Packet.length(memory, segment);
            if (skip >= here) {
                skip -= here;
                continue;
            }
            int bytes = Math.min(here - skip, length - done);
            int part = sum(memory, Packet.data(memory, segment) + skip, bytes);
            // A part that starts in the middle of a word has its bytes in the other halves.
            sum = add(sum, (done & 1) == 0 ? part : swap(part));
            done += bytes;
            skip = 0;
        }
        return sum;
    }

    /// The sum of an IPv4 header without options and its checksum's field, by the numbers that are not 0 in it: four
    /// 16-bit words and the addresses.
    static int sumOf(int first, int totalLength, int fragment, int timeToLive, int source, int destination) {
        return fold((source & LOW) + (destination & LOW) + first + totalLength + fragment + timeToLive);
    }

    /// The sum of a UDP header and its pseudo header, without the checksum's field.
    ///
    /// @param length the bytes of the UDP packet, header included
    public static int udpHeader(int source, int sourcePort, int destination, int destinationPort, int length) {
        return fold((source & LOW) + (destination & LOW) + Ipv4.UDP + sourcePort + destinationPort + 2L * length);
    }

    /// The sum of the pseudo header that UDP and TCP put before themselves (RFC 768).
    ///
    /// @param length the bytes of the UDP or TCP packet, header included
    public static int pseudoHeader(int source, int destination, int protocol, int length) {
        return fold((source & LOW) + (destination & LOW) + protocol + length);
    }

    /// The sum of two sums, the second of which starts at an even byte.
    public static int add(int a, int b) {
        int sum = a + b;
        return (sum & 0xFFFF) + (sum >>> 16);
    }

    /// The checksum of a sum.
    public static int complement(int sum) {
        return ~sum & 0xFFFF;
    }

    /// The checksum after a 16-bit word under it changed: equation 3 of RFC 1624.
    public static int update(int checksum, int before, int after) {
        return complement(add(add(complement(checksum), complement(before)), after & 0xFFFF));
    }

    /// The checksum after a 32-bit number under it changed.
    public static int updateInt(int checksum, int before, int after) {
        return update(update(checksum, before >>> 16, after >>> 16), before, after);
    }

    /// A sum of 16-bit words, or of 32-bit numbers, with its carries added at the lower end.
    static int fold(long sum) {
        long s = (sum & LOW) + (sum >>> 32);
        s = (s & LOW) + (s >>> 32);
        int t = (int) ((s & 0xFFFF) + (s >>> 16));
        t = (t & 0xFFFF) + (t >>> 16);
        return (t & 0xFFFF) + (t >>> 16);
    }

    private static int swap(int sum) {
        return (sum & 0xFF) << 8 | sum >>> 8;
    }
}
