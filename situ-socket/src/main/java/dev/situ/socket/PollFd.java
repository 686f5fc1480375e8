package dev.situ.socket;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;

/// `struct pollfd` (`<poll.h>`).
///
/// ```
///  0      4        6         8
/// +------+--------+---------+
/// |  fd  | events | revents |
/// +------+--------+---------+
/// ```
final class PollFd {
    static final int BYTES = 8;
    static final short POLLIN = 1;
    static final short POLLOUT = 4;

    private static final int EVENTS = 4;
    private static final int RETURNED = 6;

    private PollFd() {}

    static void set(MemorySegment memory, long at, int fd, short events) {
        Words.setInt(memory, at, fd);
        Words.setShort(memory, at + EVENTS, events);
        Words.setShort(memory, at + RETURNED, (short) 0);
    }

    static boolean isReady(MemorySegment memory, long at) {
        return Words.getShort(memory, at + RETURNED) != 0;
    }
}
