package dev.situ.kv;

import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;

/// The checksum of Redis's serialised values: CRC-64 with the polynomial of Jones, bits reflected, from 0. Pure
/// functions; they allocate nothing.
final class Crc64 {
    private static final long POLYNOMIAL = 0x95AC9329AC4BC9B5L; // 0xAD93D23594C935A9, turned round
    private static final long[] TABLE = table();

    private Crc64() {}

    private static long[] table() {
        long[] table = new long[256];
        for (int i = 0; i < table.length; i++) {
            long crc = i;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) == 0 ? crc >>> 1 : (crc >>> 1) ^ POLYNOMIAL;
            }
            table[i] = crc;
        }
        return table;
    }

    /// The checksum of what had the checksum `crc`, 0 for nothing, and of some bytes behind it.
    static long update(long crc, MemorySegment memory, long offset, long length) {
        long sum = crc;
        for (long i = 0; i < length; i++) {
            sum = TABLE[(int) (sum ^ Words.getByte(memory, offset + i)) & 0xFF] ^ (sum >>> 8);
        }
        return sum;
    }

    /// The same of all bytes of a list.
    static long update(long crc, SliceList bytes) {
        long sum = crc;
        for (int i = 0; i < bytes.size(); i++) {
            sum = update(sum, bytes.memory(i), bytes.offset(i), bytes.length(i));
        }
        return sum;
    }
}
