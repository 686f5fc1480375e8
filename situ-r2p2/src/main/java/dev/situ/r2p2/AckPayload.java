package dev.situ.r2p2;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;

/// The payload of an ACK of the reliable mode: which packets of a message have arrived.
///
/// ```
///  byte  0           2                    10                   18
///       +-----------+--------------------+--------------------+----
///       |   next    |      bits 0-63     |    bits 64-127     |  ...     1 to 16 words
///       +-----------+--------------------+--------------------+----
/// ```
///
/// **next** is the index of the first packet that is missing: all before it are here. Bit `i`, counted from the
/// highest bit of the first word, says that packet `next + 1 + i` is here. [#ALL] stands for a message that is here
/// whole and has been used. All methods are pure.
final class AckPayload {
    /// In the place of *next*: nothing is missing.
    static final int ALL = 0xFFFF;

    /// The most words, and so how far a sender may be ahead of the first missing packet.
    static final int MAX_WORDS = 16;

    private static final int BITS = Short.BYTES;

    private AckPayload() {}

    static int bytes(int words) {
        return BITS + words * Long.BYTES;
    }

    /// The words of a payload of that many bytes, or -1 if there is no such payload.
    static int words(int payload) {
        int words = (payload - BITS) / Long.BYTES;
        return words >= 1 && words <= MAX_WORDS && bytes(words) == payload ? words : -1;
    }

    static int next(MemorySegment memory, long payload) {
        return Words.getUnsignedShortBe(memory, payload);
    }

    static void setNext(MemorySegment memory, long payload, int next) {
        Words.setShortBe(memory, payload, next);
    }

    /// Word `i` of the bits.
    static long word(MemorySegment memory, long payload, int i) {
        return Words.getLongBe(memory, payload + BITS + (long) i * Long.BYTES);
    }

    static void setWord(MemorySegment memory, long payload, int i, long word) {
        Words.setLongBe(memory, payload + BITS + (long) i * Long.BYTES, word);
    }
}
