package dev.situ.udp;

import dev.situ.packet.Ipv4Address;
import dev.situ.packet.MacAddress;

/// Where a packet goes next: straight to its receiver, to the gateway, to everyone, or nowhere. Immutable.
final class Routes {
    /// No way.
    static final int NOWHERE = 0;

    private static final int MULTICAST_PREFIX = 0xE;
    private static final long MULTICAST_MAC = 0x01_00_5E_00_00_00L;
    private static final int MULTICAST_BITS = 0x7F_FFFF;

    private final int own;
    private final int mask;
    private final int broadcast;
    private final int gateway;

    Routes(PortStackOptions options) {
        this.own = options.address();
        this.mask = Ipv4Address.mask(options.prefixBits());
        // A network of one or two has no broadcast address (RFC 3021).
        this.broadcast = options.prefixBits() < 31 ? own | ~mask : Ipv4Address.BROADCAST;
        this.gateway = options.gateway();
    }

    int own() {
        return own;
    }

    /// Whether the address is on our network.
    boolean isNear(int ip) {
        return ((ip ^ own) & mask) == 0;
    }

    /// The link address that needs no question: everyone's, or a group's; or 0.
    long groupMac(int destination) {
        if (destination == Ipv4Address.BROADCAST || destination == broadcast) {
            return MacAddress.BROADCAST;
        }
        return destination >>> 28 == MULTICAST_PREFIX ? MULTICAST_MAC | (destination & MULTICAST_BITS) : 0;
    }

    /// The host on our network that the packet goes to, or [#NOWHERE].
    int nextHop(int destination) {
        if (destination == own || !Ipv4Address.isHost(destination)) {
            return NOWHERE;
        }
        return isNear(destination) ? destination : gateway;
    }

    /// Whether a packet may come from there: a host, and not us, nor everyone.
    boolean isSource(int ip) {
        return Ipv4Address.isHost(ip) && ip != own && ip != broadcast;
    }
}
