package dev.situ.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandEncoderTest {
    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void writesAnArrayOfBulkStrings() {
        byte[][] arguments = {ascii("SET"), ascii("k"), {}};
        assertThat(CommandEncoder.encode(arguments)).asString().isEqualTo("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$0\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 9, 10, 99, 100, 12_345})
    void allWaysWriteTheSame(int length) {
        byte[][] arguments = {ascii("SET"), ascii("key"), new byte[length]};
        byte[] expected = CommandEncoder.encode(arguments);
        assertThat(CommandEncoder.length(arguments)).isEqualTo(expected.length);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment to = arena.allocate(expected.length);
            byte[] written = new byte[expected.length];
            CommandEncoder.encode(arguments, to);
            Words.copyTo(to, 0, written, 0, written.length);
            assertThat(written).isEqualTo(expected);
            to.fill((byte) 0);
            CommandEncoder.encode(new byte[][] {arguments[0], arguments[1]}, arena.allocate(length), to);
            Words.copyTo(to, 0, written, 0, written.length);
            assertThat(written).isEqualTo(expected);
        }
    }
}
