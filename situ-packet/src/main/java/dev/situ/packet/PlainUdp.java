package dev.situ.packet;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;

/// The usual datagram, read in whole words: UDP in IPv4, without options, in one piece and one segment, its sums right.
///
/// ```
///  0                  8       12     14                      22           26                34                    42
/// +------------------+-------+------+-----------------------+------------+-----------------+---------------------+
/// | destination, ..  |       | type | 45 tos length id frag | ttl 17 sum | source, dest.   | ports, length, sum  |
/// +------------------+-------+------+-----------------------+------------+-----------------+---------------------+
///  one long                   short  one long                one int      one long          one long
/// ```
///
/// Nearly all that a server gets is of this kind, and six loads say whether a packet is. What is not, for whatever
/// reason, is left to the views of [Frame], which can tell the reason. So [#read] agrees with them wherever it says
/// yes.
///
/// One object for one packet at a time. Confined to one thread.
public final class PlainUdp {
    private static final int IP = Ethernet.BYTES;
    private static final int TIME_TO_LIVE = IP + Ipv4.TTL;
    private static final int ADDRESSES = IP + Ipv4.SOURCE;
    private static final int UDP = IP + Ipv4.MIN_BYTES;
    private static final int HEADERS = UDP + Udp.BYTES;

    /// Version and header length, and of the fragment word all that is not "don't fragment" or reserved.
    private static final long SHAPE_MASK = 0xFF00_0000_0000_3FFFL;

    private static final long SHAPE = 0x4500_0000_0000_0000L;

    private final MemorySegment memory;
    private long at;
    private long addresses;
    private long header;

    /// Reads packets of a pool.
    ///
    /// @param memory the pool's
    public PlainUdp(MemorySegment memory) {
        this.memory = memory;
    }

    /// Reads a packet, which is *borrowed*.
    ///
    /// @param mac the link address that it has to be for
    /// @return whether it is plain; if not, nothing may be asked
    public boolean read(long packet, long mac) {
        long start = Packet.data(memory, packet);
        int length = Packet.length(memory, packet);
        if (length < HEADERS) {
            return false;
        }
        long first = Words.getLongBe(memory, start + IP);
        int second = Words.getIntBe(memory, start + TIME_TO_LIVE);
        if (Words.getLongBe(memory, start) >>> 16 != mac
                || Words.getUnsignedShortBe(memory, start + Ethernet.TYPE) != LinkHeader.IPV4
                || (first & SHAPE_MASK) != SHAPE
                || (second >>> 16 & 0xFF) != Ipv4.UDP) {
            return false;
        }
        int ipLength = (int) (first >>> 32) & 0xFFFF;
        at = start;
        addresses = Words.getLongBe(memory, start + ADDRESSES);
        header = Words.getLongBe(memory, start + UDP);
        return ipLength <= length - IP
                && udpLength() >= Udp.BYTES
                && udpLength() <= ipLength - Ipv4.MIN_BYTES
                && areSumsRight(Packet.flags(memory, packet), first, second);
    }

    private boolean areSumsRight(long flags, long first, int second) {
        if (!PacketLayout.isIpChecksumGood(flags)
                && Checksum.fold(halves(first) + (second & Checksum.LOW) + halves(addresses)) != Udp.ALL_ONES) {
            return false;
        }
        return (header & 0xFFFF) == 0 || PacketLayout.isL4ChecksumGood(flags) || isUdpSumRight();
    }

    private boolean isUdpSumRight() {
        int length = udpLength();
        int payload = Checksum.sum(memory, at + HEADERS, length - Udp.BYTES);
        return Checksum.fold(halves(addresses) + halves(header) + Ipv4.UDP + length + payload) == Udp.ALL_ONES;
    }

    private static long halves(long word) {
        return (word & Checksum.LOW) + (word >>> 32);
    }

    private int udpLength() {
        return (int) (header >>> 16) & 0xFFFF;
    }

    /// An [Ipv4Address].
    public int source() {
        return (int) (addresses >>> 32);
    }

    /// An [Ipv4Address].
    public int destination() {
        return (int) addresses;
    }

    /// 0 to 65535.
    public int sourcePort() {
        return (int) (header >>> 48);
    }

    /// 0 to 65535.
    public int destinationPort() {
        return (int) (header >>> 32) & 0xFFFF;
    }

    /// Where the payload starts in the pool's memory.
    public long payloadOffset() {
        return at + HEADERS;
    }

    /// The payload's bytes.
    public int payloadLength() {
        return udpLength() - Udp.BYTES;
    }
}
