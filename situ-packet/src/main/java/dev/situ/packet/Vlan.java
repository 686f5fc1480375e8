package dev.situ.packet;

import dev.situ.memory.Words;

/// An IEEE 802.1Q tag: what stands behind the type [#VLAN] or [#QINQ].
///
/// ```
///  0                  2
/// +-----+-+----------+-------+---------
/// | pcp |d|    id    | type  | payload
/// +-----+-+----------+-------+---------
///  3     1 12 bits
/// ```
public final class Vlan extends LinkHeader {
    /// The bytes of a tag.
    public static final int BYTES = 4;

    Vlan(Frame frame, int tags) {
        super(frame, tags);
    }

    boolean parse(long at, long end) {
        return move(at, end, BYTES);
    }

    /// The number of the virtual network: 0 to 4095.
    public int id() {
        return Words.getUnsignedShortBe(memory, offset()) & 0xFFF;
    }

    /// The priority: 0 to 7.
    public int priority() {
        return Words.getUnsignedShortBe(memory, offset()) >>> 13;
    }

    @Override
    public int type() {
        return Words.getUnsignedShortBe(memory, offset() + 2);
    }

    @Override
    int headerBytes() {
        return BYTES;
    }
}
