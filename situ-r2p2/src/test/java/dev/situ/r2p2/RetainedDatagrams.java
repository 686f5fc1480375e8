package dev.situ.r2p2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.BufferSource;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/// Datagrams that lie apart, each with a count of who holds it; overwritten when the last reference goes.
final class RetainedDatagrams implements BufferSource {
    static final byte GONE = (byte) 0xDD;

    private final Map<Long, Retained> byHandle = new HashMap<>();
    private long nextHandle;

    private static final class Retained {
        final MemorySegment place;
        int references = 1;

        Retained(MemorySegment place) {
            this.place = place;
        }
    }

    /// Takes a datagram in. The first reference is the caller's.
    long add(MemorySegment place) {
        byHandle.put(nextHandle, new Retained(place));
        return nextHandle++;
    }

    int count() {
        return byHandle.size();
    }

    private Retained of(long handle) {
        Retained one = byHandle.get(handle);
        assertThat(one).as("handle %d is retained", handle).isNotNull();
        return one;
    }

    @Override
    public void retain(long handle) {
        of(handle).references++;
    }

    @Override
    public void release(long handle) {
        Retained one = of(handle);
        if (--one.references == 0) {
            byHandle.remove(handle);
            one.place.fill(GONE);
        }
    }

    @Override
    public MemorySegment memory() {
        throw new UnsupportedOperationException("they lie apart, and R2P2 does not ask");
    }

    @Override
    public long heldBytes(long handle) {
        return of(handle).place.byteSize();
    }

    @Override
    public boolean isShort() {
        return false;
    }
}
