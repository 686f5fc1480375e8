package dev.situ.udp;

import dev.situ.memory.BufferSource;
import dev.situ.memory.Consumes;
import dev.situ.memory.Words;
import dev.situ.packet.PacketPool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The packets that handlers of a [PortUdpStack] retain: references of the port's pool, counted. Safe for all
/// threads.
final class RetainedPackets implements BufferSource {
    private static final int APART_BYTES = 128;

    private final PacketPool pool;
    private final MemorySegment released = Arena.ofAuto().allocate(APART_BYTES, APART_BYTES);

    RetainedPackets(PacketPool pool) {
        this.pool = pool;
    }

    @Override
    public MemorySegment memory() {
        return pool.memory();
    }

    @Override
    public long heldBytes(long buffer) {
        return pool.heldBytes(buffer);
    }

    @Override
    public void retain(long buffer) {
        pool.retain(buffer);
        Words.getAndAddLong(released, 0, -1);
    }

    @Override
    public void release(@Consumes long buffer) {
        pool.release(buffer);
        Words.getAndAddLong(released, 0, 1);
    }

    @Override
    public boolean isShort() {
        return pool.isShort();
    }

    /// How many references were released so far, less those that were taken beside [UdpBurst#retain].
    long released() {
        return Words.getLongVolatile(released, 0);
    }
}
