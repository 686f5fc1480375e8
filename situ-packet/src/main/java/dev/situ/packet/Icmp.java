package dev.situ.packet;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;

/// An ICMP message (RFC 792).
///
/// ```
///  0        1        2          4                 6
/// +--------+--------+----------+-----------------+-----------------+------
/// |  type  |  code  | checksum |   identifier    |    sequence     | data          of an echo
/// +--------+--------+----------+-----------------+-----------------+------
/// ```
public final class Icmp extends Header {
    /// The bytes before the data.
    public static final int BYTES = 8;

    /// What `ping` is answered with.
    public static final int ECHO_REPLY = 0;
    /// What `ping` sends.
    public static final int ECHO_REQUEST = 8;

    private static final int CHECKSUM = 2;
    private static final int IDENTIFIER = 4;
    private static final int SEQUENCE = 6;

    private final Ipv4 ip;

    Icmp(Frame frame, Ipv4 ip) {
        super(frame);
        this.ip = ip;
    }

    boolean parse(long at, long end) {
        return move(at, end, BYTES);
    }

    /// Writes the head of an echo of `length` bytes, whose data is there already, and its checksum.
    ///
    /// @param type [#ECHO_REQUEST] or [#ECHO_REPLY]
    /// @param length the bytes of the message, head included
    public static void writeEcho(
            MemorySegment memory, long offset, int type, int identifier, int sequence, int length) {
        Words.setShortBe(memory, offset, type << 8);
        Words.setShortBe(memory, offset + CHECKSUM, 0);
        Words.setShortBe(memory, offset + IDENTIFIER, identifier);
        Words.setShortBe(memory, offset + SEQUENCE, sequence);
        Words.setShortBe(memory, offset + CHECKSUM, Checksum.complement(Checksum.sum(memory, offset, length)));
    }

    /// The header around it.
    public Ipv4 ip() {
        return ip;
    }

    /// [#ECHO_REQUEST], [#ECHO_REPLY] or another number.
    public int type() {
        return Words.getByte(memory, offset()) & 0xFF;
    }

    public int code() {
        return Words.getByte(memory, offset() + 1) & 0xFF;
    }

    public int checksum() {
        return Words.getUnsignedShortBe(memory, offset() + CHECKSUM);
    }

    /// Whether the checksum is that of the message.
    public boolean isChecksumRight() {
        return Checksum.sum(memory, offset(), (int) (end() - offset())) == 0xFFFF;
    }

    /// Which `ping` an echo is of.
    public int identifier() {
        return Words.getUnsignedShortBe(memory, offset() + IDENTIFIER);
    }

    /// The how manieth echo it is.
    public int sequence() {
        return Words.getUnsignedShortBe(memory, offset() + SEQUENCE);
    }

    /// Makes the reply of an echo request, checksum included. The layers below are the caller's to turn back.
    public void turnIntoReply() {
        long at = writable();
        int before = Words.getUnsignedShortBe(memory, at);
        Words.setShortBe(memory, at, ECHO_REPLY << 8);
        Words.setShortBe(memory, at + CHECKSUM, Checksum.update(checksum(), before, ECHO_REPLY << 8));
    }
}
