package dev.situ.dpdk.ffi;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Pools of objects and of packets (`rte_mempool.h`, `rte_mbuf.h`).
final class MempoolCalls {
    private static final String USUAL_RING = "ring_mp_mc";
    private static final String RELAXED_RING = "ring_mt_rts";

    private static final MethodHandle CREATE_EMPTY = Libraries.link(
            "rte_mempool_create_empty",
            JAVA_LONG,
            JAVA_LONG,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT);
    private static final MethodHandle SET_OPS =
            Libraries.link("rte_mempool_set_ops_byname", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle POPULATE = Libraries.link(
            "rte_mempool_populate_iova", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle OBJECT_ITERATE =
            Libraries.link("rte_mempool_obj_iter", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle FREE = Libraries.link("rte_mempool_free", null, JAVA_LONG);
    private static final MethodHandle AVAILABLE = Libraries.link("rte_mempool_avail_count", JAVA_INT, JAVA_LONG);
    private static final MethodHandle BEST_OPS = Libraries.link("rte_mbuf_best_mempool_ops", JAVA_LONG);
    private static final MethodHandle PACKET_POOL_INIT =
            Libraries.link("rte_pktmbuf_pool_init", null, JAVA_LONG, JAVA_LONG);
    private static final long PACKET_INIT = Libraries.symbol("rte_pktmbuf_init").address();
    private static final MethodHandle PACKET_CHECK =
            Libraries.link("rte_mbuf_check", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG);
    private static final MethodHandle PACKET_CLONE =
            Libraries.link("rte_pktmbuf_clone", JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle PACKET_COPY =
            Libraries.link("rte_pktmbuf_copy", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT);
    private static final MethodHandle PACKET_FREE = Libraries.link("rte_pktmbuf_free_bulk", null, JAVA_LONG, JAVA_INT);
    /// `int (*rte_mempool_enqueue_t)(struct rte_mempool *, void *const *, unsigned)`, and the same to take.
    private static final MethodHandle MOVE = Libraries.linkPointer(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);

    /// `unsigned (*rte_mempool_get_count)(const struct rte_mempool *)`.
    private static final MethodHandle COUNT = Libraries.linkPointer(JAVA_INT, JAVA_LONG);

    private MempoolCalls() {}

    /// Makes a pool without objects.
    ///
    /// @return the pool, or 0 and [EalCalls#errno()]
    static long createEmpty(String name, int objects, int bytes, int cache, int privateBytes, int socket, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocateFrom(name);
            return (long) CREATE_EMPTY.invokeExact(text.address(), objects, bytes, cache, privateBytes, socket, flags);
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }

    /// Chooses the driver that the EAL's arguments ask for, or else the platform's. Where that is DPDK's usual
    /// ring, its other kind is taken, "relaxed tail sync": in the usual one, all threads that give or take wait,
    /// spinning, for one that the kernel has stopped in the middle. Threads of a JVM are stopped.
    static int setBestOps(long pool) {
        try (Arena arena = Arena.ofConfined()) {
            long best = (long) BEST_OPS.invokeExact();
            long chosen = Libraries.string(best, MempoolLayout.OPS_NAME_BYTES).equals(USUAL_RING)
                    ? arena.allocateFrom(RELAXED_RING).address()
                    : best;
            return (int) SET_OPS.invokeExact(pool, chosen, 0L);
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }

    /// Fills a pool with the objects that memory has room for.
    ///
    /// @return how many, or a negative errno
    static int populate(long pool, long address, long iova, long bytes) {
        try {
            return (int) POPULATE.invokeExact(pool, address, iova, bytes, 0L, 0L);
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }

    /// Makes the pool one of packets.
    ///
    /// @param sizes `struct rte_pktmbuf_pool_private`
    static void packetPoolInit(long pool, MemorySegment sizes) {
        try {
            PACKET_POOL_INIT.invokeExact(pool, sizes.address());
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }

    /// Initialises every object as a packet.
    static int packetsInit(long pool) {
        try {
            return (int) OBJECT_ITERATE.invokeExact(pool, PACKET_INIT, 0L);
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }

    static void free(long pool) {
        try {
            FREE.invokeExact(pool);
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }

    /// The free objects, those in all caches included.
    static int available(long pool) {
        try {
            return (int) AVAILABLE.invokeExact(pool);
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }

    /// Calls the pool driver's enqueue or dequeue function.
    ///
    /// @return 0, or a negative errno when it cannot move all
    static int move(MemorySegment function, long pool, long pointers, int count) {
        try {
            return (int) MOVE.invokeExact(function, pool, pointers, count);
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }

    /// Calls the pool driver's count function: the objects in the common stock.
    static int count(MemorySegment function, long pool) {
        try {
            return (int) COUNT.invokeExact(function, pool);
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }

    /// Asks C whether a packet is sound.
    ///
    /// @return 0, or -1 and a C string at `reason`
    static int packetCheck(long packet, MemorySegment reason) {
        try {
            return (int) PACKET_CHECK.invokeExact(packet, 1, reason.address());
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }

    static long packetClone(long packet, long pool) {
        try {
            return (long) PACKET_CLONE.invokeExact(packet, pool);
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }

    static long packetCopy(long packet, long pool) {
        try {
            return (long) PACKET_COPY.invokeExact(packet, pool, 0, -1);
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }

    static void packetFree(long pointers, int count) {
        try {
            PACKET_FREE.invokeExact(pointers, count);
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }
}
