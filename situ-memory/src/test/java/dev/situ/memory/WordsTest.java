package dev.situ.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Run twice: in checked mode, and as in production, where memory is reached another way.
class WordsTest {
    private static final int BYTES = 64;

    private final MemorySegment memory = Arena.ofAuto().allocate(BYTES, Long.BYTES);

    /// An access of so many bytes.
    record Access(String name, int bytes, Touch touch) {
        @Override
        public String toString() {
            return name;
        }
    }

    interface Touch {
        void at(MemorySegment memory, long offset);
    }

    static List<Access> accesses() {
        return List.of(
                new Access("getByte", 1, Words::getByte),
                new Access("sumOfUnsignedInts", 24, (m, at) -> Words.sumOfUnsignedInts(m, at, 3)),
                new Access("differenceOfTwo", 16, (m, at) -> Words.differenceOfTwo(m, at, m, at)),
                new Access("setByte", 1, (m, at) -> Words.setByte(m, at, (byte) 0)),
                new Access("getShort", 2, Words::getShort),
                new Access("setShort", 2, (m, at) -> Words.setShort(m, at, (short) 0)),
                new Access("getInt", 4, Words::getInt),
                new Access("setInt", 4, (m, at) -> Words.setInt(m, at, 0)),
                new Access("getLong", 8, Words::getLong),
                new Access("setLong", 8, (m, at) -> Words.setLong(m, at, 0)),
                new Access("getUnsignedShortBe", 2, Words::getUnsignedShortBe),
                new Access("setShortBe", 2, (m, at) -> Words.setShortBe(m, at, 0)),
                new Access("getIntBe", 4, Words::getIntBe),
                new Access("setIntBe", 4, (m, at) -> Words.setIntBe(m, at, 0)),
                new Access("getLongBe", 8, Words::getLongBe),
                new Access("setLongBe", 8, (m, at) -> Words.setLongBe(m, at, 0)),
                new Access("getLongOpaque", 8, Words::getLongOpaque),
                new Access("setLongOpaque", 8, (m, at) -> Words.setLongOpaque(m, at, 0)),
                new Access("getLongAcquire", 8, Words::getLongAcquire),
                new Access("setLongRelease", 8, (m, at) -> Words.setLongRelease(m, at, 0)),
                new Access("getLongVolatile", 8, Words::getLongVolatile),
                new Access("setLongVolatile", 8, (m, at) -> Words.setLongVolatile(m, at, 0)),
                new Access("compareAndSetLong", 8, (m, at) -> Words.compareAndSetLong(m, at, 0, 0)),
                new Access("getAndAddLong", 8, (m, at) -> Words.getAndAddLong(m, at, 0)),
                new Access("getIntOpaque", 4, Words::getIntOpaque),
                new Access("setIntOpaque", 4, (m, at) -> Words.setIntOpaque(m, at, 0)),
                new Access("getIntAcquire", 4, Words::getIntAcquire),
                new Access("setIntRelease", 4, (m, at) -> Words.setIntRelease(m, at, 0)),
                new Access("getIntVolatile", 4, Words::getIntVolatile),
                new Access("setIntVolatile", 4, (m, at) -> Words.setIntVolatile(m, at, 0)),
                new Access("compareAndSetInt", 4, (m, at) -> Words.compareAndSetInt(m, at, 0, 0)),
                new Access("getAndAddInt", 4, (m, at) -> Words.getAndAddInt(m, at, 0)));
    }

    @ParameterizedTest
    @MethodSource("accesses")
    void theLastWordIsInAndTheNextIsOut(Access access) {
        int grain = access.bytes();
        access.touch().at(memory, 0);
        access.touch().at(memory, BYTES - grain);
        for (long outside : new long[] {BYTES, BYTES + grain, -grain, Long.MAX_VALUE - grain + 1, Long.MIN_VALUE}) {
            assertThatThrownBy(() -> access.touch().at(memory, outside))
                    .as("at %d", outside)
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("accesses")
    void aWordThatReachesOverTheEndIsOut(Access access) {
        MemorySegment less = memory.asSlice(0, BYTES - 1);
        long last = (long) BYTES - access.bytes();
        assertThatThrownBy(() -> access.touch().at(less, last)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @ParameterizedTest
    @MethodSource("accesses")
    void memoryTooShortForOneWordHasNone(Access access) {
        MemorySegment none = memory.asSlice(8, access.bytes() - 1L);
        assertThatThrownBy(() -> access.touch().at(none, 0)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void whatIsWrittenIsReadInTheOrderThatTheNameSays() {
        Words.setLong(memory, 3, 0x0102_0304_0506_0708L);
        assertThat(Words.getLong(memory, 3)).isEqualTo(0x0102_0304_0506_0708L);
        assertThat(Words.getLongBe(memory, 3)).isEqualTo(0x0807_0605_0403_0201L);
        assertThat(Words.getInt(memory, 3)).isEqualTo(0x0506_0708);
        assertThat(Words.getIntBe(memory, 3)).isEqualTo(0x0807_0605);
        assertThat(Words.getShort(memory, 3)).isEqualTo((short) 0x0708);
        assertThat(Words.getUnsignedShortBe(memory, 3)).isEqualTo(0x0807);
        assertThat(Words.getByte(memory, 3)).isEqualTo((byte) 8);
        Words.setLongBe(memory, 20, 1);
        Words.setIntBe(memory, 29, 2);
        Words.setShortBe(memory, 33, 0x1_FFFE);
        Words.setByte(memory, 35, (byte) -1);
        assertThat(memory.asSlice(20, 16).toArray(ValueLayout.JAVA_BYTE))
                .containsExactly(0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, -1, -2, -1);
    }

    @Test
    void everyBitThatDiffersInTwoWordsIsSeen() {
        for (int bit = 0; bit < 128; bit++) {
            int at = 3 + bit / 8;
            memory.fill((byte) 0x5A);
            assertThat(Words.differenceOfTwo(memory, 3, memory, 40)).isZero();
            Words.setByte(memory, at, (byte) (0x5A ^ 1 << bit % 8));
            assertThat(Words.differenceOfTwo(memory, 3, memory, 40)).isEqualTo(1L << bit % 64);
            assertThat(Words.differenceOfTwo(memory, 40, memory, 3)).isEqualTo(1L << bit % 64);
        }
    }

    @Test
    void wordsBetweenThreadsAreChangedAtOnce() {
        Words.setLongRelease(memory, 8, 5);
        assertThat(Words.compareAndSetLong(memory, 8, 4, 9)).isFalse();
        assertThat(Words.compareAndSetLong(memory, 8, 5, 6)).isTrue();
        assertThat(Words.getAndAddLong(memory, 8, 10)).isEqualTo(6);
        assertThat(Words.getLongAcquire(memory, 8)).isEqualTo(16);
        Words.setIntVolatile(memory, 4, 1);
        assertThat(Words.compareAndSetInt(memory, 4, 1, 2)).isTrue();
        assertThat(Words.getAndAddInt(memory, 4, -3)).isEqualTo(2);
        assertThat(Words.getIntOpaque(memory, 4)).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 7})
    void aWordBetweenThreadsHasToBeAligned(int offset) {
        assertThatThrownBy(() -> Words.getLongAcquire(memory, offset)).isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> Words.compareAndSetLong(memory, offset, 0, 1)).isInstanceOf(RuntimeException.class);
        assertThat(memory.asSlice(0, 16).toArray(ValueLayout.JAVA_BYTE)).containsOnly(0);
    }

    @Test
    void memoryOfTheHeapIsRefusedAndNothingReadAtItsAddress() {
        assumeFalse(Checks.ON, "checked mode reaches it by the segment itself");
        MemorySegment heap = MemorySegment.ofArray(new byte[BYTES]);
        assertThatIllegalArgumentException().isThrownBy(() -> Words.getLong(heap, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> Words.setByte(heap, 0, (byte) 1));
    }

    @Test
    void aClosedRegionReadsAsZeroAndCheckedModeFindsWhoReads() {
        Region region = Region.reserve(1 << 20, HugePages.NONE);
        MemorySegment closed = region.memory();
        Words.setLong(closed, 512, 42);
        region.close();
        region.close();
        if (Checks.ON) {
            assertThatIllegalStateException().isThrownBy(() -> Words.getLong(closed, 512));
        } else {
            assertThat(Words.getLong(closed, 512)).isZero();
        }
    }

    @Test
    void checkedModeFindsTheThreadThatDoesNotOwn() throws InterruptedException {
        assumeTrue(Checks.ON, "nobody asks in production");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment own = arena.allocate(8);
            Throwable[] thrown = new Throwable[1];
            Thread other = Thread.ofPlatform()
                    .uncaughtExceptionHandler((_, t) -> thrown[0] = t)
                    .start(() -> Words.getLong(own, 0));
            other.join();
            assertThat(thrown[0]).isInstanceOf(WrongThreadException.class);
        }
    }
}
