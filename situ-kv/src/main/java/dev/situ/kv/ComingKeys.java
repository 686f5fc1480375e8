package dev.situ.kv;

import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import dev.situ.store.LookupBurst;
import dev.situ.store.StoreStatus;
import dev.situ.store.StoreWorker;
import java.lang.foreign.MemorySegment;

/// The keys of requests, or of the commands of a pipeline, that have come together and are run next, one after the
/// other: what they lead to is brought to the cache for all of them at once, so that the cache misses of one overlap
/// with those of the others. `GET` and a plain `SET` of a short value that go the usual way do not hash them once more.
///
/// Only what nearly all requests begin with is read, a command with a short name and its first argument, most
/// likely a key:
///
/// ```
///   *2 \r\n $3 \r\n GET \r\n $5 \r\n key:1 \r\n
/// ```
///
/// Nothing is refused here, and what looks different is passed over. But keys must not change where they lie until
/// [#clear]: a `GET` and a plain `SET` rely on the hashes from here. Reused; confined to the worker's thread.
final class ComingKeys {
    /// What `*2\r\n$3\r\n` is with any digits, as the first eight bytes of a request, the first the lowest.
    private static final long HEADERS = 0x0A0D_0024_0A0D_002AL;

    private static final long HEADERS_MASK = 0xFFFF_00FF_FFFF_00FFL;
    private static final int LINE_END = 0x0D0A;
    private static final int LINE_END_BYTES = 2;

    /// How far ahead the key of a request is looked for: those before it may have been dropped. In a pipeline as far as
    /// there are keys: other commands than `GET` and `SET` do not ask.
    private static final int LOOK_AHEAD = 4;

    /// No place.
    private static final int NONE = -1;

    /// What commands of a pipeline that are looked at have at most besides their names and keys.
    private static final int MOST_ARGUMENTS = 7;

    /// The most digits of the length of each.
    private static final int MOST_DIGITS = 6;

    /// Of the shortest argument, `$1\r\nk\r\n`.
    private static final int LEAST_BYTES = 7;

    private final StoreWorker worker;
    private final LookupBurst keys = new LookupBurst();
    private int database;
    private int next;
    private int lookAhead;

    /// Keys for the store that the worker works on.
    ComingKeys(StoreWorker worker) {
        this.worker = worker;
    }

    /// Brings what the keys of requests lead to to the cache, and forgets those of others. Inside the worker's epoch,
    /// in the database that is selected.
    ///
    /// @param requests the beginnings of some, which may be anything, for they have not been looked at yet; their
    ///     memory is borrowed, and not to change, until [#clear] or the next call
    void prefetch(SliceList requests) {
        clear();
        for (int i = 0; i < requests.size(); i++) {
            add(requests.memory(i), requests.offset(i), requests.length(i));
        }
        lookAhead = LOOK_AHEAD;
        fetch(false);
    }

    /// The same for commands of a pipeline, to be written to: those from `offset` on until there are enough, or until
    /// one looks different. The last may be there in part, if its key is.
    ///
    /// @param end where the input ends
    /// @return where there may be more, behind the last that was there as a whole; behind `offset` in any case
    long prefetch(MemorySegment in, long offset, long end) {
        clear();
        long at = offset;
        while (keys.size() < Call.MOST_LOOKUPS && at < end) {
            long keyEnd = add(in, at, end - at);
            long behind = keyEnd == NONE ? NONE : endOf(in, at, keyEnd, end);
            if (behind == NONE) {
                break;
            }
            at = behind;
        }
        lookAhead = Call.MOST_LOOKUPS;
        fetch(true);
        return Math.max(at, offset + 1);
    }

    private void fetch(boolean toWrite) {
        if (keys.size() > 1) { // one alone has nobody to wait with
            database = worker.database();
            worker.prefetch(keys, toWrite);
        } else {
            clear();
        }
    }

    /// Adds the key of a request that may be anything.
    ///
    /// @return where it ends, or [#NONE]
    private long add(MemorySegment memory, long offset, long length) {
        long end = offset + length;
        long at = offset + Long.BYTES;
        if (end - at < LEAST_BYTES || (Words.getLong(memory, offset) & HEADERS_MASK) != HEADERS) {
            return NONE;
        }
        at += digit(Words.getByte(memory, offset + 5)) + LINE_END_BYTES;
        if (end - at < LEAST_BYTES || Words.getByte(memory, at) != '$') {
            return NONE;
        }
        int first = digit(Words.getByte(memory, at + 1));
        int second = digit(Words.getByte(memory, at + 2));
        boolean isShort = !isDigit(second);
        long lineEnd = isShort ? at + 2 : at + 3;
        int keyLength = isShort ? first : first * 10 + second;
        long key = lineEnd + LINE_END_BYTES;
        if (!isDigit(first) || Words.getUnsignedShortBe(memory, lineEnd) != LINE_END || end - key < keyLength) {
            return NONE;
        }
        keys.add(memory, key, keyLength);
        return key + keyLength;
    }

    /// Where a command ends, or [#NONE] if that is not to be seen.
    ///
    /// @param keyEnd where its first argument ends
    private static long endOf(MemorySegment in, long offset, long keyEnd, long end) {
        int arguments = digit(Words.getByte(in, offset + 1)) - 2; // besides the name and the key
        if (arguments < 0 || arguments > MOST_ARGUMENTS) {
            return NONE;
        }
        long at = keyEnd + LINE_END_BYTES;
        for (int i = 0; i < arguments && at != NONE; i++) {
            at = endOfArgument(in, at, end);
        }
        return at > end ? NONE : at;
    }

    private static long endOfArgument(MemorySegment in, long at, long end) {
        if (at >= end || Words.getByte(in, at) != '$') {
            return NONE;
        }
        long length = 0;
        for (int i = 1; i <= MOST_DIGITS + 1 && at + i < end; i++) {
            int digit = digit(Words.getByte(in, at + i));
            if (!isDigit(digit)) {
                return digit == digit((byte) '\r') ? at + i + LINE_END_BYTES + length + LINE_END_BYTES : NONE;
            }
            length = length * 10 + digit;
        }
        return NONE;
    }

    private static int digit(byte letter) {
        return letter - '0' & 0xFF;
    }

    private static boolean isDigit(int value) {
        return value <= 9;
    }

    /// Forgets all keys: their memory may be used again.
    void clear() {
        keys.clear();
        next = 0;
    }

    /// How many keys were brought to the cache.
    int size() {
        return keys.size();
    }

    /// Adds a key to a burst, with its hash if it is one of these. They are asked for in the order in which
    /// they were added, but for some.
    void addTo(LookupBurst burst, MemorySegment memory, long offset, int length) {
        int index = indexOf(memory, offset, length);
        if (index >= 0) {
            burst.add(keys, index);
        } else {
            burst.add(memory, offset, length);
        }
    }

    /// Stores a value under a key, as [StoreWorker#put(MemorySegment, long, int, MemorySegment, long, int)], but
    /// does not hash the key if it is one of these.
    StoreStatus put(MemorySegment memory, long key, int keyLength, long value, int valueLength) {
        int index = indexOf(memory, key, keyLength);
        return index >= 0
                ? worker.put(keys, index, memory, value, valueLength)
                : worker.put(memory, key, keyLength, memory, value, valueLength);
    }

    /// Finds the record of a key, as [StoreWorker#find], but does not hash it if it is one of these.
    long find(MemorySegment memory, long offset, int length) {
        int index = indexOf(memory, offset, length);
        return index >= 0 ? worker.find(keys, index) : worker.find(memory, offset, length);
    }

    private int indexOf(MemorySegment memory, long offset, int length) {
        if (next == keys.size() || worker.database() != database) {
            return -1;
        }
        int to = Math.min(keys.size(), next + lookAhead);
        int index = keys.indexOf(next, to, memory, offset, length);
        if (index >= 0) {
            next = index + 1;
        }
        return index;
    }
}
