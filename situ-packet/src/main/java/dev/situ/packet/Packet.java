package dev.situ.packet;

import dev.situ.memory.Checks;
import dev.situ.memory.Consumes;
import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;

/// The fields of a packet by name: static functions on *(memory of the pool, packet)*, so that a packet costs no
/// object and no call is ever chosen at run time.
///
/// A **packet** is a word. It names a descriptor ([PacketLayout]) in the memory of its pool, and through it a run
/// of bytes. 0 is no packet ([#NONE]). To everyone but a driver the word is opaque:
///
/// ```
///  63  62               40 39                                0
/// +---+-------------------+-----------------------------------+
/// | 0 |    generation     |      offset of the descriptor     |
/// +---+-------------------+-----------------------------------+
///       checked mode only,
///       0 otherwise
/// ```
///
/// In checked mode a packet is recognised after its last release, even when its descriptor is in use again: the
/// generation of the word is not that of the descriptor any more.
///
/// **Ownership.** Whoever got a packet from [PacketSupply#take], or out of a burst, holds one reference to it. While
/// there is only one, its holder may change everything. Once it is shared ([PacketSupply#retain],
/// [PacketSupply#clone]) its bytes and its descriptor stay as they are until the last holder lets go: immutable, and
/// so safe to read from all threads (the thesis's `CrossPacket`).
///
/// **Chains.** A packet may have several segments. The first names the chain: it counts the segments and all bytes.
public final class Packet {
    /// No packet.
    public static final long NONE = 0;

    private Packet() {}

    // ---- for drivers ----------------------------------------------------------------------------------------------

    /// Where the descriptor of a packet starts in the pool's memory.
    ///
    /// @throws IllegalStateException in checked mode, if the packet was released for the last time
    public static long descriptor(MemorySegment memory, long packet) {
        return Checks.ON ? PacketCheck.requireLive(memory, packet) : packet;
    }

    /// The packet whose descriptor starts at `descriptor`. The descriptor is in use.
    public static long of(MemorySegment memory, long descriptor) {
        return Checks.ON ? PacketCheck.reference(memory, descriptor) : descriptor;
    }

    /// The packet's address, as a driver needs it.
    public static long address(MemorySegment memory, long packet) {
        return memory.address() + descriptor(memory, packet);
    }

    // ---- the bytes ------------------------------------------------------------------------------------------------

    /// Where the data of this segment starts in the pool's memory.
    public static long data(MemorySegment memory, long packet) {
        long at = descriptor(memory, packet);
        return Words.getLong(memory, at + PacketLayout.BUF_ADDR) - memory.address() + dataOffset(memory, at);
    }

    /// The bytes of this segment: 0 to 65535.
    public static int length(MemorySegment memory, long packet) {
        return unsignedShort(memory, descriptor(memory, packet) + PacketLayout.DATA_LEN);
    }

    /// The bytes of all segments, asked of the first.
    public static int totalLength(MemorySegment memory, long packet) {
        return Words.getInt(memory, descriptor(memory, packet) + PacketLayout.PKT_LEN);
    }

    /// The number of segments, asked of the first: 1 if it is no chain.
    public static int segments(MemorySegment memory, long packet) {
        return unsignedShort(memory, descriptor(memory, packet) + PacketLayout.NB_SEGS);
    }

    /// The next segment of the chain, or [#NONE]. *Borrowed* from the chain.
    public static long next(MemorySegment memory, long packet) {
        long next = nextDescriptor(memory, descriptor(memory, packet));
        return next == NONE ? NONE : of(memory, next);
    }

    /// The free bytes before the data.
    public static int headroom(MemorySegment memory, long packet) {
        return dataOffset(memory, descriptor(memory, packet));
    }

    /// The free bytes after the data of this segment.
    public static int tailroom(MemorySegment memory, long packet) {
        long at = descriptor(memory, packet);
        return unsignedShort(memory, at + PacketLayout.BUF_LEN)
                - dataOffset(memory, at)
                - unsignedShort(memory, at + PacketLayout.DATA_LEN);
    }

    /// Copies bytes of the packet, out of as many segments as they lie in.
    ///
    /// @param from the first byte, counted from the start of the packet
    /// @return how many were copied: `length`, or fewer if the packet ends before
    public static int copyTo(MemorySegment memory, long packet, int from, MemorySegment to, long toOffset, int length) {
        int skip = from;
        int copied = 0;
        for (long segment = packet; segment != NONE && copied < length; segment = next(memory, segment)) {
            int here = length(memory, segment);
            if (skip >= here) {
                skip -= here;
                continue;
            }
            int bytes = Math.min(here - skip, length - copied);
            Words.copy(memory, data(memory, segment) + skip, to, toOffset + copied, bytes);
            copied += bytes;
            skip = 0;
        }
        return copied;
    }

    // ---- changing a packet that is not shared ---------------------------------------------------------------------

    /// Lets a packet of one segment have `length` bytes from where its data starts.
    ///
    /// @throws IllegalArgumentException if they do not fit
    public static void setLength(MemorySegment memory, long packet, int length) {
        long at = mutable(memory, packet);
        if (length < 0 || length > unsignedShort(memory, at + PacketLayout.BUF_LEN) - dataOffset(memory, at)) {
            throw new IllegalArgumentException(length + " bytes do not fit into the packet");
        }
        Words.setInt(memory, at + PacketLayout.PKT_LEN, length);
        Words.setShort(memory, at + PacketLayout.DATA_LEN, (short) length);
    }

    /// Makes `length` bytes from elsewhere the data of a packet of one segment.
    ///
    /// @throws IllegalArgumentException if they do not fit
    public static void fill(MemorySegment memory, long packet, MemorySegment from, long fromOffset, int length) {
        setLength(memory, packet, length);
        Words.copy(from, fromOffset, memory, data(memory, packet), length);
    }

    /// Puts `bytes` bytes, of any content, before the data.
    ///
    /// @return where the data starts now
    /// @throws IllegalArgumentException if the headroom is smaller
    public static long prepend(MemorySegment memory, long packet, int bytes) {
        long at = mutable(memory, packet);
        if (bytes < 0 || bytes > dataOffset(memory, at)) {
            throw new IllegalArgumentException(bytes + " bytes do not fit into the headroom of the packet");
        }
        moveStart(memory, at, -bytes);
        return data(memory, packet);
    }

    /// Takes `bytes` bytes off the front of the first segment. The bytes themselves stay, so this is allowed for a
    /// clone, too.
    ///
    /// @throws IllegalArgumentException if the segment has fewer
    public static void trimFront(MemorySegment memory, long packet, int bytes) {
        long at = own(memory, packet);
        if (bytes < 0 || bytes > unsignedShort(memory, at + PacketLayout.DATA_LEN)) {
            throw new IllegalArgumentException("the first segment has fewer than " + bytes + " bytes");
        }
        moveStart(memory, at, bytes);
    }

    /// Appends bytes to the last segment of a chain, which is not shared.
    ///
    /// @param head the chain
    /// @param last its last segment
    /// @return whether the segment had the room; if not, nothing was changed
    public static boolean append(
            MemorySegment memory, long head, long last, MemorySegment from, long fromOffset, int length) {
        long at = own(memory, head);
        long end = mutable(memory, last);
        int before = unsignedShort(memory, end + PacketLayout.DATA_LEN);
        int filled = dataOffset(memory, end) + before;
        if (length > unsignedShort(memory, end + PacketLayout.BUF_LEN) - filled) {
            return false;
        }
        long to = Words.getLong(memory, end + PacketLayout.BUF_ADDR) - memory.address() + filled;
        Words.copy(from, fromOffset, memory, to, length);
        Words.setShort(memory, end + PacketLayout.DATA_LEN, (short) (before + length));
        Words.setInt(memory, at + PacketLayout.PKT_LEN, Words.getInt(memory, at + PacketLayout.PKT_LEN) + length);
        return true;
    }

    /// Appends the chain `tail` to the chain `head`. Consumes `tail`, which belongs to `head` from now on.
    ///
    /// @throws IllegalArgumentException if the chain would have more than 65535 segments
    public static void chain(MemorySegment memory, long head, @Consumes long tail) {
        long at = own(memory, head);
        int segments = segments(memory, head) + segments(memory, tail);
        if (segments > 0xFFFF) {
            throw new IllegalArgumentException("a chain has at most 65535 segments");
        }
        long last = at;
        for (long next = nextDescriptor(memory, last); next != NONE; next = nextDescriptor(memory, last)) {
            last = next;
        }
        Words.setLong(memory, last + PacketLayout.NEXT, memory.address() + descriptor(memory, tail));
        Words.setShort(memory, at + PacketLayout.NB_SEGS, (short) segments);
        Words.setInt(memory, at + PacketLayout.PKT_LEN, totalLength(memory, head) + totalLength(memory, tail));
    }

    // ---- state ----------------------------------------------------------------------------------------------------

    /// How many hold the packet now. 1 means that the caller, who holds it, is alone.
    public static int references(MemorySegment memory, long packet) {
        return Words.getIntAcquire(memory, descriptor(memory, packet) + PacketLayout.DATA_OFF) >>> 16;
    }

    /// Whether the descriptor points into the bytes of another packet ([PacketSupply#clone]).
    public static boolean isClone(MemorySegment memory, long packet) {
        return (flags(memory, packet) & PacketLayout.INDIRECT) != 0;
    }

    /// Whether the packet's bytes may be changed: the caller is its only holder, and the bytes are its own.
    public static boolean isMutable(MemorySegment memory, long packet) {
        return references(memory, packet) == 1 && !isClone(memory, packet);
    }

    /// The flags: what a port tells of a received packet and is told to do for a sent one, [PacketLayout].
    public static long flags(MemorySegment memory, long packet) {
        return Words.getLong(memory, descriptor(memory, packet) + PacketLayout.OL_FLAGS);
    }

    /// Adds `flags` to those that are set.
    public static void addFlags(MemorySegment memory, long packet, long flags) {
        long at = own(memory, packet) + PacketLayout.OL_FLAGS;
        Words.setLong(memory, at, Words.getLong(memory, at) | flags);
    }

    /// Asks the port to compute the checksums of an IPv4 header of `ipBytes` bytes behind a layer 2 of `linkBytes`,
    /// and of the UDP behind it, whose checksum field holds the sum of the pseudo header.
    public static void requestUdpChecksums(MemorySegment memory, long packet, int linkBytes, int ipBytes) {
        addFlags(memory, packet, PacketLayout.TX_IPV4 | PacketLayout.TX_IP_CHECKSUM | PacketLayout.TX_UDP_CHECKSUM);
        Words.setLong(memory, descriptor(memory, packet) + PacketLayout.TX_OFFLOAD, linkBytes | (long) ipBytes << 7);
    }

    /// What [#requestUdpChecksums] told the port: DPDK's `tx_offload`.
    static long offload(MemorySegment memory, long packet) {
        return Words.getLong(memory, descriptor(memory, packet) + PacketLayout.TX_OFFLOAD);
    }

    // ---- by the descriptor's offset -------------------------------------------------------------------------------

    static long nextDescriptor(MemorySegment memory, long at) {
        long address = Words.getLong(memory, at + PacketLayout.NEXT);
        return address == 0 ? NONE : address - memory.address();
    }

    private static int dataOffset(MemorySegment memory, long at) {
        return unsignedShort(memory, at + PacketLayout.DATA_OFF);
    }

    private static void moveStart(MemorySegment memory, long at, int by) {
        Words.setShort(memory, at + PacketLayout.DATA_OFF, (short) (dataOffset(memory, at) + by));
        int length = unsignedShort(memory, at + PacketLayout.DATA_LEN);
        Words.setShort(memory, at + PacketLayout.DATA_LEN, (short) (length - by));
        Words.setInt(memory, at + PacketLayout.PKT_LEN, Words.getInt(memory, at + PacketLayout.PKT_LEN) - by);
    }

    /// The descriptor of a packet that the caller is about to change, and may.
    private static long own(MemorySegment memory, long packet) {
        long at = descriptor(memory, packet);
        if (Checks.ON && references(memory, packet) != 1) {
            throw new IllegalStateException(
                    "a shared packet cannot be changed: it has " + references(memory, packet) + " references");
        }
        return at;
    }

    private static long mutable(MemorySegment memory, long packet) {
        long at = own(memory, packet);
        if (Checks.ON && isClone(memory, packet)) {
            throw new IllegalStateException("the bytes of a clone belong to another packet, and cannot be changed");
        }
        return at;
    }

    private static int unsignedShort(MemorySegment memory, long offset) {
        return Short.toUnsignedInt(Words.getShort(memory, offset));
    }
}
