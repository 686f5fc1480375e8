package dev.situ.r2p2;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;

/// The word that is the header of every R2P2 packet of the compatible mode: 8 bytes, big endian, in front of the
/// payload.
///
/// ```
///  byte  0          1          2              3          4                6
///  bit   63      56 55      48 47   44 43  40 39      32 31            16 15             0
///       +----------+----------+-------+------+----------+----------------+----------------+
///       |  magic   |   size   | type  |policy|  flags   |      rid       |     order      |
///       +----------+----------+-------+------+----------+----------------+----------------+
///           0xCC        8                     0x80 first
///                                             0x40 last
/// ```
///
/// - **rid**: the request's id, chosen by the client. A message is named by the client's address, its port and the
///   rid.
/// - **order**: in the first packet how many packets the message has; in each other its index, from 1.
///
/// The layout is that of the public reference implementation, `epfl-dcsl/r2p2`. All methods are pure.
public final class R2p2Header {
    /// The bytes of the header.
    public static final int BYTES = 8;

    /// The most payload bytes of a packet: 1500 less the headers of IPv4 (20), UDP (8) and R2P2 (8).
    public static final int MAX_PAYLOAD = 1464;

    /// The payload bytes of the first packet of a request that needs more than one: small, so that a router handles
    /// a minimal frame.
    public static final int SMALL_FIRST_PAYLOAD = 14;

    /// The most packets that a message can name.
    public static final int MAX_PACKETS = 0xFFFF;

    /// The most packets of a response that the reference client takes.
    public static final int MAX_RESPONSE_PACKETS = 254;

    /// The most bytes of a response that the reference client takes.
    public static final int MAX_RESPONSE_BYTES = MAX_RESPONSE_PACKETS * MAX_PAYLOAD;

    /// The first byte of every packet.
    public static final int MAGIC = 0xCC;

    public static final int REQUEST = 0;
    public static final int RESPONSE = 1;
    public static final int FEEDBACK = 2;
    public static final int ACK = 3;
    public static final int DROP = 4;

    /// The last type that the reference knows: 5 to 7 carry its Raft.
    public static final int LAST_TYPE = 7;

    /// Policy of a request that a router may give to any server.
    public static final int LOAD_BALANCED = 0;

    /// Policy of a packet that goes to the address it is sent to; of everything a server sends to a client.
    public static final int FIXED = 1;

    /// Flag of the first packet of a message.
    public static final int FIRST = 0x80;

    /// Flag of the last packet of a message.
    public static final int LAST = 0x40;

    private static final int MAGIC_SHIFT = 56;
    private static final int SIZE_SHIFT = 48;
    private static final int TYPE_SHIFT = 44;
    private static final int POLICY_SHIFT = 40;
    private static final int FLAGS_SHIFT = 32;
    private static final int RID_SHIFT = 16;
    private static final long BYTE_MASK = 0xFF;
    private static final long NIBBLE_MASK = 0xF;
    private static final long SHORT_MASK = 0xFFFF;
    private static final long ENVELOPE = (long) MAGIC << MAGIC_SHIFT | (long) BYTES << SIZE_SHIFT;

    private R2p2Header() {}

    /// The header of a packet of this format: its magic and size are filled in.
    public static long of(int type, int policy, int flags, int rid, int order) {
        return ENVELOPE
                | (type & NIBBLE_MASK) << TYPE_SHIFT
                | (policy & NIBBLE_MASK) << POLICY_SHIFT
                | (flags & BYTE_MASK) << FLAGS_SHIFT
                | (rid & SHORT_MASK) << RID_SHIFT
                | (order & SHORT_MASK);
    }

    /// The header of packet `index` of a message of `count` packets.
    public static long ofPacket(int type, int policy, int rid, int index, int count) {
        int flags = (index == 0 ? FIRST : 0) | (index == count - 1 ? LAST : 0);
        return of(type, policy, flags, rid, index == 0 ? count : index);
    }

    /// Reads the 8 bytes at `offset`, whatever they are.
    public static long read(MemorySegment memory, long offset) {
        return Words.getLongBe(memory, offset);
    }

    /// Writes the 8 bytes of `header` at `offset`.
    public static void write(MemorySegment memory, long offset, long header) {
        Words.setLongBe(memory, offset, header);
    }

    public static int magic(long header) {
        return (int) (header >>> MAGIC_SHIFT);
    }

    /// The header's size as it says itself.
    public static int size(long header) {
        return (int) (header >>> SIZE_SHIFT & BYTE_MASK);
    }

    public static int type(long header) {
        return (int) (header >>> TYPE_SHIFT & NIBBLE_MASK);
    }

    public static int policy(long header) {
        return (int) (header >>> POLICY_SHIFT & NIBBLE_MASK);
    }

    public static int flags(long header) {
        return (int) (header >>> FLAGS_SHIFT & BYTE_MASK);
    }

    public static int rid(long header) {
        return (int) (header >>> RID_SHIFT & SHORT_MASK);
    }

    public static int order(long header) {
        return (int) (header & SHORT_MASK);
    }

    public static boolean first(long header) {
        return (flags(header) & FIRST) != 0;
    }

    public static boolean last(long header) {
        return (flags(header) & LAST) != 0;
    }

    /// Whether the packet is a whole message: first, last, and one of one.
    public static boolean alone(long header) {
        return flags(header) == (FIRST | LAST) && order(header) == 1;
    }

    /// Says whether `header`, in front of `payload` bytes, is one of this format, and if not, why. Of the order it
    /// checks what the packet alone can show: that a first packet's count fits its flags, that no other has index
    /// 0.
    static HeaderFault check(long header, int payload) {
        if (magic(header) != MAGIC) {
            return HeaderFault.MAGIC;
        }
        if (size(header) != BYTES) {
            return HeaderFault.SIZE;
        }
        if (type(header) > LAST_TYPE) {
            return HeaderFault.TYPE;
        }
        if ((flags(header) & ~(FIRST | LAST)) != 0) {
            return HeaderFault.FLAGS;
        }
        if (payload > MAX_PAYLOAD) {
            return HeaderFault.PAYLOAD;
        }
        if (first(header) ? last(header) != (order(header) == 1) || order(header) == 0 : order(header) == 0) {
            return HeaderFault.ORDER;
        }
        return HeaderFault.NONE;
    }

    /// The packets that a message of `length` bytes takes, its first packet carrying `firstPayload` of them at
    /// most.
    static int packets(long length, int firstPayload) {
        if (length <= firstPayload) {
            return 1;
        }
        return 1 + Math.toIntExact((length - firstPayload + MAX_PAYLOAD - 1) / MAX_PAYLOAD);
    }
}
