package dev.situ.packet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChecksumTest {
    private static final long SEED = Long.getLong("situ.seed", 42);

    private final MemorySegment memory = Arena.ofAuto().allocate(70_000);

    private int sum(byte[] bytes, int at) {
        Words.copyFrom(bytes, 0, memory, at, bytes.length);
        return Checksum.sum(memory, at, bytes.length);
    }

    /// RFC 1071, section 3.
    @Test
    void theExampleOfTheRfcGivesItsResult() {
        byte[] bytes = HexFormat.of().parseHex("0001f203f4f5f6f7");
        assertThat(sum(bytes, 0)).isEqualTo(0xDDF2);
        assertThat(Checksum.complement(0xDDF2)).isEqualTo(0x220D);
    }

    @Test
    void everyLengthAtEveryAlignmentIsTheSumOfItsWords() {
        Random random = new Random(SEED);
        for (int length = 0; length < 280; length++) {
            for (int at = 0; at < 9; at++) {
                byte[] bytes = new byte[length];
                random.nextBytes(bytes);
                // The bytes around must not count.
                memory.asSlice(0, 320).fill((byte) 0xA5);
                assertThat(sum(bytes, at)).as("length %d at %d", length, at).isEqualTo(Frames.naiveSum(bytes));
            }
        }
    }

    @Test
    void carriesOfTheLargestPacketAreNotLost() {
        byte[] bytes = new byte[65_535];
        Arrays.fill(bytes, (byte) 0xFF);
        assertThat(sum(bytes, 1)).isEqualTo(Frames.naiveSum(bytes)).isEqualTo(0xFF00);
        assertThat(sum(new byte[65_535], 3)).isZero();
    }

    @Test
    void segmentsOfAnyLengthSumLikeOnePiece() {
        Random random = new Random(SEED);
        try (SoftwarePacketPool pool = SoftwarePacketPool.of(8)) {
            for (int run = 0; run < 300; run++) {
                byte[] bytes = new byte[1 + random.nextInt(600)];
                random.nextBytes(bytes);
                long head = Packet.NONE;
                int at = 0;
                while (at < bytes.length) {
                    int piece = Packet.NONE == head || random.nextInt(4) > 0
                            ? Math.min(bytes.length - at, random.nextInt(200))
                            : bytes.length - at;
                    if (head != Packet.NONE && Packet.segments(pool.memory(), head) == 7) {
                        piece = bytes.length - at;
                    }
                    long segment = Frames.packet(pool, Arrays.copyOfRange(bytes, at, at + piece));
                    at += piece;
                    if (head == Packet.NONE) {
                        head = segment;
                    } else {
                        Packet.chain(pool.memory(), head, segment);
                    }
                }
                int from = random.nextInt(bytes.length);
                int length = random.nextInt(bytes.length - from + 1);
                assertThat(Checksum.sumOf(pool.memory(), head, from, length))
                        .as("-Dsitu.seed=%d, run %d", SEED, run)
                        .isEqualTo(Frames.naiveSum(Arrays.copyOfRange(bytes, from, from + length)));
                pool.release(head);
            }
        }
    }

    /// RFC 1624, section 4: the case that the equation of RFC 1141 gets wrong.
    @Test
    void theExampleOfTheIncrementalRfcGivesItsResult() {
        assertThat(Checksum.update(0xDD2F, 0x5555, 0x3285)).isEqualTo(0x0000);
    }

    @Test
    void anUpdateIsWhatAComputationWouldBe() {
        Random random = new Random(SEED);
        for (int run = 0; run < 2_000; run++) {
            byte[] bytes = new byte[20];
            random.nextBytes(bytes);
            int before = Checksum.complement(sum(bytes, 0));
            int old = Words.getIntBe(memory, 4);
            int next = random.nextInt();
            Words.setIntBe(memory, 4, next);
            int after = Checksum.complement(Checksum.sum(memory, 0, 20));
            assertThat(Checksum.updateInt(before, old, next))
                    .as("-Dsitu.seed=%d", SEED)
                    .isEqualTo(after);
        }
    }
}
