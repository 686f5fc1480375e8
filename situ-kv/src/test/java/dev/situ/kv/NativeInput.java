package dev.situ.kv;

import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/// Native memory with some input, and not a byte behind it: who reads further is found out.
final class NativeInput implements AutoCloseable {
    final MemorySegment memory;
    final int length;
    private final Arena arena = Arena.ofConfined();

    /// @param text one char for each byte
    NativeInput(String text) {
        this(text.getBytes(StandardCharsets.ISO_8859_1), text.length());
    }

    /// The first `length` bytes of some.
    NativeInput(byte[] bytes, int length) {
        this.length = length;
        memory = arena.allocate(Math.max(1, length));
        Words.copyFrom(bytes, 0, memory, 0, length);
    }

    @Override
    public void close() {
        arena.close();
    }
}
