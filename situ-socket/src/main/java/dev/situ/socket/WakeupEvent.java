package dev.situ.socket;

import dev.situ.memory.Words;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// An `eventfd` that ends a [KernelSleep] from another thread.
///
/// `signalled` is true from the first [#signal] until the poller has taken it, so that further signals cost no
/// system call. The poller empties the descriptor *before* it clears the flag: the other way round a signal
/// between the two would be emptied away while the flag stays set, and no later signal would write again. Both
/// sides change the flag by read-modify-write, so that what the signaller wrote before is seen by the poller even
/// if the signal fell together with an earlier one.
final class WakeupEvent {
    private static final int EFD_NONBLOCK = 0x800;
    private static final int EFD_CLOEXEC = 0x80000;
    private static final long SIGNALLED = 0;
    private static final long ONE = 64;
    private static final long SCRATCH = 72;
    private static final int BYTES = 128;

    private final MemorySegment errno = KernelCalls.newErrno();
    private final MemorySegment signallersErrno = KernelCalls.newErrno();
    private final MemorySegment memory = Arena.ofAuto().allocate(BYTES, BYTES);
    private final int fd;
    private boolean closed;

    /// @throws IOException if the system refuses
    WakeupEvent() throws IOException {
        fd = KernelCalls.eventfd(errno, 0, EFD_NONBLOCK | EFD_CLOEXEC);
        if (fd < 0) {
            throw new IOException("cannot open an eventfd: errno " + KernelCalls.errno(errno));
        }
        Words.setLong(memory, ONE, 1);
    }

    int fd() {
        return fd;
    }

    /// Makes the descriptor ready. Any thread may call it.
    void signal() {
        if (Words.compareAndSetLong(memory, SIGNALLED, 0, 1)) {
            write();
        } else {
            Words.getAndAddLong(memory, SIGNALLED, 0);
        }
    }

    /// Takes the signal. For the poller.
    void take() {
        KernelCalls.read(errno, fd, memory.address() + SCRATCH, Long.BYTES);
        long signalled;
        do {
            signalled = Words.getLongVolatile(memory, SIGNALLED);
        } while (!Words.compareAndSetLong(memory, SIGNALLED, signalled, 0));
    }

    private synchronized void write() {
        if (!closed) {
            KernelCalls.write(signallersErrno, fd, memory.address() + ONE, Long.BYTES);
        }
    }

    synchronized void close() {
        if (!closed) {
            closed = true;
            KernelCalls.close(errno, fd);
        }
    }
}
