package dev.situ.udp;

import dev.situ.packet.Ipv4Address;
import java.util.function.LongSupplier;

/// How a [PortUdpStack] is set up.
///
/// @param address the stack's own [Ipv4Address]
/// @param prefixBits how many leading bits of it name the network whose hosts are reached directly: 0 to 32
/// @param gateway the [Ipv4Address] of the router to all others, or 0 if there is none
/// @param pollers how many threads poll: 1 to the port's queues, which they share out; 0 for one a queue
/// @param transmitChoice which queue a poller of several sends by
/// @param udpChecksums whether datagrams that are sent carry a checksum; those that come are verified in any case
/// @param copyBreak up to how many bytes at the start of a datagram are copied rather than sent from where they lie
/// @param arp how link addresses are found out
/// @param nanoClock the time in nanoseconds, from any start: `System::nanoTime` but for tests
public record PortStackOptions(
        int address,
        int prefixBits,
        int gateway,
        int pollers,
        TransmitChoice transmitChoice,
        boolean udpChecksums,
        int copyBreak,
        ArpOptions arp,
        LongSupplier nanoClock) {
    /// To copy so many bytes costs about what a packet more and its references do.
    public static final int COPY_BREAK = 192;

    /// Checks the addresses.
    ///
    /// @throws IllegalArgumentException if an address is not a host's, or the gateway is not on the network
    public PortStackOptions {
        int mask = Ipv4Address.mask(prefixBits);
        requireHost(address, mask);
        if (gateway != 0) {
            requireHost(gateway, mask);
        }
        if (gateway != 0 && ((gateway ^ address) & mask) != 0) {
            throw new IllegalArgumentException("the gateway " + Ipv4Address.toString(gateway)
                    + " is not on the network of " + Ipv4Address.toString(address) + "/" + prefixBits);
        }
        if (gateway == address) {
            throw new IllegalArgumentException("the gateway is another host than " + Ipv4Address.toString(address));
        }
        if (pollers < 0) {
            throw new IllegalArgumentException("pollers is 0 or more, not " + pollers);
        }
        if (copyBreak < 0) {
            throw new IllegalArgumentException("the copy break is 0 or more, not " + copyBreak);
        }
    }

    /// The first address of a network is its own, the last is everyone's; a network of one or two has neither
    /// (RFC 3021).
    private static void requireHost(int address, int mask) {
        int host = address & ~mask;
        boolean isNetwork = Integer.bitCount(mask) < 31 && (host == 0 || host == ~mask);
        if (!Ipv4Address.isHost(address) || isNetwork) {
            throw new IllegalArgumentException(
                    Ipv4Address.toString(address) + "/" + Integer.bitCount(mask) + " is not the address of a host");
        }
    }

    /// A stack at an address written as `10.0.0.1/24`, without a gateway, with a poller for each queue.
    ///
    /// @throws IllegalArgumentException if it is not written so
    public static PortStackOptions at(String addressAndPrefix) {
        int slash = addressAndPrefix.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("an address and a prefix, as 10.0.0.1/24, not " + addressAndPrefix);
        }
        int prefixBits;
        try {
            prefixBits = Integer.parseInt(addressAndPrefix.substring(slash + 1));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not a prefix: " + addressAndPrefix, e);
        }
        return new PortStackOptions(
                Ipv4Address.parse(addressAndPrefix.substring(0, slash)),
                prefixBits,
                0,
                0,
                TransmitChoice.BY_FLOW,
                true,
                COPY_BREAK,
                ArpOptions.defaults(),
                System::nanoTime);
    }

    /// The same with a router: `10.0.0.254`.
    public PortStackOptions withGateway(String gateway) {
        return new PortStackOptions(
                address,
                prefixBits,
                Ipv4Address.parse(gateway),
                pollers,
                transmitChoice,
                udpChecksums,
                copyBreak,
                arp,
                nanoClock);
    }

    /// The same with `pollers` threads that poll, and how each chooses among its queues.
    public PortStackOptions withPollers(int pollers, TransmitChoice transmitChoice) {
        return new PortStackOptions(
                address, prefixBits, gateway, pollers, transmitChoice, udpChecksums, copyBreak, arp, nanoClock);
    }

    /// The same with checksums on what is sent or not.
    public PortStackOptions withUdpChecksums(boolean udpChecksums) {
        return new PortStackOptions(
                address, prefixBits, gateway, pollers, transmitChoice, udpChecksums, copyBreak, arp, nanoClock);
    }

    /// The same with another limit for what is copied: at 0 all that can be is sent from where it lies.
    public PortStackOptions withCopyBreak(int copyBreak) {
        return new PortStackOptions(
                address, prefixBits, gateway, pollers, transmitChoice, udpChecksums, copyBreak, arp, nanoClock);
    }

    /// The same with another way to find out link addresses, and another clock.
    public PortStackOptions withArp(ArpOptions arp, LongSupplier nanoClock) {
        return new PortStackOptions(
                address, prefixBits, gateway, pollers, transmitChoice, udpChecksums, copyBreak, arp, nanoClock);
    }
}
