package dev.situ.memory;

import java.lang.foreign.MemorySegment;

/// Where buffers come from that bytes arrive in, as seen by who keeps bytes in them: the packet buffers of a
/// transport, seen from the store.
///
/// A **buffer** is a word in the source's own terms. Whoever holds a reference to one may read its bytes, which do
/// not change, until it gives the reference up by [#release]. How the first reference is got is the transport's own
/// matter.
///
/// Safe for all threads.
public interface BufferSource {
    /// The memory that all of its buffers lie in. The same object every time.
    MemorySegment memory();

    /// How much memory it holds back to hold a reference to `buffer`: bytes, those included that are of no use to
    /// the holder.
    long heldBytes(long buffer);

    /// Takes one more reference to `buffer`, for who holds one already. Any thread.
    void retain(long buffer);

    /// Consumes one reference to `buffer`. Any thread.
    void release(@Consumes long buffer);

    /// Whether so few buffers are free that who keeps some should copy the bytes and release them, and keep no
    /// more. Cheap: asked for each value that could be kept.
    boolean isShort();
}
