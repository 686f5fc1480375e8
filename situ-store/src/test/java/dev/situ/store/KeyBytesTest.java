package dev.situ.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyBytesTest {
    private static final int LONGEST = 140;
    private static final int OFFSET = 5;

    @ParameterizedTest
    @ValueSource(ints = {0, 3})
    void runsAreEqualIfNoByteDiffersWhereverItIs(int shift) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment a = arena.allocate(LONGEST + OFFSET);
            MemorySegment b = arena.allocate(LONGEST + OFFSET + shift);
            for (int i = 0; i < LONGEST; i++) {
                Words.setByte(a, OFFSET + i, (byte) (i * 37));
                Words.setByte(b, OFFSET + shift + i, (byte) (i * 37));
            }
            for (int length = 0; length <= LONGEST; length++) {
                assertThat(KeyBytes.equal(a, OFFSET, b, OFFSET + shift, length))
                        .as("%d bytes", length)
                        .isTrue();
                for (int at = 0; at < length; at++) {
                    int place = OFFSET + shift + at;
                    byte right = Words.getByte(b, place);
                    Words.setByte(b, place, (byte) (right ^ (1 << (at % 8))));
                    assertThat(KeyBytes.equal(a, OFFSET, b, OFFSET + shift, length))
                            .as("%d bytes, of which number %d differs", length, at)
                            .isFalse();
                    Words.setByte(b, place, right);
                }
            }
        }
    }

    @Test
    void aKeyHasTheHashOfItsBytesWhateverItsLengthAndAlignment() {
        Random random = new Random(7);
        Hasher64 hasher = Hashing.wyhashFinal4(random.nextLong());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(64);
            for (int length = 0; length <= 40; length++) {
                byte[] key = new byte[length];
                random.nextBytes(key);
                int offset = random.nextInt(24);
                Words.copyFrom(key, 0, memory, offset, length);
                assertThat(KeyBytes.hash(hasher, 0, memory, offset, length))
                        .as("%d bytes", length)
                        .isEqualTo(hasher.hashBytesToLong(key));
                assertThat(KeyBytes.hash(hasher, 1, memory, offset, length)).isNotEqualTo(hasher.hashBytesToLong(key));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 7, 8, 15, 16, 31, 32, 33, 63, 64, 65, 129})
    void nothingBehindTheRunIsLookedAt(int length) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment a = arena.allocate(length);
            MemorySegment b = arena.allocate(length + 1L);

            assertThat(KeyBytes.equal(a, 0, b, 0, length)).isTrue();
            Words.setByte(b, length, (byte) 1);
            assertThat(KeyBytes.equal(a, 0, b, 0, length)).isTrue();
        }
    }
}
