package dev.situ.packet;

/// An IPv4 address as a number: 127.0.0.1 is `0x7f000001`.
public final class Ipv4Address {
    /// Everyone on the wire: 255.255.255.255.
    public static final int BROADCAST = -1;

    private Ipv4Address() {}

    /// Whether it can be the address of one host: not 0.x, loopback (127.x), multicast, reserved or broadcast
    /// (RFC 1122, section 3.2.1.3).
    public static boolean isHost(int address) {
        int first = address >>> 24;
        return first != 0 && first != 127 && first < 224;
    }

    /// The mask of a prefix of `bits` bits: 24 gives 255.255.255.0.
    ///
    /// @throws IllegalArgumentException if it is not 0 to 32
    public static int mask(int bits) {
        if (bits < 0 || bits > 32) {
            throw new IllegalArgumentException("a prefix has 0 to 32 bits, not " + bits);
        }
        return bits == 0 ? 0 : -1 << (32 - bits);
    }

    /// The address that people write as `10.0.0.1`.
    ///
    /// @throws IllegalArgumentException if it is none; names are not looked up
    public static int parse(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length == 4) {
            int address = 0;
            for (String part : parts) {
                address = address << 8 | parseByte(part, text);
            }
            return address;
        }
        throw notAnAddress(text);
    }

    private static int parseByte(String part, String text) {
        if (!part.isEmpty() && part.length() <= 3 && part.chars().allMatch(c -> c >= '0' && c <= '9')) {
            int value = Integer.parseInt(part);
            if (value <= 255) {
                return value;
            }
        }
        throw notAnAddress(text);
    }

    private static IllegalArgumentException notAnAddress(String text) {
        return new IllegalArgumentException("not an IPv4 address: " + text);
    }

    /// The address as people write it.
    public static String toString(int address) {
        return (address >>> 24) + "." + (address >>> 16 & 0xFF) + "." + (address >>> 8 & 0xFF) + "." + (address & 0xFF);
    }
}
