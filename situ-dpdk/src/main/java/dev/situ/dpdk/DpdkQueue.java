package dev.situ.dpdk;

import dev.situ.dpdk.ffi.BurstFunctions;
import dev.situ.memory.Checks;
import dev.situ.memory.Consumes;
import dev.situ.memory.Words;
import dev.situ.packet.Packet;
import dev.situ.packet.PacketBurst;
import dev.situ.packet.PacketCache;
import dev.situ.packet.PacketLayout;
import dev.situ.packet.PortQueue;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// One queue of a [DpdkPort]: two calls of the driver, and what must be true around them.
///
/// A driver trusts what it is given: an address that is no packet, a chain that ends too early, a length that the
/// device cannot have, is a crash of the process. So nothing gets to it unseen:
///
/// | on the way in | |
/// |---|---|
/// | a packet, or a segment of it, that is not of this port's pool | given back to its own, counted |
/// | **on the way out** | |
/// | a frame with less than an Ethernet header, or longer than the MTU allows | dropped, counted |
/// | a chain or a clone, at a device that sends one segment only | copied to a packet of its own |
/// | in checked mode: a chain whose segments or bytes do not add up | refused with an exception |
final class DpdkQueue implements PortQueue {
    private static final int ETHERNET_BYTES = 14;
    /// A cache for about four bursts, but never more than a small part of a pool.
    private static final int CACHED_PACKETS = 256;

    private static final int CACHE_SHARE = 16;

    private final DpdkPacketPool pool;
    private final PacketCache cache;
    private final MemorySegment memory;
    private final long base;
    private final BurstFunctions driver;
    private final MemorySegment pointers = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG, DpdkPort.MAX_BURST);
    private final MemorySegment counters = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG, 2);
    private final boolean chains;
    private final int maxFrameBytes;
    private volatile @Nullable Thread poller;
    private boolean closed;

    DpdkQueue(DpdkPort port, BurstFunctions driver) {
        this.pool = port.packets();
        this.cache = pool.newCache(Math.clamp(pool.packets() / CACHE_SHARE, 2, CACHED_PACKETS));
        this.memory = pool.memory();
        this.base = memory.address();
        this.driver = driver;
        this.chains = port.capabilities().multiSegmentSend();
        this.maxFrameBytes = port.maxFrameBytes();
    }

    @Override
    public PacketCache cache() {
        return cache;
    }

    @Override
    public int receive(PacketBurst into) {
        enter();
        try {
            int wanted = Math.min(into.room(), DpdkPort.MAX_BURST);
            int received = wanted == 0 ? 0 : driver.receive(pointers, wanted);
            return received == 0 ? 0 : adopt(received, into);
        } finally {
            leave();
        }
    }

    /// A method of its own: most polls bring nothing, and what is rare in a method is compiled as such.
    private int adopt(int received, PacketBurst into) {
        int kept = 0;
        for (int i = 0; i < received; i++) {
            long pointer = Words.getLong(pointers, (long) i * Long.BYTES);
            if (isOurs(pointer)) {
                into.add(pool.adopt(pointer - base));
                kept++;
            } else {
                turnAway(pointer);
            }
        }
        return kept;
    }

    /// Whether a packet that came in is of this pool, with all of its segments.
    private boolean isOurs(long pointer) {
        long at = pointer - base;
        if (at <= 0 || at >= memory.byteSize()) {
            return false;
        }
        for (long next = next(at); next != 0; next = next(next - base)) {
            if (next - base <= 0 || next - base >= memory.byteSize()) {
                return false;
            }
        }
        return true;
    }

    private long next(long at) {
        return Words.getLong(memory, at + PacketLayout.NEXT);
    }

    /// Consumes the packet.
    private void turnAway(@Consumes long pointer) {
        BurstFunctions.release(pointer);
        Words.setLongOpaque(counters, 0, Words.getLong(counters, 0) + 1);
    }

    /// Packets of other pools that came in.
    long foreign() {
        return Words.getLongOpaque(counters, 0);
    }

    @Override
    public int transmit(PacketBurst from) {
        enter();
        try {
            int wanted = Math.min(from.size(), DpdkPort.MAX_BURST);
            if (Checks.ON) {
                requireSound(from, wanted);
            }
            int done = 0;
            while (done < wanted) {
                int ready = 0;
                while (done + ready < wanted && prepare(from, done + ready, ready)) {
                    ready++;
                }
                if (ready == 0) {
                    refuse(from.packet(done));
                    done++;
                    continue;
                }
                int sent = driver.transmit(pointers, ready);
                for (int i = sent; i < ready; i++) {
                    from.replace(done + i, pool.adopt(Words.getLong(pointers, (long) i * Long.BYTES) - base));
                }
                done += sent;
                if (sent < ready) {
                    break;
                }
            }
            from.takeFirst(done);
            return done;
        } finally {
            leave();
        }
    }

    /// Makes packet `index` of a burst the driver's, as its number `ready`, if it can be sent.
    private boolean prepare(PacketBurst from, int index, int ready) {
        long packet = from.packet(index);
        int length = Packet.totalLength(memory, packet);
        if (length < ETHERNET_BYTES || length > maxFrameBytes) {
            return false;
        }
        if (!chains && (Packet.segments(memory, packet) > 1 || Packet.isClone(memory, packet))) {
            long copy = cache.copy(memory, packet);
            if (copy == Packet.NONE) {
                return false;
            }
            cache.release(from.replace(index, copy));
        }
        Words.setLong(pointers, (long) ready * Long.BYTES, base + pool.surrender(from.packet(index)));
        return true;
    }

    /// Looks at all before any is the driver's.
    private void requireSound(PacketBurst burst, int packets) {
        for (int i = 0; i < packets; i++) {
            requireSound(burst.packet(i));
        }
    }

    private void requireSound(long packet) {
        int segments = 0;
        int bytes = 0;
        for (long segment = packet; segment != Packet.NONE; segment = Packet.next(memory, segment)) {
            segments++;
            bytes += Packet.length(memory, segment);
        }
        if (segments != Packet.segments(memory, packet) || bytes != Packet.totalLength(memory, packet)) {
            throw new IllegalStateException("a packet of " + segments + " segments and " + bytes + " bytes says "
                    + Packet.segments(memory, packet) + " and " + Packet.totalLength(memory, packet));
        }
    }

    /// Consumes the packet.
    private void refuse(@Consumes long packet) {
        cache.release(packet);
        Words.setLongOpaque(counters, Long.BYTES, Words.getLong(counters, Long.BYTES) + 1);
    }

    /// Packets that were not given to the driver.
    long refused() {
        return Words.getLongOpaque(counters, Long.BYTES);
    }

    private void enter() {
        if (closed) {
            throw new IllegalStateException("the port is closed");
        }
        if (Checks.ON) {
            Thread other = poller;
            if (other != null) {
                throw new IllegalStateException(
                        "queue used by " + Thread.currentThread() + " while " + other + " uses it");
            }
            poller = Thread.currentThread();
        }
    }

    private void leave() {
        if (Checks.ON) {
            poller = null;
        }
    }

    /// Ends the queue: it refuses to be polled from now on.
    void close() {
        if (Checks.ON && poller != null) {
            throw new IllegalStateException("the port is closed while " + poller + " polls it");
        }
        closed = true;
        cache.flush();
    }
}
