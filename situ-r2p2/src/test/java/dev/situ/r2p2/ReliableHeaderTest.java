package dev.situ.r2p2;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The layout of the reliable mode, byte by byte.
class ReliableHeaderTest {
    private static final int SESSION = 0x01020304;

    private static String hex(long first, long second) {
        byte[] bytes = new byte[ReliableHeader.BYTES];
        ReliableHeader.write(MemorySegment.ofArray(bytes), 0, first, second);
        return HexFormat.of().formatHex(bytes);
    }

    @Test
    void everyFieldHasItsPlace() {
        assertThat(hex(
                        ReliableHeader.ofPacket(R2p2Header.REQUEST, 0xAABBCCDD, 0, 300),
                        ReliableHeader.toServer(SESSION, 0xAABBCCD0, 0xAABBCCDD)))
                .isEqualTo("cc1001a0ccdd012c" + "01020304ccd0aabb");
        assertThat(hex(
                        ReliableHeader.ofPacket(R2p2Header.RESPONSE, 0xAABBCCDD, 299, 300),
                        ReliableHeader.toClient(SESSION, 0xAABBCCDD, 256)))
                .isEqualTo("cc101160ccdd012b" + "01020304aabb0100");
        assertThat(hex(ReliableHeader.alone(ReliableHeader.OPEN, -2), ReliableHeader.toServer(-2, -2, -2)))
                .isEqualTo("cc1081e0fffe0001" + "fffffffefffeffff");
        assertThat(hex(ReliableHeader.alone(ReliableHeader.RESET, 7), ReliableHeader.toClient(SESSION, 7, 0)))
                .isEqualTo("cc10a1e000070001" + "0102030400000000");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, -1, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0x1234ABCD})
    void ridsOf32BitsGoThroughInBothDirections(int rid) {
        for (int behind : List.of(-1, 0, 1, 255, 4096)) {
            long second = ReliableHeader.toServer(SESSION, rid - behind, rid);
            assertThat(ReliableHeader.finished(second, rid)).isEqualTo(rid - behind);
            assertThat(ReliableHeader.ridToServer(ReliableHeader.alone(R2p2Header.ACK, rid), second))
                    .isEqualTo(rid);
            assertThat(ReliableHeader.session(second)).isEqualTo(SESSION);
        }
        long second = ReliableHeader.toClient(SESSION, rid, 0xFFFF);
        assertThat(ReliableHeader.ridToClient(ReliableHeader.alone(R2p2Header.DROP, rid), second))
                .isEqualTo(rid);
        assertThat(ReliableHeader.credit(second)).isEqualTo(0xFFFF);
        assertThat(ReliableHeader.session(second)).isEqualTo(SESSION);
    }

    @ParameterizedTest
    @CsvSource({
        "cc1001e000010001, 0, NONE",
        "cc1001e000010001, 1456, NONE",
        "cc1001e000010001, 1457, PAYLOAD",
        "cc1001a000010002, 1456, NONE",
        "cc1001a000010002, 1455, PAYLOAD",
        "cc10016000010001, 1, NONE",
        "cc10016000010001, 0, PAYLOAD",
        "cc10012000010001, 1456, NONE",
        "cc10012000010000, 1456, ORDER",
        "cc1001a000010001, 1456, ORDER",
        "cc1001e000010002, 5, ORDER",
        "cc1081a000010002, 1456, ORDER",
        "cd1001e000010001, 0, MAGIC",
        "cc0801e000010001, 0, SIZE",
        "cc1000e000010001, 0, TYPE",
        "cc1021e000010001, 0, TYPE",
        "cc10b1e000010001, 0, TYPE",
        "cc1001c000010001, 0, FLAGS",
        "cc1001f000010001, 0, FLAGS",
    })
    void whatIsWrongIsNamed(String first, int payload, HeaderFault fault) {
        assertThat(ReliableHeader.check(Long.parseUnsignedLong(first, 16), payload))
                .isEqualTo(fault);
    }

    @Test
    void theHeaderTellsTheMode() {
        byte[] reliable = HexFormat.of().parseHex("cc1001e0000100010000000000000000");
        byte[] compatible = HexFormat.of().parseHex("cc0801c0000100010000000000000000");
        assertThat(ReliableHeader.marks(MemorySegment.ofArray(reliable), 0, 16)).isTrue();
        assertThat(ReliableHeader.marks(MemorySegment.ofArray(reliable), 0, 15)).isFalse();
        assertThat(ReliableHeader.marks(MemorySegment.ofArray(compatible), 0, 16))
                .isFalse();
    }

    /// The vectors of the paper: the key 0, 1, 2, ... 15 and the first 16 such bytes.
    @Test
    void theHashIsSipHash() {
        SipHash hash = new SipHash(0x0706050403020100L, 0x0F0E0D0C0B0A0908L);
        assertThat(hash.hash(0x0706050403020100L, 0x0F0E0D0C0B0A0908L)).isEqualTo(0x3F2ACC7F57C29BDBL);
    }
}
