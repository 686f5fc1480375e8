package dev.situ.socket;

import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Sleeps in the kernel until a descriptor is ready or the time is over (`ppoll`). Confined to one thread.
final class KernelSleep {
    private static final long NANOS_OF_SECOND = 1_000_000_000;
    private static final int SECONDS = 0;
    private static final int NANOS = 8;
    private static final int FDS = 16;

    private final MemorySegment errno = KernelCalls.newErrno();
    private final MemorySegment memory;
    private final int count;

    /// @param count how many descriptors to watch
    KernelSleep(int count, Arena arena) {
        this.count = count;
        this.memory = arena.allocate(FDS + (long) count * PollFd.BYTES, Long.BYTES);
    }

    void set(int index, int fd, short events) {
        PollFd.set(memory, FDS + (long) index * PollFd.BYTES, fd, events);
    }

    /// Whether descriptor `index` was ready, or has failed, when the last [#sleep] ended.
    boolean isReady(int index) {
        return PollFd.isReady(memory, FDS + (long) index * PollFd.BYTES);
    }

    /// Sleeps at most `nanos` nanoseconds. A signal ends it early.
    ///
    /// @return whether a descriptor is ready
    boolean sleep(long nanos) {
        Words.setLong(memory, SECONDS, nanos / NANOS_OF_SECOND);
        Words.setLong(memory, NANOS, nanos % NANOS_OF_SECOND);
        return KernelCalls.ppoll(errno, memory.address() + FDS, count, memory.address()) > 0;
    }
}
