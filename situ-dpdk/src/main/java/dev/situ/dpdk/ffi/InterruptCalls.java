package dev.situ.dpdk.ffi;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// What the EAL's interrupt thread waits for and calls (`rte_interrupts.h`), and the C library's pipe and semaphore
/// to talk with it. Results are 0 or negative, if nothing else is said.
final class InterruptCalls {
    /// `EAGAIN`: what is to be unregistered is running.
    static final int AGAIN = -11;

    /// More bytes than a `sem_t` has.
    static final int SEMAPHORE_BYTES = 64;

    /// `int sem_post(sem_t *)`: a function that the thread can call, as all that take a pointer or a number.
    static final long SEM_POST = Libraries.symbolOfC("sem_post").address();
    /// `int rte_eth_dev_stop(uint16_t)`.
    static final long DEV_STOP = Libraries.symbol("rte_eth_dev_stop").address();
    /// `int rte_eth_dev_close(uint16_t)`.
    static final long DEV_CLOSE = Libraries.symbol("rte_eth_dev_close").address();

    /// `RTE_INTR_INSTANCE_F_PRIVATE`: not in the EAL's memory.
    private static final int PRIVATE = 0;

    private static final MethodHandle ALLOCATE = Libraries.link("rte_intr_instance_alloc", JAVA_LONG, JAVA_INT);
    private static final MethodHandle FD_SET = Libraries.link("rte_intr_fd_set", JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle REGISTER =
            Libraries.link("rte_intr_callback_register", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle UNREGISTER =
            Libraries.link("rte_intr_callback_unregister", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle PIPE = Libraries.linkC("pipe", JAVA_INT, JAVA_LONG);
    private static final MethodHandle WRITE = Libraries.linkC("write", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle SEM_INIT = Libraries.linkC("sem_init", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
    private static final MethodHandle SEM_WAIT = Libraries.linkC("sem_wait", JAVA_INT, JAVA_LONG);

    private InterruptCalls() {}

    /// Makes a handle: what a file descriptor is registered by. Of no type, so that the thread reads one byte of the
    /// descriptor for each event.
    ///
    /// @return the handle, or 0
    static long allocate(int fd) {
        try {
            long handle = (long) ALLOCATE.invokeExact(PRIVATE);
            return handle != 0 && (int) FD_SET.invokeExact(handle, fd) == 0 ? handle : 0;
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }

    /// Lets the thread call `function` with `argument` for each event, after those that were registered before.
    static int register(long handle, long function, long argument) {
        try {
            return (int) REGISTER.invokeExact(handle, function, argument);
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }

    /// Ends that.
    ///
    /// @return how many functions it took away, or [#AGAIN]
    static int unregister(long handle, long function, long argument) {
        try {
            return (int) UNREGISTER.invokeExact(handle, function, argument);
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }

    /// Makes a pipe.
    ///
    /// @param ends room for two `int`: the descriptors to read from and to write to
    static int pipe(MemorySegment ends) {
        try {
            return (int) PIPE.invokeExact(ends.address());
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }

    /// Writes bytes.
    ///
    /// @return how many, or -1
    static long write(int fd, MemorySegment bytes) {
        try {
            return (long) WRITE.invokeExact(fd, bytes.address(), bytes.byteSize());
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }

    /// Makes a semaphore at 0 in [#SEMAPHORE_BYTES].
    static int semInit(MemorySegment semaphore) {
        try {
            return (int) SEM_INIT.invokeExact(semaphore.address(), 0, 0);
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }

    /// Waits until it can take 1.
    ///
    /// @return 0, or -1 when a signal came first
    static int semWait(MemorySegment semaphore) {
        try {
            return (int) SEM_WAIT.invokeExact(semaphore.address());
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }
}
