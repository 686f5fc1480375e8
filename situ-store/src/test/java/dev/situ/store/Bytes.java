package dev.situ.store;

import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/// Keys and values of tests: native memory, and reading back what is stored.
final class Bytes {
    private Bytes() {}

    static MemorySegment of(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        MemorySegment memory = Arena.ofAuto().allocate(Math.max(1, bytes.length));
        Words.copyFrom(bytes, 0, memory, 0, bytes.length);
        return memory.asSlice(0, bytes.length);
    }

    static String value(Store store, long record) {
        byte[] bytes = new byte[Record.valueLength(store.memory(), record)];
        MemorySegment copy = Arena.ofAuto().allocate(Math.max(1, bytes.length));
        store.values().copy(record, 0, bytes.length, copy, 0);
        Words.copyTo(copy, 0, bytes, 0, bytes.length);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    static int size(MemorySegment memory) {
        return (int) memory.byteSize();
    }
}
