package dev.situ.udp;

import dev.situ.memory.Consumes;
import dev.situ.packet.Arp;
import dev.situ.packet.Ethernet;
import dev.situ.packet.Frame;
import dev.situ.packet.Icmp;
import dev.situ.packet.Ipv4;
import dev.situ.packet.LinkHeader;
import dev.situ.packet.MacAddress;
import dev.situ.packet.Packet;
import dev.situ.packet.PacketBurst;
import dev.situ.packet.PacketCache;
import dev.situ.packet.PacketLayout;
import dev.situ.packet.ParseFailure;
import dev.situ.packet.PlainUdp;
import dev.situ.packet.Udp;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// What becomes of a packet that came in: handed to the port it is for, answered, or dropped for a reason.
///
/// ```
///   usual UDP for us? ── bound port
///     │ no
///   Ethernet ── for us? ─┬─ ARP ── learn, answer
///                        └─ IPv4 ── checksum, source, options, for us? ─┬─ ICMP echo ── answer
///                                                                       └─ UDP ── checksum ── bound port
/// ```
///
/// An answer is the packet itself, turned round: never more bytes than came. Confined to the poller.
final class Intake {
    private static final int USUAL_TTL = 64;

    private final StackQueue queue;
    private final Routes routes;
    private final ArpTable table;
    private final PacketCache cache;
    private final MemorySegment memory;
    private final Transmitter transmitter;
    private final StackCounters counters;
    private final PlainUdp plain;
    private final Frame frame;

    Intake(StackQueue queue, Routes routes, ArpTable table, Transmitter transmitter) {
        this.queue = queue;
        this.routes = routes;
        this.table = table;
        this.cache = queue.cache();
        this.memory = cache.memory();
        this.transmitter = transmitter;
        this.counters = queue.counters();
        this.plain = new PlainUdp(memory);
        this.frame = new Frame(memory);
    }

    /// Consumes the packets. A loop apart from the poll, which most often brings nothing: what is rare in a method is
    /// compiled as such.
    void takeAll(PacketBurst burst) {
        for (int i = 0; i < burst.size(); i++) {
            take(burst.packet(i));
        }
        burst.forget();
    }

    private void take(@Consumes long packet) {
        if (Packet.segments(memory, packet) == 1) {
            BoundPort port = portOfPlain(packet);
            if (port == null) {
                look(packet);
            } else {
                long peer = PeerAddress.of(plain.source(), plain.sourcePort());
                port.add(packet, plain.payloadOffset(), plain.payloadLength(), peer);
            }
            return;
        }
        long whole = cache.copy(memory, packet);
        cache.release(packet);
        if (whole == Packet.NONE) {
            counters.drop(DropReason.NO_BUFFER);
        } else {
            look(whole);
        }
    }

    /// The port that a usual datagram is for, or null if the packet is not usual for any reason: then it is looked
    /// at as carefully as it needs. Borrows the packet.
    private @Nullable BoundPort portOfPlain(long packet) {
        return plain.read(packet, queue.mac()) && plain.destination() == routes.own() && routes.isSource(plain.source())
                ? queue.bound(plain.destinationPort())
                : null;
    }

    /// Consumes the packet.
    private void drop(@Consumes long packet, DropReason reason) {
        counters.drop(reason);
        cache.release(packet);
    }

    /// Consumes the packet.
    private void look(@Consumes long packet) {
        Ethernet ethernet = frame.open(packet).ethernet();
        if (ethernet == null) {
            drop(packet, DropReason.MALFORMED);
            return;
        }
        boolean toUs = ethernet.destination() == queue.mac();
        int type = ethernet.type();
        if (!toUs && (type == LinkHeader.IPV4 || ethernet.destination() != MacAddress.BROADCAST)) {
            drop(packet, DropReason.NOT_FOR_US);
        } else if (type == LinkHeader.ARP) {
            arp(packet, ethernet);
        } else if (type == LinkHeader.IPV4) {
            ipv4(packet, ethernet);
        } else {
            drop(packet, DropReason.OTHER_PROTOCOL);
        }
    }

    // ---- ARP --------------------------------------------------------------------------------------------------------

    /// Consumes the packet.
    private void arp(@Consumes long packet, Ethernet ethernet) {
        Arp arp = ethernet.arp();
        if (arp == null) {
            drop(packet, DropReason.MALFORMED);
            return;
        }
        int sender = arp.senderIp();
        if (sender == routes.own()) {
            drop(packet, DropReason.ARP_CONFLICT);
            return;
        }
        boolean forUs = arp.targetIp() == routes.own();
        boolean asks = arp.operation() == Arp.REQUEST;
        // Somebody who asks for us is about to send to us, and will want an answer. Others only confirm.
        boolean believed = routes.isSource(sender)
                && routes.isNear(sender)
                && MacAddress.isUnicast(arp.senderMac())
                && table.hear(sender, arp.senderMac(), forUs && asks, queue.readClock());
        if (asks && forUs && MacAddress.isUnicast(ethernet.source())) {
            answer(packet, ethernet, arp);
        } else if (believed) {
            cache.release(packet);
        } else {
            drop(packet, DropReason.ARP_UNASKED);
        }
    }

    /// Consumes the packet.
    private void answer(@Consumes long packet, Ethernet ethernet, Arp arp) {
        long back = ethernet.source();
        long asker = arp.senderMac();
        int askerIp = arp.senderIp();
        long reply = mutable(packet);
        if (reply == Packet.NONE) {
            counters.drop(DropReason.NO_BUFFER);
            return;
        }
        long at = Packet.data(memory, reply);
        Ethernet.write(memory, at, back, queue.mac(), LinkHeader.ARP);
        Arp.write(memory, at + Ethernet.BYTES, Arp.REPLY, queue.mac(), routes.own(), asker, askerIp);
        counters.add(StackCounters.ARP_ANSWERED, 1);
        transmitter.send(reply, 0, Transmitter.NO_DATAGRAM);
    }

    /// The packet, or a copy if others hold it, too. Consumes the packet.
    private long mutable(@Consumes long packet) {
        if (Packet.isMutable(memory, packet)) {
            return packet;
        }
        long copy = cache.copy(memory, packet);
        cache.release(packet);
        return copy;
    }

    // ---- IPv4 -------------------------------------------------------------------------------------------------------

    /// Consumes the packet.
    private void ipv4(@Consumes long packet, Ethernet ethernet) {
        Ipv4 ip = ethernet.ipv4();
        if (ip == null) {
            drop(packet, DropReason.MALFORMED);
            return;
        }
        DropReason reason = wrong(packet, ip);
        if (reason != null) {
            drop(packet, reason);
        } else if (ip.protocol() == Ipv4.UDP) {
            udp(packet, ip);
        } else if (ip.protocol() == Ipv4.ICMP) {
            ping(packet, ethernet, ip);
        } else {
            drop(packet, DropReason.OTHER_PROTOCOL);
        }
    }

    /// What is wrong with the header: borrows the packet. A checksum that the port says to be bad is looked at once
    /// more, as is one that it says nothing about.
    private @Nullable DropReason wrong(long packet, Ipv4 ip) {
        long flags = Packet.flags(memory, packet);
        if (!PacketLayout.isIpChecksumGood(flags) && !ip.isChecksumRight()) {
            return DropReason.BAD_CHECKSUM;
        }
        if (ip.destination() != routes.own()) {
            return DropReason.NOT_FOR_US;
        }
        if (!routes.isSource(ip.source())) {
            return DropReason.BAD_SOURCE;
        }
        if (ip.headerBytes() > Ipv4.MIN_BYTES && !ip.options().areHarmless()) {
            return DropReason.BAD_OPTIONS;
        }
        return null;
    }

    /// Consumes the packet.
    private void udp(@Consumes long packet, Ipv4 ip) {
        Udp udp = ip.udp();
        if (udp == null) {
            drop(packet, unread());
            return;
        }
        BoundPort port = queue.bound(udp.destinationPort());
        if (port == null) {
            drop(packet, DropReason.NO_HANDLER);
            return;
        }
        long flags = Packet.flags(memory, packet);
        if (!PacketLayout.isL4ChecksumGood(flags) && !udp.isChecksumRight()) {
            drop(packet, DropReason.BAD_CHECKSUM);
            return;
        }
        port.add(packet, udp.payloadOffset(), udp.payloadLength(), PeerAddress.of(ip.source(), udp.sourcePort()));
    }

    private DropReason unread() {
        return frame.failure() == ParseFailure.FRAGMENT ? DropReason.FRAGMENT : DropReason.MALFORMED;
    }

    /// Consumes the packet.
    private void ping(@Consumes long packet, Ethernet ethernet, Ipv4 ip) {
        Icmp icmp = ip.icmp();
        if (icmp == null) {
            drop(packet, unread());
        } else if (icmp.type() != Icmp.ECHO_REQUEST || icmp.code() != 0) {
            drop(packet, DropReason.OTHER_PROTOCOL);
        } else if (!icmp.isChecksumRight()) {
            drop(packet, DropReason.BAD_CHECKSUM);
        } else if (!MacAddress.isUnicast(ethernet.source())) {
            drop(packet, DropReason.BAD_SOURCE);
        } else {
            answer(packet);
        }
    }

    /// Consumes the echo request.
    private void answer(@Consumes long packet) {
        long reply = mutable(packet);
        if (reply == Packet.NONE) {
            counters.drop(DropReason.NO_BUFFER);
        } else {
            turnBack(reply);
        }
    }

    /// Sends an echo request, which was looked at, back as its reply. Consumes it.
    private void turnBack(@Consumes long packet) {
        Ethernet ethernet = frame.open(packet).ethernet();
        Ipv4 ip = ethernet == null ? null : ethernet.ipv4();
        Icmp icmp = ip == null ? null : ip.icmp();
        if (icmp == null || ethernet == null) {
            throw new IllegalStateException("a packet that was read cannot be read again");
        }
        icmp.turnIntoReply();
        icmp.ip().swapAddresses();
        icmp.ip().setTimeToLive(USUAL_TTL);
        ethernet.turnBack(queue.mac());
        counters.add(StackCounters.PINGS, 1);
        transmitter.send(packet, 0, Transmitter.NO_DATAGRAM);
    }
}
