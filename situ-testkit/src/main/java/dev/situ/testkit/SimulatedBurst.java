package dev.situ.testkit;

import dev.situ.memory.BufferSource;
import dev.situ.memory.Consumes;
import dev.situ.memory.Words;
import dev.situ.udp.UdpBurst;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The datagrams of a [SimulatedPort] that arrived at the same time, each in memory of its own that is overwritten
/// when it may not be read any more.
final class SimulatedBurst implements UdpBurst {
    private static final byte GONE = (byte) 0xDD;
    private static final int GAP = 3;

    private final List<Datagram> datagrams;
    private final Retained retained;
    private final MemorySegment[] borrowed;
    private final MemorySegment[] places;
    private boolean ended;

    SimulatedBurst(List<Datagram> datagrams, Retained retained) {
        this.datagrams = datagrams;
        this.retained = retained;
        borrowed = new MemorySegment[datagrams.size()];
        for (int i = 0; i < borrowed.length; i++) {
            MemorySegment bytes = datagrams.get(i).bytes();
            borrowed[i] = MemorySegment.ofArray(new byte[(int) bytes.byteSize() + GAP]);
            Words.copy(bytes, 0, borrowed[i], GAP, bytes.byteSize());
        }
        places = borrowed.clone();
    }

    /// What is retained of all bursts of a port.
    static final class Retained {
        private final Map<Long, MemorySegment> places = new HashMap<>();
        private long last;
        private int limit = Integer.MAX_VALUE;

        void limit(int buffers) {
            limit = buffers;
        }

        int count() {
            return places.size();
        }

        private long add(MemorySegment place) {
            if (places.size() >= limit) {
                return NOT_RETAINED;
            }
            places.put(++last, place);
            return last;
        }

        private void remove(long handle) {
            MemorySegment place = places.remove(handle);
            if (place == null) {
                throw new IllegalStateException("handle " + handle + " was never given out, or released before");
            }
            place.fill(GONE);
        }
    }

    void end() {
        ended = true;
        for (MemorySegment place : borrowed) {
            place.fill(GONE);
        }
    }

    private int checked(int index) {
        if (ended) {
            throw new IllegalStateException("the burst has ended");
        }
        return index;
    }

    @Override
    public int queue() {
        return 0;
    }

    @Override
    public int size() {
        return ended ? 0 : datagrams.size();
    }

    @Override
    public MemorySegment memory(int index) {
        return places[checked(index)];
    }

    @Override
    public long offset(int index) {
        return GAP;
    }

    @Override
    public int length(int index) {
        return (int) datagrams.get(checked(index)).bytes().byteSize();
    }

    @Override
    public long peer(int index) {
        return datagrams.get(checked(index)).peer();
    }

    @Override
    public long retain(int index) {
        MemorySegment place = places[checked(index)];
        MemorySegment moved = MemorySegment.ofArray(new byte[(int) place.byteSize()]);
        moved.copyFrom(place);
        long handle = retained.add(moved);
        if (handle != NOT_RETAINED) {
            place.fill(GONE);
            places[index] = moved;
        }
        return handle;
    }

    @Override
    public boolean retainsInPlace(int index) {
        return false;
    }

    /// Not to be asked for: each datagram is in memory of its own, on the heap, so that nobody reads one past its
    /// end.
    ///
    /// @throws UnsupportedOperationException always
    @Override
    public BufferSource source() {
        throw new UnsupportedOperationException("simulated datagrams lie in no one memory");
    }

    @Override
    public void release(@Consumes long handle) {
        retained.remove(handle);
    }
}
