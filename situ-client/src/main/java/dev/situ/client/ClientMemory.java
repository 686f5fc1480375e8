package dev.situ.client;

import dev.situ.memory.Consumes;
import dev.situ.memory.LastingArena;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Native memory for values and long requests, taken and given back in blocks of powers of two.
///
/// Blocks up to 1 MiB are kept for the next who takes one of their size, and not used any more when the client is
/// closed: who still reads one then never reads foreign bytes ([LastingArena]). Larger ones have a life of their own.
/// Any thread may take and give back.
final class ClientMemory implements AutoCloseable {
    private static final int LEAST_SHIFT = 7;
    private static final int MOST_SHIFT = 20;

    /// A run of memory, and who frees it if it is not the pool.
    record Block(MemorySegment memory, @Nullable Arena own) {}

    private final LastingArena shared = new LastingArena();
    private final ArrayDeque<Block>[] free = newLists();

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
    private static ArrayDeque<Block>[] newLists() {
        ArrayDeque<Block>[] lists = new ArrayDeque[MOST_SHIFT + 1];
        for (int i = LEAST_SHIFT; i <= MOST_SHIFT; i++) {
            lists[i] = new ArrayDeque<>();
        }
        return lists;
    }

    /// Takes a block of at least `bytes`.
    ///
    /// @throws IllegalStateException in checked mode, if the pool is closed
    @SuppressWarnings("MustBeClosedChecker") // closed by giveBack
    Block take(long bytes) {
        int shift = shift(bytes);
        if (shift > MOST_SHIFT) {
            Arena own = Arena.ofShared();
            return new Block(own.allocate(bytes), own);
        }
        ArrayDeque<Block> list = free[shift];
        synchronized (list) {
            Block block = list.pollLast();
            if (block != null) {
                return block;
            }
        }
        return new Block(shared.allocate(1L << shift), null);
    }

    /// Gives a block back; it must not be touched any more.
    void giveBack(@Consumes Block block) {
        Arena own = block.own();
        if (own != null) {
            own.close();
            return;
        }
        ArrayDeque<Block> list = free[shift(block.memory().byteSize())];
        synchronized (list) {
            list.addLast(block);
        }
    }

    private static int shift(long bytes) {
        return Math.max(LEAST_SHIFT, Long.SIZE - Long.numberOfLeadingZeros(bytes - 1)); // bytes > 0
    }

    /// Frees all blocks up to 1 MiB, given back or not.
    @Override
    public void close() {
        shared.close();
    }
}
