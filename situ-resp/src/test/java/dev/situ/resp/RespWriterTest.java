package dev.situ.resp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RespWriterTest {
    private interface Part {
        long write(MemorySegment memory, long offset);
    }

    private static String written(Part part) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(64);
            int length = (int) (part.write(memory, 1) - 1);
            byte[] bytes = new byte[length];
            Words.copyTo(memory, 1, bytes, 0, length);
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void numbersOfEveryLengthAreWritten() {
        Random random = new Random(7);
        for (long edge :
                new long[] {0, 9, 10, 99, 100, Long.MAX_VALUE, Long.MIN_VALUE, -1, -9, -10, 1_000_000_000_000_000_000L
                }) {
            assertThat(written((m, o) -> RespWriter.integer(m, o, edge))).isEqualTo(":" + edge + "\r\n");
        }
        for (int i = 0; i < 1000; i++) {
            int small = i;
            assertThat(written((m, o) -> RespWriter.integer(m, o, small))).isEqualTo(":" + small + "\r\n");
        }
        for (int i = 0; i < 10_000; i++) {
            long number = random.nextLong() >> random.nextInt(64);
            assertThat(written((m, o) -> RespWriter.number(m, o, number))).isEqualTo(Long.toString(number));
        }
    }

    @Test
    void headersHaveTheirTypes() {
        assertThat(written((m, o) -> RespWriter.bulkHeader(m, o, 300000))).isEqualTo("$300000\r\n");
        assertThat(written((m, o) -> RespWriter.arrayHeader(m, o, 3))).isEqualTo("*3\r\n");
        assertThat(written((m, o) -> RespWriter.mapHeader(m, o, 14))).isEqualTo("%14\r\n");
        assertThat(written((m, o) -> RespWriter.setHeader(m, o, 0))).isEqualTo("~0\r\n");
        assertThat(written((m, o) -> RespWriter.pushHeader(m, o, 2))).isEqualTo(">2\r\n");
        assertThat(written((m, o) -> RespWriter.verbatimHeader(m, o, 11))).isEqualTo("=15\r\ntxt:");
    }

    @Test
    void nullsAndBooleansAreWritten() {
        assertThat(written(RespWriter::nullBulk)).isEqualTo("$-1\r\n");
        assertThat(written(RespWriter::nullArray)).isEqualTo("*-1\r\n");
        assertThat(written(RespWriter::nullValue)).isEqualTo("_\r\n");
        assertThat(written((m, o) -> RespWriter.bool(m, o, true))).isEqualTo("#t\r\n");
        assertThat(written((m, o) -> RespWriter.bool(m, o, false))).isEqualTo("#f\r\n");
    }

    @Test
    void aBulkStringIsFramed() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment from = arena.allocateFrom("xhello");
            assertThat(written((m, o) -> RespWriter.bulk(m, o, from, 1, 5))).isEqualTo("$5\r\nhello\r\n");
            assertThat(written((m, o) -> RespWriter.bulk(m, o, from, 1, 0))).isEqualTo("$0\r\n\r\n");
        }
    }
}
