package dev.situ.udp;

/// Why a [PortUdpStack] dropped a packet.
public enum DropReason {
    /// A header is cut off, or lies.
    MALFORMED,
    /// The link address or the IP address is another's, or everyone's.
    NOT_FOR_US,
    /// Neither ARP nor IPv4, and on it neither UDP nor a ping.
    OTHER_PROTOCOL,
    /// The sender's address can be no host's, or is the stack's own.
    BAD_SOURCE,
    /// IP options that are malformed, or that route the packet.
    BAD_OPTIONS,
    /// A checksum is wrong.
    BAD_CHECKSUM,
    /// A fragment: the stack does not put them together.
    FRAGMENT,
    /// No handler is bound to the port.
    NO_HANDLER,
    /// An ARP message that says that another host has the stack's address.
    ARP_CONFLICT,
    /// An ARP message that the stack has no reason to believe.
    ARP_UNASKED,
    /// A packet came in pieces and no buffer was free, or large enough, to put it together.
    NO_BUFFER,

    /// To be sent: larger than the port's MTU allows.
    SEND_TOO_LARGE(true),
    /// To be sent: no buffer was free.
    SEND_NO_BUFFER(true),
    /// To be sent: to an address outside of the network, and there is no gateway; or to no host at all.
    SEND_NO_ROUTE(true),
    /// To be sent: the receiver's link address is not known yet, and too much waits for it.
    SEND_WAITING_FULL(true),
    /// To be sent: nobody answered for the receiver's link address.
    SEND_UNRESOLVED(true),
    /// To be sent: the port did not take it.
    SEND_PORT_BUSY(true);

    private final boolean sending;

    DropReason() {
        this(false);
    }

    DropReason(boolean sending) {
        this.sending = sending;
    }

    /// Whether the packet was to be sent, and did not come in.
    public boolean isSending() {
        return sending;
    }
}
