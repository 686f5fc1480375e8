package dev.situ.packet;

import dev.situ.memory.BufferSource;
import dev.situ.memory.Checks;
import dev.situ.memory.Consumes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Packets of one size in one memory segment. [SoftwarePacketPool] makes them in ordinary memory; a driver's pool
/// makes them where its device can reach them.
///
/// Safe for all threads. A poller takes and releases through a cache of its own, [#newCache], which moves packets
/// from and to the pool many at a time.
///
/// **To implement** a pool: lay the packets out as [PacketLayout] says, private area included, with
/// `buf_addr`, `buf_iova`, `buf_len`, `priv_size`, and in free packets `refcnt` 1, `next` 0, `nb_segs` 1, and no
/// flags; and give and take the *descriptors* of free ones.
public abstract non-sealed class PacketPool extends PacketSupply implements BufferSource {
    private static final int COUNT_APART_BYTES = 128;

    private final int packets;
    private volatile PacketCache[] caches = {};
    private volatile int lowWater;

    /// For a pool of `packets` packets in `memory`.
    ///
    /// @param memory what they all lie in, from the first descriptor's start to the last buffer's end; offset 0 is
    ///        no packet's
    /// @param bufferBytes the bytes of each buffer, headroom included: at most 65535
    /// @param traced whether checked mode keeps the stack traces of who took and released a packet; without, it
    ///        allocates nothing
    protected PacketPool(MemorySegment memory, int packets, int bufferBytes, boolean traced) {
        super(memory, bufferBytes, Checks.ON && traced ? PacketTraces.of(memory) : null);
        if (bufferBytes <= PacketLayout.HEADROOM || bufferBytes > 0xFFFF) {
            throw new IllegalArgumentException(
                    "a buffer has " + (PacketLayout.HEADROOM + 1) + " to 65535 bytes, not " + bufferBytes);
        }
        this.packets = packets;
        this.lowWater = packets / 8;
    }

    // ---- for implementations --------------------------------------------------------------------------------------

    /// Takes a free descriptor, or gives 0. Any thread.
    @Override
    protected abstract long takeFree();

    /// Takes back a descriptor. Consumes it. Any thread.
    @Override
    protected abstract void giveFree(@Consumes long descriptor);

    /// Takes up to `count` free descriptors, and writes their offsets to `into` from index `from` on. Any thread.
    ///
    /// @return how many
    protected abstract int takeFree(long[] into, int from, int count);

    /// Takes back `count` descriptors of `descriptors`, from index `from` on. Any thread.
    protected abstract void giveFree(long[] descriptors, int from, int count);

    /// The descriptors that neither the pool nor a driver has: those that were taken and not given back, whether a
    /// cache or somebody else has them. Any thread.
    protected abstract int taken();

    /// The descriptor of the packet whose own buffer the byte at `offset` of [#memory()] lies in, or 0 if it lies in
    /// none. Any thread; needs not look whether the packet is free.
    protected abstract long descriptorAt(long offset);

    /// The packet that a driver filled, or did not take. The caller, a port, holds it from now on.
    ///
    /// @param descriptor where its descriptor starts in [#memory()]; of the first segment, if it is a chain
    public final long adopt(long descriptor) {
        if (Checks.ON) {
            for (long at = descriptor; at != 0; at = Packet.nextDescriptor(memory, at)) {
                beginIfAlone(at);
            }
        }
        return Packet.of(memory, descriptor);
    }

    /// Consumes the packet: a driver is to send and release it. If the driver does not take it, [#adopt] gives the
    /// caller a packet again.
    ///
    /// @return where its descriptor starts in [#memory()]
    public final long surrender(@Consumes long packet) {
        long first = Packet.descriptor(memory, packet);
        if (Checks.ON) {
            for (long at = first; at != 0; at = Packet.nextDescriptor(memory, at)) {
                endIfLast(at);
            }
        }
        return first;
    }

    // ---- for everyone ---------------------------------------------------------------------------------------------

    /// A cache for one poller. It keeps up to `capacity` free packets, which count as free; but never more than a
    /// quarter of the pool, so that no poller starves the others.
    ///
    /// @param capacity at least 2; about four bursts is good
    public final synchronized PacketCache newCache(int capacity) {
        if (capacity < 2) {
            throw new IllegalArgumentException("a cache has room for at least 2 packets, not " + capacity);
        }
        PacketCache cache = new PacketCache(
                this,
                Math.max(2, Math.min(capacity, packets / 4)),
                Arena.ofAuto().allocate(COUNT_APART_BYTES, COUNT_APART_BYTES));
        PacketCache[] more = new PacketCache[caches.length + 1];
        System.arraycopy(caches, 0, more, 0, caches.length);
        more[caches.length] = cache;
        caches = more;
        return cache;
    }

    /// The number of packets, free or not.
    public final int packets() {
        return packets;
    }

    /// The packets that someone holds now, drivers and caches not counted. Exact when nobody is taking or
    /// releasing.
    public final int outstanding() {
        int cached = 0;
        for (PacketCache cache : caches) {
            cached += cache.free();
        }
        return taken() - cached;
    }

    /// The packet whose buffer the byte at `offset` of [#memory()] lies in: from a place in memory back to the
    /// packet that must be cloned to send it. *Borrowed*; somebody holds it.
    ///
    /// @return the packet, or [Packet#NONE] if the byte lies in no packet's buffer
    public final long packetAt(long offset) {
        long at = descriptorAt(offset);
        return at == 0 ? Packet.NONE : Packet.of(memory, at);
    }

    /// Sets how few free packets [#isShort()] calls few. At first it is an eighth of all.
    public final void setLowWater(int packets) {
        lowWater = packets;
    }

    @Override
    public boolean isShort() {
        return packets - taken() < lowWater && packets - outstanding() < lowWater;
    }

    /// A descriptor and its buffer.
    @Override
    public long heldBytes(long packet) {
        return PacketLayout.BUFFER + (long) bufferBytes;
    }

    /// Where a packet that someone holds was taken, if checked mode knows.
    protected final @Nullable Throwable traceOfHeld() {
        return traces == null ? null : traces.held();
    }
}
