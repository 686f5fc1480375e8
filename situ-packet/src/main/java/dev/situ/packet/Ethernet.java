package dev.situ.packet;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;

/// An Ethernet header (IEEE 802.3, as RFC 894 uses it).
///
/// ```
///  0                 6                 12
/// +-----------------+-----------------+-------+---------
/// |   destination   |     source      | type  | payload, padding
/// +-----------------+-----------------+-------+---------
/// ```
public final class Ethernet extends LinkHeader {
    /// The bytes of the header.
    public static final int BYTES = 14;

    private static final int SOURCE = 6;
    static final int TYPE = 12;

    Ethernet(Frame frame) {
        super(frame, 0);
    }

    boolean parse(long at, long end) {
        return move(at, end, BYTES);
    }

    /// Writes a header of [#BYTES] bytes.
    public static void write(MemorySegment memory, long offset, long destination, long source, int type) {
        Words.setLongBe(memory, offset, destination << 16 | source >>> 32);
        Words.setIntBe(memory, offset + Long.BYTES, (int) source);
        Words.setShortBe(memory, offset + TYPE, type);
    }

    /// A [MacAddress].
    public long destination() {
        return MacAddress.get(memory, offset());
    }

    /// A [MacAddress].
    public long source() {
        return MacAddress.get(memory, offset() + SOURCE);
    }

    @Override
    public int type() {
        return Words.getUnsignedShortBe(memory, offset() + TYPE);
    }

    @Override
    int headerBytes() {
        return BYTES;
    }

    public void setDestination(long mac) {
        MacAddress.set(memory, writable(), mac);
    }

    public void setSource(long mac) {
        MacAddress.set(memory, writable() + SOURCE, mac);
    }

    /// Sends the packet back where it came from: its source becomes its destination, and `own` its source.
    public void turnBack(long own) {
        setDestination(source());
        setSource(own);
    }
}
