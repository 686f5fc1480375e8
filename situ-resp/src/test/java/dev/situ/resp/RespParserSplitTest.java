package dev.situ.resp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The same bytes, cut anywhere, give the same commands: those of the [ReferenceParser].
class RespParserSplitTest {
    private static final List<String> PIECES = List.of(
            "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$12\r\nhello\r\nworld\r\n",
            "*1\r\n$4\r\nPING\r\n",
            "PING\r\n",
            "GET \"a\\x41\\\"b\" 'it\\'s'\n",
            "\r\n",
            "*0\r\n",
            "*-1\r\n",
            "*2\r\n$0\r\n\r\n$10\r\n0123456789\r\n",
            "*12\r\n" + "$1\r\nx\r\n".repeat(12));

    private static final List<String> ENDS = List.of(
            "*1\r\nx\r\n",
            "*1\r\n$-1\r\n",
            "*x\r\n",
            "GET 'a\r\n",
            "*1\r\n$4\r\nPIN",
            "GET",
            "*",
            "*2\r\n$1\r\na\r\n$");

    private static final String ALPHABET = "*$\r\n\r\n\r\n0123456789- \"'\\xGETa\0\t\u00ff";

    private static void assertSame(byte[] in, ParserDriver driver, String what) {
        ReferenceParser expected = new ReferenceParser(in).run();
        assertThat(driver.commands).as(what).isEqualTo(expected.commands);
        assertThat(driver.error).as(what).isEqualTo(expected.error);
    }

    private static byte[] everything(String end) {
        return (String.join("", PIECES) + end).getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void cutsAtEveryByteGiveTheSameCommands() {
        for (String end : ENDS) {
            byte[] in = everything(end);
            for (int cut = 0; cut <= in.length; cut++) {
                ParserDriver driver = new ParserDriver();
                driver.give(in, 0, cut);
                driver.give(in, cut, in.length);
                assertSame(in, driver, "cut at " + cut);
            }
        }
    }

    @Test
    void singleBytesGiveTheSameCommands() {
        for (String end : ENDS) {
            byte[] in = everything(end);
            ParserDriver driver = new ParserDriver();
            for (int i = 0; i < in.length; i++) {
                driver.give(in, i, i + 1);
            }
            assertSame(in, driver, "single bytes, " + end);
        }
    }

    @Test
    void randomBytesCutAtRandomGiveTheSameCommandsAndNeverThrow() {
        long seed = System.nanoTime();
        System.out.println("RespParserSplitTest seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            byte[] in = randomInput(random);
            ParserDriver driver = new ParserDriver();
            int at = 0;
            while (at < in.length) {
                int to = Math.min(in.length, at + 1 + random.nextInt(random.nextBoolean() ? 4 : 200));
                driver.give(in, at, to);
                at = to;
            }
            assertSame(in, driver, "seed " + seed + " round " + round);
        }
    }

    private static byte[] randomInput(Random random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int pieces = random.nextInt(6);
        for (int i = 0; i < pieces; i++) {
            byte[] piece;
            switch (random.nextInt(4)) {
                case 0 -> {
                    piece = new byte[random.nextInt(40)];
                    random.nextBytes(piece);
                }
                case 1 -> {
                    piece = new byte[random.nextInt(40)];
                    for (int j = 0; j < piece.length; j++) {
                        piece[j] = (byte) ALPHABET.charAt(random.nextInt(ALPHABET.length()));
                    }
                }
                default -> {
                    piece = PIECES.get(random.nextInt(PIECES.size())).getBytes(StandardCharsets.ISO_8859_1);
                    if (random.nextInt(3) == 0) {
                        piece[random.nextInt(piece.length)] = (byte) ALPHABET.charAt(random.nextInt(ALPHABET.length()));
                    }
                }
            }
            out.writeBytes(piece);
        }
        return out.toByteArray();
    }
}
