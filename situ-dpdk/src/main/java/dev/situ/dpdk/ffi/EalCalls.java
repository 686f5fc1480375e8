package dev.situ.dpdk.ffi;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// The environment abstraction layer: start, threads, devices, memory (`rte_eal.h`, `rte_lcore.h`, `rte_dev.h`,
/// `rte_memzone.h`, `rte_errno.h`).
public final class EalCalls {
    /// `SOCKET_ID_ANY`: memory of any NUMA node.
    public static final int ANY_SOCKET = -1;
    /// `LCORE_ID_ANY`: the thread is not registered.
    public static final int NO_LCORE = -1;
    /// `RTE_MAX_LCORE` of the distributions' builds.
    public static final int MAX_LCORES = 128;
    /// `RTE_IOVA_VA`: devices use the addresses that the process uses.
    public static final int IOVA_VA = 2;
    /// `RTE_MEMZONE_IOVA_CONTIG`.
    public static final int MEMZONE_IOVA_CONTIGUOUS = 0x0010_0000;

    private static final MethodHandle INIT = Libraries.link("rte_eal_init", JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle CLEANUP = Libraries.link("rte_eal_cleanup", JAVA_INT);
    private static final MethodHandle STRERROR = Libraries.link("rte_strerror", JAVA_LONG, JAVA_INT);
    private static final MethodHandle IOVA_MODE = Libraries.link("rte_eal_iova_mode", JAVA_INT);
    private static final MethodHandle THREAD_REGISTER = Libraries.link("rte_thread_register", JAVA_INT);
    private static final MethodHandle THREAD_UNREGISTER = Libraries.link("rte_thread_unregister", null);
    private static final MethodHandle DEV_PROBE = Libraries.link("rte_dev_probe", JAVA_INT, JAVA_LONG);
    private static final MethodHandle HOTPLUG_REMOVE =
            Libraries.link("rte_eal_hotplug_remove", JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle MEMZONE_RESERVE = Libraries.link(
            "rte_memzone_reserve_aligned", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle MEMZONE_FREE = Libraries.link("rte_memzone_free", JAVA_INT, JAVA_LONG);

    private EalCalls() {}

    /// Starts the EAL, and binds the calling thread to a core.
    ///
    /// @return the number of arguments taken, or -1 and [#errno()]
    public static int init(int argc, long argv) {
        try {
            return (int) INIT.invokeExact(argc, argv);
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }

    public static int cleanup() {
        try {
            return (int) CLEANUP.invokeExact();
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }

    /// The `rte_errno` of the calling thread.
    public static int errno() {
        return Words.getInt(Libraries.variable("per_lcore__rte_errno", Integer.BYTES), 0);
    }

    /// What [#errno()], or a negative result, means.
    public static String errorText(int error) {
        try {
            return Libraries.string((long) STRERROR.invokeExact(Math.abs(error)), 256);
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }

    /// How devices address memory: [#IOVA_VA], or 1 for physical addresses.
    public static int iovaMode() {
        try {
            return (int) IOVA_MODE.invokeExact();
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }

    /// The number that the EAL knows the calling thread by, or [#NO_LCORE].
    public static int lcore() {
        return Words.getInt(Libraries.variable("per_lcore__lcore_id", Integer.BYTES), 0);
    }

    /// Gives the calling thread, a platform thread, an lcore number.
    ///
    /// @return 0, or -1 and [#errno()]
    public static int threadRegister() {
        try {
            return (int) THREAD_REGISTER.invokeExact();
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }

    public static void threadUnregister() {
        try {
            THREAD_UNREGISTER.invokeExact();
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }

    /// Plugs a device in.
    ///
    /// @param device its name and arguments: `net_null0,size=64`
    /// @return 0, or a negative errno
    public static int probe(String device) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocateFrom(device);
            return (int) DEV_PROBE.invokeExact(text.address());
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }

    /// Takes a device out.
    ///
    /// @return 0, or a negative errno
    public static int remove(String bus, String device) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment busText = arena.allocateFrom(bus);
            MemorySegment deviceText = arena.allocateFrom(device);
            return (int) HOTPLUG_REMOVE.invokeExact(busText.address(), deviceText.address());
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }

    /// Reserves memory for good, until it is freed.
    ///
    /// @return the `struct rte_memzone` ([Memzone]), or 0 and [#errno()]
    public static long reserve(String name, long bytes, int socket, int flags, int alignment) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocateFrom(name);
            return (long) MEMZONE_RESERVE.invokeExact(text.address(), bytes, socket, flags, alignment);
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }

    public static int free(long memzone) {
        try {
            return (int) MEMZONE_FREE.invokeExact(memzone);
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }
}
