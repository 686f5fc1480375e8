package dev.situ.udp;

import dev.situ.memory.Checks;
import dev.situ.memory.Consumes;
import dev.situ.packet.PacketBurst;
import dev.situ.packet.PacketCache;
import dev.situ.packet.PortQueue;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// One poller of a [PortUdpStack], with the port queues that are its own. Confined to its thread, but for
/// [#wakeup()].
final class StackQueue implements UdpQueue {
    /// How many polls go by between two looks at the clock, which costs more than a poll that brings nothing. Only
    /// ARP needs the time, and the age of an address is a matter of seconds.
    static final int POLLS_A_LOOK = 16;

    private static final long NEVER = Long.MIN_VALUE;

    private final PortQueue[] queues;
    private final PacketCache cache;
    private final long mac;
    private final Routes routes;
    private final boolean sendsChecksums;
    private final int copyBreak;
    private final LongSupplier nanoClock;
    private final long retryNanos;
    private final StackCounters counters = new StackCounters();
    private final PacketBurst burst;
    private final Transmitter transmitter;
    private final Resolver resolver;
    private final Intake intake;
    private BoundPort[] ports = {};
    /// The bound ports by number: an open hash table, twice as large as needed.
    private @Nullable BoundPort[] table = new @Nullable BoundPort[2];
    private long nowNanos;
    /// Where the latest datagram went, and its link address as it was known then.
    private int latest;
    private long latestMac;
    private long latestNanos = NEVER;
    private int pollsToLook;
    private volatile @Nullable Thread poller;
    private volatile boolean closed;

    StackQueue(PortQueue[] queues, long mac, int burstPackets, PortStackOptions options, ArpTable arp) {
        this.queues = queues;
        this.cache = queues[0].cache();
        this.mac = mac;
        this.routes = new Routes(options);
        this.sendsChecksums = options.udpChecksums();
        this.copyBreak = options.copyBreak();
        this.nanoClock = options.nanoClock();
        this.retryNanos = options.arp().retryNanos();
        this.burst = new PacketBurst(burstPackets);
        this.transmitter = new Transmitter(queues, burstPackets, options.transmitChoice(), counters);
        this.resolver = new Resolver(arp, options.arp(), mac, options.address(), cache, transmitter, counters);
        this.intake = new Intake(this, routes, arp, transmitter);
        this.nowNanos = nanoClock.getAsLong();
    }

    PacketCache cache() {
        return cache;
    }

    StackCounters counters() {
        return counters;
    }

    long mac() {
        return mac;
    }

    int address() {
        return routes.own();
    }

    /// Whether it matters which flow a datagram is of.
    boolean hasFlows() {
        return queues.length > 1;
    }

    boolean sendsChecksums() {
        return sendsChecksums;
    }

    int copyBreak() {
        return copyBreak;
    }

    /// The most datagrams that one poll brings.
    int mostDatagrams(int burstPackets) {
        return queues.length * burstPackets;
    }

    // ---- bound ports ------------------------------------------------------------------------------------------------

    /// Adds a port that nobody has bound. To be called before polling.
    void add(BoundPort port) {
        BoundPort[] more = new BoundPort[ports.length + 1];
        System.arraycopy(ports, 0, more, 0, ports.length);
        more[ports.length] = port;
        ports = more;
        @Nullable BoundPort[] larger = new @Nullable BoundPort[Integer.highestOneBit(ports.length) * 4];
        for (BoundPort each : ports) {
            int slot = each.port() & larger.length - 1;
            while (larger[slot] != null) {
                slot = slot + 1 & larger.length - 1;
            }
            larger[slot] = each;
        }
        table = larger;
    }

    @Nullable
    BoundPort bound(int number) {
        int mask = table.length - 1;
        for (int slot = number & mask; ; slot = slot + 1 & mask) {
            BoundPort port = table[slot];
            if (port == null || port.port() == number) {
                return port;
            }
        }
    }

    // ---- the queue --------------------------------------------------------------------------------------------------

    @Override
    public int poll() {
        enter();
        try {
            if (--pollsToLook <= 0 || resolver.isWaiting()) {
                resolver.turn(readClock());
            }
            boolean came = false;
            for (PortQueue queue : queues) {
                queue.receive(burst);
                if (!burst.isEmpty()) {
                    came = true;
                    intake.takeAll(burst);
                }
            }
            if (came) {
                return deliverAll();
            }
            transmitter.flush();
            return 0;
        } finally {
            leave();
        }
    }

    /// What there is to do only when something came. A method of its own: most polls bring nothing, and what is rare in
    /// a method is compiled as such.
    private int deliverAll() {
        if (resolver.isWaiting()) {
            // An answer may just have come.
            resolver.turn(nowNanos);
        }
        int received = 0;
        for (BoundPort port : ports) {
            received += port.deliver();
        }
        transmitter.flush();
        return received;
    }

    /// The time now. What does not need it so exactly takes that of the last look.
    long readClock() {
        pollsToLook = POLLS_A_LOOK;
        nowNanos = nanoClock.getAsLong();
        return nowNanos;
    }

    /// The link address that a datagram goes to, or 0 if there is none, or none is known yet. Datagrams of a burst
    /// often go to one host.
    long linkAddress(int destination) {
        if (destination != latest || nowNanos != latestNanos) {
            latestMac = routes.groupMac(destination);
            if (latestMac == 0) {
                int hop = routes.nextHop(destination);
                latestMac = hop == Routes.NOWHERE ? 0 : resolver.known(hop, nowNanos);
            }
            latest = destination;
            latestNanos = nowNanos;
        }
        return latestMac;
    }

    /// Sends a datagram where it has to go next. Consumes it.
    ///
    /// @param mac its [#linkAddress], which its header has; if it is 0 the datagram waits until there is one
    void send(@Consumes long packet, long mac, int destination, int flow, int payload) {
        if (mac != 0) {
            transmitter.send(packet, flow, payload);
            return;
        }
        latestNanos = NEVER; // what is asked for now may be known at once
        int hop = routes.nextHop(destination);
        if (hop == Routes.NOWHERE) {
            counters.drop(DropReason.SEND_NO_ROUTE);
            cache.release(packet);
            return;
        }
        resolver.await(packet, hop, nowNanos);
    }

    void flush() {
        transmitter.flush();
    }

    /// Sleeps as the port does, if there is one queue to sleep on; not past the next ARP question.
    @Override
    public void await(long timeoutNanos) {
        requireOpen();
        pollsToLook = 0;
        if (queues.length > 1) {
            Thread.onSpinWait();
            return;
        }
        queues[0].await(resolver.isWaiting() ? Math.min(timeoutNanos, retryNanos) : timeoutNanos);
    }

    @Override
    public void wakeup() {
        queues[0].wakeup();
    }

    @Override
    public UdpSender sender() {
        if (ports.length == 0) {
            throw new IllegalStateException("no port is bound");
        }
        return ports[0].sender();
    }

    // ---- who polls --------------------------------------------------------------------------------------------------

    private void enter() {
        requireOpen();
        if (Checks.ON) {
            if (poller == Thread.currentThread()) {
                throw new IllegalStateException("a handler polls the queue that called it");
            }
            require("polled");
            poller = Thread.currentThread();
        }
    }

    private void leave() {
        if (Checks.ON) {
            poller = null;
        }
    }

    /// Checks, in checked mode, that no other thread polls.
    void require(String what) {
        if (Checks.ON) {
            Thread current = poller;
            if (current != null && current != Thread.currentThread()) {
                throw new IllegalStateException(
                        "queue " + what + " by " + Thread.currentThread() + " while " + current + " polls it");
            }
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the UDP stack is closed");
        }
    }

    /// Releases all packets that the queue has.
    void close() {
        closed = true;
        for (BoundPort port : ports) {
            port.sender().abortOpen();
        }
        resolver.clear();
        transmitter.clear();
        for (PortQueue queue : queues) {
            queue.cache().flush();
        }
    }
}
