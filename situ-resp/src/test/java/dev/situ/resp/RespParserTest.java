package dev.situ.resp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class RespParserTest {
    private static ParserDriver parse(String in) {
        byte[] bytes = in.getBytes(StandardCharsets.ISO_8859_1);
        ParserDriver driver = new ParserDriver();
        driver.give(bytes, 0, bytes.length);
        return driver;
    }

    private static void assertCommands(String in, List<List<String>> commands) {
        ParserDriver driver = parse(in);
        assertThat(driver.commands).isEqualTo(commands);
        assertThat(driver.error).isEmpty();
    }

    private static void assertError(String in, String text) {
        assertThat(parse(in).error).isEqualTo(text);
    }

    @Test
    void anArrayOfBulkStringsIsACommand() {
        assertCommands(
                "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$12\r\nhello\r\nworld\r\n",
                List.of(List.of("SET", "k", "hello\r\nworld")));
    }

    @Test
    void whoHasNotSaidWhoHeIsMayAnnounceLittle() {
        try (Arena arena = Arena.ofConfined()) {
            RespParser parser = new RespParser();
            for (String in : List.of("*11\r\n", "*1000000\r\n", "*1\r\n$16385\r\n")) {
                byte[] bytes = in.getBytes(StandardCharsets.ISO_8859_1);
                MemorySegment memory = arena.allocate(bytes.length);
                Words.copyFrom(bytes, 0, memory, 0, bytes.length);
                parser.reset();
                assertThat(parser.parse(memory, 0, bytes.length)).isEqualTo(RespStatus.INCOMPLETE);
                parser.reset();
                parser.setUnauthenticated(true);
                assertThat(parser.parse(memory, 0, bytes.length)).isEqualTo(RespStatus.ERROR);
                assertThat(parser.errorReply()).asString().startsWith("-ERR Protocol error: unauthenticated ");
                parser.setUnauthenticated(false);
            }
        }
    }

    @Test
    void pipelinedCommandsAreFoundInOrder() {
        assertCommands(
                "*1\r\n$4\r\nPING\r\nPING a\r\n*1\r\n$0\r\n\r\n",
                List.of(List.of("PING"), List.of("PING", "a"), List.of("")));
    }

    @Test
    void emptyLinesAndArraysOfNoElementsAskForNothing() {
        assertCommands("\r\n*0\r\n\n*-1\r\n  \t\r\n*-9223372036854775808\r\nPING\n", List.of(List.of("PING")));
    }

    @Test
    void theTwoBytesBehindAnArgumentMayBeAny() {
        assertCommands("*1\r\n$4\r\nPINGxx*1\rX$1\r\na\r\n", List.of(List.of("PING"), List.of("a")));
    }

    @Test
    void inlineQuotesFollowTheRulesOfRedis() {
        assertCommands("PING a\"b\"\r\n", List.of(List.of("PING", "ab")));
        assertCommands("PING \"\\x41\\n\\q\\xzz\\\"\"\r\n", List.of(List.of("PING", "A\nqxzz\"")));
        assertCommands("PING 'a\\'b\\n'\r\n", List.of(List.of("PING", "a'b\\n")));
        assertCommands("  \t\u000b\f PING a\u000bb\r\n", List.of(List.of("PING", "a\u000bb")));
        assertCommands("PING \"\" ''\r\n", List.of(List.of("PING", "", "")));
        assertCommands("PING \"a\r\rb\"\r\n", List.of(List.of("PING", "a\r\rb")));
        assertCommands("PING a\rb\r\n", List.of(List.of("PING", "a", "b")));
        assertError("PING \"a\r\n", "unbalanced quotes in request");
        assertError("PING \"a\"b\r\n", "unbalanced quotes in request");
        assertError("\"\r\n", "unbalanced quotes in request");
    }

    @Test
    void aMalformedMultibulkLengthIsAnError() {
        for (String length : List.of(
                "", "-0", "01", "+1", " 1", "1 ", "2147483648", "-9223372036854775809", "18446744073709551617", "1x")) {
            assertError("*" + length + "\r\n", "invalid multibulk length");
        }
    }

    @Test
    void aMalformedBulkLengthIsAnError() {
        for (String length : List.of("", "-1", "04", "536870913", "9999999999999999999")) {
            assertError("*1\r\n$" + length + "\r\n", "invalid bulk length");
        }
        assertThat(parse("*1\r\n$536870912\r\n").error).isEmpty();
    }

    @Test
    void anyTypeButABulkStringIsAnErrorThatNamesTheByte() {
        assertError("*1\r\nPING\r\n", "expected '$', got 'P'");
        assertError("*1\r\n\r\n", "expected '$', got ' '");
        assertError("*1\r\n\n\r\n", "expected '$', got ' '");
        assertError("*1\r\n\u00ff\r\n", "expected '$', got '\u00ff'");
    }

    @Test
    void linesHaveLimits() {
        assertThat(parse("a".repeat(65536)).error).isEmpty();
        assertError("a".repeat(65537), "too big inline request");
        assertError("*" + "1".repeat(65536), "too big mbulk count string");
        assertThat(parse("*1\r\n" + "$".repeat(65536)).error).isEmpty();
        assertError("*1\r\n" + "$".repeat(65537), "too big bulk count string");
    }

    @Test
    void aZeroByteHidesTheEndOfItsLine() {
        assertCommands("PI\0NG\r\nPING\r\n", List.of());
        assertCommands("*1\r\n\0\r\n", List.of());
        assertCommands("*1\r\n\u00005\r\n", List.of());
        assertError("\0" + "\n".repeat(65536), "too big inline request");
    }

    @Test
    void aHeaderOfManyArgumentsTakesNoMemoryForThem() {
        RespParser parser = new RespParser();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment in = arena.allocateFrom("*2147483647\r\n$1\r\na\r\n$1\r\nb\r\n");
            long before = allocatedBytes();
            assertThat(parser.parse(in, 0, (int) in.byteSize() - 1)).isEqualTo(RespStatus.INCOMPLETE);
            assertThat(allocatedBytes() - before).isLessThan(10_000);
            assertThat(parser.command().count()).isEqualTo(2);
            assertThat(parser.pendingCount()).isEqualTo(2147483647);
        }
    }

    @Test
    void argumentsHaveALimit() {
        int limit = RespParser.MAX_ARGUMENTS;
        String argument = "$0\r\n\r\n";
        assertThat(parse("*" + limit + "\r\n" + argument.repeat(limit)).commands.getFirst())
                .hasSize(limit);
        assertThat(parse("*" + (limit + 1) + "\r\n" + argument.repeat(limit)).error)
                .isEqualTo("invalid multibulk length");
    }

    @Test
    void manyArgumentsAreGivenBackWithTheCommand() {
        ArgumentBudget budget = new ArgumentBudget(1 << 20);
        RespParser parser = new RespParser(RespParser.MAX_BULK_LENGTH, budget);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment usual = arena.allocateFrom("*1024\r\n" + "$0\r\n\r\n".repeat(1024));
            assertThat(parser.parse(usual, 0, (int) usual.byteSize() - 1)).isEqualTo(RespStatus.COMMAND);
            assertThat(budget.taken()).isZero();
            parser.release();

            MemorySegment many = arena.allocateFrom("*5000\r\n" + "$0\r\n\r\n".repeat(5000));
            int length = (int) many.byteSize() - 1;
            assertThat(parser.parse(many, 0, length - 1)).isEqualTo(RespStatus.INCOMPLETE);
            parser.release();
            assertThat(parser.command().count()).isEqualTo(4999);
            assertThat(parser.parse(many, 0, length)).isEqualTo(RespStatus.COMMAND);
            assertThat(budget.taken()).isEqualTo(8192 * 8);
            parser.release();
            assertThat(budget.taken()).isZero();

            assertThat(parser.parse(many, 0, length - 1)).isEqualTo(RespStatus.INCOMPLETE);
            assertThat(budget.taken()).isEqualTo(8192 * 8);
            parser.reset();
            assertThat(budget.taken()).isZero();
        }
    }

    @Test
    void argumentsThatTheBudgetHasNoRoomForAreAnError() {
        ArgumentBudget budget = new ArgumentBudget(2048 * 8);
        try (Arena arena = Arena.ofConfined()) {
            String text = "*2049\r\n" + "$0\r\n\r\n".repeat(2049);
            MemorySegment in = arena.allocateFrom(text);
            MemorySegment line = arena.allocateFrom("a ".repeat(2000) + "\r\n");
            RespParser first = new RespParser(RespParser.MAX_BULK_LENGTH, budget);
            RespParser second = new RespParser(RespParser.MAX_BULK_LENGTH, budget);
            // Up to the header of the argument for which there is no room any more.
            assertThat(first.parse(in, 0, text.length() - 6)).isEqualTo(RespStatus.INCOMPLETE);
            assertThat(budget.taken()).isEqualTo(2048 * 8);
            for (RespParser parser : List.of(first, second)) {
                assertThat(parser.parse(in, 0, text.length())).isEqualTo(RespStatus.ERROR);
                assertThat(parser.parse(in, 0, text.length())).isEqualTo(RespStatus.ERROR);
                assertThat(parser.error()).isEqualTo(ProtocolError.TOO_MANY_ARGUMENTS);
            }
            assertThat(new String(second.errorReply(), StandardCharsets.US_ASCII))
                    .isEqualTo("-ERR Protocol error: too many arguments held by all clients\r\n");
            second.reset();
            assertThat(second.parse(line, 0, (int) line.byteSize() - 1)).isEqualTo(RespStatus.ERROR);
            second.reset();
            first.reset();
            assertThat(budget.taken()).isZero();
            assertThat(second.parse(line, 0, (int) line.byteSize() - 1)).isEqualTo(RespStatus.COMMAND);
        }
    }

    @Test
    void anErrorStays() {
        RespParser parser = new RespParser();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment in = arena.allocateFrom("*1\r\nx\r\n");
            assertThat(parser.parse(in, 0, 7)).isEqualTo(RespStatus.ERROR);
            assertThat(parser.parse(in, 0, 7)).isEqualTo(RespStatus.ERROR);
            parser.reset();
            assertThat(parser.parse(in, 4, 3)).isEqualTo(RespStatus.COMMAND);
        }
    }

    @Test
    void aPendingArgumentCanBeTakenAway() {
        RespParser parser = new RespParser();
        try (Arena arena = Arena.ofConfined()) {
            String head = "*4\r\n$3\r\nSET\r\n$1\r\nk\r\n$100\r\n";
            MemorySegment in = arena.allocateFrom(head + "abc");
            assertThat(parser.parse(in, 0, head.length() + 3)).isEqualTo(RespStatus.INCOMPLETE);
            assertThat(parser.pendingArgument()).isEqualTo(2);
            assertThat(parser.pendingCount()).isEqualTo(4);
            assertThat(parser.pendingLength()).isEqualTo(100);
            assertThat(parser.pendingStart()).isEqualTo(head.length());
            assertThat(parser.missing(head.length() + 3)).isEqualTo(99);
            parser.takePending();
            assertThat(parser.pendingArgument()).isEqualTo(-1);
            assertThatThrownBy(parser::takePending).isInstanceOf(IllegalStateException.class);

            String rest = head + "\r\n$2\r\nNX\r\n";
            MemorySegment moved = arena.allocateFrom(rest);
            for (int available = head.length(); available < rest.length(); available++) {
                assertThat(parser.parse(moved, 0, available)).isEqualTo(RespStatus.INCOMPLETE);
            }
            assertThat(parser.parse(moved, 0, rest.length())).isEqualTo(RespStatus.COMMAND);
            assertThat(parser.consumed()).isEqualTo(rest.length());
            Command command = parser.command();
            assertThat(command.count()).isEqualTo(4);
            assertThat(command.isExternal(2)).isTrue();
            assertThat(command.isExternal(3)).isFalse();
            assertThat(command.length(2)).isEqualTo(100);
            assertThat(Words.getByte(moved, command.offset(3))).isEqualTo((byte) 'N');
            assertThatThrownBy(() -> command.offset(2)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void parsingAllocatesNothingInSteadyState() {
        RespParser parser = new RespParser();
        try (Arena arena = Arena.ofConfined()) {
            String text =
                    "*3\r\n$3\r\nSET\r\n$16\r\nkey:000000000001\r\n$3\r\nxyz\r\nGET \"a\\x41\"\r\n*0\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n";
            MemorySegment in = arena.allocateFrom(text);
            drive(parser, in, text.length());
            long before = allocatedBytes();
            for (int i = 0; i < 1000; i++) {
                drive(parser, in, text.length());
            }
            assertThat(allocatedBytes() - before).isLessThan(10_000);
        }
    }

    private static void drive(RespParser parser, MemorySegment in, int length) {
        int at = 0;
        for (int available = 1; at < length; available++) {
            RespStatus status = parser.parse(in, at, Math.min(available, length - at));
            if (status != RespStatus.INCOMPLETE) {
                at += parser.consumed();
                available = 0;
            }
        }
    }

    private static long allocatedBytes() {
        return ((com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean())
                .getCurrentThreadAllocatedBytes();
    }
}
