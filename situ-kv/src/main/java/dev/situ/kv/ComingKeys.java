package dev.situ.kv;

import dev.situ.memory.SliceList;
import dev.situ.memory.Words;
import dev.situ.store.LookupBurst;
import dev.situ.store.StoreWorker;
import java.lang.foreign.MemorySegment;

/// The keys of requests that have come together and are run next, one after the other: what they lead to is
/// brought to the cache for all of them at once, so that the cache misses of one overlap with those of the
/// others. Lookups do not hash them once more.
///
/// Only what nearly all requests begin with is read, a command with a short name and its first argument, most
/// likely a key:
///
/// ```
///   *2 \r\n $3 \r\n GET \r\n $5 \r\n key:1 \r\n
/// ```
///
/// All of it is a hint: nothing is refused here, and what looks different is passed over. Reused; confined to
/// the worker's thread.
final class ComingKeys {
    /// What `*2\r\n$3\r\n` is with any digits, as the first eight bytes of a request, the first the lowest.
    private static final long HEADERS = 0x0A0D_0024_0A0D_002AL;

    private static final long HEADERS_MASK = 0xFFFF_00FF_FFFF_00FFL;
    private static final int LINE_END = 0x0D0A;
    private static final int LINE_END_BYTES = 2;

    /// How far ahead a key is looked for: the requests before it may have been dropped.
    private static final int LOOK_AHEAD = 4;

    /// Of the shortest argument, `$1\r\nk\r\n`.
    private static final int LEAST_BYTES = 7;

    private final StoreWorker worker;
    private final LookupBurst keys = new LookupBurst();
    private int database;
    private int next;

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
        if (keys.size() > 1) { // one alone has nobody to wait with
            database = worker.database();
            worker.prefetch(keys, false);
        } else {
            clear();
        }
    }

    private void add(MemorySegment memory, long offset, int length) {
        long end = offset + length;
        long at = offset + Long.BYTES;
        if (end - at < LEAST_BYTES || (Words.getLong(memory, offset) & HEADERS_MASK) != HEADERS) {
            return;
        }
        at += digit(Words.getByte(memory, offset + 5)) + LINE_END_BYTES;
        if (end - at < LEAST_BYTES || Words.getByte(memory, at) != '$') {
            return;
        }
        int first = digit(Words.getByte(memory, at + 1));
        int second = digit(Words.getByte(memory, at + 2));
        boolean isShort = !isDigit(second);
        long lineEnd = isShort ? at + 2 : at + 3;
        int keyLength = isShort ? first : first * 10 + second;
        long key = lineEnd + LINE_END_BYTES;
        if (isDigit(first) && Words.getUnsignedShortBe(memory, lineEnd) == LINE_END && end - key >= keyLength) {
            keys.add(memory, key, keyLength);
        }
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

    /// Finds the record of a key, as [StoreWorker#find], but does not hash it if it is one of these.
    long find(MemorySegment memory, long offset, int length) {
        int index = indexOf(memory, offset, length);
        return index >= 0 ? worker.find(keys, index) : worker.find(memory, offset, length);
    }

    private int indexOf(MemorySegment memory, long offset, int length) {
        if (next == keys.size() || worker.database() != database) {
            return -1;
        }
        int to = Math.min(keys.size(), next + LOOK_AHEAD);
        int index = keys.indexOf(next, to, memory, offset, length);
        if (index >= 0) {
            next = index + 1;
        }
        return index;
    }
}
