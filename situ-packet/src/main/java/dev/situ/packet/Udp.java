package dev.situ.packet;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;

/// A UDP header (RFC 768).
///
/// ```
///  0               2               4               6               8
/// +---------------+---------------+---------------+---------------+------
/// |  source port  |   dest. port  |    length     |   checksum    | payload
/// +---------------+---------------+---------------+---------------+------
/// ```
///
/// The length counts header and payload, and fits into the packet. A checksum of 0 says that there is none.
public final class Udp extends Header {
    /// The bytes of the header.
    public static final int BYTES = 8;

    private static final int DESTINATION = 2;
    private static final int LENGTH = 4;
    private static final int CHECKSUM = 6;
    static final int ALL_ONES = 0xFFFF;

    private final Ipv4 ip;

    Udp(Frame frame, Ipv4 ip) {
        super(frame);
        this.ip = ip;
    }

    boolean parse(long at, long end) {
        if (!move(at, end, BYTES)) {
            return false;
        }
        int length = Words.getUnsignedShortBe(memory, at + LENGTH);
        if (length < BYTES || length > end - at) {
            return fail(ParseFailure.BAD_LENGTH);
        }
        shrink(at + length);
        return true;
    }

    /// Writes a header of [#BYTES] bytes.
    ///
    /// @param length the bytes of header and payload
    /// @param checksum as [#checksumOf] gives it, or 0 for none
    public static void write(
            MemorySegment memory, long offset, int sourcePort, int destinationPort, int length, int checksum) {
        Words.setLongBe(
                memory,
                offset,
                (long) sourcePort << 48 | (long) destinationPort << 32 | (long) length << 16 | checksum);
    }

    /// The checksum field for the sum of pseudo header, header and payload: never 0, which would mean "none".
    public static int checksumOf(int sum) {
        int checksum = Checksum.complement(sum);
        return checksum == 0 ? ALL_ONES : checksum;
    }

    /// The header around it.
    public Ipv4 ip() {
        return ip;
    }

    /// 0 to 65535.
    public int sourcePort() {
        return Words.getUnsignedShortBe(memory, offset());
    }

    /// 0 to 65535.
    public int destinationPort() {
        return Words.getUnsignedShortBe(memory, offset() + DESTINATION);
    }

    /// The bytes of header and payload.
    public int length() {
        return Words.getUnsignedShortBe(memory, offset() + LENGTH);
    }

    /// The checksum field; 0 if there is none.
    public int checksum() {
        return Words.getUnsignedShortBe(memory, offset() + CHECKSUM);
    }

    /// Whether the checksum is right, or there is none.
    public boolean isChecksumRight() {
        if (checksum() == 0) {
            return true;
        }
        int length = length();
        return Checksum.add(ip.pseudoHeader(length), Checksum.sum(memory, offset(), length)) == ALL_ONES;
    }

    /// Where the payload starts in the pool's memory.
    public long payloadOffset() {
        return offset() + BYTES;
    }

    /// The payload's bytes.
    public int payloadLength() {
        return length() - BYTES;
    }

    /// Sets the source port, and the checksum with it, if there is one.
    public void setSourcePort(int port) {
        setPort(0, port);
    }

    /// Sets the destination port, and the checksum with it, if there is one.
    public void setDestinationPort(int port) {
        setPort(DESTINATION, port);
    }

    private void setPort(int field, int port) {
        long at = writable();
        int before = Words.getUnsignedShortBe(memory, at + field);
        Words.setShortBe(memory, at + field, port);
        setChecksumIfAny(Checksum.update(checksum(), before, port));
    }

    /// Exchanges the ports; the checksum does not change by that.
    public void swapPorts() {
        long at = writable();
        int source = sourcePort();
        Words.setShortBe(memory, at, destinationPort());
        Words.setShortBe(memory, at + DESTINATION, source);
    }

    /// Brings the checksum, if there is one, up to date with an address of the IPv4 header that changed.
    public void addressChanged(int before, int after) {
        setChecksumIfAny(Checksum.updateInt(checksum(), before, after));
    }

    private void setChecksumIfAny(int next) {
        if (checksum() != 0) {
            Words.setShortBe(memory, writable() + CHECKSUM, next == 0 ? ALL_ONES : next);
        }
    }

    /// Computes the checksum anew from all bytes: after the payload changed.
    public void refreshChecksum() {
        long at = writable();
        Words.setShortBe(memory, at + CHECKSUM, 0);
        int length = length();
        int sum = Checksum.add(ip.pseudoHeader(length), Checksum.sum(memory, at, length));
        Words.setShortBe(memory, at + CHECKSUM, checksumOf(sum));
    }
}
