package dev.situ.packet;

import dev.situ.memory.Checks;
import dev.situ.memory.Consumes;
import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The life of packets: taken fresh, shared, cloned, released. A supply is a [PacketPool], for all threads, or a
/// [PacketCache] of it, for one poller and faster.
///
/// ```
///   take ──▶ 1 reference ──retain──▶ 2, 3, … ──release──▶ 1 ──release──▶ free
///               │                      ▲ each clone holds one
///            mutable               immutable
/// ```
///
/// The count is the 16 bits that DPDK has for it, changed as DPDK changes it, so that a driver may drop references,
/// too.
public abstract sealed class PacketSupply permits PacketPool, PacketCache {
    private static final int ONE_REFERENCE = 1 << 16;

    final MemorySegment memory;
    final int bufferBytes;
    final @Nullable PacketTraces traces;

    PacketSupply(MemorySegment memory, int bufferBytes, @Nullable PacketTraces traces) {
        this.memory = memory;
        this.bufferBytes = bufferBytes;
        this.traces = traces;
    }

    /// Gives the descriptor of a free packet, or 0.
    abstract long takeFree();

    /// Takes back the descriptor of a packet that nobody holds any more. Consumes it.
    abstract void giveFree(@Consumes long at);

    /// The memory that all packets lie in, descriptors and bytes. The same object every time.
    public final MemorySegment memory() {
        return memory;
    }

    /// The bytes of each packet's buffer, headroom included.
    public final int bufferBytes() {
        return bufferBytes;
    }

    /// The most bytes that a fresh packet can get without using its headroom.
    public final int packetBytes() {
        return bufferBytes - PacketLayout.HEADROOM;
    }

    /// Takes a fresh packet: of no bytes, with [PacketLayout#HEADROOM]. The caller holds its one reference.
    ///
    /// @return the packet, or [Packet#NONE] when none is free
    public final long take() {
        return take(0, 0);
    }

    /// Takes a fresh packet of `length` bytes of any content, the first `before` of which lie in the headroom: for who
    /// knows what headers will be needed. The caller holds its one reference.
    ///
    /// @return the packet, or [Packet#NONE] when none is free
    /// @throws IllegalArgumentException if they do not fit
    public final long take(int before, int length) {
        if (before < 0 || before > PacketLayout.HEADROOM || length < before || length - before > packetBytes()) {
            throw new IllegalArgumentException(length + " bytes, " + before + " of them before the rest, do not fit");
        }
        long at = takeFree();
        if (at == 0) {
            return Packet.NONE;
        }
        reset(at, before, length);
        begin(at);
        return Packet.of(memory, at);
    }

    /// Takes up to `count` fresh packets into `into`, as many as are free and as there is room for.
    ///
    /// @return how many
    public final int take(PacketBurst into, int count) {
        int wanted = Math.min(count, into.room());
        for (int i = 0; i < wanted; i++) {
            long packet = take();
            if (packet == Packet.NONE) {
                return i;
            }
            into.add(packet);
        }
        return wanted;
    }

    /// Adds a reference to a packet that the caller holds: to every segment, if it is a chain. From now on the
    /// packet is immutable, until all references but one are released.
    ///
    /// @throws IllegalStateException if it has 65535 references already
    public final void retain(long packet) {
        long at = Packet.descriptor(memory, packet);
        while (at != 0) {
            addReference(at);
            at = Packet.nextDescriptor(memory, at);
        }
    }

    private void addReference(long at) {
        long word = at + PacketLayout.DATA_OFF;
        int before;
        do {
            before = Words.getIntAcquire(memory, word);
            if (before >>> 16 == 0xFFFF) {
                throw new IllegalStateException("a packet has at most 65535 references");
            }
        } while (!Words.compareAndSetInt(memory, word, before, before + ONE_REFERENCE));
    }

    /// Makes a packet of `length` bytes of a segment of another packet, without copying them: a descriptor that
    /// points into the other's buffer and holds a reference to it (DPDK's *indirect* mbuf). The caller holds the
    /// clone, and is to release it like any packet; the other packet stays immutable until then.
    ///
    /// @param packet a segment that the caller holds, or a clone
    /// @param from the first byte, counted from the start of the segment's data
    /// @return the clone, or [Packet#NONE] when no descriptor is free
    /// @throws IndexOutOfBoundsException if the segment has not so many bytes
    public final long clone(long packet, int from, int length) {
        Objects.checkFromIndexSize(from, length, Packet.length(memory, packet));
        long at = Packet.descriptor(memory, packet);
        return cloneBytes(packet, at, Packet.headroom(memory, packet) + from, length);
    }

    private long cloneBytes(long packet, long at, int dataOffset, int length) {
        long clone = takeFree();
        if (clone == 0) {
            return Packet.NONE;
        }
        reset(clone, 0, 0);
        addReference(Packet.isClone(memory, packet) ? direct(at) : at);
        // The device's address of the clone's own buffer waits in a field that nobody reads of a clone.
        Words.setLong(memory, clone + PacketLayout.SHINFO, Words.getLong(memory, clone + PacketLayout.BUF_IOVA));
        Words.setLong(memory, clone + PacketLayout.BUF_ADDR, Words.getLong(memory, at + PacketLayout.BUF_ADDR));
        Words.setLong(memory, clone + PacketLayout.BUF_IOVA, Words.getLong(memory, at + PacketLayout.BUF_IOVA));
        Words.setShort(memory, clone + PacketLayout.BUF_LEN, Words.getShort(memory, at + PacketLayout.BUF_LEN));
        Words.setShort(memory, clone + PacketLayout.DATA_OFF, (short) dataOffset);
        Words.setShort(memory, clone + PacketLayout.DATA_LEN, (short) length);
        Words.setInt(memory, clone + PacketLayout.PKT_LEN, length);
        Words.setLong(memory, clone + PacketLayout.OL_FLAGS, PacketLayout.INDIRECT);
        begin(clone);
        return Packet.of(memory, clone);
    }

    /// Copies a packet to a fresh one of a single segment.
    ///
    /// @return the copy, which the caller holds, or [Packet#NONE] when no packet is free or the bytes are too many
    ///         for one
    public final long copy(MemorySegment from, long packet) {
        int length = Packet.totalLength(from, packet);
        if (length > packetBytes()) {
            return Packet.NONE;
        }
        long copy = take(0, length);
        if (copy != Packet.NONE) {
            Packet.copyTo(from, packet, 0, memory, Packet.data(memory, copy), length);
        }
        return copy;
    }

    /// Drops a reference to a packet, or to all segments of a chain; the last one gives it back to its pool.
    /// Consumes the reference.
    ///
    /// @throws IllegalStateException in checked mode, if it was released for the last time before
    public final void release(@Consumes long packet) {
        long at = Packet.descriptor(memory, packet);
        while (at != 0) {
            long next = Packet.nextDescriptor(memory, at);
            if (dropReference(at)) {
                free(at);
            }
            at = next;
        }
    }

    /// Releases all packets of a burst. Consumes them: the burst is empty afterwards.
    public final void releaseAll(PacketBurst burst) {
        for (int i = 0; i < burst.size(); i++) {
            release(burst.packet(i));
        }
        burst.forget();
    }

    /// Drops a reference.
    ///
    /// @return whether it was the last; then the count is 1 again, as a free packet has it
    private boolean dropReference(long at) {
        long word = at + PacketLayout.DATA_OFF;
        while (true) {
            int before = Words.getIntAcquire(memory, word);
            if (before >>> 16 == 1) {
                return true;
            }
            if (Words.compareAndSetInt(memory, word, before, before - ONE_REFERENCE)) {
                return false;
            }
        }
    }

    private void free(@Consumes long at) {
        if ((Words.getLong(memory, at + PacketLayout.OL_FLAGS) & PacketLayout.INDIRECT) != 0) {
            long direct = direct(at);
            restoreBuffer(at);
            if (dropReference(direct)) {
                giveBack(direct);
            }
        }
        giveBack(at);
    }

    private void giveBack(@Consumes long at) {
        Words.setLong(memory, at + PacketLayout.NEXT, 0);
        Words.setShort(memory, at + PacketLayout.NB_SEGS, (short) 1);
        end(at);
        giveFree(at);
    }

    /// The descriptor whose buffer a clone points into: DPDK's `rte_mbuf_from_indirect`.
    private long direct(long at) {
        return Words.getLong(memory, at + PacketLayout.BUF_ADDR) - memory.address() - PacketLayout.BUFFER;
    }

    private void restoreBuffer(long at) {
        Words.setLong(memory, at + PacketLayout.BUF_ADDR, memory.address() + at + PacketLayout.BUFFER);
        Words.setLong(memory, at + PacketLayout.BUF_IOVA, Words.getLong(memory, at + PacketLayout.SHINFO));
        Words.setShort(memory, at + PacketLayout.BUF_LEN, (short) bufferBytes);
        Words.setLong(memory, at + PacketLayout.OL_FLAGS, 0);
    }

    private void reset(long at, int before, int length) {
        Words.setLong(memory, at + PacketLayout.DATA_OFF, PacketLayout.RESET_WORD - before);
        Words.setLong(memory, at + PacketLayout.OL_FLAGS, 0);
        Words.setInt(memory, at + PacketLayout.PKT_LEN, length);
        Words.setShort(memory, at + PacketLayout.DATA_LEN, (short) length);
        Words.setLong(memory, at + PacketLayout.TX_OFFLOAD, 0);
    }

    final void begin(long at) {
        if (Checks.ON) {
            PacketCheck.begin(memory, at);
            if (traces != null) {
                traces.taken(at);
            }
        }
    }

    /// Notes that a packet is a driver's no more. If others hold it, too, its life never ended.
    final void beginIfAlone(long at) {
        if (Checks.ON && isAlone(at)) {
            begin(at);
        }
    }

    /// Notes that a driver has the packet, unless others hold it, too.
    final void endIfLast(long at) {
        if (Checks.ON && isAlone(at)) {
            end(at);
        }
    }

    private boolean isAlone(long at) {
        return Words.getIntAcquire(memory, at + PacketLayout.DATA_OFF) >>> 16 == 1;
    }

    private void end(long at) {
        if (Checks.ON) {
            PacketCheck.end(memory, at);
            if (traces != null) {
                traces.released(at);
            }
        }
    }
}
