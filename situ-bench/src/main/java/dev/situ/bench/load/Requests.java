package dev.situ.bench.load;

import dev.situ.memory.Words;
import dev.situ.resp.RespWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Writes requests: get, set and delete of a key. Values are letters, the same in each.
///
/// A short request is written to one place, again and again; a long one to memory of its slot, since it is read
/// until it was answered. Confined to one thread.
final class Requests implements AutoCloseable {
    /// Up to which a request is read by [Link#send] only.
    private static final int SHORT_BYTES = 1456;

    private static final int MOST_HEAD_BYTES = 64 + Keys.MOST_BYTES;
    private static final int PATTERN_BYTES = 1 << 16;

    private static final byte[] RESP_GET = ascii("*2\r\n$3\r\nGET\r\n");
    private static final byte[] RESP_DELETE = ascii("*2\r\n$3\r\nDEL\r\n");
    private static final byte[] RESP_SET = ascii("*3\r\n$3\r\nSET\r\n");
    private static final byte[] GET = ascii("get ");
    private static final byte[] DELETE = ascii("delete ");
    private static final byte[] SET = ascii("set ");
    private static final byte[] NO_FLAGS_FOR_EVER = ascii(" 0 0 ");

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment place = arena.allocate(SHORT_BYTES + MOST_HEAD_BYTES);
    private final MemorySegment pattern = arena.allocate(PATTERN_BYTES);
    private final @Nullable MemorySegment[] ofSlots;
    private final Keys keys;
    private final boolean resp;
    private MemorySegment memory = place;
    private int length;

    /// @param slots so many requests may be under way
    Requests(Dialect dialect, Sizes keySizes, int slots) {
        resp = dialect == Dialect.RESP;
        keys = new Keys(keySizes);
        ofSlots = new MemorySegment[slots];
        pattern.fill((byte) 'v');
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /// Where the request that was written last lies, at its start.
    MemorySegment memory() {
        return memory;
    }

    /// The bytes of the request that was written last.
    int length() {
        return length;
    }

    /// Writes a request for the value of key `number`.
    void get(long number) {
        memory = place;
        length = (int) lineEnd(key(resp ? RESP_GET : GET, number));
    }

    /// Writes a request to delete key `number`.
    void delete(long number) {
        memory = place;
        length = (int) lineEnd(key(resp ? RESP_DELETE : DELETE, number));
    }

    /// Writes a request to store a value under key `number`.
    ///
    /// @param slot whose memory is used if it is long
    void set(long number, int valueBytes, int slot) {
        int most = MOST_HEAD_BYTES + valueBytes;
        memory = most <= SHORT_BYTES ? place : ofSlot(slot, most);
        long at = key(resp ? RESP_SET : SET, number);
        if (resp) {
            at = RespWriter.bulkHeader(memory, lineEnd(at), valueBytes);
        } else {
            at = lineEnd(RespWriter.number(memory, bytes(NO_FLAGS_FOR_EVER, at), valueBytes));
        }
        for (int done = 0; done < valueBytes; done += PATTERN_BYTES) {
            Words.copy(pattern, 0, memory, at + done, Math.min(PATTERN_BYTES, valueBytes - done));
        }
        length = (int) lineEnd(at + valueBytes);
    }

    private MemorySegment ofSlot(int slot, int bytes) {
        @Nullable MemorySegment of = ofSlots[slot];
        if (of == null || of.byteSize() < bytes) {
            // What was there is given back with the arena: sizes double, so that is less than what is in use.
            of = arena.allocate((long) Integer.highestOneBit(bytes - 1) << 1);
            ofSlots[slot] = of;
        }
        return of;
    }

    /// Writes what a request begins with, up to the end of the key.
    private long key(byte[] command, long number) {
        int keyLength = keys.length(number);
        long at = bytes(command, 0);
        if (resp) {
            at = RespWriter.bulkHeader(memory, at, keyLength);
        }
        Keys.write(memory, at, number, keyLength);
        return at + keyLength;
    }

    private long bytes(byte[] text, long at) {
        Words.copyFrom(text, 0, memory, at, text.length);
        return at + text.length;
    }

    private long lineEnd(long at) {
        return RespWriter.lineEnd(memory, at);
    }

    @Override
    public void close() {
        arena.close();
    }
}
