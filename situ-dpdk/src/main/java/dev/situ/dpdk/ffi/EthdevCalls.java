package dev.situ.dpdk.ffi;

import static java.lang.foreign.ValueLayout.JAVA_CHAR;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Ethernet ports (`rte_ethdev.h`). What is called `port` is a port's number, 0 to 65535; results are 0 or a
/// negative errno, if nothing else is said.
public final class EthdevCalls {
    private static final MethodHandle PORT_BY_NAME =
            Libraries.link("rte_eth_dev_get_port_by_name", JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle SOCKET = Libraries.link("rte_eth_dev_socket_id", JAVA_INT, JAVA_INT);
    private static final MethodHandle INFO_GET = Libraries.link("rte_eth_dev_info_get", JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle CONFIGURE =
            Libraries.link("rte_eth_dev_configure", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle CONF_GET = Libraries.link("rte_eth_dev_conf_get", JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle ADJUST =
            Libraries.link("rte_eth_dev_adjust_nb_rx_tx_desc", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle RX_SETUP = Libraries.link(
            "rte_eth_rx_queue_setup", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle TX_SETUP =
            Libraries.link("rte_eth_tx_queue_setup", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle START = Libraries.link("rte_eth_dev_start", JAVA_INT, JAVA_INT);
    private static final MethodHandle STOP = Libraries.link("rte_eth_dev_stop", JAVA_INT, JAVA_INT);
    private static final MethodHandle CLOSE = Libraries.link("rte_eth_dev_close", JAVA_INT, JAVA_INT);
    private static final MethodHandle STATS_GET = Libraries.link("rte_eth_stats_get", JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle STATS_RESET = Libraries.link("rte_eth_stats_reset", JAVA_INT, JAVA_INT);
    private static final MethodHandle MAC_GET = Libraries.link("rte_eth_macaddr_get", JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle LINK_GET =
            Libraries.link("rte_eth_link_get_nowait", JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle PROMISCUOUS_ON = Libraries.link("rte_eth_promiscuous_enable", JAVA_INT, JAVA_INT);
    private static final MethodHandle PROMISCUOUS_GET = Libraries.link("rte_eth_promiscuous_get", JAVA_INT, JAVA_INT);
    private static final MethodHandle MTU_GET = Libraries.link("rte_eth_dev_get_mtu", JAVA_INT, JAVA_INT, JAVA_LONG);
    /// `uint16_t (*eth_rx_burst_t)(void *, struct rte_mbuf **, uint16_t)`, and the same to send.
    private static final MethodHandle BURST = Libraries.linkPointer(JAVA_CHAR, JAVA_LONG, JAVA_LONG, JAVA_INT);

    private EthdevCalls() {}

    /// Finds a port.
    ///
    /// @return its number, or a negative errno
    public static int portByName(String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocateFrom(name);
            MemorySegment port = arena.allocate(ValueLayout.JAVA_CHAR);
            int error = (int) PORT_BY_NAME.invokeExact(text.address(), port.address());
            return error < 0 ? error : port.get(ValueLayout.JAVA_CHAR, 0);
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }

    /// The NUMA node that the port is at, or [EalCalls#ANY_SOCKET].
    public static int socket(int port) {
        return call(SOCKET, port);
    }

    static int infoGet(int port, MemorySegment info) {
        return call(INFO_GET, port, info);
    }

    /// Configures a port that is not started.
    ///
    /// @param conf an [EthConf]
    public static int configure(int port, int rxQueues, int txQueues, MemorySegment conf) {
        try {
            return (int) CONFIGURE.invokeExact(port, rxQueues, txQueues, conf.address());
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }

    static int confGet(int port, MemorySegment conf) {
        return call(CONF_GET, port, conf);
    }

    /// Brings ring sizes into the port's limits.
    ///
    /// @param sizes two `uint16_t`: for receiving, for sending
    public static int adjustRings(int port, MemorySegment sizes) {
        try {
            return (int) ADJUST.invokeExact(port, sizes.address(), sizes.address() + Short.BYTES);
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }

    /// Sets a receive queue up.
    ///
    /// @param pool the `struct rte_mempool` that the queue takes packets from
    public static int rxSetup(int port, int queue, int ring, int socket, long pool) {
        try {
            return (int) RX_SETUP.invokeExact(port, queue, ring, socket, 0L, pool);
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }

    public static int txSetup(int port, int queue, int ring, int socket) {
        try {
            return (int) TX_SETUP.invokeExact(port, queue, ring, socket, 0L);
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }

    public static int start(int port) {
        return call(START, port);
    }

    public static int stop(int port) {
        return call(STOP, port);
    }

    public static int close(int port) {
        return call(CLOSE, port);
    }

    static int statsGet(int port, MemorySegment stats) {
        return call(STATS_GET, port, stats);
    }

    public static int statsReset(int port) {
        return call(STATS_RESET, port);
    }

    /// Reads the port's address.
    ///
    /// @param mac six bytes
    public static int macGet(int port, MemorySegment mac) {
        return call(MAC_GET, port, mac);
    }

    static int linkGet(int port, MemorySegment link) {
        return call(LINK_GET, port, link);
    }

    public static int promiscuousOn(int port) {
        return call(PROMISCUOUS_ON, port);
    }

    /// Says whether the port receives what is sent to others, too.
    ///
    /// @return 1 if it does
    public static int promiscuous(int port) {
        return call(PROMISCUOUS_GET, port);
    }

    /// Reads the most bytes behind the Ethernet header.
    ///
    /// @return the MTU, or a negative errno
    public static int mtu(int port) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mtu = arena.allocate(ValueLayout.JAVA_CHAR);
            int error = call(MTU_GET, port, mtu);
            return error < 0 ? error : mtu.get(ValueLayout.JAVA_CHAR, 0);
        }
    }

    /// Calls a driver's receive or send function.
    ///
    /// @return how many packets moved
    static int burst(MemorySegment function, long queue, long pointers, int count) {
        try {
            return (char) BURST.invokeExact(function, queue, pointers, count);
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }

    private static int call(MethodHandle function, int port) {
        try {
            return (int) function.invokeExact(port);
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }

    private static int call(MethodHandle function, int port, MemorySegment out) {
        try {
            return (int) function.invokeExact(port, out.address());
        } catch (Throwable t) {
            throw Libraries.unexpected(t);
        }
    }
}
