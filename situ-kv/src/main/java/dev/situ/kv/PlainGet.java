package dev.situ.kv;

import java.lang.foreign.MemorySegment;

/// The most usual command: `GET` of a key of up to 99 bytes, where it lies. See [PlainHeader].
final class PlainGet {
    /// What is not one.
    static final int NONE = PlainHeader.NONE;

    /// `*2\r\n$3\r\n`, the first byte the lowest.
    private static final long COUNTS = 0x0A0D_3324_0A0D_322AL;

    /// `get\r\n$` likewise.
    private static final long NAME = 0x240A_0D74_6567L;

    private static final int LEAST_BYTES = 19; // of an empty key

    private PlainGet() {}

    /// The length of the key of the command with which some bytes begin; or [#NONE] if it is anything else: a longer
    /// key, another command, one that is not wholly there.
    static int keyLength(MemorySegment memory, long offset, long available) {
        if (available < LEAST_BYTES) {
            return NONE;
        }
        int length = PlainHeader.keyLength(memory, offset, COUNTS, NAME);
        return length != NONE && bytes(length) <= available ? length : NONE;
    }

    /// Where a key of so many bytes begins.
    static int keyOffset(int keyLength) {
        return PlainHeader.keyOffset(keyLength);
    }

    /// How many bytes the command with a key of so many has.
    static int bytes(int keyLength) {
        return PlainHeader.keyOffset(keyLength)
                + keyLength
                + PlainHeader.LINE_END_BYTES; // whatever these two are, as in Redis
    }
}
