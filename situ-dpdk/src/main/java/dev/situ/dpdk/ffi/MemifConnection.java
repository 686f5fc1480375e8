package dev.situ.dpdk.ffi;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Whether the other end of a memif is there, held as it is for as long as a burst takes.
///
/// When a peer goes, the interrupt thread unmaps what was shared. The driver's bursts only ask at their start whether
/// they are connected, so one that runs meanwhile faults, and the process with it. But between taking the connection
/// back and unmapping, the interrupt thread takes the lock of the control channel; a poller that holds it keeps the
/// memory mapped:
///
/// ```
///   poller            enter: lock, connected? ──▶ rx or tx burst ──▶ leave: unlock
///   interrupt thread  peer gone: not connected any more ──▶ wait for the lock ──▶ unlock, unmap
/// ```
///
/// Where several pollers share a port, the first that enters takes the lock for all and the last that leaves gives it
/// back, so that none waits for one that the kernel has stopped in its burst. Once the peer is going nobody joins them.
///
/// ```
///  rte_eth_dev        22.11: 48 data   23.11: 64   24.11: 72                    (ethdev_driver.h)
///  rte_eth_dev_data   0 name, 64 bytes   96 the driver's own structure
///  pmd_internals      8 flags   16 name of the socket   22.11: 56 lock   later: 64   (rte_eth_memif.h)
/// ```
///
/// The last is the driver's own. Nothing is believed before names were found where they should be. Any thread; not to
/// be used once the port is closed.
public final class MemifConnection {
    private static final int DATA_NAME_BYTES = 64;
    private static final int DATA_PRIVATE = 96;
    private static final int FLAGS = 8;
    private static final int SOCKET_NAME = 16;
    private static final int SOCKET_NAME_BYTES = 108;
    private static final int BYTES = 72;
    private static final int CONNECTED = 1 << 1;

    private final MemorySegment internals;
    private final int lock;
    /// How many bursts run, if several pollers share the port.
    private final @Nullable AtomicInteger bursts;

    private MemifConnection(MemorySegment internals, int lock, boolean isShared) {
        this.internals = internals;
        this.lock = lock;
        this.bursts = isShared ? new AtomicInteger() : null;
    }

    /// Finds the structures of a memif.
    ///
    /// @param name the port's name: `net_memif0`
    /// @param socket the name of its socket
    /// @param isShared whether several pollers use the port
    /// @throws Refusal if they are not as expected
    public static MemifConnection of(String name, String socket, boolean isShared) {
        ProcessMaps maps = ProcessMaps.read();
        DpdkRelease release = Libraries.require();
        long data = pointer(maps, device(name), release.ethDevData(), DATA_PRIVATE + Long.BYTES);
        expect(data != 0 && name.equals(Libraries.string(data, DATA_NAME_BYTES)));
        long internals = pointer(maps, data, DATA_PRIVATE, BYTES);
        long socketName = pointer(maps, internals, SOCKET_NAME, SOCKET_NAME_BYTES);
        expect(socketName != 0 && isNameOf(socket, Libraries.string(socketName, SOCKET_NAME_BYTES)));
        MemorySegment memory = Libraries.at(internals, BYTES);
        expect((Words.getIntOpaque(memory, release.memifLock()) & ~1) == 0);
        return new MemifConnection(memory, release.memifLock(), isShared);
    }

    /// The driver keeps the beginning of a name that is too long.
    private static boolean isNameOf(String socket, String kept) {
        return !kept.isEmpty() && socket.startsWith(kept);
    }

    private static long device(String name) {
        MethodHandle allocated = Libraries.link("rte_eth_dev_allocated", JAVA_LONG, JAVA_LONG);
        try (Arena arena = Arena.ofConfined()) {
            return (long) allocated.invokeExact(arena.allocateFrom(name).address());
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }

    /// The pointer at `offset` of a structure, if it points to `bytes` readable bytes; else 0.
    private static long pointer(ProcessMaps maps, long structure, int offset, int bytes) {
        if (!maps.isReadable(structure, offset + (long) Long.BYTES)) {
            return 0;
        }
        long pointer = Words.getLong(Libraries.at(structure, offset + (long) Long.BYTES), offset);
        return maps.isReadable(pointer, bytes) ? pointer : 0;
    }

    private static void expect(boolean found) {
        if (!found) {
            throw new Refusal("the structures of the memif driver are not as DPDK "
                    + Libraries.require().version() + " has them; this build of DPDK cannot be used for memif");
        }
    }

    /// Sees to it that the other end stays until [#leave], if it is there.
    ///
    /// @return whether it is; if not, there is nothing to leave
    boolean enter() {
        while (isConnected()) {
            if (bursts != null && join(bursts)) {
                return true;
            }
            if (Words.compareAndSetInt(internals, lock, 0, 1)) {
                if (bursts != null) {
                    bursts.setRelease(1);
                }
                if (isConnected()) {
                    return true;
                }
                leave();
                return false;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    private boolean isConnected() {
        return (Words.getIntOpaque(internals, FLAGS) & CONNECTED) != 0;
    }

    /// Joins bursts that run, for which the lock is held already.
    private static boolean join(AtomicInteger bursts) {
        int running = bursts.get();
        return running > 0 && bursts.compareAndSet(running, running + 1);
    }

    /// Lets the other end go, unless another burst runs.
    void leave() {
        if (bursts == null || bursts.decrementAndGet() == 0) {
            Words.setIntRelease(internals, lock, 0);
        }
    }
}
