package dev.situ.dpdk;

import dev.situ.dpdk.ffi.BurstFunctions;
import dev.situ.dpdk.ffi.EalCalls;
import dev.situ.dpdk.ffi.EthConf;
import dev.situ.dpdk.ffi.EthInfo;
import dev.situ.dpdk.ffi.EthLink;
import dev.situ.dpdk.ffi.EthStats;
import dev.situ.dpdk.ffi.EthdevCalls;
import dev.situ.dpdk.ffi.LayoutCheck;
import dev.situ.dpdk.ffi.MemifConnection;
import dev.situ.dpdk.ffi.Refusal;
import dev.situ.memory.Words;
import dev.situ.packet.PacketBurst;
import dev.situ.packet.PacketPool;
import dev.situ.packet.Port;
import dev.situ.packet.PortCapabilities;
import dev.situ.packet.PortQueue;
import dev.situ.packet.PortStatistics;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A port over a DPDK driver: plugged in, configured and started by [#open], stopped, closed and taken out by
/// [#close].
///
/// ```
///   probe ─▶ configure ─▶ set queues up ─▶ start ─▶ poll … ─▶ stop ─▶ close ─▶ remove
/// ```
///
/// With several queues, flows are spread over them by the device (RSS) if it can. One that cannot spreads by
/// itself (af_packet, tap, af_xdp: the kernel does; memif: queue *i* of one end is wired to queue *i* of the
/// other).
///
/// **At the end** the pollers stop first: a driver that is called after `stop` touches freed memory. The other end of a
/// memif may go at any time: it waits for bursts that run, and those after them bring nothing. A server gets the next
/// client; a client does not look for another server.
public final class DpdkPort implements Port {
    /// The most packets that move in one call of the driver.
    static final int MAX_BURST = PacketBurst.USUAL_CAPACITY;

    private static final int ETHERNET_BYTES = 14;
    private static final int TRAILER_BYTES = 4;
    private static final int MAC_BYTES = 6;
    private static final int AF_XDP_FILL_PACKETS = 2048;
    /// What the driver takes if none is named.
    private static final String MEMIF_SOCKET = "/run/memif.sock";

    private final Eal eal;
    private final DpdkPacketPool pool;
    private final DpdkPortOptions options;
    private final int number;
    private final EthInfo info;
    private final PortCapabilities capabilities;
    private final long mac;
    private final DpdkQueue[] queues;
    private final int driverHeld;
    private volatile PortStatistics last = new PortStatistics(0, 0, 0, 0, 0, 0, 0);
    private volatile boolean closed;

    /// A device that was plugged in, not yet started.
    private record Device(DpdkPortOptions options, int number) {
        static Device probe(DpdkPortOptions options) {
            if (EthdevCalls.portByName(options.name()) >= 0) {
                // A card that was named in the EAL's arguments is there already.
                if (options.bus().equals("vdev")) {
                    throw new DpdkException("there is a port " + options.name() + " already");
                }
            } else {
                int error = EalCalls.probe(options.device());
                if (error < 0) {
                    throw new DpdkException(
                            "DPDK does not plug in " + options.device() + ": " + EalCalls.errorText(error)
                                    + "; is its driver installed, and are name and arguments right?");
                }
            }
            int number = EthdevCalls.portByName(options.name());
            if (number < 0) {
                EalCalls.remove(options.bus(), options.name());
                throw refused(options, "find the port of", number);
            }
            return new Device(options, number);
        }

        void close(Eal eal) {
            if (options.isMemif()) {
                eal.interrupts().stopAndClose(number);
            } else {
                EthdevCalls.stop(number);
                EthdevCalls.close(number);
            }
            EalCalls.remove(options.bus(), options.name());
        }

        void check(int result, String what) {
            if (result < 0) {
                throw refused(options, what, result);
            }
        }
    }

    private static DpdkException refused(DpdkPortOptions options, String what, int error) {
        return new DpdkException("DPDK does not " + what + " " + options.device() + ": " + EalCalls.errorText(error));
    }

    /// Plugs a device in and starts it.
    ///
    /// @param pool where it gets packets for what it receives; *borrowed* until the port is closed
    /// @throws DpdkException if the device is not there, is used already, or cannot work as asked; the reason of a
    ///         driver stands on stderr, where DPDK writes it
    public static DpdkPort open(Eal eal, DpdkPacketPool pool, DpdkPortOptions options) {
        return eal.call(() -> {
            MemifSocket socket = MemifSocket.of(options);
            // Several devices of one process may share a socket.
            if (socket != null && !eal.hasOpen(port -> port.serves(socket))) {
                socket.makeFree();
            }
            Device device = Device.probe(options);
            try {
                return new DpdkPort(eal, pool, device);
            } catch (RuntimeException e) {
                device.close(eal);
                throw e;
            }
        });
    }

    private DpdkPort(Eal eal, DpdkPacketPool pool, Device device) {
        this.eal = eal;
        this.pool = pool;
        this.options = device.options;
        this.number = device.number;
        try {
            this.info = EthInfo.of(number);
            requireFit();
            int free = pool.free();
            long offloads = configure(device);
            device.check(EthdevCalls.start(number), "start");
            // What the driver has put on its receive rings.
            this.driverHeld = Math.max(0, free - pool.free());
            this.capabilities = capabilities(offloads);
            this.mac = readMac();
            if (options.promiscuous() && EthdevCalls.promiscuous(number) != 1) {
                // Where it cannot be switched, the port gets what it gets.
                EthdevCalls.promiscuousOn(number);
            }
            EthdevCalls.statsReset(number);
            this.queues = new DpdkQueue[options.queues()];
            MemifConnection memif = options.isMemif()
                    ? MemifConnection.of(options.name(), options.argument("socket", MEMIF_SOCKET), options.queues() > 1)
                    : null;
            for (int i = 0; i < queues.length; i++) {
                queues[i] = new DpdkQueue(this, BurstFunctions.of(number, i, memif));
            }
        } catch (Refusal e) {
            throw new DpdkException(String.valueOf(e.getMessage()), e);
        }
        pool.addPort(driverHeld);
        eal.remember(this);
    }

    private boolean isAfXdp() {
        return info.driver().equals("net_af_xdp");
    }

    /// Whether it is a memif whose packets the other end reads where they are: such a one keeps what is on its
    /// rings.
    private boolean isZeroCopy() {
        return options.argument("zero-copy", "no").equals("yes");
    }

    private void requireFit() {
        if (isAfXdp() && pool.free() <= AF_XDP_FILL_PACKETS * options.queues()) {
            throw new DpdkException(options.name() + " puts " + AF_XDP_FILL_PACKETS
                    + " packets on its fill ring for each queue, the pool has only " + pool.free() + " free");
        }
        if (options.queues() > info.maxRxQueues() || options.queues() > info.maxTxQueues()) {
            throw new DpdkException(options.name() + " has at most " + Math.min(info.maxRxQueues(), info.maxTxQueues())
                    + " queues, not " + options.queues());
        }
        if (info.maxMtu() > 0 && options.mtu() > info.maxMtu()) {
            throw new DpdkException(
                    options.name() + " has an MTU of at most " + info.maxMtu() + ", not " + options.mtu());
        }
        int frame = options.mtu() + ETHERNET_BYTES + TRAILER_BYTES;
        if (frame > pool.packetBytes()) {
            throw new DpdkException("packets of an MTU of " + options.mtu() + " need buffers of " + frame
                    + " bytes, the pool's have room for " + pool.packetBytes());
        }
    }

    /// Configures the device and its queues.
    ///
    /// @return the offloads for checksums and chains that it was told to use; those for receiving in the upper
    ///         half
    private long configure(Device device) {
        long checksums = options.checksums() ? EthInfo.CHECKSUMS : 0;
        long rx = info.rxOffloads() & checksums;
        // A memif without a copy loses packets of chains.
        boolean chains = (info.txOffloads() & EthInfo.MULTI_SEGMENT_SEND) != 0 && !isZeroCopy();
        // A copy that replaces a chain asks for no checksums, so a device without chains computes none.
        long tx = chains ? info.txOffloads() & (checksums | EthInfo.MULTI_SEGMENT_SEND) : 0;
        long rss = options.queues() > 1 ? info.rssFlows() & EthInfo.RSS_IPV4_FLOWS : 0;
        int socket = EthdevCalls.socket(number);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment conf = EthConf.of(arena, options.mtu(), rx, tx, rss);
            device.check(EthdevCalls.configure(number, options.queues(), options.queues(), conf), "configure");
            LayoutCheck.port(number, conf);
            MemorySegment rings = arena.allocate(ValueLayout.JAVA_SHORT, 2);
            Words.setShort(rings, 0, (short) options.ring());
            Words.setShort(rings, Short.BYTES, (short) options.ring());
            device.check(EthdevCalls.adjustRings(number, rings), "size the rings of");
            int rxRing = Short.toUnsignedInt(Words.getShort(rings, 0));
            int txRing = Short.toUnsignedInt(Words.getShort(rings, Short.BYTES));
            for (int i = 0; i < options.queues(); i++) {
                device.check(
                        EthdevCalls.rxSetup(number, i, rxRing, socket, pool.mempoolAddress()),
                        "set up a receive queue of");
                device.check(EthdevCalls.txSetup(number, i, txRing, socket), "set up a send queue of");
            }
        }
        return (rx << Integer.SIZE) | tx;
    }

    private PortCapabilities capabilities(long offloads) {
        return new PortCapabilities(
                options.mtu(),
                MAX_BURST,
                (offloads & EthInfo.MULTI_SEGMENT_SEND) != 0,
                ((offloads >>> Integer.SIZE) & EthInfo.CHECKSUMS) == EthInfo.CHECKSUMS,
                (offloads & EthInfo.CHECKSUMS) == EthInfo.CHECKSUMS);
    }

    private long readMac() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(Long.BYTES);
            EthdevCalls.macGet(number, bytes);
            return Words.getLongBe(bytes, 0) >>> (Long.SIZE - MAC_BYTES * Byte.SIZE);
        }
    }

    @Override
    public String name() {
        return options.name();
    }

    /// The driver's name: `net_memif`.
    public String driver() {
        return info.driver();
    }

    /// Whether the device itself spreads flows over the queues.
    public boolean spreadsFlows() {
        return options.queues() > 1 && (info.rssFlows() & EthInfo.RSS_IPV4_FLOWS) != 0;
    }

    @Override
    public int queues() {
        return queues.length;
    }

    @Override
    public PortQueue queue(int index) {
        return queues[index];
    }

    @Override
    public long mac() {
        return mac;
    }

    @Override
    public PortCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public PacketPool pool() {
        return pool;
    }

    private boolean serves(MemifSocket socket) {
        return socket.equals(MemifSocket.of(options));
    }

    DpdkPacketPool packets() {
        return pool;
    }

    /// The longest frame that is sent.
    int maxFrameBytes() {
        return options.mtu() + ETHERNET_BYTES + TRAILER_BYTES;
    }

    /// Whether the other end is there. Any thread.
    public boolean isLinkUp() {
        return !closed && eal.call(() -> EthLink.of(number).up());
    }

    /// What the driver counted since the start, and what was refused here: frames of no Ethernet length, and chains
    /// that could not be copied for want of a buffer, are `sendErrors`; packets of another pool, which a ring may
    /// carry, are `receiveErrors`. After the port is closed, what it was then.
    @Override
    public PortStatistics statistics() {
        return closed ? last : eal.call(this::count);
    }

    private PortStatistics count() {
        if (closed) {
            return last;
        }
        EthStats stats = EthStats.of(number);
        long refused = 0;
        long foreign = 0;
        for (DpdkQueue queue : queues) {
            refused += queue.refused();
            foreign += queue.foreign();
        }
        return new PortStatistics(
                stats.received(),
                stats.receivedBytes(),
                stats.sent(),
                stats.sentBytes(),
                stats.missed() + stats.noBuffer(),
                stats.receiveErrors() + foreign,
                stats.sendErrors() + refused);
    }

    @Override
    public String toString() {
        return "port " + name();
    }

    /// Stops the device and takes it out.
    ///
    /// @throws IllegalStateException in checked mode, if a queue is being polled; the port stays open
    @Override
    public void close() {
        if (closed) {
            return;
        }
        for (DpdkQueue queue : queues) {
            queue.close();
        }
        eal.call(() -> {
            if (!closed) {
                last = count();
                closed = true;
                int free = pool.free();
                new Device(options, number).close(eal);
                pool.removePort(Math.clamp(pool.free() - free, 0, driverHeld), isAfXdp() || isZeroCopy());
                eal.forget(this);
            }
            return true;
        });
    }
}
