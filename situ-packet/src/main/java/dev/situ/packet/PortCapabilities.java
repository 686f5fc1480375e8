package dev.situ.packet;

/// What a [Port] can do.
///
/// @param mtu the most bytes behind the Ethernet header: 1500 usually
/// @param maxBurst the most packets that it delivers or takes at once
/// @param multiSegmentSend whether it sends chains; where it does not, a packet must be of one segment
/// @param receiveChecksums whether it verifies the checksums of IPv4 and UDP and tells in the packet's flags; where
///     a packet's flags say nothing, they are to be verified by software
/// @param transmitChecksums whether it computes them for packets that ask for it ([Packet#requestUdpChecksums])
public record PortCapabilities(
        int mtu, int maxBurst, boolean multiSegmentSend, boolean receiveChecksums, boolean transmitChecksums) {
    /// Checks the numbers.
    ///
    /// @throws IllegalArgumentException if the MTU is less than 68 (RFC 791) or more than 65535, or the burst is
    ///         empty
    public PortCapabilities {
        if (mtu < 68 || mtu > 0xFFFF) {
            throw new IllegalArgumentException("the MTU is 68 to 65535, not " + mtu);
        }
        if (maxBurst < 1) {
            throw new IllegalArgumentException("a burst has at least 1 packet, not " + maxBurst);
        }
    }

    /// Plain Ethernet that leaves everything to software: 1500 bytes, bursts of 32, no chains, no checksums.
    public static PortCapabilities plain() {
        return new PortCapabilities(1500, PacketBurst.USUAL_CAPACITY, false, false, false);
    }

    /// The same with another MTU.
    public PortCapabilities withMtu(int mtu) {
        return new PortCapabilities(mtu, maxBurst, multiSegmentSend, receiveChecksums, transmitChecksums);
    }

    /// The same with chains sent or not.
    public PortCapabilities withMultiSegmentSend(boolean multiSegmentSend) {
        return new PortCapabilities(mtu, maxBurst, multiSegmentSend, receiveChecksums, transmitChecksums);
    }

    /// The same with checksums left to the port or not.
    public PortCapabilities withChecksums(boolean receive, boolean transmit) {
        return new PortCapabilities(mtu, maxBurst, multiSegmentSend, receive, transmit);
    }
}
