package dev.situ.r2p2;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// A bounded number of blocks of native memory, named by numbers and chained by them. Memory is taken from the
/// system in chunks when it is first needed, and kept. Confined to one thread.
final class BlockPool {
    static final int BLOCK_BYTES = 4096;
    static final int NONE = -1;

    private static final int CHUNK_BLOCKS = 64;

    private final Arena arena;
    private final List<MemorySegment> chunks = new ArrayList<>();
    private final int capacity;
    private final int[] next;
    private int freeHead = NONE;
    private int made;
    private int used;

    /// @param arena what the memory is taken from and lives as long as
    BlockPool(Arena arena, int capacity) {
        this.arena = arena;
        this.capacity = capacity;
        next = new int[capacity];
    }

    /// How many blocks can still be taken.
    int free() {
        return capacity - used;
    }

    /// Takes a block and puts it in front of the chain that begins with `chain`. There must be one.
    int take(int chain) {
        int block = freeHead;
        if (block != NONE) {
            freeHead = next[block];
        } else {
            block = made;
            if (block % CHUNK_BLOCKS == 0) {
                chunks.add(arena.allocate((long) CHUNK_BLOCKS * BLOCK_BYTES, Long.BYTES));
            }
            made++;
        }
        next[block] = chain;
        used++;
        return block;
    }

    /// Gives back a chain.
    void giveBack(int chain) {
        for (int block = chain; block != NONE; ) {
            int after = next[block];
            next[block] = freeHead;
            freeHead = block;
            used--;
            block = after;
        }
    }

    /// The memory that the block lies in.
    MemorySegment memory(int block) {
        return chunks.get(block / CHUNK_BLOCKS);
    }

    /// Where in it the block starts.
    static long offset(int block) {
        return (long) (block % CHUNK_BLOCKS) * BLOCK_BYTES;
    }
}
