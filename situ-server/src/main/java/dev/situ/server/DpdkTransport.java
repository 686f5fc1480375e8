package dev.situ.server;

import dev.situ.dpdk.DpdkException;
import dev.situ.dpdk.DpdkPacketPool;
import dev.situ.dpdk.DpdkPort;
import dev.situ.dpdk.Eal;
import dev.situ.dpdk.EalThread;
import dev.situ.packet.Ipv4Address;
import dev.situ.r2p2.ReliableServerOptions;
import dev.situ.udp.PortUdpStack;
import dev.situ.udp.UdpStack;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Deque;

/// DPDK's port and the UDP stack in user space on it. Its pollers never sleep.
final class DpdkTransport implements UdpTransport {
    private static final System.Logger LOG = System.getLogger("dev.situ.server");

    /// What a packet brings of a message, about.
    private static final long BYTES_A_PACKET = 1400;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final Eal eal;
    private final PortUdpStack stack;
    private final InetSocketAddress local;
    private final long poolBytes;

    /// Starts DPDK, plugs the device in and puts a stack on it.
    ///
    /// @throws UserError if DPDK is missing, or refuses what it is asked for
    DpdkTransport(DpdkOptions options, int port) {
        local = new InetSocketAddress(address(options.stack().address()), port);
        poolBytes = options.packets() * BYTES_A_PACKET;
        try {
            eal = opened(Eal.start(options.eal()));
            DpdkPacketPool pool = opened(DpdkPacketPool.create(eal, options.packets()));
            DpdkPort device = opened(DpdkPort.open(eal, pool, options.port()));
            stack = opened(new PortUdpStack(device, options.stack()));
        } catch (DpdkException | IllegalArgumentException e) {
            close();
            throw new UserError(String.valueOf(e.getMessage()), e);
        }
    }

    private static InetAddress address(int ipv4) {
        try {
            return InetAddress.getByName(Ipv4Address.toString(ipv4));
        } catch (UnknownHostException e) {
            throw new AssertionError("four numbers are an IPv4 address", e);
        }
    }

    private <T extends AutoCloseable> T opened(T part) {
        opened.push(part);
        return part;
    }

    @Override
    public UdpStack stack() {
        return stack;
    }

    @Override
    public InetSocketAddress local() {
        return local;
    }

    /// Half of the pool may be held by unfinished requests; what stored values hold of it is bounded by its low-water
    /// mark.
    @Override
    public ReliableServerOptions limits() {
        ReliableServerOptions usual = ReliableServerOptions.DEFAULTS;
        long unfinished = Math.min(usual.maxUnfinishedBytes(), poolBytes / 2);
        return usual.withBytes(
                Math.min(usual.maxMessageBytes(), unfinished / 2),
                unfinished,
                usual.maxRetainedBytes(),
                usual.maxCopiedBytes());
    }

    @Override
    public void run(Runnable poller) {
        try (EalThread _ = eal.register()) {
            poller.run();
        }
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            AutoCloseable part = opened.pop();
            try {
                part.close();
            } catch (Exception e) {
                LOG.log(System.Logger.Level.WARNING, "closing " + part, e);
            }
        }
    }
}
