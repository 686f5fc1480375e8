package dev.situ.socket;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;

/// `struct cmsghdr` with its data, as far as UDP's segmentation needs it (`<sys/socket.h>`, `<linux/udp.h>`).
///
/// ```
///  0        8       12     16        24
/// +--------+-------+------+---------+
/// |  len   | level | type |  data   |
/// +--------+-------+------+---------+
/// ```
///
/// `UDP_SEGMENT` carries the segment size to the kernel in 16 bits, `UDP_GRO` from the kernel in an `int`.
final class ControlMessage {
    /// The room for one control message with up to 8 bytes of data (`CMSG_SPACE`).
    static final int SPACE = 24;
    static final int SOL_UDP = 17;
    static final int UDP_SEGMENT = 103;
    static final int UDP_GRO = 104;

    private static final int LENGTH = 0;
    private static final int LEVEL = 8;
    private static final int TYPE = 12;
    private static final int DATA = 16;
    private static final int GRO_LENGTH = DATA + Integer.BYTES;

    private ControlMessage() {}

    /// Writes a `UDP_SEGMENT` message, all but its data, which [#setSegment] sets.
    static void initSegment(MemorySegment memory, long at) {
        Words.setLong(memory, at + LENGTH, DATA + Short.BYTES);
        Words.setInt(memory, at + LEVEL, SOL_UDP);
        Words.setInt(memory, at + TYPE, UDP_SEGMENT);
        Words.setLong(memory, at + DATA, 0);
    }

    static void setSegment(MemorySegment memory, long at, int bytes) {
        Words.setShort(memory, at + DATA, (short) bytes);
    }

    /// The size of the datagrams that were received as one, or 0 when they were not.
    ///
    /// @param length the bytes of control messages that the kernel wrote
    static int groSegment(MemorySegment memory, long at, int length) {
        if (length < GRO_LENGTH
                || Words.getInt(memory, at + LEVEL) != SOL_UDP
                || Words.getInt(memory, at + TYPE) != UDP_GRO) {
            return 0;
        }
        return Words.getInt(memory, at + DATA);
    }
}
