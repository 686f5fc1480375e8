package dev.situ.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordTest {
    private static final long AT = 64;
    private static final long HASH = 0x8123_4567_89AB_CDEFL;

    private final MemorySegment memory = Arena.ofAuto().allocate(4096, 64);

    @ParameterizedTest
    @CsvSource({
        "0,0,0,16",
        "0,63,1023,16",
        "0,64,0,24",
        "0,0,1024,24",
        "0,63,1024,24",
        "0,64,1023,24",
        "0,536870912,536870912,24",
        "1,0,0,24",
        "15,63,1023,24",
        "15,1073741823,1073741823,24"
    })
    void databaseAndLengthsAreKeptWhateverTheyAre(int database, int keyLength, int valueLength, int header) {
        memory.fill((byte) 0xFF);
        Record.claim(memory, AT, HASH, 7, database, keyLength, valueLength, 9, false);
        for (int step = 0; step < 3; step++) {
            assertThat(Record.database(memory, AT)).isEqualTo(database);
            assertThat(Record.keyLength(memory, AT)).isEqualTo(keyLength);
            assertThat(Record.valueLength(memory, AT)).isEqualTo(valueLength);
            assertThat(Record.keyOffset(memory, AT)).isEqualTo(AT + header);
            assertThat(Record.valueOffset(memory, AT)).isEqualTo(AT + header + keyLength + 9);
            assertThat(Record.bytes(memory, AT)).isEqualTo((long) header + keyLength + valueLength + 9 + 2);
            assertThat(Record.bytes(database, keyLength, valueLength, 9)).isEqualTo(Record.bytes(memory, AT));
            if (step == 0) {
                assertThat(Record.claimedHash(memory, AT)).isEqualTo(HASH & ~0xFFFFL);
                assertThat(Record.isClaimedFor(memory, AT, HASH)).isTrue();
                assertThat(Record.isClaimedFor(memory, AT, HASH ^ 1L << 16)).isFalse();
                Record.setExpireAtMillis(memory, AT, Long.MAX_VALUE);
                Record.makeLive(memory, AT, -1);
            } else if (step == 1) {
                Record.addPins(memory, AT, 3);
            }
        }
    }

    @Test
    void versionAndPinsAreApart() {
        Record.claim(memory, AT, HASH, 0, 0, 63, 1023, 0, false);
        Record.makeLive(memory, AT, 0xFF_FFFF);
        assertThat(Record.pins(memory, AT)).isZero();
        Record.addPins(memory, AT, 0xFF_FFFF);
        assertThat(Record.version(memory, AT)).isEqualTo(0xFF_FFFF);
        assertThat(Record.pins(memory, AT)).isEqualTo(0xFF_FFFF);
        Record.addPins(memory, AT, -0xFF_FFFF);
        Record.makeLive(memory, AT, Record.version(memory, AT) + 1);
        assertThat(Record.version(memory, AT)).isZero();
        assertThat(Record.keyLength(memory, AT)).isEqualTo(63);
        assertThat(Record.valueLength(memory, AT)).isEqualTo(1023);
    }

    @Test
    void aMovedHeaderIsTheSameWithoutPins() {
        for (int valueLength : new int[] {10, 5000}) {
            Record.claim(memory, AT, HASH, 5, 3, 20, valueLength, 6, true);
            Record.setExpireAtMillis(memory, AT, 123_456);
            Record.makeLive(memory, AT, 42);
            Record.addPins(memory, AT, 2);
            long to = AT + 1024;
            Words.setLong(memory, to + 16, -1);
            Record.moveHeader(memory, AT, to);
            assertThat(Record.pins(memory, to)).isZero();
            assertThat(Record.version(memory, to)).isEqualTo(42);
            assertThat(Record.database(memory, to)).isEqualTo(3);
            assertThat(Record.keyLength(memory, to)).isEqualTo(20);
            assertThat(Record.valueLength(memory, to)).isEqualTo(valueLength);
            assertThat(Record.expireAtMillis(memory, to)).isEqualTo(123_456);
            assertThat(Record.use(memory, to)).isEqualTo(5);
            assertThat(Record.frameHead(memory, to)).isEqualTo(6);
            assertThat(Record.isAdopted(memory, to)).isFalse();
            assertThat(Record.state(memory, to)).isEqualTo(Record.LIVE);
        }
    }
}
