package dev.situ.bench.size;

import dev.situ.bench.dpdk.DpdkSetUp;
import dev.situ.bench.dpdk.Question;
import dev.situ.dpdk.DpdkPacketPool;
import dev.situ.dpdk.DpdkPort;
import dev.situ.dpdk.DpdkPortOptions;
import dev.situ.dpdk.Eal;
import dev.situ.dpdk.EalThread;
import dev.situ.packet.Arp;
import dev.situ.packet.Ethernet;
import dev.situ.packet.Ipv4;
import dev.situ.packet.Ipv4Address;
import dev.situ.packet.LinkHeader;
import dev.situ.packet.MacAddress;
import dev.situ.packet.Packet;
import dev.situ.packet.PacketBurst;
import dev.situ.packet.PacketCache;
import dev.situ.packet.PortQueue;
import dev.situ.packet.Udp;
import dev.situ.r2p2.R2p2Server;
import dev.situ.r2p2.R2p2ServerOptions;
import dev.situ.r2p2.ReliableServerOptions;
import dev.situ.r2p2.ResponseOwners;
import dev.situ.store.AdoptionPolicy;
import dev.situ.store.Store;
import dev.situ.store.StoreOptions;
import dev.situ.store.StoreWorker;
import dev.situ.udp.PortStackOptions;
import dev.situ.udp.PortUdpStack;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;

/// A whole server on DPDK's `net_ring`, which hands back the very packets that it was given, and its client, all on one
/// thread: each step can be timed, and each answer looked at as the server sent it, before any device.
///
/// ```
///   requests ──▶ ring ──▶ poll: UDP stack, R2P2, command, store ──▶ ring ──▶ answers: chains of mbufs
///   untimed               timed                                              untimed
/// ```
final class Ring implements AutoCloseable {
    /// How many requests are polled together.
    static final int BURST = 32;

    private static final int PACKETS = 8191;
    private static final long STORE_BYTES = 64 << 20;
    private static final int MAX_PACKET = 2048;
    private static final String SERVER = "10.77.0.1";
    private static final int CLIENT = Ipv4Address.parse("10.77.0.2");
    private static final long CLIENT_MAC = 0x02_00_00_00_00_02L;
    private static final int CLIENT_PORT = 40_000;
    private static final int PORT = 8000;
    private static final int HEADERS = Ethernet.BYTES + Ipv4.MIN_BYTES + Udp.BYTES;
    private static final int ONE_PACKET = 1464;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment flat = arena.allocate(MAX_PACKET);
    private final Eal eal;
    private final EalThread thread;
    private final DpdkPacketPool pool;
    private final DpdkPort port;
    private final Store store;
    private final StoreWorker worker;
    private final RingCommands commands;
    private final R2p2Server protocol;
    private final PortUdpStack stack;
    private final PortQueue queue;
    private final PacketCache cache;
    private final MemorySegment memory;
    private final PacketBurst burst = new PacketBurst(BURST);
    private int number;

    /// Starts DPDK, and a server with an empty store, on the calling thread.
    ///
    /// @param copyBreak up to how many bytes of a reply are copied all the same
    /// @param checksums whether the stack computes checksums, or leaves them to a device
    Ring(AdoptionPolicy adoption, int copyBreak, boolean checksums) throws IOException {
        eal = Eal.start(DpdkSetUp.eal());
        thread = eal.register();
        pool = DpdkPacketPool.create(eal, PACKETS);
        port = DpdkPort.open(eal, pool, DpdkPortOptions.of("net_ring0"));
        store = Store.open(StoreOptions.ofMemory(STORE_BYTES).withAdoption(adoption));
        worker = store.worker("ring");
        commands = new RingCommands(store, worker);
        protocol = new R2p2Server(
                1,
                R2p2ServerOptions.DEFAULTS.withOffLoopback(ONE_PACKET),
                ReliableServerOptions.DEFAULTS,
                commands,
                ResponseOwners.LASTING,
                System::nanoTime);
        stack = new PortUdpStack(
                port,
                PortStackOptions.at(SERVER + "/24").withUdpChecksums(checksums).withCopyBreak(copyBreak));
        stack.bind(new InetSocketAddress(SERVER, PORT), protocol);
        queue = port.queue(0);
        cache = queue.cache();
        memory = cache.memory();
    }

    /// What a burst of requests came to.
    ///
    /// @param nanos from the requests in the ring to the answers in the ring
    /// @param copiedBytes of the values in the answers, those that are not sent from where they are stored
    record Turn(long nanos, long copiedBytes) {}

    /// Tells the server the client's link address, which it forgets after a minute.
    void introduce() {
        long packet = take(Ethernet.BYTES + Arp.BYTES);
        long at = Packet.data(memory, packet);
        Ethernet.write(memory, at, MacAddress.BROADCAST, CLIENT_MAC, LinkHeader.ARP);
        Arp.write(memory, at + Ethernet.BYTES, Arp.REQUEST, CLIENT_MAC, CLIENT, 0, Ipv4Address.parse(SERVER));
        burst.add(packet);
        transmit();
        poll();
        queue.receive(burst);
        cache.releaseAll(burst);
    }

    /// Sends a burst of requests, times the server, and looks at its answers.
    ///
    /// @param valueLength of the values in the answers; 0 if there are none
    /// @throws IllegalStateException if one is no answer, or missing
    Turn turn(Question question, int valueLength) {
        for (int i = 0; i < BURST; i++) {
            burst.add(request(question));
        }
        transmit();
        long begin = System.nanoTime();
        poll();
        long nanos = System.nanoTime() - begin;
        return new Turn(nanos, answers(question, valueLength));
    }

    private long request(Question question) {
        int length = question.length(number);
        long packet = take(HEADERS + length);
        long at = Packet.data(memory, packet);
        Ethernet.write(memory, at, port.mac(), CLIENT_MAC, LinkHeader.IPV4);
        long ip = at + Ethernet.BYTES;
        int server = Ipv4Address.parse(SERVER);
        Ipv4.write(memory, ip, Ipv4.MIN_BYTES + Udp.BYTES + length, Ipv4.UDP, CLIENT, server);
        Udp.write(memory, ip + Ipv4.MIN_BYTES, CLIENT_PORT, PORT, Udp.BYTES + length, 0);
        question.write(memory, at + HEADERS, number);
        number = number + 1 & Integer.MAX_VALUE;
        return packet;
    }

    private long take(int length) {
        long packet = cache.take();
        if (packet == Packet.NONE) {
            throw new IllegalStateException("no packet is free");
        }
        Packet.setLength(memory, packet, length);
        return packet;
    }

    private void transmit() {
        int all = burst.size();
        if (queue.transmit(burst) < all) {
            throw new IllegalStateException("the ring is full");
        }
    }

    private void poll() {
        worker.enter();
        try {
            stack.queue(0).poll();
        } finally {
            worker.exit();
        }
    }

    /// Takes the answers out of the ring.
    ///
    /// @return how many bytes of values were copied
    private long answers(Question question, int valueLength) {
        long copied = 0;
        int came = 0;
        while (queue.receive(burst) > 0) {
            for (int i = 0; i < burst.size(); i++) {
                long packet = burst.packet(i);
                if (isDatagram(packet)) {
                    int length = Packet.copyTo(memory, packet, HEADERS, flat, 0, MAX_PACKET);
                    if (!question.isAnswer(flat, 0, length)) {
                        throw new IllegalStateException("the server's answer is none");
                    }
                    came++;
                    copied += valueLength == 0 ? 0 : copied(packet, valueLength);
                }
            }
            cache.releaseAll(burst);
        }
        if (came != BURST) {
            throw new IllegalStateException(came + " answers to " + BURST + " requests; " + stack.details());
        }
        return copied;
    }

    /// The server may ask for the client's address now and then.
    private boolean isDatagram(long packet) {
        return MacAddress.get(memory, Packet.data(memory, packet)) == CLIENT_MAC
                && Packet.totalLength(memory, packet) > HEADERS;
    }

    /// How many of a value's bytes lie in segments of the answer's own: all others are in clones, which point into the
    /// packet that brought the value.
    private long copied(long packet, int valueLength) {
        int start = HEADERS + Question.bytesBeforeValue(valueLength);
        int end = start + valueLength;
        long copied = 0;
        int at = 0;
        for (long segment = packet; segment != Packet.NONE; segment = Packet.next(memory, segment)) {
            int next = at + Packet.length(memory, segment);
            if (!Packet.isClone(memory, segment)) {
                copied += Math.max(0, Math.min(end, next) - Math.max(start, at));
            }
            at = next;
        }
        return copied;
    }

    /// Keys whose values lie in the packets that brought them.
    long adoptedKeys() {
        return store.statistics().adoptedKeys();
    }

    @Override
    public void close() {
        worker.enter();
        worker.clear();
        worker.exit();
        worker.trim();
        worker.releaseBuffers();
        commands.close();
        protocol.close();
        worker.close();
        stack.close();
        store.close();
        thread.close();
        pool.close();
        eal.close();
        arena.close();
    }
}
