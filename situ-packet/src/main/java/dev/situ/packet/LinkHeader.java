package dev.situ.packet;

import org.jspecify.annotations.Nullable;

/// What an [Ethernet] header and a [Vlan] tag have in common: a type, and what it names behind them.
public abstract sealed class LinkHeader extends Header permits Ethernet, Vlan {
    /// The type of IPv4.
    public static final int IPV4 = 0x0800;
    /// The type of ARP.
    public static final int ARP = 0x0806;
    /// The type of an 802.1Q tag.
    public static final int VLAN = 0x8100;
    /// The type of an outer tag: 802.1ad.
    public static final int QINQ = 0x88A8;

    private static final int MAX_TAGS = 2;

    private final int tags;
    private final Arp arp;
    private final Ipv4 ipv4;
    private final @Nullable Vlan vlan;

    LinkHeader(Frame frame, int tags) {
        super(frame);
        this.tags = tags;
        this.arp = new Arp(frame);
        this.ipv4 = new Ipv4(frame);
        this.vlan = tags < MAX_TAGS ? new Vlan(frame, tags + 1) : null;
    }

    /// What comes behind: [#IPV4], [#ARP], [#VLAN] or another type.
    public abstract int type();

    abstract int headerBytes();

    /// Where what comes behind starts in the pool's memory.
    public final long payloadOffset() {
        return offset() + headerBytes();
    }

    /// The bytes behind the header, padding included.
    public final int payloadLength() {
        return (int) (end() - payloadOffset());
    }

    /// The ARP message, or null.
    public final @Nullable Arp arp() {
        if (type() != ARP) {
            frame.failure = ParseFailure.OTHER_PROTOCOL;
            return null;
        }
        return arp.parse(payloadOffset(), end()) ? arp : null;
    }

    /// The IPv4 header, or null.
    public final @Nullable Ipv4 ipv4() {
        if (type() != IPV4) {
            frame.failure = ParseFailure.OTHER_PROTOCOL;
            return null;
        }
        return ipv4.parse(payloadOffset(), end()) ? ipv4 : null;
    }

    /// The tag behind, or null. There may be two of them.
    public final @Nullable Vlan vlan() {
        if (type() != VLAN && type() != QINQ) {
            frame.failure = ParseFailure.OTHER_PROTOCOL;
            return null;
        }
        if (vlan == null) {
            frame.failure = ParseFailure.TOO_DEEP;
            return null;
        }
        return vlan.parse(payloadOffset(), end()) ? vlan : null;
    }

    /// How many tags lie before this header's type: 0 for Ethernet.
    public final int tags() {
        return tags;
    }
}
