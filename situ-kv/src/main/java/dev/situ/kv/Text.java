package dev.situ.kv;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// Bytes of memory as text: comparing words without an allocation, and strings of one char for each byte for
/// what is rare.
final class Text {
    private Text() {}

    /// Says whether the bytes are the word, in any case.
    ///
    /// @param lowerCase the word, in lower case
    static boolean equalsIgnoreCase(MemorySegment memory, long offset, int length, byte[] lowerCase) {
        if (length != lowerCase.length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            byte b = Words.getByte(memory, offset + i);
            byte lower = b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b;
            if (lower != lowerCase[i]) {
                return false;
            }
        }
        return true;
    }

    /// The bytes as a string, one char for each byte, so that they can be written back unchanged.
    static String of(MemorySegment memory, long offset, int length) {
        byte[] bytes = new byte[length];
        Words.copyTo(memory, offset, bytes, 0, length);
        return of(bytes);
    }

    /// The same of bytes of the heap.
    static String of(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /// The bytes of a string that [#of] made, or of plain ASCII.
    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static String lowerCase(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /// What `printf("%.*s")` of C would show of the bytes: at most `limit` of them, up to a zero byte.
    static String shown(MemorySegment memory, long offset, int length, int limit) {
        String text = of(memory, offset, Math.min(length, limit));
        int zero = text.indexOf('\0');
        return zero < 0 ? text : text.substring(0, zero);
    }
}
