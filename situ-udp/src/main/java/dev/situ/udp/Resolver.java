package dev.situ.udp;

import dev.situ.memory.Consumes;
import dev.situ.packet.Arp;
import dev.situ.packet.Ethernet;
import dev.situ.packet.FlowHash;
import dev.situ.packet.LinkHeader;
import dev.situ.packet.MacAddress;
import dev.situ.packet.Packet;
import dev.situ.packet.PacketBurst;
import dev.situ.packet.PacketCache;
import java.lang.foreign.MemorySegment;

/// One poller's packets whose receiver's link address is not known yet, and the questions about it.
///
/// ```
///   known(ip)? ──yes──▶ transmit
///                 │ no
///                 ▼
///        waiting: ip, next question, tries, packets      bounded: addresses, and packets of each
///                 │ turn: known now?  ──▶ transmit
///                 └ asked often enough ─▶ drop
/// ```
///
/// The table is shared, so it does not matter which poller meets the answer. Confined to the poller.
final class Resolver {
    private final ArpTable table;
    private final ArpOptions options;
    private final long ownMac;
    private final int ownIp;
    private final PacketCache cache;
    private final MemorySegment memory;
    private final Transmitter transmitter;
    private final StackCounters counters;
    private final int[] ips;
    private final int[] tries;
    private final long[] nextTryNanos;
    private final PacketBurst[] waiting;
    private int addresses;

    Resolver(
            ArpTable table,
            ArpOptions options,
            long ownMac,
            int ownIp,
            PacketCache cache,
            Transmitter transmitter,
            StackCounters counters) {
        this.table = table;
        this.options = options;
        this.ownMac = ownMac;
        this.ownIp = ownIp;
        this.cache = cache;
        this.memory = cache.memory();
        this.transmitter = transmitter;
        this.counters = counters;
        int most = options.waitingAddresses();
        this.ips = new int[most];
        this.tries = new int[most];
        this.nextTryNanos = new long[most];
        this.waiting = new PacketBurst[most];
        for (int i = 0; i < most; i++) {
            waiting[i] = new PacketBurst(options.waitingPackets());
        }
    }

    /// The link address of a host on the network, or 0 if it is not known.
    long known(int ip, long nowNanos) {
        ArpEntry entry = table.lookup(ip, nowNanos);
        if (entry == null) {
            return 0;
        }
        if (table.isDueForQuestion(entry, nowNanos)) {
            // To the one that had the address only; if it has gone, the entry grows old and all are asked.
            ask(ip, entry.mac);
        }
        return entry.mac;
    }

    private void sendTo(long mac, @Consumes long packet, int flow, int payload) {
        MacAddress.set(memory, Packet.data(memory, packet), mac);
        transmitter.send(packet, flow, payload);
    }

    /// Sends a datagram, whose headers are there but for the receiver's link address, when that is known. Consumes it.
    void await(@Consumes long packet, int ip, long nowNanos) {
        int i = indexOf(ip);
        if (i == addresses) {
            if (addresses == ips.length) {
                drop(packet, DropReason.SEND_WAITING_FULL);
                return;
            }
            addresses++;
            ips[i] = ip;
            tries[i] = 0;
            tryAgain(i, nowNanos);
        }
        PacketBurst packets = waiting[i];
        if (packets.room() == 0) {
            long oldest = packets.packet(0);
            packets.takeFirst(1);
            drop(oldest, DropReason.SEND_WAITING_FULL);
        }
        packets.add(packet);
    }

    private int indexOf(int ip) {
        int i = 0;
        while (i < addresses && ips[i] != ip) {
            i++;
        }
        return i;
    }

    /// Sends what can be sent by now, asks again where it is time, and drops what nobody answered for.
    void turn(long nowNanos) {
        for (int i = addresses - 1; i >= 0; i--) {
            ArpEntry entry = table.lookup(ips[i], nowNanos);
            if (entry != null) {
                sendAll(i, entry.mac);
            } else if (nowNanos - nextTryNanos[i] >= 0) {
                if (tries[i] < options.tries()) {
                    tryAgain(i, nowNanos);
                } else {
                    dropAll(i);
                }
            }
        }
    }

    private void sendAll(int i, long mac) {
        PacketBurst packets = waiting[i];
        for (int k = 0; k < packets.size(); k++) {
            long packet = packets.packet(k);
            int length = Packet.length(memory, packet);
            int flow = FlowHash.of(memory, Packet.data(memory, packet), length);
            sendTo(mac, packet, flow, Packet.totalLength(memory, packet) - PortSender.HEADER_BYTES);
        }
        packets.forget();
        remove(i);
    }

    private void dropAll(int i) {
        PacketBurst packets = waiting[i];
        for (int k = 0; k < packets.size(); k++) {
            drop(packets.packet(k), DropReason.SEND_UNRESOLVED);
        }
        packets.forget();
        remove(i);
    }

    private void remove(int i) {
        addresses--;
        PacketBurst emptied = waiting[i];
        ips[i] = ips[addresses];
        tries[i] = tries[addresses];
        nextTryNanos[i] = nextTryNanos[addresses];
        waiting[i] = waiting[addresses];
        waiting[addresses] = emptied;
    }

    private void drop(@Consumes long packet, DropReason reason) {
        counters.drop(reason);
        cache.release(packet);
    }

    private void tryAgain(int i, long nowNanos) {
        tries[i]++;
        nextTryNanos[i] = nowNanos + options.retryNanos();
        table.ask(ips[i], nowNanos);
        ask(ips[i], MacAddress.BROADCAST);
    }

    private void ask(int ip, long mac) {
        long packet = cache.take(0, Ethernet.BYTES + Arp.BYTES);
        if (packet == Packet.NONE) {
            counters.drop(DropReason.SEND_NO_BUFFER);
            return;
        }
        long at = Packet.data(memory, packet);
        Ethernet.write(memory, at, mac, ownMac, LinkHeader.ARP);
        Arp.write(memory, at + Ethernet.BYTES, Arp.REQUEST, ownMac, ownIp, 0, ip);
        counters.add(StackCounters.ARP_ASKED, 1);
        transmitter.send(packet, 0, Transmitter.NO_DATAGRAM);
    }

    /// Whether packets wait.
    boolean isWaiting() {
        return addresses > 0;
    }

    /// Drops what waits.
    void clear() {
        for (int i = 0; i < addresses; i++) {
            cache.releaseAll(waiting[i]);
        }
        addresses = 0;
    }
}
