package dev.situ.store;

import dev.situ.memory.BufferSource;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// The sources of the buffers that values were adopted in. Grows only. Safe for all threads: the list is replaced,
/// never changed.
final class Sources {
    private final MemorySegment region;
    private volatile List<BufferSource> sources = List.of();

    Sources(MemorySegment region) {
        this.region = region;
    }

    /// Makes a source known.
    ///
    /// @return the number that records know it by; the same for the same source
    synchronized int register(BufferSource source) {
        List<BufferSource> old = sources;
        int known = old.indexOf(source);
        if (known >= 0) {
            return known;
        }
        List<BufferSource> grown = new ArrayList<>(old);
        grown.add(source);
        sources = List.copyOf(grown);
        return old.size();
    }

    BufferSource source(int number) {
        return sources.get(number);
    }

    int count() {
        return sources.size();
    }

    /// The source of an adopted record's buffers.
    BufferSource of(long record) {
        return sources.get(AdoptedValue.source(region, record));
    }

    /// Gives up the references of an adopted record that nobody can be reading any more.
    void release(long record) {
        BufferSource source = of(record);
        int slices = AdoptedValue.slices(region, record);
        for (int i = 0; i < slices; i++) {
            source.release(AdoptedValue.buffer(region, record, i));
        }
    }
}
