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

/// DPDK's port and the UDP stack in user space on it. Its pollers never sleep.
final class DpdkTransport implements UdpTransport {
    /// What a packet brings of a message, about.
    private static final long BYTES_A_PACKET = 1400;

    private final OpenedParts parts = new OpenedParts();
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
            eal = parts.opened(Eal.start(options.eal()));
            DpdkPacketPool pool = parts.opened(DpdkPacketPool.create(eal, options.packets()));
            DpdkPort device = parts.opened(DpdkPort.open(eal, pool, options.port()));
            stack = parts.opened(new PortUdpStack(device, options.stack()));
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
        parts.close();
    }
}
