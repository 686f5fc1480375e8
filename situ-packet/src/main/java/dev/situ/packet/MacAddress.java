package dev.situ.packet;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;
import java.util.HexFormat;

/// An Ethernet address as a number: 48 bits, the byte that is first on the wire highest.
public final class MacAddress {
    /// The bytes of an address.
    public static final int BYTES = 6;

    /// Everyone on the wire.
    public static final long BROADCAST = 0xFFFF_FFFF_FFFFL;

    private static final long GROUP_BIT = 1L << 40;

    private MacAddress() {}

    /// Reads an address from the wire.
    public static long get(MemorySegment memory, long offset) {
        return (long) Words.getUnsignedShortBe(memory, offset) << 32
                | (Words.getIntBe(memory, offset + 2) & 0xFFFF_FFFFL);
    }

    /// Writes an address to the wire.
    public static void set(MemorySegment memory, long offset, long mac) {
        Words.setShortBe(memory, offset, (int) (mac >>> 32));
        Words.setIntBe(memory, offset + 2, (int) mac);
    }

    /// Whether it is the address of one station: neither multicast, nor broadcast, nor zero.
    public static boolean isUnicast(long mac) {
        return (mac & GROUP_BIT) == 0 && mac != 0;
    }

    /// The address that people write as `02:00:00:00:00:01`.
    ///
    /// @throws IllegalArgumentException if it is none
    public static long parse(String text) {
        try {
            byte[] bytes = HexFormat.ofDelimiter(":").parseHex(text);
            if (bytes.length == BYTES) {
                long mac = 0;
                for (byte b : bytes) {
                    mac = mac << 8 | (b & 0xFF);
                }
                return mac;
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("not an Ethernet address: " + text, e);
        }
        throw new IllegalArgumentException("not an Ethernet address: " + text);
    }

    /// The address as people write it.
    public static String toString(long mac) {
        return HexFormat.ofDelimiter(":").formatHex(new byte[] {
            (byte) (mac >>> 40),
            (byte) (mac >>> 32),
            (byte) (mac >>> 24),
            (byte) (mac >>> 16),
            (byte) (mac >>> 8),
            (byte) mac
        });
    }
}
