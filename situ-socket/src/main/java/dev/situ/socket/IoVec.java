package dev.situ.socket;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;

/// `struct iovec`, one piece of a message (`<sys/uio.h>`).
///
/// ```
///  0          8         16
/// +----------+----------+
/// | iov_base | iov_len  |
/// +----------+----------+
/// ```
final class IoVec {
    static final int BYTES = 16;

    /// The most pieces that the kernel takes for one message (`UIO_MAXIOV`).
    static final int MAX_PIECES = 1024;

    private static final int BASE = 0;
    private static final int LENGTH = 8;

    private IoVec() {}

    static void set(MemorySegment memory, long at, long address, int length) {
        Words.setLong(memory, at + BASE, address);
        Words.setLong(memory, at + LENGTH, length);
    }
}
