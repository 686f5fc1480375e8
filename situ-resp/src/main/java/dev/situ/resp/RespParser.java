package dev.situ.resp;

import dev.situ.memory.Words;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/// Finds commands in the bytes that a client sends: arrays of bulk strings (`*2\r\n$3\r\nGET\r\n$1\r\nk\r\n`)
/// and inline commands (`GET k\r\n`), with the rules, limits and error texts of Redis 7.0 (`networking.c`).
///
/// ## Resuming
/// The parser keeps no bytes. It remembers positions *relative to the first byte of the command*, so that an
/// incomplete command may be parsed again when more has come, at the same place or at another one that its bytes
/// were moved to. What was looked at once is not looked at again: the work is linear, however small the pieces
/// are. Memory is taken for arguments that came, never for those that a header announces.
///
/// ## Large arguments
/// After [RespStatus#INCOMPLETE], [#pendingArgument()] tells which bulk string is on its way. The caller may
/// *take* it ([#takePending()]): its bytes then go where the caller wants them, and the parser goes on with what
/// follows them.
///
/// Confined to one thread. Allocates nothing in steady state.
public final class RespParser {
    /// Redis's `proto-max-bulk-len`: 512 MB.
    public static final int MAX_BULK_LENGTH = 512 * 1024 * 1024;

    /// Redis's `PROTO_INLINE_MAX_SIZE`: the most bytes of an inline command, and of a header.
    public static final int MAX_LINE_LENGTH = 64 * 1024;

    /// The most arguments of one command that are taken, whatever its header announces. Redis had this limit
    /// until 6.2; since then its only bound is the memory that they take.
    public static final int MAX_ARGUMENTS = 1024 * 1024;

    /// The most arguments of a command of a client that has not said who it is, as in Redis.
    public static final int UNAUTHENTICATED_ARGUMENTS = 10;

    /// The most bytes of an argument of such a client, as in Redis.
    public static final int UNAUTHENTICATED_BULK_LENGTH = 16_384;

    private static final int NO_BULK = -1;

    private enum Expect {
        FIRST_BYTE,
        LINE,
        MULTIBULK_HEADER,
        ARGUMENTS
    }

    private enum Header {
        READ,
        NOT_A_NUMBER,
        INCOMPLETE,
        TOO_LONG
    }

    private final int maxBulkLength;
    private final Command command;
    private final InlineSplitter inline = new InlineSplitter();

    private Expect expect = Expect.FIRST_BYTE;
    private boolean finished;
    private int at; // where the token begins that is being read
    private int scan; // how far the line that begins at `at` was searched for its end
    private int next; // where the token after the last header begins
    private long number; // what the last header said
    private int remaining; // arguments to come
    private int bulkLength = NO_BULK; // of the argument whose header was read
    private boolean taken;
    private boolean unauthenticated;
    private ProtocolError error = ProtocolError.NONE;
    private byte unexpected;

    /// Makes a parser with Redis's default limits.
    public RespParser() {
        this(MAX_BULK_LENGTH);
    }

    /// Makes a parser that takes bulk strings of up to `maxBulkLength` bytes (`proto-max-bulk-len`).
    ///
    /// @throws IllegalArgumentException if the limit is negative or above [#MAX_BULK_LENGTH]
    public RespParser(int maxBulkLength) {
        this(maxBulkLength, new ArgumentBudget(Long.MAX_VALUE));
    }

    /// Makes a parser that shares the memory for commands of very many arguments with others. When the budget
    /// is used up, [RespStatus#ERROR] is given before more memory is taken.
    ///
    /// @param budget used until [#reset()] or [#release()]
    /// @throws IllegalArgumentException if the limit is negative or above [#MAX_BULK_LENGTH]
    public RespParser(int maxBulkLength, ArgumentBudget budget) {
        if (maxBulkLength < 0 || maxBulkLength > MAX_BULK_LENGTH) {
            throw new IllegalArgumentException("maxBulkLength must be 0 to 512 MB, is " + maxBulkLength);
        }
        this.maxBulkLength = maxBulkLength;
        command = new Command(budget);
    }

    /// Looks for the next command in `available` bytes of `memory`, borrowed for the call.
    ///
    /// @param offset the first byte of the command: after [RespStatus#COMMAND] and [RespStatus#EMPTY] the byte
    ///     behind those consumed, after [RespStatus#INCOMPLETE] the same byte as before, wherever it is now
    /// @param available the bytes from there on; after INCOMPLETE no fewer than before
    public RespStatus parse(MemorySegment memory, long offset, int available) {
        if (finished) {
            begin();
        }
        command.place(memory, offset);
        if (expect == Expect.ARGUMENTS) {
            return parseArguments(memory, offset, available);
        }
        if (expect == Expect.FIRST_BYTE) {
            if (available == 0) {
                return RespStatus.INCOMPLETE;
            }
            expect = Words.getByte(memory, offset) == '*' ? Expect.MULTIBULK_HEADER : Expect.LINE;
        }
        return expect == Expect.LINE ? parseLine(memory, offset, available) : parseMultibulk(memory, offset, available);
    }

    /// Says whether the client has yet to say who it is: then headers that are read from now on may announce
    /// little.
    public void setUnauthenticated(boolean yes) {
        unauthenticated = yes;
    }

    /// The command that was found, or the arguments of an incomplete one that are whole so far.
    public Command command() {
        return command;
    }

    /// The bytes of the last whole command, those of a taken argument not counted.
    public int consumed() {
        return at;
    }

    /// How many bytes, at least, the incomplete command needs behind the `available` ones before parsing can get
    /// on.
    public int missing(int available) {
        return bulkLength == NO_BULK ? 1 : Math.max(1, at + (taken ? 0 : bulkLength) + 2 - available);
    }

    /// The index of the argument whose header was read and whose bytes are not all there, or -1.
    public int pendingArgument() {
        return bulkLength == NO_BULK || taken ? -1 : command.count();
    }

    /// The number of arguments that the incomplete command will have.
    public int pendingCount() {
        return command.count() + remaining;
    }

    /// The length of the pending argument.
    public int pendingLength() {
        return bulkLength;
    }

    /// Where the pending argument begins, counted from the first byte of the command.
    public int pendingStart() {
        return at;
    }

    /// Takes the pending argument out of the parsed bytes: it becomes external to the command, and the byte at
    /// [#pendingStart()] is from now on the one that follows the argument. At most one for each command.
    public void takePending() {
        if (bulkLength == NO_BULK || taken) {
            throw new IllegalStateException("no argument is pending");
        }
        taken = true;
    }

    /// Says that the bytes of the whole command that was found are elsewhere now: its arguments are there. Not for
    /// an inline command, whose arguments are in memory of the parser.
    public void moved(MemorySegment memory, long offset) {
        command.place(memory, offset);
    }

    /// Why [RespStatus#ERROR] was given.
    public ProtocolError error() {
        return error;
    }

    /// The reply to the error, whole, as Redis sends it before it closes.
    public byte[] errorReply() {
        String text = error.text();
        if (error == ProtocolError.EXPECTED_BULK) {
            // A reply of one line cannot carry a line break: Redis sends a blank for it.
            boolean lineBreak = unexpected == '\r' || unexpected == '\n';
            text += (lineBreak ? ' ' : (char) (unexpected & 0xFF)) + "'";
        }
        return ("-ERR Protocol error: " + text + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    /// Says that the whole command was used. Its arguments are gone, and memory for very many of them is given
    /// back now, not with the next command, which may never come. Without a whole command it does nothing.
    public void release() {
        if (finished) {
            begin();
        }
    }

    /// Forgets everything, also an error: the next byte begins a command.
    public void reset() {
        begin();
    }

    private void begin() {
        expect = Expect.FIRST_BYTE;
        finished = false;
        at = 0;
        scan = 0;
        remaining = 0;
        bulkLength = NO_BULK;
        taken = false;
        error = ProtocolError.NONE;
        command.clear();
    }

    private RespStatus parseLine(MemorySegment memory, long offset, int available) {
        if (error != ProtocolError.NONE) {
            return RespStatus.ERROR;
        }
        int end = searchLine(memory, offset, available, (byte) '\n');
        if (end < 0) {
            return available > MAX_LINE_LENGTH ? fail(ProtocolError.TOO_BIG_INLINE) : RespStatus.INCOMPLETE;
        }
        int length = end > 0 && Words.getByte(memory, offset + end - 1) == '\r' ? end - 1 : end;
        ProtocolError wrong = inline.split(memory, offset, length, command);
        if (wrong != ProtocolError.NONE) {
            return fail(wrong);
        }
        at = end + 1;
        finished = true;
        return command.count() == 0 ? RespStatus.EMPTY : RespStatus.COMMAND;
    }

    private RespStatus parseMultibulk(MemorySegment memory, long offset, int available) {
        if (error != ProtocolError.NONE) {
            return RespStatus.ERROR;
        }
        switch (readHeader(memory, offset, available)) {
            case INCOMPLETE -> {
                return RespStatus.INCOMPLETE;
            }
            case TOO_LONG -> {
                return fail(ProtocolError.TOO_BIG_MULTIBULK_HEADER);
            }
            case NOT_A_NUMBER -> {
                return fail(ProtocolError.INVALID_MULTIBULK_LENGTH);
            }
            case READ -> {
                if (number > Integer.MAX_VALUE) {
                    return fail(ProtocolError.INVALID_MULTIBULK_LENGTH);
                }
                if (unauthenticated && number > UNAUTHENTICATED_ARGUMENTS) {
                    return fail(ProtocolError.UNAUTHENTICATED_MULTIBULK_LENGTH);
                }
            }
        }
        at = next;
        scan = next;
        if (number <= 0) {
            finished = true;
            return RespStatus.EMPTY;
        }
        remaining = (int) number;
        expect = Expect.ARGUMENTS;
        return parseArguments(memory, offset, available);
    }

    private RespStatus parseArguments(MemorySegment memory, long offset, int available) {
        while (remaining > 0) {
            if (bulkLength == NO_BULK) {
                RespStatus status = parseBulkHeader(memory, offset, available);
                if (status != RespStatus.COMMAND) {
                    return status;
                }
            }
            int end = at + (taken ? 0 : bulkLength);
            if (available - end < 2) {
                return RespStatus.INCOMPLETE;
            }
            if (taken) {
                command.addExternal(bulkLength);
                taken = false;
            } else {
                command.add(at, bulkLength);
            }
            at = end + 2; // Redis does not look which two bytes these are either
            scan = at;
            bulkLength = NO_BULK;
            remaining--;
        }
        finished = true;
        return RespStatus.COMMAND;
    }

    /// COMMAND here says: go on.
    private RespStatus parseBulkHeader(MemorySegment memory, long offset, int available) {
        if (error != ProtocolError.NONE) {
            return RespStatus.ERROR;
        }
        if (command.count() == MAX_ARGUMENTS) {
            return fail(ProtocolError.INVALID_MULTIBULK_LENGTH);
        }
        Header header = readHeader(memory, offset, available);
        if (header == Header.INCOMPLETE) {
            return RespStatus.INCOMPLETE;
        }
        if (header == Header.TOO_LONG) {
            return fail(ProtocolError.TOO_BIG_BULK_HEADER);
        }
        byte first = Words.getByte(memory, offset + at);
        if (first != '$') {
            unexpected = first;
            return fail(ProtocolError.EXPECTED_BULK);
        }
        if (header == Header.NOT_A_NUMBER || number < 0 || number > maxBulkLength) {
            return fail(ProtocolError.INVALID_BULK_LENGTH);
        }
        if (unauthenticated && number > UNAUTHENTICATED_BULK_LENGTH) {
            return fail(ProtocolError.UNAUTHENTICATED_BULK_LENGTH);
        }
        if (!command.reserve()) {
            return fail(ProtocolError.TOO_MANY_ARGUMENTS);
        }
        bulkLength = (int) number;
        at = next;
        return RespStatus.COMMAND;
    }

    /// Reads a header line, `<type><number>\r\n`, that begins at `at`, into `number` and `next`.
    private Header readHeader(MemorySegment memory, long offset, int available) {
        if (available - at >= 5 && readShortHeader(Words.getInt(memory, offset + at))) {
            return Header.READ;
        }
        int end = searchLine(memory, offset, available, (byte) '\r');
        if (end < 0) {
            return available - at > MAX_LINE_LENGTH ? Header.TOO_LONG : Header.INCOMPLETE;
        }
        if (available - end < 2) {
            return Header.INCOMPLETE;
        }
        next = end + 2;
        int digits = end - at - 1;
        if (digits < 0 || !Decimal.isValid(memory, offset + at + 1, digits)) {
            return Header.NOT_A_NUMBER;
        }
        number = Decimal.value(memory, offset + at + 1, digits);
        return Header.READ;
    }

    /// Reads a header of one or two digits from its first four bytes. These are the usual ones.
    private boolean readShortHeader(int word) {
        int first = (word >>> 8 & 0xFF) - '0';
        if (first < 0 || first > 9 || (word & 0xFF) == 0) {
            return false;
        }
        if ((word >>> 16 & 0xFF) == '\r') {
            number = first;
            next = at + 4;
            return true;
        }
        int second = (word >>> 16 & 0xFF) - '0';
        if (word >>> 24 != '\r' || first == 0 || second < 0 || second > 9) {
            return false;
        }
        number = first * 10L + second;
        next = at + 5;
        return true;
    }

    /// The position of the byte that ends the line at `at`, or -1. Redis searches with `strchr`, so that a zero
    /// byte hides all that follows: such a line never ends, and is too long in the end.
    private int searchLine(MemorySegment memory, long offset, int available, byte terminator) {
        int limit = Math.min(available, at + MAX_LINE_LENGTH + 1);
        int i = scan;
        while (i < limit) {
            byte b = Words.getByte(memory, offset + i);
            if (b == terminator) {
                scan = i;
                return i;
            }
            if (b == 0) {
                break;
            }
            i++;
        }
        scan = i;
        return -1;
    }

    private RespStatus fail(ProtocolError error) {
        this.error = error;
        return RespStatus.ERROR;
    }
}
