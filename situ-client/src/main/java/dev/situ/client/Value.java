package dev.situ.client;

import dev.situ.memory.Consumes;
import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A value that was read from the server, in native memory that goes back to the client with [#close].
///
/// ```java
/// try (Value value = client.get(key)) {
///     if (value != null) {
///         use(value.memory());
///     }
/// }
/// ```
///
/// Any thread may use it. Who forgets to close it takes its memory until the client is closed.
public final class Value implements AutoCloseable {
    private final ClientMemory owner;
    private final AtomicReference<ClientMemory.@Nullable Block> block;
    private final MemorySegment bytes;

    /// Consumes `block`, whose first `length` bytes are the value.
    Value(ClientMemory owner, @Consumes ClientMemory.Block block, int length) {
        this.owner = owner;
        this.block = new AtomicReference<>(block);
        this.bytes = block.memory().asSlice(0, length).asReadOnly();
    }

    /// The value's bytes, read-only. *Borrowed* until [#close].
    ///
    /// @throws IllegalStateException if the value is closed
    public MemorySegment memory() {
        if (block.get() == null) {
            throw new IllegalStateException("the value is closed");
        }
        return bytes;
    }

    /// The number of bytes.
    public long length() {
        return bytes.byteSize();
    }

    /// A copy of the bytes.
    ///
    /// @throws IllegalStateException if the value is closed
    public byte[] toArray() {
        MemorySegment from = memory();
        byte[] copy = new byte[(int) from.byteSize()];
        Words.copyTo(from, 0, copy, 0, copy.length);
        return copy;
    }

    /// Gives the memory back. Closing twice does nothing.
    @Override
    public void close() {
        ClientMemory.Block mine = block.getAndSet(null);
        if (mine != null) {
            owner.giveBack(mine);
        }
    }
}
