package dev.situ.r2p2;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;

/// The two words that are the header of every packet of the reliable mode: 16 bytes, big endian. The first is that
/// of [R2p2Header], with another size and one more flag.
///
/// ```
///  byte  0          1          2              3          4                6              8
///       +----------+----------+-------+------+----------+----------------+----------------+
///       |  magic   |   size   | type  |policy|  flags   | rid, low half  |     order      |
///       |  0xCC    |    16    |       |  1   | 0x20 set |                |                |
///       +----------+----------+-------+------+----------+----------------+----------------+
///  byte  8                                              12               14             16
///       +-----------------------------------------------+----------------+----------------+
///  to server             session                        |    finished    | rid, high half |
///  to client             session                        | rid, high half |     credit     |
///       +-----------------------------------------------+----------------+----------------+
/// ```
///
/// - **rid**: counts up by one in a session. It has 32 bits, so that it does not come back while a packet of its
///   first use may still be on its way: 16 bits are used up in less than a tenth of a second.
/// - **finished**: the low half of the rid before which every call has ended at the client. It is never far from
///   the packet's own rid, which tells its high half.
/// - **credit**: how many requests may be outstanding.
///
/// All methods are pure.
public final class ReliableHeader {
    /// The bytes of the header.
    public static final int BYTES = 16;

    /// The most payload bytes of a packet: 1500 less the headers of IPv4 (20), UDP (8) and this (16). Every packet
    /// of a message but the last carries as many.
    public static final int MAX_PAYLOAD = 1456;

    /// The most bytes that a message can have: 95 MB.
    public static final long MAX_MESSAGE_BYTES = (long) R2p2Header.MAX_PACKETS * MAX_PAYLOAD;

    /// Flag of every packet of this mode.
    public static final int RELIABLE = 0x20;

    /// A client asks for a session.
    public static final int OPEN = 8;
    /// The server names one.
    public static final int OPEN_OK = 9;
    /// The server does not know the session.
    public static final int RESET = 10;

    /// Flags of a packet that is a whole message.
    static final int ALONE = RELIABLE | R2p2Header.FIRST | R2p2Header.LAST;

    /// The payload of OPEN_OK, and of OPEN, so that the answer is no larger than what asks for it: credit (2 bytes),
    /// the largest message (4), the payload bytes of a packet (2).
    static final int OPEN_PAYLOAD = 8;

    private static final long SIZE_MASK = 0xFFL << 48;
    private static final long SIZE = (long) BYTES << 48;
    private static final int SESSION_SHIFT = 32;
    private static final int UPPER_SHIFT = 16;
    private static final int SHORT_MASK = 0xFFFF;
    private static final int HALF = 16;

    private ReliableHeader() {}

    // ---- the first word -------------------------------------------------------------------------------------------

    /// The first word of packet `index` of a message of `count` packets.
    static long ofPacket(int type, int rid, int index, int count) {
        long word = R2p2Header.ofPacket(type, R2p2Header.FIXED, rid, index, count);
        return (word & ~SIZE_MASK) | SIZE | (long) RELIABLE << 32;
    }

    /// The first word of a packet that is a whole message.
    static long alone(int type, int rid) {
        return ofPacket(type, rid, 0, 1);
    }

    /// Whether a datagram of `length` bytes at `offset` is one of this mode, right or wrong: the header's size and
    /// the flag say so.
    static boolean marks(MemorySegment memory, long offset, int length) {
        return length >= BYTES
                && Words.getByte(memory, offset + 1) == BYTES
                && (Words.getByte(memory, offset + 3) & RELIABLE) != 0;
    }

    /// Says whether `first`, in front of `payload` bytes, is the first word of a packet of this mode, and if not,
    /// why.
    static HeaderFault check(long first, int payload) {
        if (R2p2Header.magic(first) != R2p2Header.MAGIC) {
            return HeaderFault.MAGIC;
        }
        if (R2p2Header.size(first) != BYTES) {
            return HeaderFault.SIZE;
        }
        int type = R2p2Header.type(first);
        if (!isType(type) || R2p2Header.policy(first) != R2p2Header.FIXED) {
            return HeaderFault.TYPE;
        }
        int flags = R2p2Header.flags(first);
        if ((flags & ~ALONE) != 0 || (flags & RELIABLE) == 0) {
            return HeaderFault.FLAGS;
        }
        if (payload > MAX_PAYLOAD) {
            return HeaderFault.PAYLOAD;
        }
        return checkOrder(first, type, payload);
    }

    private static HeaderFault checkOrder(long first, int type, int payload) {
        int order = R2p2Header.order(first);
        boolean isFirst = R2p2Header.first(first);
        boolean isLast = R2p2Header.last(first);
        boolean parted = type == R2p2Header.REQUEST || type == R2p2Header.RESPONSE;
        if (order == 0 || (isFirst && isLast != (order == 1)) || (!parted && !alone(first))) {
            return HeaderFault.ORDER;
        }
        boolean isShort = (!isLast && payload < MAX_PAYLOAD) || (!isFirst && payload == 0);
        return isShort ? HeaderFault.PAYLOAD : HeaderFault.NONE;
    }

    private static boolean isType(int type) {
        return switch (type) {
            case R2p2Header.REQUEST, R2p2Header.RESPONSE, R2p2Header.ACK, R2p2Header.DROP, OPEN, OPEN_OK, RESET -> true;
            default -> false;
        };
    }

    /// The index of a packet in its message.
    static int index(long first) {
        return R2p2Header.first(first) ? 0 : R2p2Header.order(first);
    }

    /// How many packets the message of a packet has at least; exactly, if it is the first or the last.
    static int leastPackets(long first) {
        return R2p2Header.first(first) ? R2p2Header.order(first) : R2p2Header.order(first) + 1;
    }

    /// Whether the packet is a whole message.
    static boolean alone(long first) {
        return R2p2Header.flags(first) == ALONE;
    }

    // ---- the second word ------------------------------------------------------------------------------------------

    static long readSecond(MemorySegment memory, long offset) {
        return Words.getLongBe(memory, offset + R2p2Header.BYTES);
    }

    /// The second word of what a client sends.
    ///
    /// @param finished the rid before which every call has ended
    static long toServer(int session, int finished, int rid) {
        return (long) session << SESSION_SHIFT | (long) (finished & SHORT_MASK) << UPPER_SHIFT | rid >>> HALF;
    }

    /// The second word of what a server sends.
    static long toClient(int session, int rid, int credit) {
        return (long) session << SESSION_SHIFT | (long) (rid >>> HALF) << UPPER_SHIFT | (credit & SHORT_MASK);
    }

    static int session(long second) {
        return (int) (second >>> SESSION_SHIFT);
    }

    /// The rid of what a client has sent.
    static int ridToServer(long first, long second) {
        return (int) (second & SHORT_MASK) << HALF | R2p2Header.rid(first);
    }

    /// The rid of what a server has sent.
    static int ridToClient(long first, long second) {
        return (int) (second >>> UPPER_SHIFT & SHORT_MASK) << HALF | R2p2Header.rid(first);
    }

    /// The whole rid that the field *finished* stands for in a packet with this rid.
    static int finished(long second, int rid) {
        return rid + (short) ((second >>> UPPER_SHIFT) - rid);
    }

    /// How many requests may be outstanding.
    static int credit(long second) {
        return (int) (second & SHORT_MASK);
    }

    /// Writes both words at `offset`.
    static void write(MemorySegment memory, long offset, long first, long second) {
        Words.setLongBe(memory, offset, first);
        Words.setLongBe(memory, offset + R2p2Header.BYTES, second);
    }

    // ---- messages -------------------------------------------------------------------------------------------------

    /// The packets that a message of `length` bytes takes.
    static int packets(long length) {
        return length <= MAX_PAYLOAD ? 1 : (int) ((length + MAX_PAYLOAD - 1) / MAX_PAYLOAD);
    }

    /// Where in its message the payload of packet `index` starts.
    static long position(int index) {
        return (long) index * MAX_PAYLOAD;
    }
}
