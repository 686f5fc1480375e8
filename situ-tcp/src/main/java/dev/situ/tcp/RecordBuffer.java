package dev.situ.tcp;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import java.lang.foreign.MemorySegment;

/// A window on a record of the store, for Netty to read into or to send from without a copy.
///
/// Nothing is freed with it: the owner is told once, when the last reference is released, that the kernel and
/// Netty are done with the memory.
final class RecordBuffer extends UnpooledDirectByteBuf {
    /// The most bytes of one window, so that progress is seen on a large value.
    static final int WINDOW_BYTES = 1024 * 1024;

    /// Who keeps the record while it is used.
    interface Owner {
        /// The window is not used any more. Called once for each.
        ///
        /// @param length bytes of the window
        void released(int length);
    }

    private final Owner owner;
    private final long address;
    private final int length;
    private boolean used = true;

    /// A window that is full (to send) or empty (to receive).
    RecordBuffer(MemorySegment memory, long offset, int length, boolean full, Owner owner) {
        MemorySegment window = memory.asSlice(offset, length);
        super(UnpooledByteBufAllocator.DEFAULT, window.asByteBuffer(), length);
        this.owner = owner;
        this.address = window.address();
        this.length = length;
        if (!full) {
            writerIndex(0);
        }
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
        super.deallocate();
        if (used) {
            used = false;
            owner.released(length);
        }
    }
}
