package dev.situ.tcp;

import dev.situ.memory.Words;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// A piece of memory of an event loop: input that the kernel has read, or replies on their way out.
///
/// A `ByteBuf` of a fixed size over memory that [LoopBuffers] owns. When its last reference is released it goes
/// back there by itself, and is the same object when it is taken again, so nothing is allocated. The kernel may
/// use the memory for as long as Netty holds a reference: a buffer that is back in the pool is used by nobody.
final class LoopBuffer extends UnpooledDirectByteBuf {
    private final LoopBuffers pool;
    private final MemorySegment memory;
    private final long address;

    private @Nullable Output output;
    private boolean taken;

    LoopBuffer(LoopBuffers pool, MemorySegment memory) {
        super(UnpooledByteBufAllocator.DEFAULT, memory.asByteBuffer(), (int) memory.byteSize());
        this.pool = pool;
        this.memory = memory;
        this.address = memory.address();
    }

    /// The memory: place `i` of the `ByteBuf` is offset `i` here.
    MemorySegment memory() {
        return memory;
    }

    /// Makes an idle buffer usable: empty, one reference.
    void take() {
        taken = true;
        resetRefCnt();
        setIndex(0, 0);
    }

    /// Says whose replies these are: `output` is told when they are gone.
    void carryFor(Output output) {
        this.output = output;
    }

    /// Appends `length` bytes, which must fit.
    void append(MemorySegment from, long offset, int length) {
        int at = writerIndex();
        Words.copy(from, offset, memory, at, length);
        writerIndex(at + length);
    }

    @Override
    public boolean hasMemoryAddress() {
        return true;
    }

    @Override
    public long memoryAddress() {
        return address;
    }

    @Override
    protected void deallocate() {
        if (!taken) {
            throw new IllegalStateException("a buffer was given back twice");
        }
        taken = false;
        Output carried = output;
        output = null;
        int length = writerIndex();
        pool.give(this);
        if (carried != null) {
            carried.released(length);
        }
    }
}
