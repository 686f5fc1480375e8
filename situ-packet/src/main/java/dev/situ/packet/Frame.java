package dev.situ.packet;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// The outermost envelope: the bytes of a packet, as they came in. The view of each header comes out of the view of
/// the one around it, so that no layer can be skipped:
///
/// ```
///  Frame ─ ethernet() ─▶ Ethernet ─┬─ arp()  ─▶ Arp
///                            │     └─ ipv4() ─▶ Ipv4 ─┬─ icmp() ─▶ Icmp
///                            │           ▲            └─ udp()  ─▶ Udp
///                         vlan() ─▶ Vlan ┘
/// ```
///
/// ```java
/// Ethernet ethernet = frame.open(packet).ethernet();
/// Ipv4 ip = ethernet == null ? null : ethernet.ipv4();
/// if (ip == null) {
///     drop(frame.failure());
/// }
/// ```
///
/// A header that is not there, or that lies, is `null`, and [#failure()] tells why; a header that is there can be
/// read without reading a byte outside of the packet. All views belong to the frame and are used again for the next
/// packet: one frame is for one packet at a time, allocates nothing, and is confined to one thread.
///
/// Headers are looked for in the first segment. Who expects chains copies them together first
/// ([PacketSupply#copy]).
public final class Frame {
    final MemorySegment memory;
    ParseFailure failure = ParseFailure.NONE;
    /// Counts the packets, so that a view of an earlier one is recognised. 0 is the life of no packet.
    int life;

    private final Ethernet ethernet;
    private long packet;

    /// A frame for packets of a pool.
    ///
    /// @param memory the pool's
    public Frame(MemorySegment memory) {
        this.memory = memory;
        this.ethernet = new Ethernet(this);
    }

    /// Moves to a packet, which is *borrowed* until the next call.
    ///
    /// @return this
    public Frame open(long packet) {
        this.packet = packet;
        life = life == Integer.MAX_VALUE ? 1 : life + 1;
        failure = ParseFailure.NONE;
        return this;
    }

    /// The Ethernet header.
    ///
    /// @return the view, or null if the packet is a runt
    public @Nullable Ethernet ethernet() {
        long at = Packet.data(memory, packet);
        return ethernet.parse(at, at + Packet.length(memory, packet)) ? ethernet : null;
    }

    /// Why the last header that was asked for is null.
    public ParseFailure failure() {
        return failure;
    }

    /// The packet.
    public long packet() {
        return packet;
    }

    /// The memory that the packet lies in, which all offsets of all views are in.
    public MemorySegment memory() {
        return memory;
    }

    void requireCurrent(int life) {
        if (life != this.life) {
            throw new IllegalStateException(
                    "a header is used that was not found in the packet, or belongs to an earlier one");
        }
    }

    void requireMutable() {
        if (!Packet.isMutable(memory, packet)) {
            throw new IllegalStateException("a shared packet cannot be written to: it has "
                    + Packet.references(memory, packet) + " references");
        }
    }
}
