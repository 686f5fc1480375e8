package dev.situ.packet;

import dev.situ.memory.Checks;
import dev.situ.memory.Consumes;
import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Reference-counted packet buffers of one size over one native memory segment.
///
/// ```
///  memory    | buffer 0 | pad | buffer 1 | pad | ...        the caller's, not touched by the pool
///  words     | head | . | state 0, link 0 | state 1, link 1 | ...
///  state     | generation : 32 | references : 32 |           0 references: free
/// ```
///
/// - **take** pops the stack of free buffers; the taker holds the one reference.
/// - **retain** adds a reference, **release** drops one; the last release ends this life of the buffer (its
///   generation goes up) and pushes it on the stack. Both work from any thread.
/// - The number of free buffers lives in the same word as the top of the stack, so [#outstanding()] is exact.
///
/// Buffers lie an odd number of cache lines apart. With a stride of 64 KiB the first bytes of all buffers would
/// share a few cache sets, and a burst of small packets in large buffers would evict itself.
///
/// A reference that is used after its last release is recognised by its generation and refused with an
/// [IllegalStateException]: a compare, always on. Checked mode also refuses to tell where such a buffer lies, and
/// overwrites the head of a buffer when its life ends.
///
/// All methods are safe from any thread and lock-free.
public final class BufferPool {
    private static final int LINE_BYTES = 64;
    private static final long HEAD = 0;
    private static final long ENTRIES = 2 * LINE_BYTES;
    private static final int ENTRY_BYTES = 16;
    private static final int LINK = 8;
    private static final long REFERENCES_MASK = 0xFFFF_FFFFL;
    private static final int GENERATION_SHIFT = 32;
    private static final int POISONED_BYTES = 2048;
    private static final long POISON = 0xDBDB_DBDB_DBDB_DBDBL;

    private final int number;
    private final MemorySegment memory;
    private final int buffers;
    private final int bufferBytes;
    private final long stride;
    private final MemorySegment words;

    /// Makes a pool of free buffers over `memory`, which is *borrowed* for the pool's life.
    ///
    /// @param number what [BufferRef#pool] tells of its buffers: 0 to 255
    /// @param memory at least [#memoryBytes] bytes
    public BufferPool(int number, MemorySegment memory, int buffers, int bufferBytes) {
        if (number < 0 || number > BufferRef.MAX_POOL) {
            throw new IllegalArgumentException("the number of a pool is 0 to 255: " + number);
        }
        long bytes = memoryBytes(buffers, bufferBytes);
        if (memory.byteSize() < bytes) {
            throw new IllegalArgumentException(buffers + " buffers of " + bufferBytes + " bytes need " + bytes
                    + " bytes of memory, there are " + memory.byteSize());
        }
        this.number = number;
        this.memory = memory;
        this.buffers = buffers;
        this.bufferBytes = bufferBytes;
        this.stride = stride(bufferBytes);
        this.words = Arena.ofAuto().allocate(ENTRIES + (long) buffers * ENTRY_BYTES, LINE_BYTES);
        for (int i = 0; i < buffers; i++) {
            Words.setLong(words, entry(i), 1L << GENERATION_SHIFT);
            Words.setInt(words, entry(i) + LINK, i + 1 < buffers ? i + 1 : FreeHead.EMPTY);
        }
        Words.setLongVolatile(words, HEAD, FreeHead.of(0, buffers, 0));
    }

    /// How much memory `buffers` buffers of `bufferBytes` bytes need.
    ///
    /// @throws IllegalArgumentException if there are none, too many (1048575) or they are empty
    public static long memoryBytes(int buffers, int bufferBytes) {
        if (buffers < 1 || buffers > FreeHead.MAX_BUFFERS) {
            throw new IllegalArgumentException("a pool has 1 to " + FreeHead.MAX_BUFFERS + " buffers: " + buffers);
        }
        if (bufferBytes < 1) {
            throw new IllegalArgumentException("a buffer has at least 1 byte: " + bufferBytes);
        }
        return buffers * stride(bufferBytes);
    }

    private static long stride(int bufferBytes) {
        long lines = (bufferBytes + (long) LINE_BYTES - 1) / LINE_BYTES;
        return (lines | 1) * LINE_BYTES;
    }

    /// The memory that all buffers lie in.
    public MemorySegment memory() {
        return memory;
    }

    /// The bytes of each buffer.
    public int bufferBytes() {
        return bufferBytes;
    }

    /// The number of buffers, free or not.
    public int buffers() {
        return buffers;
    }

    /// The number of free buffers now.
    public int free() {
        return FreeHead.free(Words.getLongAcquire(words, HEAD));
    }

    /// The number of buffers that someone holds a reference to now.
    public int outstanding() {
        return buffers - free();
    }

    /// Takes a free buffer. The caller holds its one reference.
    ///
    /// @return the buffer, or [BufferRef#NONE] when none is free
    public long take() {
        while (true) {
            long head = Words.getLongAcquire(words, HEAD);
            int index = FreeHead.top(head);
            if (index == FreeHead.EMPTY) {
                return BufferRef.NONE;
            }
            // Another thread may pop this buffer and reuse the link meanwhile; then the head has changed.
            int next = Words.getIntOpaque(words, entry(index) + LINK);
            if (Words.compareAndSetLong(words, HEAD, head, FreeHead.popped(head, next))) {
                long state = Words.getLongAcquire(words, entry(index));
                Words.setLongRelease(words, entry(index), state + 1);
                return BufferRef.of(number, index, generation(state));
            }
        }
    }

    /// Where the buffer starts in [#memory()].
    public long offset(long ref) {
        if (Checks.ON) {
            liveState(ref, "used");
        }
        return BufferRef.index(ref) * stride;
    }

    /// The number of references to the buffer now. 1 means that the caller, who holds one, is alone with it.
    public int references(long ref) {
        return (int) (liveState(ref, "asked for its references") & REFERENCES_MASK);
    }

    /// Adds a reference to a buffer that the caller knows to be held.
    ///
    /// @throws IllegalStateException if its last reference was released before
    public void retain(long ref) {
        long at = entry(BufferRef.index(ref));
        long state;
        do {
            state = liveState(ref, "retained");
        } while (!Words.compareAndSetLong(words, at, state, state + 1));
    }

    /// Drops a reference; the last one gives the buffer back. Consumes the reference.
    ///
    /// @return whether it was the last one
    /// @throws IllegalStateException if its last reference was released before
    public boolean release(@Consumes long ref) {
        int index = BufferRef.index(ref);
        while (true) {
            long state = liveState(ref, "released");
            boolean last = (state & REFERENCES_MASK) == 1;
            if (last && Checks.ON) {
                overwrite(ref, POISONED_BYTES);
            }
            long next = last ? (long) BufferRef.nextGeneration(generation(state)) << GENERATION_SHIFT : state - 1;
            if (Words.compareAndSetLong(words, entry(index), state, next)) {
                if (last) {
                    push(index);
                }
                return last;
            }
        }
    }

    /// Overwrites the first `bytes` bytes of a buffer that the caller holds, at most all of them, so that who
    /// still reads what was there is found out. For checked mode.
    public void overwrite(long ref, int bytes) {
        long start = offset(ref);
        long end = start + Math.min(bufferBytes, bytes);
        for (long at = start; at + Long.BYTES <= end; at += Long.BYTES) {
            Words.setLong(memory, at, POISON);
        }
    }

    private void push(int index) {
        while (true) {
            long head = Words.getLongAcquire(words, HEAD);
            Words.setIntOpaque(words, entry(index) + LINK, FreeHead.top(head));
            if (Words.compareAndSetLong(words, HEAD, head, FreeHead.pushed(head, index))) {
                return;
            }
        }
    }

    private long liveState(long ref, String what) {
        if (ref < 0 || BufferRef.pool(ref) != number || BufferRef.index(ref) >= buffers) {
            throw foreign(ref);
        }
        long state = Words.getLongAcquire(words, entry(BufferRef.index(ref)));
        if (generation(state) != BufferRef.generation(ref) || (state & REFERENCES_MASK) == 0) {
            throw dead(ref, state, what);
        }
        return state;
    }

    private static int generation(long state) {
        return BufferRef.generation(state);
    }

    private static long entry(int index) {
        return ENTRIES + (long) index * ENTRY_BYTES;
    }

    private IllegalStateException foreign(long ref) {
        return new IllegalStateException(
                BufferRef.toString(ref) + " is not of pool " + number + " with " + buffers + " buffers");
    }

    private static IllegalStateException dead(long ref, long state, String what) {
        return new IllegalStateException(BufferRef.toString(ref) + " was " + what
                + " after its last release: it is in life " + generation(state) + " with "
                + (state & REFERENCES_MASK) + " references now");
    }
}
