package dev.situ.kv;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;

/// Reads what LZF compressed, as Redis compresses strings with (`lzf.h` of liblzf).
///
/// ```
///   000LLLLL                       L + 1 bytes follow as they are
///   LLLooooo oooooooo              L + 2 bytes from o + 1 bytes ago, L = 1 to 6
///   111ooooo LLLLLLLL oooooooo     L + 9 bytes from o + 1 bytes ago
/// ```
///
/// Pure functions; they allocate nothing.
final class Lzf {
    /// Three bytes become so many at most.
    static final int MOST_BYTES_FROM_THREE = 264;

    private static final int LITERALS = 32;
    private static final int LONG_RUN = 7;

    private Lzf() {}

    /// Decompresses; gives false if that is not exactly `toLength` bytes, or the input is damaged.
    ///
    /// @param to gets the bytes; what it has is of no meaning if this gives false
    static boolean decompress(
            MemorySegment from, long fromOffset, int fromLength, MemorySegment to, long toOffset, int toLength) {
        int in = 0;
        int out = 0;
        while (in < fromLength) {
            int control = Words.getByte(from, fromOffset + in++) & 0xFF;
            if (control < LITERALS) {
                int run = control + 1;
                if (run > fromLength - in || run > toLength - out) {
                    return false;
                }
                Words.copy(from, fromOffset + in, to, toOffset + out, run);
                in += run;
                out += run;
                continue;
            }
            int run = control >>> 5;
            if (in + (run == LONG_RUN ? 2 : 1) > fromLength) {
                return false;
            }
            if (run == LONG_RUN) {
                run += Words.getByte(from, fromOffset + in++) & 0xFF;
            }
            run += 2;
            int back = ((control & 0x1F) << 8 | (Words.getByte(from, fromOffset + in++) & 0xFF)) + 1;
            if (back > out || run > toLength - out) {
                return false;
            }
            for (int end = out + run; out < end; out++) { // what is copied may be what was just written
                Words.setByte(to, toOffset + out, Words.getByte(to, toOffset + out - back));
            }
        }
        return out == toLength;
    }
}
