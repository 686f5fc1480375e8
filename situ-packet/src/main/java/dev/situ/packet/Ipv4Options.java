package dev.situ.packet;

import dev.situ.memory.Words;

/// The options of an IPv4 header, one after the other (RFC 791, section 3.1).
///
/// ```java
/// Ipv4Options options = ip.options();
/// while (options.next()) {
///     look(options.kind());
/// }
/// if (options.isMalformed()) { ... }
/// ```
///
/// An option of which a length is missing or does not fit ends the list as malformed. Belongs to its header's view.
public final class Ipv4Options {
    /// Loose source route: the sender says where the packet is to pass by. Hosts drop such packets (RFC 7126).
    public static final int LOOSE_SOURCE_ROUTE = 131;
    /// Strict source route.
    public static final int STRICT_SOURCE_ROUTE = 137;

    private static final int END_OF_LIST = 0;
    private static final int NO_OPERATION = 1;

    private final Ipv4 ip;
    private long at;
    private long following;
    private long end;
    private boolean malformed;

    Ipv4Options(Ipv4 ip) {
        this.ip = ip;
    }

    Ipv4Options start(long from, long end) {
        this.at = from;
        this.following = from;
        this.end = end;
        this.malformed = false;
        return this;
    }

    /// Goes to the next option, past fillers.
    ///
    /// @return whether there is one
    public boolean next() {
        at = following;
        while (at < end && kind() == NO_OPERATION) {
            at++;
        }
        if (at >= end || kind() == END_OF_LIST) {
            following = end;
            return false;
        }
        int length = at + 1 < end ? Words.getByte(ip.memory, at + 1) & 0xFF : 0;
        if (length < 2 || length > end - at) {
            malformed = true;
            following = end;
            return false;
        }
        following = at + length;
        return true;
    }

    /// The option's type byte.
    public int kind() {
        return Words.getByte(ip.memory, at) & 0xFF;
    }

    /// Where the option's data starts in the pool's memory: behind its type and length.
    public long dataOffset() {
        return at + 2;
    }

    /// The bytes of its data.
    public int dataLength() {
        return (int) (following - at - 2);
    }

    /// Whether the list ended because an option does not fit.
    public boolean isMalformed() {
        return malformed;
    }

    /// Whether a host should accept a packet with these options: they are well formed and route nothing. Walks them
    /// all.
    public boolean areHarmless() {
        while (next()) {
            if (kind() == LOOSE_SOURCE_ROUTE || kind() == STRICT_SOURCE_ROUTE) {
                return false;
            }
        }
        return !malformed;
    }
}
