package dev.situ.packet;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;

/// What a network card does about checksums, done by software for a port that has no card: it computes those that a
/// sent packet asks for, and says of a received one whether its own are right. Confined to one thread.
final class ChecksumOffload {
    private static final int LINK_MASK = 0x7F;
    private static final int IP_SHIFT = 7;
    private static final int IP_MASK = 0x1FF;
    private static final int IP_CHECKSUM = 10;
    private static final int UDP_CHECKSUM = 6;

    private final MemorySegment memory;
    private final Frame frame;

    ChecksumOffload(MemorySegment memory) {
        this.memory = memory;
        this.frame = new Frame(memory);
    }

    /// Does what `asked`, the flags of a sent packet, and its `offload` word ask for, to the packet's copy.
    void complete(long copy, long asked, long offload) {
        int linkBytes = (int) offload & LINK_MASK;
        int ipBytes = (int) (offload >>> IP_SHIFT) & IP_MASK;
        int udpBytes = Packet.length(memory, copy) - linkBytes - ipBytes;
        long ip = Packet.data(memory, copy) + linkBytes;
        if (udpBytes < Udp.BYTES) {
            return;
        }
        if ((asked & PacketLayout.TX_IP_CHECKSUM) != 0) {
            Words.setShortBe(memory, ip + IP_CHECKSUM, Checksum.complement(Checksum.sum(memory, ip, ipBytes)));
        }
        if ((asked & PacketLayout.TX_UDP_CHECKSUM) == PacketLayout.TX_UDP_CHECKSUM) {
            long udp = ip + ipBytes;
            Words.setShortBe(memory, udp + UDP_CHECKSUM, Udp.checksumOf(Checksum.sum(memory, udp, udpBytes)));
        }
    }

    /// Notes in the flags of a received packet whether its checksums are right, as far as it has any.
    void verify(long packet) {
        Ethernet ethernet = frame.open(packet).ethernet();
        Ipv4 ip = ethernet == null ? null : ethernet.ipv4();
        if (ip == null) {
            return;
        }
        Packet.addFlags(
                memory,
                packet,
                ip.isChecksumRight() ? PacketLayout.RX_IP_CHECKSUM_GOOD : PacketLayout.RX_IP_CHECKSUM_BAD);
        Udp udp = ip.udp();
        if (udp != null) {
            Packet.addFlags(
                    memory,
                    packet,
                    udp.isChecksumRight() ? PacketLayout.RX_L4_CHECKSUM_GOOD : PacketLayout.RX_L4_CHECKSUM_BAD);
        }
    }
}
