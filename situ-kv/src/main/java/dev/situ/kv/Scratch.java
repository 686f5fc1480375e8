package dev.situ.kv;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Scratch memory in chunks that stay where they are while it grows: what was written stays readable.
///
/// The first chunk is kept for good. The others are made when they are needed, each twice as large as the one
/// before, and given back by [#rewind()]. Confined to one thread.
final class Scratch {
    private static final int FIRST_BYTES = 64 * 1024;
    private static final int MAX_BYTES = 4 * 1024 * 1024;

    // Collected with its user, so that a reply needs no close.
    private final MemorySegment first = Arena.ofAuto().allocate(FIRST_BYTES);
    private final List<Arena> others = new ArrayList<>();
    private MemorySegment current = first;

    Scratch() {}

    /// The chunk to write to.
    MemorySegment memory() {
        return current;
    }

    /// Goes on to a new chunk.
    @SuppressWarnings("MustBeClosedChecker") // closed by rewind()
    MemorySegment next() {
        Arena arena = Arena.ofConfined();
        others.add(arena);
        current = arena.allocate(Math.min(MAX_BYTES, current.byteSize() * 2));
        return current;
    }

    /// Goes back to the first chunk. The memory of the others is gone.
    void rewind() {
        if (others.isEmpty()) {
            return;
        }
        for (Arena arena : others) {
            arena.close();
        }
        others.clear();
        current = first;
    }
}
