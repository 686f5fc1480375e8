package dev.situ.dpdk.ffi;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The EAL's interrupt thread, `eal-intr-thread`: C's own, which waits for file descriptors and calls what drivers
/// registered for them. It is never ended, and runs beside everything else that ends.
///
/// Memif does on it all that the other end asks for: connecting, and freeing what was shared when the other end
/// goes. The driver holds no lock over that. So whoever closes a memif on another thread frees again what this one
/// is freeing, and whoever gives the EAL's memory back takes it from under it. Against both, a pipe of ours is one of
/// the descriptors that it waits for:
///
/// ```
///   control thread                        interrupt thread
///   write a byte ──▶ pipe ──▶ epoll ──▶   sem_post, and the functions that were added, in order
///   sem_wait     ◀──────────────────────────┘
/// ```
///
/// | | what goes through the pipe | then |
/// |---|---|---|
/// | [#stopAndClose] | `rte_eth_dev_stop`, `rte_eth_dev_close` | a memif closes between two messages, not during one |
/// | [#settle] | a byte, and another | what was ready before the first is done, and the thread sleeps |
///
/// The functions are C's, so there is no upcall. The pipe stays open and registered until the process ends, since
/// the thread would wake for less. Only the control thread calls this.
public final class InterruptThread {
    private final int wake;
    private final long handle;
    private final MemorySegment done = Arena.global().allocate(InterruptCalls.SEMAPHORE_BYTES, Long.BYTES);

    private InterruptThread() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ends = arena.allocate(JAVA_INT, 2);
            require(InterruptCalls.semInit(done) == 0 && InterruptCalls.pipe(ends) == 0);
            wake = Words.getInt(ends, Integer.BYTES);
            handle = InterruptCalls.allocate(Words.getInt(ends, 0));
            require(handle != 0);
        }
        add(InterruptCalls.SEM_POST, done.address());
    }

    /// Connects to the thread. To be called once, after the EAL was started.
    ///
    /// @throws Refusal if the process has no file descriptor or memory left
    public static InterruptThread attach() {
        return new InterruptThread();
    }

    private static void require(boolean given) {
        if (!given) {
            throw new Refusal("there is no file descriptor or memory left for DPDK's interrupt thread");
        }
    }

    private void add(long function, long argument) {
        require(InterruptCalls.register(handle, function, argument) == 0);
    }

    /// Takes a function away again, once it is not running.
    private void remove(long function, long argument) {
        while (InterruptCalls.unregister(handle, function, argument) == InterruptCalls.AGAIN) {
            Thread.onSpinWait();
        }
    }

    /// Has the functions called once, and waits for the first.
    private void pass() {
        try (Arena arena = Arena.ofConfined()) {
            require(InterruptCalls.write(wake, arena.allocate(1)) == 1);
        }
        while (InterruptCalls.semWait(done) != 0) {
            Thread.onSpinWait();
        }
    }

    /// Stops and closes a port on the interrupt thread.
    public void stopAndClose(int port) {
        add(InterruptCalls.DEV_STOP, port);
        add(InterruptCalls.DEV_CLOSE, port);
        pass();
        remove(InterruptCalls.DEV_STOP, port);
        remove(InterruptCalls.DEV_CLOSE, port);
    }

    /// Waits until the thread has done what there was to do, and sleeps.
    public void settle() {
        pass();
        pass();
    }
}
