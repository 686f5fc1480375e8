package dev.situ.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyReaderTest {
    private final ReplyReader reader = new ReplyReader();
    private final Arena arena = Arena.ofAuto();

    private SliceList slices(byte[] bytes, int... cuts) {
        SliceList slices = new SliceList();
        MemorySegment memory = arena.allocate(bytes.length + 1L);
        Words.copyFrom(bytes, 0, memory, 0, bytes.length);
        int from = 0;
        for (int cut : cuts) {
            slices.add(memory, from, cut - from, SliceList.NO_OWNER);
            from = cut;
        }
        slices.add(memory, from, bytes.length - from, SliceList.NO_OWNER);
        return slices;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private Reply read(String text) {
        reader.start(slices(utf8(text)));
        Reply reply = reader.reply();
        reader.end();
        return reply;
    }

    @Test
    void readsEveryType() {
        assertThat(read("+OK\r\n")).isEqualTo(new Reply.Simple("OK"));
        assertThat(read("-ERR no\r\n")).isEqualTo(new Reply.Failure("ERR no"));
        assertThat(read("!6\r\nERR no\r\n")).isEqualTo(new Reply.Failure("ERR no"));
        assertThat(read(":-9223372036854775808\r\n")).isEqualTo(new Reply.Int(Long.MIN_VALUE));
        assertThat(read(":9223372036854775807\r\n")).isEqualTo(new Reply.Int(Long.MAX_VALUE));
        assertThat(read(":+5\r\n")).isEqualTo(new Reply.Int(5));
        assertThat(((Reply.Bulk) read("$4\r\na\r\nb\r\n")).text()).isEqualTo("a\r\nb");
        assertThat(((Reply.Bulk) read("$0\r\n\r\n")).bytes()).isEmpty();
        assertThat(read("$-1\r\n")).isEqualTo(new Reply.Null());
        assertThat(read("*-1\r\n")).isEqualTo(new Reply.Null());
        assertThat(read("_\r\n")).isEqualTo(new Reply.Null());
        assertThat(read("#t\r\n")).isEqualTo(new Reply.Bool(true));
        assertThat(read("#f\r\n")).isEqualTo(new Reply.Bool(false));
        assertThat(read(",1.5e3\r\n")).isEqualTo(new Reply.Real(1500));
        assertThat(read(",-inf\r\n")).isEqualTo(new Reply.Real(Double.NEGATIVE_INFINITY));
        assertThat(read(",nan\r\n")).isEqualTo(new Reply.Real(Double.NaN));
        assertThat(read("(12345678901234567890\r\n"))
                .isEqualTo(new Reply.BigNumber(new BigInteger("12345678901234567890")));
        assertThat(read("=8\r\ntxt:text\r\n")).isEqualTo(new Reply.Verbatim("txt", "text"));
        assertThat(read("*0\r\n")).isEqualTo(new Reply.Array(List.of()));
        assertThat(read("~1\r\n:1\r\n")).isEqualTo(new Reply.Set(List.of(new Reply.Int(1))));
        assertThat(read(">1\r\n+p\r\n")).isEqualTo(new Reply.Push(List.of(new Reply.Simple("p"))));
        assertThat(read("%1\r\n+k\r\n*1\r\n_\r\n"))
                .isEqualTo(new Reply.Map(
                        List.of(new Reply.Entry(new Reply.Simple("k"), new Reply.Array(List.of(new Reply.Null()))))));
    }

    @Test
    void readsARepliesCutAnywhere() {
        byte[] bytes = utf8("*3\r\n$5\r\nhello\r\n:12\r\n%1\r\n+a\r\n$2\r\n\r\n\r\n");
        reader.start(slices(bytes));
        String whole = describe(reader.reply());
        for (int a = 1; a < bytes.length; a++) {
            for (int b = a; b < bytes.length; b++) {
                reader.start(slices(bytes, a, b));
                assertThat(describe(reader.reply())).isEqualTo(whole);
                reader.end();
            }
        }
    }

    private static String describe(Reply reply) {
        return switch (reply) {
            case Reply.Bulk bulk -> "'" + bulk.text() + "'";
            case Reply.Array array ->
                array.elements().stream().map(ReplyReaderTest::describe).toList() + "";
            case Reply.Map map ->
                map.entries().stream()
                                .map(e -> describe(e.key()) + "=" + describe(e.value()))
                                .toList() + "";
            default -> reply.toString();
        };
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "+",
                "+OK",
                "+OK\r",
                "+OK\rx",
                "?x\r\n",
                ":\r\n",
                ":-\r\n",
                ":1x\r\n",
                ":9223372036854775808\r\n",
                ":-9223372036854775809\r\n",
                ":99999999999999999999\r\n",
                "$5\r\nabc\r\n",
                "$3\r\nabcd\r\n",
                "$-2\r\n\r\n",
                "$2147483647\r\n",
                "*2\r\n:1\r\n",
                "*1000000000\r\n",
                "*-2\r\n",
                "%1\r\n:1\r\n",
                "#x\r\n",
                ",x\r\n",
                "(x\r\n",
                "=3\r\nabc\r\n",
                "=-1\r\n",
                "!-1\r\n",
                "+a\r\n+b\r\n",
                "\u0000"
            })
    void whatIsNoReplyIsUnreadable(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(SituException.UnreadableReply.class);
    }

    @Test
    void nestingIsBounded() {
        assertThatThrownBy(() -> read("*1\r\n".repeat(100_000) + ":1\r\n"))
                .isInstanceOf(SituException.UnreadableReply.class)
                .hasMessageContaining("nested");
    }

    @Test
    void randomBytesThrowNothingElse() {
        for (long seed = 1; seed <= 20_000; seed++) {
            Random random = new Random(seed);
            byte[] bytes = new byte[random.nextInt(60)];
            for (int i = 0; i < bytes.length; i++) {
                String likely = "*$:+-%~>=(,#_!\r\n\r\n\r\n0123456789";
                bytes[i] = (byte) likely.charAt(random.nextInt(likely.length()));
            }
            reader.start(slices(bytes));
            try {
                reader.reply();
                reader.end();
            } catch (SituException.UnreadableReply _) {
                // as it should be
            }
        }
    }

    @Test
    void anErrorInPlaceOfAValueIsThrown() {
        reader.start(slices(utf8("-WRONGTYPE no\r\n")));
        assertThatThrownBy(reader::bulkLength)
                .isInstanceOfSatisfying(
                        SituException.ServerError.class,
                        e -> assertThat(e.code()).isEqualTo("WRONGTYPE"));
    }
}
