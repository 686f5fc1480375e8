package dev.situ.examples;

import dev.situ.packet.Ethernet;
import dev.situ.packet.Frame;
import dev.situ.packet.Ipv4;
import dev.situ.packet.LinkHeader;
import dev.situ.packet.Pipeline;
import dev.situ.packet.Port;
import dev.situ.packet.Ports;
import dev.situ.packet.Udp;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.ToIntFunction;

/// A firewall between two ports: `Firewall pcap:internet.pcap pcap:,inside.pcap 53 8000`. From outside it lets in
/// ARP, and datagrams to some UDP ports; from inside it lets out ARP, and datagrams from those ports.
public final class Firewall {
    private Firewall() {}

    /// Filters, until it is killed, between the ports of the first two arguments.
    public static void main(String[] args) {
        Example.run("Firewall <port outside> <port inside> <udp port>...", args, 3, () -> {
            BitSet open = new BitSet();
            Arrays.stream(args).skip(2).mapToInt(Example::udpPort).forEach(open::set);
            try (Port outside = Ports.open(args[0]);
                    Port inside = Ports.open(args[1])) {
                Pipeline in = rules(outside, open, Udp::destinationPort);
                Pipeline out = rules(inside, open, Udp::sourcePort);
                while (true) {
                    in.run(outside.queue(0), inside.queue(0));
                    out.run(inside.queue(0), outside.queue(0));
                }
            }
        });
    }

    /// The rules for packets from `port`. What they do not send is dropped.
    static Pipeline rules(Port port, BitSet open, ToIntFunction<Udp> side) {
        return Pipeline.of(
                port.pool(),
                frames -> frames.parse(Frame::ethernet)
                        .groupBy(
                                ethernet -> ethernet.type() == LinkHeader.ARP ? 0 : 1,
                                arp -> arp.parse(Ethernet::arp).send(),
                                ip -> ip.parse(Ethernet::ipv4)
                                        .filter(header -> header.isChecksumRight()
                                                && header.options().areHarmless())
                                        .parse(Ipv4::udp)
                                        .filter(udp -> open.get(side.applyAsInt(udp)))
                                        .send()));
    }
}
