package dev.situ.packet;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;

/// An ARP message for IPv4 over Ethernet (RFC 826).
///
/// ```
///  0      2      4   5   6     8            14         18           24        28
/// +------+------+---+---+-----+------------+----------+------------+---------+
/// | 1    | 0800 | 6 | 4 | op  | sender MAC | sender IP| target MAC |target IP|
/// +------+------+---+---+-----+------------+----------+------------+---------+
/// ```
public final class Arp extends Header {
    /// The bytes of a message.
    public static final int BYTES = 28;

    /// Asks who has the target's IP.
    public static final int REQUEST = 1;
    /// Answers: the sender has the sender's IP.
    public static final int REPLY = 2;

    private static final int HARDWARE_ETHERNET = 1;
    private static final int LENGTHS = 0x0604;
    private static final int OPERATION = 6;
    private static final int SENDER_MAC = 8;
    private static final int SENDER_IP = 14;
    private static final int TARGET_MAC = 18;
    private static final int TARGET_IP = 24;

    Arp(Frame frame) {
        super(frame);
    }

    boolean parse(long at, long end) {
        if (!move(at, end, BYTES)) {
            return false;
        }
        boolean ipv4OverEthernet = Words.getUnsignedShortBe(memory, at) == HARDWARE_ETHERNET
                && Words.getUnsignedShortBe(memory, at + 2) == LinkHeader.IPV4
                && Words.getUnsignedShortBe(memory, at + 4) == LENGTHS;
        return ipv4OverEthernet || fail(ParseFailure.BAD_FIELD);
    }

    /// Writes a message of [#BYTES] bytes.
    ///
    /// @param operation [#REQUEST] or [#REPLY]
    /// @param targetMac 0 in a request
    public static void write(
            MemorySegment memory,
            long offset,
            int operation,
            long senderMac,
            int senderIp,
            long targetMac,
            int targetIp) {
        Words.setShortBe(memory, offset, HARDWARE_ETHERNET);
        Words.setShortBe(memory, offset + 2, LinkHeader.IPV4);
        Words.setShortBe(memory, offset + 4, LENGTHS);
        Words.setShortBe(memory, offset + OPERATION, operation);
        MacAddress.set(memory, offset + SENDER_MAC, senderMac);
        Words.setIntBe(memory, offset + SENDER_IP, senderIp);
        MacAddress.set(memory, offset + TARGET_MAC, targetMac);
        Words.setIntBe(memory, offset + TARGET_IP, targetIp);
    }

    /// [#REQUEST], [#REPLY] or another number.
    public int operation() {
        return Words.getUnsignedShortBe(memory, offset() + OPERATION);
    }

    /// A [MacAddress].
    public long senderMac() {
        return MacAddress.get(memory, offset() + SENDER_MAC);
    }

    /// An [Ipv4Address]. 0 when the sender only asks whether anybody has the target's (RFC 5227).
    public int senderIp() {
        return Words.getIntBe(memory, offset() + SENDER_IP);
    }

    /// A [MacAddress].
    public long targetMac() {
        return MacAddress.get(memory, offset() + TARGET_MAC);
    }

    /// An [Ipv4Address].
    public int targetIp() {
        return Words.getIntBe(memory, offset() + TARGET_IP);
    }
}
