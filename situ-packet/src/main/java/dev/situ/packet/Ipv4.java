package dev.situ.packet;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// An IPv4 header, options included (RFC 791).
///
/// ```
///  0        1        2                 4                 6                 8        9        10
/// +--------+--------+-----------------+-----------------+---+-------------+--------+--------+----------+
/// | 4 | ihl|  tos   |  total length   |       id        |flg| frag offset |  ttl   |protocol| checksum |
/// +--------+--------+-----------------+-----------------+---+-------------+--------+--------+----------+
/// | source          12                | destination     16                | options, 0 to 40 bytes     20
/// +-----------------------------------+-----------------------------------+----------------------------
/// ```
///
/// A header that was found has a length and a total length that fit into the packet; bytes behind the total length
/// are padding and belong to no layer. Its checksum and options were not looked at: [#isChecksumRight()],
/// [#options()].
public final class Ipv4 extends Header {
    /// The bytes of a header without options.
    public static final int MIN_BYTES = 20;

    /// The protocol number of ICMP.
    public static final int ICMP = 1;
    /// The protocol number of TCP.
    public static final int TCP = 6;
    /// The protocol number of UDP.
    public static final int UDP = 17;

    private static final int VERSION_AND_LENGTH = 0x45;
    private static final int TOTAL_LENGTH = 2;
    private static final int ID = 4;
    private static final int FRAGMENT = 6;
    private static final int DONT_FRAGMENT = 0x4000;
    private static final int FRAGMENT_BITS = 0x3FFF;
    static final int TTL = 8;
    private static final int PROTOCOL = 9;
    private static final int CHECKSUM = 10;
    static final int SOURCE = 12;
    private static final int DESTINATION = 16;
    private static final int USUAL_TTL = 64;

    private final Icmp icmp;
    private final Udp udp;
    private final Ipv4Options options;

    Ipv4(Frame frame) {
        super(frame);
        this.icmp = new Icmp(frame, this);
        this.udp = new Udp(frame, this);
        this.options = new Ipv4Options(this);
    }

    boolean parse(long at, long end) {
        if (!move(at, end, MIN_BYTES)) {
            return false;
        }
        int first = Words.getByte(memory, at) & 0xFF;
        if (first >>> 4 != 4) {
            return fail(ParseFailure.BAD_FIELD);
        }
        int headerBytes = (first & 0xF) * Integer.BYTES;
        if (headerBytes < MIN_BYTES) {
            return fail(ParseFailure.BAD_HEADER_LENGTH);
        }
        if (headerBytes > end - at) {
            return fail(ParseFailure.TRUNCATED);
        }
        int total = Words.getUnsignedShortBe(memory, at + TOTAL_LENGTH);
        if (total < headerBytes || total > end - at) {
            return fail(ParseFailure.BAD_LENGTH);
        }
        shrink(at + total);
        return true;
    }

    /// Writes a header of [#MIN_BYTES] bytes, with "don't fragment" set, and its checksum. Such a packet needs no
    /// identification (RFC 6864).
    ///
    /// @param totalLength the bytes of the header and what follows
    public static void write(
            MemorySegment memory, long offset, int totalLength, int protocol, int source, int destination) {
        int timeToLive = USUAL_TTL << 8 | protocol;
        int checksum = Checksum.complement(
                Checksum.sumOf(VERSION_AND_LENGTH << 8, totalLength, DONT_FRAGMENT, timeToLive, source, destination));
        Words.setLongBe(memory, offset, (long) VERSION_AND_LENGTH << 56 | (long) totalLength << 32 | DONT_FRAGMENT);
        Words.setLongBe(
                memory, offset + TTL, (long) timeToLive << 48 | (long) checksum << 32 | (source & 0xFFFF_FFFFL));
        Words.setIntBe(memory, offset + DESTINATION, destination);
    }

    /// Sets the checksum of a header to 0, for a port that computes it.
    public static void clearChecksum(MemorySegment memory, long offset) {
        Words.setShortBe(memory, offset + CHECKSUM, 0);
    }

    /// The bytes of the header, options included: 20 to 60.
    public int headerBytes() {
        return (Words.getByte(memory, offset()) & 0xF) * Integer.BYTES;
    }

    /// The bytes of the header and what follows.
    public int totalLength() {
        return Words.getUnsignedShortBe(memory, offset() + TOTAL_LENGTH);
    }

    /// The "type of service" byte: differentiated services and congestion notification.
    public int typeOfService() {
        return Words.getByte(memory, offset() + 1) & 0xFF;
    }

    /// Which packet a fragment is of.
    public int identification() {
        return Words.getUnsignedShortBe(memory, offset() + ID);
    }

    /// Whether it is a part of a larger packet.
    public boolean isFragment() {
        return (Words.getUnsignedShortBe(memory, offset() + FRAGMENT) & FRAGMENT_BITS) != 0;
    }

    /// How many routers may still pass it on.
    public int timeToLive() {
        return Words.getByte(memory, offset() + TTL) & 0xFF;
    }

    /// [#ICMP], [#TCP], [#UDP] or another number.
    public int protocol() {
        return Words.getByte(memory, offset() + PROTOCOL) & 0xFF;
    }

    public int checksum() {
        return Words.getUnsignedShortBe(memory, offset() + CHECKSUM);
    }

    /// Whether the checksum is that of the header.
    public boolean isChecksumRight() {
        return Checksum.sum(memory, offset(), headerBytes()) == 0xFFFF;
    }

    /// An [Ipv4Address].
    public int source() {
        return Words.getIntBe(memory, offset() + SOURCE);
    }

    /// An [Ipv4Address].
    public int destination() {
        return Words.getIntBe(memory, offset() + DESTINATION);
    }

    /// Where what follows the header starts in the pool's memory.
    public long payloadOffset() {
        return offset() + headerBytes();
    }

    /// The bytes behind the header, without padding.
    public int payloadLength() {
        return totalLength() - headerBytes();
    }

    /// The options, before the first of them.
    public Ipv4Options options() {
        return options.start(offset() + MIN_BYTES, payloadOffset());
    }

    /// The ICMP message, or null.
    public @Nullable Icmp icmp() {
        ParseFailure failure = wholePayload(ICMP);
        if (failure != ParseFailure.NONE) {
            frame.failure = failure;
            return null;
        }
        return icmp.parse(payloadOffset(), end()) ? icmp : null;
    }

    /// The UDP header, or null.
    public @Nullable Udp udp() {
        ParseFailure failure = wholePayload(UDP);
        if (failure != ParseFailure.NONE) {
            frame.failure = failure;
            return null;
        }
        return udp.parse(payloadOffset(), end()) ? udp : null;
    }

    private ParseFailure wholePayload(int protocol) {
        if (protocol() != protocol) {
            return ParseFailure.OTHER_PROTOCOL;
        }
        return isFragment() ? ParseFailure.FRAGMENT : ParseFailure.NONE;
    }

    /// Sets the source, and the header's checksum with it. A UDP checksum covers it, too: [Udp#addressChanged].
    public void setSource(int address) {
        setAddress(SOURCE, address);
    }

    /// Sets the destination, and the header's checksum with it. A UDP checksum covers it, too: [Udp#addressChanged].
    public void setDestination(int address) {
        setAddress(DESTINATION, address);
    }

    private void setAddress(int field, int address) {
        long at = writable();
        int before = Words.getIntBe(memory, at + field);
        Words.setIntBe(memory, at + field, address);
        Words.setShortBe(memory, at + CHECKSUM, Checksum.updateInt(checksum(), before, address));
    }

    /// Sets the time to live, and the checksum with it.
    public void setTimeToLive(int hops) {
        long at = writable() + TTL;
        int before = Words.getUnsignedShortBe(memory, at);
        Words.setShortBe(memory, at, hops << 8 | (before & 0xFF));
        Words.setShortBe(
                memory, offset() + CHECKSUM, Checksum.update(checksum(), before, Words.getUnsignedShortBe(memory, at)));
    }

    /// Exchanges source and destination; no checksum changes by that.
    public void swapAddresses() {
        long at = writable();
        int source = source();
        Words.setIntBe(memory, at + SOURCE, destination());
        Words.setIntBe(memory, at + DESTINATION, source);
    }

    /// The sum of the pseudo header of what follows.
    int pseudoHeader(int length) {
        return Checksum.pseudoHeader(source(), destination(), protocol(), length);
    }
}
