package dev.situ.udp;

import dev.situ.memory.Consumes;
import dev.situ.packet.Ethernet;
import dev.situ.packet.Ipv4;
import dev.situ.packet.Ipv4Address;
import dev.situ.packet.PacketPool;
import dev.situ.packet.Port;
import dev.situ.packet.PortCapabilities;
import dev.situ.packet.PortQueue;
import dev.situ.packet.Udp;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/// UDP in user space, over any [Port]: Ethernet, ARP, IPv4 and ICMP echo included.
///
/// ```java
/// try (UdpStack stack = new PortUdpStack(port, PortStackOptions.at("10.0.0.1/24"))) {
///     stack.bind(new InetSocketAddress(7), (burst, sender) -> ...);
///     while (running) {
///         stack.queue(0).poll();
///     }
/// }
/// ```
///
/// ```
///   port queue 0 ─┐                      ┌─ Intake ── bound port ── handler
///   port queue 2 ─┴─ poller 0: StackQueue┤
///                                        └─ PortSender ── Routes ── Resolver ── Transmitter ── port queue 0, 2
///   port queue 1 ─── poller 1: StackQueue ...            ╰ ArpTable, shared ╯
/// ```
///
/// - A datagram stays in the packet that brought it; a handler that retains it holds that packet.
/// - Bytes of such a packet that are appended to a reply are not copied, if the port sends chains.
/// - The link addresses of others are asked for when they are needed; datagrams wait for the answer. A host is
///   believed when it was asked ([ArpTable]).
/// - Checksums are verified and computed here where the port does not.
/// - Not there: fragments, which are dropped and counted, virtual networks, IPv6, multicast to receive, and
///   datagrams to itself. Nothing is ever answered with more bytes than came.
///
/// Every packet that is dropped is counted for its [DropReason].
public final class PortUdpStack implements UdpStack {
    private static final int FIRST_FREE_PORT = 49_152;
    private static final int LAST_PORT = 65_535;

    private final Port port;
    private final PortStackOptions options;
    private final RetainedPackets retained;
    private final StackQueue[] queues;
    private final int burstPackets;
    private final int maxPayload;
    private final Set<Integer> bound = new HashSet<>();
    private final AtomicBoolean reported = new AtomicBoolean();
    private int nextFreePort = FIRST_FREE_PORT;
    private boolean closed;

    /// A stack with nothing bound. Consumes the port: [#close()] closes it, and so does this if it throws.
    ///
    /// @throws IllegalArgumentException if there are to be more pollers than the port has queues
    public PortUdpStack(@Consumes Port port, PortStackOptions options) {
        int pollers = options.pollers() == 0 ? port.queues() : options.pollers();
        if (pollers > port.queues()) {
            port.close();
            throw new IllegalArgumentException(
                    pollers + " pollers are too many for " + port.name() + ", which has " + port.queues() + " queues");
        }
        PortCapabilities can = port.capabilities();
        this.port = port;
        this.options = options;
        this.retained = new RetainedPackets(port.pool());
        this.burstPackets = can.maxBurst();
        this.maxPayload = Math.min(
                can.mtu() - Ipv4.MIN_BYTES - Udp.BYTES,
                port.pool().packetBytes() - Ethernet.BYTES - Ipv4.MIN_BYTES - Udp.BYTES);
        ArpTable arp = new ArpTable(options.arp());
        this.queues = new StackQueue[pollers];
        for (int i = 0; i < pollers; i++) {
            queues[i] = new StackQueue(portQueues(i, pollers), port.mac(), burstPackets, options, arp);
        }
    }

    private PortQueue[] portQueues(int poller, int pollers) {
        List<PortQueue> own = new ArrayList<>();
        for (int i = poller; i < port.queues(); i += pollers) {
            own.add(port.queue(i));
        }
        return own.toArray(PortQueue[]::new);
    }

    @Override
    public int queues() {
        return queues.length;
    }

    @Override
    public UdpQueue queue(int index) {
        return queues[index];
    }

    @Override
    public synchronized InetSocketAddress bind(InetSocketAddress local, UdpHandler handler) throws IOException {
        if (closed) {
            throw new IOException("the UDP stack is closed");
        }
        int address = PeerAddress.ipv4(PeerAddress.of(local));
        if (address != 0 && address != options.address()) {
            throw new BindException("cannot bind to " + Ipv4Address.toString(address) + ": the stack's address is "
                    + Ipv4Address.toString(options.address()));
        }
        int number = local.getPort() == 0 ? freePort() : local.getPort();
        if (!bound.add(number)) {
            throw new BindException("port " + number + " is in use");
        }
        PortCapabilities can = port.capabilities();
        for (int i = 0; i < queues.length; i++) {
            StackQueue queue = queues[i];
            queue.add(new BoundPort(
                    number,
                    handler,
                    new PacketDatagrams(
                            i, queue.mostDatagrams(burstPackets), queue.cache(), retained, queue.counters()),
                    new PortSender(queue, number, maxPayload, can.multiSegmentSend(), can.transmitChecksums()),
                    queue.counters(),
                    reported));
        }
        return PeerAddress.toSocketAddress(PeerAddress.of(options.address(), number));
    }

    private int freePort() throws BindException {
        for (int tried = 0; tried <= LAST_PORT - FIRST_FREE_PORT; tried++) {
            int candidate = nextFreePort;
            nextFreePort = candidate == LAST_PORT ? FIRST_FREE_PORT : candidate + 1;
            if (!bound.contains(candidate)) {
                return candidate;
            }
        }
        throw new BindException("no port is free");
    }

    @Override
    public UdpStatistics statistics() {
        PortStackStatistics details = details();
        long sendDropped = 0;
        for (DropReason reason : DropReason.values()) {
            if (reason.isSending()) {
                sendDropped += details.dropped(reason);
            }
        }
        return new UdpStatistics(
                sum(StackCounters.RECEIVED),
                sum(StackCounters.RECEIVED_BYTES),
                sum(StackCounters.SENT),
                sum(StackCounters.SENT_BYTES),
                0,
                sendDropped,
                sum(StackCounters.HANDLER_FAILURES),
                sum(StackCounters.RETAINED) - retained.released());
    }

    /// What was dropped, and why, and what the stack itself answered and asked. Any thread may call it.
    public PortStackStatistics details() {
        return PortStackStatistics.sum(
                Arrays.stream(queues).map(StackQueue::counters).toList());
    }

    private long sum(int counter) {
        long sum = 0;
        for (StackQueue queue : queues) {
            sum += queue.counters().get(counter);
        }
        return sum;
    }

    /// The port that the stack is over.
    public Port port() {
        return port;
    }

    /// The pool that datagrams lie in.
    public PacketPool pool() {
        return port.pool();
    }

    /// Stops the stack and closes the port. Packets that wait are dropped. The pool stays, and so does what is still
    /// retained.
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        for (StackQueue queue : queues) {
            queue.close();
        }
        port.close();
    }
}
