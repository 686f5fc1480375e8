package dev.situ.client;

import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Reads RESP2 and RESP3 replies out of a response: a cursor over its slices, wherever they cut the text.
///
/// What is no RESP ends in [SituException.UnreadableReply]. A length is believed only as far as there are bytes, so
/// that a wrong one cannot make it take memory. Reused; confined to one thread.
final class ReplyReader {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_LINE = 64 * 1024;
    private static final int NULL_LENGTH = -1;

    private SliceList slices = new SliceList();
    private int slice;
    private int taken;
    private long left;
    private byte[] line = new byte[64];
    private int lineLength;

    /// Starts at the first byte of `response`, which is borrowed until reading has ended.
    void start(SliceList response) {
        slices = response;
        slice = 0;
        taken = 0;
        left = response.length();
    }

    /// Reads one reply whole.
    Reply reply() {
        return reply(0);
    }

    /// Reads the head of a bulk reply: the type `$` and its length.
    ///
    /// @return the bytes that follow, to be taken by [#takeBulk], or -1 if the reply is null
    /// @throws SituException.ServerError if the reply is an error
    int bulkLength() {
        byte type = type();
        readLine();
        return switch (type) {
            case '$' -> length();
            case '_' -> NULL_LENGTH;
            case '-' -> throw new SituException.ServerError(text());
            default -> throw unexpected(type);
        };
    }

    /// Reads a reply that must be an integer.
    long integer() {
        byte type = type();
        readLine();
        return switch (type) {
            case ':' -> number();
            case '-' -> throw new SituException.ServerError(text());
            default -> throw unexpected(type);
        };
    }

    /// Reads a reply that must be a simple text.
    String simple() {
        byte type = type();
        readLine();
        return switch (type) {
            case '+' -> text();
            case '-' -> throw new SituException.ServerError(text());
            default -> throw unexpected(type);
        };
    }

    /// Takes the bytes of a bulk reply and the line end behind them.
    byte[] takeBulk(int length) {
        byte[] bytes = new byte[length];
        int done = 0;
        while (done < length) {
            int run = Math.min(slices.length(slice) - taken, length - done);
            Words.copyTo(slices.memory(slice), slices.offset(slice) + taken, bytes, done, run);
            done += run;
            advance(run);
        }
        lineEnd();
        return bytes;
    }

    /// Copies the bytes of a bulk reply to memory, and takes the line end behind them.
    void takeBulk(int length, MemorySegment to) {
        int done = 0;
        while (done < length) {
            int run = Math.min(slices.length(slice) - taken, length - done);
            Words.copy(slices.memory(slice), slices.offset(slice) + taken, to, done, run);
            done += run;
            advance(run);
        }
        lineEnd();
    }

    /// Checks that nothing follows.
    void end() {
        if (left != 0) {
            throw new SituException.UnreadableReply(left + " bytes follow the reply");
        }
    }

    private Reply reply(int depth) {
        if (depth > MAX_DEPTH) {
            throw new SituException.UnreadableReply("the reply is nested too deeply");
        }
        byte type = type();
        readLine();
        return switch (type) {
            case '+' -> new Reply.Simple(text());
            case '-' -> new Reply.Failure(text());
            case ':' -> new Reply.Int(number());
            case '$' -> bulk();
            case '!' -> new Reply.Failure(bulkText());
            case '_' -> new Reply.Null();
            case '#' -> new Reply.Bool(bool());
            case ',' -> new Reply.Real(real());
            case '(' -> new Reply.BigNumber(bigNumber());
            case '=' -> verbatim();
            case '*' -> array(depth);
            case '~' -> new Reply.Set(elements(count(1), depth));
            case '>' -> new Reply.Push(elements(count(1), depth));
            case '%' -> map(depth);
            default -> throw unexpected(type);
        };
    }

    private Reply bulk() {
        int length = length();
        return length == NULL_LENGTH ? new Reply.Null() : new Reply.Bulk(takeBulk(length));
    }

    private Reply array(int depth) {
        if (number() == NULL_LENGTH) {
            return new Reply.Null();
        }
        return new Reply.Array(elements(count(1), depth));
    }

    private List<Reply> elements(int count, int depth) {
        List<Reply> elements = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            elements.add(reply(depth + 1));
        }
        return List.copyOf(elements);
    }

    private Reply map(int depth) {
        int count = count(2);
        List<Reply.Entry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            entries.add(new Reply.Entry(reply(depth + 1), reply(depth + 1)));
        }
        return new Reply.Map(List.copyOf(entries));
    }

    private Reply verbatim() {
        String text = bulkText();
        if (text.length() < 4 || text.charAt(3) != ':') {
            throw new SituException.UnreadableReply("a verbatim text without a format");
        }
        return new Reply.Verbatim(text.substring(0, 3), text.substring(4));
    }

    private String bulkText() {
        int length = length();
        if (length == NULL_LENGTH) {
            throw new SituException.UnreadableReply("a text that is null");
        }
        return new String(takeBulk(length), StandardCharsets.UTF_8);
    }

    // ---- the line that was read -----------------------------------------------------------------------------------

    private String text() {
        return new String(line, 0, lineLength, StandardCharsets.UTF_8);
    }

    private long number() {
        int digits = lineLength > 0 && (line[0] == '-' || line[0] == '+') ? 1 : 0;
        long value = 0;
        if (digits == lineLength || lineLength - digits > 19) {
            throw notA("number");
        }
        for (int i = digits; i < lineLength; i++) {
            int digit = line[i] - '0';
            if (digit < 0 || digit > 9) {
                throw notA("number");
            }
            value = value * 10 - digit;
        }
        if (line[0] != '-') {
            value = -value;
        }
        if (value != 0 && value < 0 != (line[0] == '-')) {
            throw notA("number");
        }
        return value;
    }

    /// A length of bytes that are here, with a line end behind them; or -1.
    private int length() {
        long length = number();
        if (length < NULL_LENGTH || (length >= 0 && length > left - 2)) {
            throw new SituException.UnreadableReply("a length of " + length + " where " + left + " bytes follow");
        }
        return (int) length;
    }

    /// A count of things that there can be: each of `parts` replies of at least three bytes.
    private int count(int parts) {
        long count = number();
        if (count < 0 || count > left / (3L * parts)) {
            throw new SituException.UnreadableReply("a count of " + count + " where " + left + " bytes follow");
        }
        return (int) count;
    }

    private boolean bool() {
        if (lineLength != 1 || (line[0] != 't' && line[0] != 'f')) {
            throw notA("boolean");
        }
        return line[0] == 't';
    }

    private double real() {
        String text = text();
        try {
            return switch (text) {
                case "inf" -> Double.POSITIVE_INFINITY;
                case "-inf" -> Double.NEGATIVE_INFINITY;
                case "nan" -> Double.NaN;
                default -> Double.parseDouble(text);
            };
        } catch (NumberFormatException _) {
            throw notA("number");
        }
    }

    private BigInteger bigNumber() {
        try {
            return new BigInteger(text());
        } catch (NumberFormatException _) {
            throw notA("number");
        }
    }

    private SituException notA(String what) {
        return new SituException.UnreadableReply("not a " + what + ": " + text());
    }

    private static SituException unexpected(byte type) {
        return new SituException.UnreadableReply("unexpected reply type: byte 0x" + Integer.toHexString(type & 0xFF));
    }

    // ---- bytes ----------------------------------------------------------------------------------------------------

    private byte type() {
        return next();
    }

    private void readLine() {
        lineLength = 0;
        for (byte b = next(); b != '\r'; b = next()) {
            if (lineLength == line.length) {
                growLine();
            }
            line[lineLength++] = b;
        }
        if (next() != '\n') {
            throw new SituException.UnreadableReply("a line that does not end");
        }
    }

    private void growLine() {
        if (line.length >= MAX_LINE) {
            throw new SituException.UnreadableReply("a line that does not end");
        }
        byte[] longer = new byte[line.length * 2];
        System.arraycopy(line, 0, longer, 0, lineLength);
        line = longer;
    }

    private void lineEnd() {
        if (next() != '\r' || next() != '\n') {
            throw new SituException.UnreadableReply("bytes that do not end with a line end");
        }
    }

    private byte next() {
        if (left == 0) {
            throw new SituException.UnreadableReply("the reply ends too early");
        }
        byte b = Words.getByte(slices.memory(slice), slices.offset(slice) + taken);
        advance(1);
        return b;
    }

    private void advance(int bytes) {
        left -= bytes;
        taken += bytes;
        if (taken == slices.length(slice)) {
            slice++;
            taken = 0;
        }
    }
}
