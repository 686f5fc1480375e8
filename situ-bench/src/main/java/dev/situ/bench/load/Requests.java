package dev.situ.bench.load;

import dev.situ.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Writes requests in RESP: `GET key`, `SET key value`, `DEL key`. Values are letters, the same in each.
///
/// A short request is written to one place, again and again; a long one to memory of its slot, since it is read
/// until it was answered. Confined to one thread.
final class Requests implements AutoCloseable {
    /// Up to which a request is read by [Link#send] only.
    private static final int SHORT_BYTES = 1456;

    private static final int MOST_HEAD_BYTES = 64 + Keys.MOST_BYTES;
    private static final int PATTERN_BYTES = 1 << 16;

    private static final byte[] GET = ascii("*2\r\n$3\r\nGET\r\n");
    private static final byte[] DEL = ascii("*2\r\n$3\r\nDEL\r\n");
    private static final byte[] SET = ascii("*3\r\n$3\r\nSET\r\n");

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment place = arena.allocate(SHORT_BYTES + MOST_HEAD_BYTES);
    private final MemorySegment pattern = arena.allocate(PATTERN_BYTES);
    private final @Nullable MemorySegment[] ofSlots;
    private final Keys keys;
    private MemorySegment memory = place;
    private int length;

    /// @param slots so many requests may be under way
    Requests(Sizes keySizes, int slots) {
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

    /// Writes a GET of key `number`.
    void get(long number) {
        memory = place;
        length = (int) key(GET, number);
    }

    /// Writes a DEL of key `number`.
    void delete(long number) {
        memory = place;
        length = (int) key(DEL, number);
    }

    /// Writes a SET of key `number`.
    ///
    /// @param slot whose memory is used if it is long
    void set(long number, int valueBytes, int slot) {
        int most = MOST_HEAD_BYTES + valueBytes;
        memory = most <= SHORT_BYTES ? place : ofSlot(slot, most);
        long at = head('$', key(SET, number), valueBytes);
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

    private long key(byte[] command, long number) {
        int keyLength = keys.length(number);
        Words.copyFrom(command, 0, memory, 0, command.length);
        long at = head('$', command.length, keyLength);
        Keys.write(memory, at, number, keyLength);
        return lineEnd(at + keyLength);
    }

    private long head(char type, long at, int number) {
        Words.setByte(memory, at, (byte) type);
        int digits = 1;
        for (int rest = number; rest >= 10; rest /= 10) {
            digits++;
        }
        int rest = number;
        for (int i = digits; i > 0; i--) {
            Words.setByte(memory, at + i, (byte) ('0' + rest % 10));
            rest /= 10;
        }
        return lineEnd(at + 1 + digits);
    }

    private long lineEnd(long at) {
        Words.setShort(memory, at, (short) ('\r' | '\n' << 8));
        return at + 2;
    }

    @Override
    public void close() {
        arena.close();
    }
}
