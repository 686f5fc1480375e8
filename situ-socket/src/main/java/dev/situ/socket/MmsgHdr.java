package dev.situ.socket;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;

/// `struct mmsghdr`, one message of `recvmmsg` and `sendmmsg`: a `struct msghdr` and the bytes that were moved
/// (`<sys/socket.h>`, 64-bit).
///
/// ```
///  0      8         12    16     24      32       40          48     52    56      60    64
/// +------+---------+-----+------+-------+--------+-----------+------+-----+-------+-----+
/// | name | namelen |  .  | iov  | iovs  | control| controls  |flags |  .  |  len  |  .  |
/// +------+---------+-----+------+-------+--------+-----------+------+-----+-------+-----+
/// ```
final class MmsgHdr {
    static final int BYTES = 64;

    /// The datagram was longer than the buffer.
    static final int MSG_TRUNC = 0x20;
    static final int MSG_DONTWAIT = 0x40;

    private static final int NAME = 0;
    private static final int NAME_LENGTH = 8;
    private static final int PIECES = 16;
    private static final int PIECE_COUNT = 24;
    private static final int CONTROL = 32;
    private static final int CONTROL_LENGTH = 40;
    private static final int FLAGS = 48;
    private static final int LENGTH = 56;

    private MmsgHdr() {}

    static void setName(MemorySegment memory, long at, long address) {
        Words.setLong(memory, at + NAME, address);
    }

    static void setNameLength(MemorySegment memory, long at, int bytes) {
        Words.setInt(memory, at + NAME_LENGTH, bytes);
    }

    static void setPieces(MemorySegment memory, long at, long address, int count) {
        Words.setLong(memory, at + PIECES, address);
        Words.setLong(memory, at + PIECE_COUNT, count);
    }

    static void setControl(MemorySegment memory, long at, long address) {
        Words.setLong(memory, at + CONTROL, address);
    }

    static void setControlLength(MemorySegment memory, long at, int bytes) {
        Words.setLong(memory, at + CONTROL_LENGTH, bytes);
    }

    static int controlLength(MemorySegment memory, long at) {
        return (int) Words.getLong(memory, at + CONTROL_LENGTH);
    }

    static int flags(MemorySegment memory, long at) {
        return Words.getInt(memory, at + FLAGS);
    }

    /// The bytes received.
    static int length(MemorySegment memory, long at) {
        return Words.getInt(memory, at + LENGTH);
    }
}
