package dev.situ.dpdk.ffi;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

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
/// All queues of a port share the lock: its bursts run one after the other.
///
/// ```
///  rte_eth_dev        22.11: 48 data   23.11: 64   24.11: 72      (ethdev_driver.h)
///  rte_eth_dev_data   0 name, 64 bytes   96 the driver's own structure
///  pmd_internals      0 id   4 role   8 flags   16 name of the socket   24 secret   48 control channel   56 its lock
/// ```
///
/// The last is the driver's own (`rte_eth_memif.h`). Nothing is believed before names were found where they should be.
/// Any thread; not to be used once the port is closed.
public final class MemifConnection {
    private static final MethodHandle DEVICE = Libraries.link("rte_eth_dev_allocated", JAVA_LONG, JAVA_LONG);

    private static final int DATA_NAME_BYTES = 64;
    private static final int DATA_PRIVATE = 96;
    private static final int FLAGS = 8;
    private static final int SOCKET_NAME = 16;
    private static final int SOCKET_NAME_BYTES = 108;
    private static final int LOCK = 56;
    private static final int BYTES = 64;
    private static final int CONNECTED = 1 << 1;

    private final MemorySegment internals;

    private MemifConnection(MemorySegment internals) {
        this.internals = internals;
    }

    /// Finds the structures of a memif.
    ///
    /// @param name the port's name: `net_memif0`
    /// @param socket the name of its socket
    /// @throws Refusal if they are not as expected
    public static MemifConnection of(String name, String socket) {
        ProcessMaps maps = ProcessMaps.read();
        int dataAt = Libraries.require().ethDevData();
        long data = pointer(maps, device(name), dataAt, DATA_PRIVATE + Long.BYTES);
        expect(data != 0 && name.equals(Libraries.string(data, DATA_NAME_BYTES)));
        long internals = pointer(maps, data, DATA_PRIVATE, BYTES);
        long socketName = pointer(maps, internals, SOCKET_NAME, SOCKET_NAME_BYTES);
        expect(socketName != 0 && socket.equals(Libraries.string(socketName, SOCKET_NAME_BYTES)));
        return new MemifConnection(Libraries.at(internals, BYTES));
    }

    private static long device(String name) {
        try (Arena arena = Arena.ofConfined()) {
            return (long) DEVICE.invokeExact(arena.allocateFrom(name).address());
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

    /// Waits until no other burst runs. If the other end is there then, it stays until [#leave].
    ///
    /// @return whether it is there; if not, there is nothing to leave
    boolean enter() {
        while (!Words.compareAndSetInt(internals, LOCK, 0, 1)) {
            Thread.onSpinWait();
        }
        if ((Words.getIntOpaque(internals, FLAGS) & CONNECTED) == 0) {
            leave();
            return false;
        }
        return true;
    }

    /// Lets the other end go.
    void leave() {
        Words.setIntRelease(internals, LOCK, 0);
    }
}
